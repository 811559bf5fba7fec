"""What each learner gave first: later tries say what the feedback taught, not what the lesson did."""

from collections import defaultdict
from collections.abc import Iterable

from quizsys.analysis.facts import AnswerFact

FirstTries = dict[str, dict[str, AnswerFact]]
"""By question, then by learner."""


def find_first_tries(answers: Iterable[AnswerFact]) -> FirstTries:
    """The first graded answer of each learner's earliest attempt that has one, whatever order they come in."""
    found: FirstTries = defaultdict(dict)
    for answer in answers:
        if answer.max <= 0:
            continue
        of_question = found[answer.question_id]
        before = of_question.get(answer.learner_id)
        if before is None or _order(answer) < _order(before):
            of_question[answer.learner_id] = answer
    return dict(found)


def _order(answer: AnswerFact) -> tuple[int, int]:
    return answer.attempt_number, answer.try_number


def rate_learners(tries: FirstTries, without: str) -> dict[str, float]:
    """How good each learner is at the other questions, from 0 to 1: the mean of what they answered of them.

    Left out are learners with fewer than two of them.
    """
    shares: dict[str, list[float]] = defaultdict(list)
    for question_id, by_learner in tries.items():
        if question_id != without:
            for learner_id, answer in by_learner.items():
                shares[learner_id].append(answer.share)
    return {learner_id: sum(given) / len(given) for learner_id, given in shares.items() if len(given) >= FEWEST_OTHERS}


FEWEST_OTHERS = 2
