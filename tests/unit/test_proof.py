"""The sentence that most likely proves the answer of a question that came without one."""

import pytest

from media.transcript import Segment, Transcript, Word
from quizsys.packages.read_gift import read_gift
from quizsys.questions.proof import Proofs
from quizsys.questions.shape import settle
from quizsys.questions.speech import Speech

SAID = (
    "Welcome to this lesson about plants.",
    "Photosynthesis takes in carbon dioxide and water, and it gives out glucose and oxygen.",
    "The light reactions take place in the thylakoid membranes of the chloroplast.",
    "Inside the chloroplast there are flattened sacs that we call thylakoids.",
    "The fluid around the thylakoids is called the stroma.",
    "Die Pflanze schließt bei Trockenheit ihre Spaltöffnungen, um Wasser zu sparen.",
    "Thank you for listening, and see you next week.",
)


@pytest.fixture(scope="module")
def proofs() -> Proofs:
    segments = []
    for place, text in enumerate(SAID):
        words = [
            Word(place * 9 + at * 0.3, place * 9 + at * 0.3 + 0.2, word, 0.9) for at, word in enumerate(text.split())
        ]
        segments.append(Segment(words[0].start_s, words[-1].end_s, text, tuple(words)))
    return Proofs(Speech(Transcript("en", "test", tuple(segments))))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Where do the light reactions take place?{=In the thylakoid membranes ~In the stroma}", 2),
        ("The fluid around the thylakoids is the {=stroma ~cell wall}.", 4),
        ("Warum schließt eine Pflanze bei Trockenheit die Spaltöffnungen?{=Um Wasser zu sparen}", 5),
        ("Photosynthesis takes in carbon dioxide and gives out oxygen.{TRUE}", 1),
    ],
)
def test_the_sentence_that_says_it_is_found(proofs: Proofs, text: str, place: int) -> None:
    assert proofs.find(settle(read_gift(text).found[0].question)) == SAID[place]


@pytest.mark.parametrize(
    "text",
    [
        "Who wrote Hamlet?{=Shakespeare ~Marlowe}",
        "What do plants need?{=patience}",
        # The words of the question are there, those of its answer are not.
        "Where do the light reactions take place?{=In the mitochondria ~In the nucleus}",
        "?{=x}",
    ],
)
def test_what_is_not_clearly_said_is_not_found(proofs: Proofs, text: str) -> None:
    assert proofs.find(settle(read_gift(text).found[0].question)) == ""


def test_without_speech_there_is_no_proof() -> None:
    nothing = Proofs(Speech(Transcript("en", "test", ())))
    assert nothing.find(settle(read_gift("Why?{=because of water}").found[0].question)) == ""
