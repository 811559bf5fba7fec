"""What is told of each learner: the attempt that counts, what was missed, how long it took."""

from datetime import timedelta

import pytest

from quizsys.analysis.facts import AttemptFact, ClassFacts, LearnerFact
from quizsys.analysis.first_tries import find_first_tries
from quizsys.analysis.learners import LearnerReport, choose_attempt, report_learners
from tests.classes import MONDAY, make_answer, make_question

HOUR = timedelta(hours=1)


def make_attempt(number: int, score: float, *, is_finished: bool = True, of: float = 10) -> AttemptFact:
    return AttemptFact("l001", number, MONDAY, MONDAY + HOUR if is_finished else None, score, of)


@pytest.mark.parametrize(("policy", "number"), [("first", 1), ("last", 3), ("best", 2)])
def test_the_policy_says_which_attempt_counts(policy: str, number: int) -> None:
    attempts = [make_attempt(2, 9), make_attempt(1, 5), make_attempt(3, 7)]
    assert choose_attempt(attempts, policy) == make_attempt(number, [5, 9, 7][number - 1])


def test_an_open_attempt_counts_only_while_there_is_no_other() -> None:
    half = make_attempt(2, 10, is_finished=False)
    assert choose_attempt([make_attempt(1, 4), half], "best") == make_attempt(1, 4)
    assert choose_attempt([make_attempt(1, 4), half], "last") == make_attempt(1, 4)
    assert choose_attempt([half], "first") == half
    assert choose_attempt([], "best") is None


def test_of_two_as_good_the_earlier_is_the_best_whatever_it_was_out_of() -> None:
    assert choose_attempt([make_attempt(2, 4, of=8), make_attempt(1, 5)], "best") == make_attempt(1, 5)
    nothing = make_attempt(1, 0, of=0)
    assert choose_attempt([nothing], "best") == nothing


def report() -> LearnerReport:
    answers = [
        make_answer(1, 1, (2,), False, elapsed_ms=3000, answered_at=MONDAY + HOUR),
        make_answer(1, 1, (0,), True, try_number=2, elapsed_ms=10**15),
        make_answer(1, 0, (0,), True, elapsed_ms=-7),
    ]
    facts = ClassFacts(
        120,
        (make_question(0), make_question(1)),
        (LearnerFact("l001", "Ada", "best"), LearnerFact("l002", "Grace", "best")),
        (make_attempt(1, 1, of=2),),
        tuple(answers),
    )
    first, second = report_learners(facts, find_first_tries(facts.answers))
    assert (second.name, second.attempts, second.score, second.last_seen_at) == ("Grace", 0, None, None)
    return first


def test_a_learners_first_tries_times_and_misses_are_told() -> None:
    ada = report()
    assert (ada.name, ada.attempts, ada.finished, ada.score, ada.max) == ("Ada", 1, 1, 1, 2)
    assert (ada.answered, ada.right_at_first, ada.wrong) == (2, 1, ("q1",))
    # Nobody thinks for a year, or less than nothing.
    assert ada.time_ms == 3000 + 30 * 60 * 1000
    assert ada.last_seen_at == MONDAY + HOUR
