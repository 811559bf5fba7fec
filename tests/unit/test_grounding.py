"""What a person's question is warned of: by the rules of the language that the lesson is in."""

from dataclasses import replace

import pytest

from quizsys.questions.speech import Speech
from quizsys.services.grounding import Ground
from tests.quizzing import make_question, make_transcript

QUOTE = "Den Sauerstoff tragen die roten Blutkörperchen."
EVIDENCE = {"quote": QUOTE, "start_s": 0.0, "end_s": 3.0, "pause_at_s": 3.0}
OPTIONS = ("Rote Blutkörperchen", "Weiße Blutkörperchen", "Kleine Blutplättchen")


def judge(language: str) -> list[str]:
    transcript = replace(make_transcript(QUOTE), language=language)
    question = make_question(0, "Welche Zellen tragen den Sauerstoff?", *OPTIONS, **EVIDENCE)
    found = Ground("t", Speech(transcript), 60.0).judge(question)["warnings"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("language", ["de", "de-AT"])
def test_a_question_is_judged_by_the_rules_of_its_lessons_language(language: str) -> None:
    assert judge(language) == []
    assert "key_not_said" in judge("en")


def test_an_unknown_language_is_taken_for_english() -> None:
    assert judge("") == judge("en")
