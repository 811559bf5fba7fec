"""Where in the video a class stops, goes back and goes wrong.

Positions come with the answers: an answer given at 80 s after one at 110 s says that the learner went back and saw from
80 s to 110 s once more.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from quizsys.analysis.facts import AnswerFact, ClassFacts
from quizsys.analysis.first_tries import FirstTries
from quizsys.analysis.items import LONGEST_THOUGHT_MS, find_mean

MINUTE_S = 60
# A player that seeks to a key frame, or tells its time a little late, is not a learner who goes back.
JITTER_S = 5.0


@dataclass(frozen=True)
class MinuteReport:
    """`questions` have their pause in it; `right_share` of them at the first try, None without an answer.

    `answers` were given at it by `learners`, who spent `time_ms` there; `rewatched`: how many learners saw it again.
    """

    minute: int
    questions: int
    right_share: float | None
    answers: int
    learners: int
    time_ms: int
    rewatched: int


def report_minutes(facts: ClassFacts, tries: FirstTries) -> tuple[MinuteReport, ...]:
    """Every minute of the video, also those where nothing is."""
    count = max(1, ceil(facts.duration_s / MINUTE_S))
    given: dict[int, list[AnswerFact]] = defaultdict(list)
    for answer in facts.answers:
        if (position_s := find_position(answer, facts.duration_s)) is not None:
            given[find_minute(position_s, count)].append(answer)
    asked: dict[int, list[str]] = defaultdict(list)
    for question in facts.questions:
        asked[find_minute(question.pause_at_s, count)].append(question.question_id)
    again = _find_rewatched(facts, count)
    return tuple(_report_minute(minute, asked[minute], given[minute], tries, again[minute]) for minute in range(count))


def _report_minute(
    minute: int, asked: list[str], given: list[AnswerFact], tries: FirstTries, again: set[str]
) -> MinuteReport:
    first = [answer for question_id in asked for answer in tries.get(question_id, {}).values()]
    return MinuteReport(
        minute=minute,
        questions=len(asked),
        right_share=find_mean([float(answer.is_right) for answer in first]),
        answers=len(given),
        learners=len({answer.learner_id for answer in given}),
        time_ms=sum(min(max(answer.elapsed_ms or 0, 0), LONGEST_THOUGHT_MS) for answer in given),
        rewatched=len(again),
    )


def find_minute(position_s: float, count: int) -> int:
    """The last minute holds what lies at the very end."""
    return min(int(position_s // MINUTE_S), count - 1)


def find_position(answer: AnswerFact, duration_s: float) -> float | None:
    """None for what cannot be: clients tell it."""
    position_s = answer.position_s
    return position_s if position_s is not None and 0 <= position_s <= duration_s + JITTER_S else None


def _find_rewatched(facts: ClassFacts, count: int) -> dict[int, set[str]]:
    """By minute, who saw it again."""
    found: dict[int, set[str]] = defaultdict(set)
    attempts: dict[tuple[str, int], list[AnswerFact]] = defaultdict(list)
    for answer in facts.answers:
        attempts[answer.learner_id, answer.attempt_number].append(answer)
    for (learner_id, _), answers in attempts.items():
        for start_s, end_s in _list_returns(answers, facts.duration_s):
            for minute in range(find_minute(start_s, count), find_minute(end_s, count) + 1):
                found[minute].add(learner_id)
    return found


def _list_returns(answers: Iterable[AnswerFact], duration_s: float) -> Iterator[tuple[float, float]]:
    ordered = sorted(answers, key=lambda answer: answer.answered_at)
    positions = [at_s for answer in ordered if (at_s := find_position(answer, duration_s)) is not None]
    for before_s, now_s in pairwise(positions):
        if before_s - now_s > JITTER_S:
            yield now_s, before_s
