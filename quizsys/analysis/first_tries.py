"""What each learner gave first: later tries say what the feedback taught, not what the lesson did."""

from collections import defaultdict
from collections.abc import Iterable

from quizsys.analysis.facts import AnswerFact

FirstTries = dict[str, dict[str, AnswerFact]]
"""By question, then by learner."""
Abilities = dict[str, dict[str, float]]
"""By question, then by learner."""
FEWEST_OTHERS = 2


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


def rate_learners(tries: FirstTries) -> Abilities:
    """How good each learner of a question is at the others, from 0 to 1: the mean of what was answered of them.

    Left out are learners with fewer than two of them.
    """
    total: dict[str, float] = defaultdict(float)
    count: dict[str, int] = defaultdict(int)
    for by_learner in tries.values():
        for learner_id, answer in by_learner.items():
            total[learner_id] += answer.share
            count[learner_id] += 1
    return {
        question_id: {
            learner_id: (total[learner_id] - answer.share) / (count[learner_id] - 1)
            for learner_id, answer in by_learner.items()
            if count[learner_id] > FEWEST_OTHERS
        }
        for question_id, by_learner in tries.items()
    }
