"""Of questions made by hand, all good ones pass, and each bad one is refused for its own reason and no other."""

import re
from pathlib import Path

import pytest

from quizsys.questions import gate
from quizsys.questions.gate import CHECKS, check_question, explain
from quizsys.questions.question import KINDS
from tests.gate_sets import Entry, read_set

GOOD, BAD = read_set("good"), read_set("bad")
CODES = {
    code
    for path in Path(gate.__file__).parent.glob("*.py")
    for code in re.findall(r'"([a-z]+(?:_[a-z]+)+)"', "".join(re.findall(r"return .*", path.read_text())))
} - set(KINDS)
OF_TWO = {"answer_told", "pauses_too_close", "same_answer", "same_evidence", "same_question", "unbalanced_true_false"}


@pytest.mark.parametrize("entry", GOOD, ids=lambda entry: entry.name)
def test_a_good_question_passes(entry: Entry) -> None:
    assert check_question(entry.question, entry.grounds) is None


@pytest.mark.parametrize("entry", BAD, ids=lambda entry: entry.name)
def test_a_bad_question_is_refused_for_its_own_reason_alone(entry: Entry) -> None:
    assert check_question(entry.question, entry.grounds) == entry.reason
    found = {reason for check in CHECKS if (reason := check(entry.question, entry.grounds))}
    assert found == {entry.reason}


def test_there_are_enough_of_both_and_in_several_languages() -> None:
    assert min(len(GOOD), len(BAD)) >= 60
    assert {"en", "de", "ar", "zh", "fr"} <= {entry.grounds.language for entry in GOOD}


def test_every_reason_has_a_bad_question_and_a_sentence() -> None:
    made = {entry.reason for entry in BAD}
    assert made >= CODES - OF_TWO
    assert all(explain(code) != code.replace("_", " ").capitalize() + "." for code in CODES | made)
