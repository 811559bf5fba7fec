"""Whether a question tells those who know from those who do not.

The corrected point-biserial: the correlation of the score for the question at the first try with the mean score of
the same learner for all other questions. It uses everybody, where upper and lower 27 % throw half of a small class
away, and the question is left out of what it is compared with. +0.2 and more is good, below 0 something is wrong.
"""

from collections.abc import Mapping
from statistics import StatisticsError, correlation

from quizsys.analysis.facts import AnswerFact

FEWEST_LEARNERS = 10


def measure_discrimination(first: Mapping[str, AnswerFact], ability: Mapping[str, float]) -> float | None:
    """From -1 to 1; None for fewer than ten learners, or when all did alike. Both are by learner."""
    pairs = [(answer.share, ability[learner_id]) for learner_id, answer in first.items() if learner_id in ability]
    if len(pairs) < FEWEST_LEARNERS:
        return None
    try:
        return round(correlation([share for share, _ in pairs], [rest for _, rest in pairs]), 3)
    except StatisticsError:
        return None
