"""However parts of good questions are mixed into others, what the gate lets through breaks no rule looked at apart."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.quizgen.recheck import find_breach
from quizsys.questions.gate import check_question
from quizsys.questions.question import Question
from tests.gate_sets import Entry, read_set

ENGLISH = [entry for entry in (*read_set("good"), *read_set("bad")) if entry.grounds.language == "en"]
PLACES = st.integers(0, len(ENGLISH) - 1)


def look_again(question: Question, entry: Entry) -> str:
    said = [(sentence.start_s, sentence.end_s, sentence.text) for sentence in entry.grounds.sentences]
    return find_breach(question, said, entry.grounds.titles[0])


def test_the_good_ones_break_no_rule_either_way() -> None:
    good = [entry for entry in ENGLISH if not entry.reason and entry.question.kind not in ("open", "matching")]
    assert {entry.name: why for entry in good if (why := look_again(entry.question, entry))} == {}


@settings(max_examples=600)
@given(PLACES, PLACES, PLACES, PLACES)
def test_a_mixture_that_passes_breaks_no_rule(stem: int, options: int, evidence_of: int, pause: int) -> None:
    asked, told, proven, paused = (ENGLISH[place] for place in (stem, options, evidence_of, pause))
    evidence = proven.question
    mixed = replace(
        told.question,
        stem=asked.question.stem,
        quote=evidence.quote,
        start_s=evidence.start_s,
        end_s=evidence.end_s,
        pause_at_s=paused.question.pause_at_s if paused.reason else evidence.pause_at_s,
    )
    if check_question(mixed, proven.grounds) is None and mixed.kind not in ("open", "matching"):
        assert look_again(mixed, proven) == ""
