"""What is told of each learner: the attempt that counts, what was missed, how long it took."""

from datetime import timedelta

from quizsys.analysis.facts import AttemptFact, ClassFacts, LearnerFact
from quizsys.analysis.first_tries import find_first_tries
from quizsys.analysis.learners import LearnerReport, report_learners
from tests.classes import MONDAY, make_answer, make_question

HOUR = timedelta(hours=1)


def make_attempt(number: int, score: float, *, counts: bool = False) -> AttemptFact:
    return AttemptFact("l001", number, MONDAY, counts, counts, score, 2.0)


def report() -> LearnerReport:
    answers = [
        make_answer(1, 1, (2,), False, elapsed_ms=3000, answered_at=MONDAY + HOUR),
        make_answer(1, 1, (0,), True, try_number=2, elapsed_ms=10**15),
        make_answer(1, 0, (0,), True, elapsed_ms=-7),
    ]
    facts = ClassFacts(
        120,
        (make_question(0), make_question(1)),
        (LearnerFact("l001", "Ada"), LearnerFact("l002", "Grace")),
        (make_attempt(1, 1, counts=True), make_attempt(2, 0)),
        tuple(answers),
    )
    first, second = report_learners(facts, find_first_tries(facts.answers))
    assert (second.name, second.attempts, second.score, second.last_seen_at) == ("Grace", 0, None, None)
    return first


def test_a_learners_first_tries_times_and_misses_are_told() -> None:
    ada = report()
    assert (ada.name, ada.attempts, ada.finished, ada.score, ada.max) == ("Ada", 2, 1, 1, 2)
    assert (ada.answered, ada.right_at_first, ada.first) == (2, 1, {"q0": 1.0, "q1": 0.0})
    # Nobody thinks for a year, or less than nothing.
    assert ada.time_ms == 3000 + 30 * 60 * 1000
    assert ada.last_seen_at == MONDAY + HOUR
