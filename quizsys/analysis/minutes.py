"""Where in the video a class looks, stops, goes back and goes wrong."""

from collections import defaultdict
from dataclasses import dataclass
from math import ceil

from quizsys.analysis.facts import AnswerFact, ClassFacts
from quizsys.analysis.first_tries import FirstTries
from quizsys.analysis.items import find_mean, sum_times_ms
from quizsys.analysis.viewings import MINUTE_S, Watched, count_watched


@dataclass(frozen=True)
class MinuteReport:
    """`questions` have their pause in it; `right_share` of them at the first try is None without an answer.

    `answers` to them took `time_ms` in all. `viewers`, `rewatched` and `paused` are numbers of learners: who saw it,
    saw some of it again, stopped there of their own.
    """

    minute: int
    questions: int
    right_share: float | None
    answers: int
    time_ms: int
    viewers: int
    rewatched: int
    paused: int


def report_minutes(facts: ClassFacts, tries: FirstTries) -> tuple[MinuteReport, ...]:
    """Every minute of the video, also those where nothing is."""
    count = max(1, ceil(facts.duration_s / MINUTE_S))
    asked: dict[int, list[str]] = defaultdict(list)
    places: dict[str, int] = {}
    for question in facts.questions:
        # What lies at the very end belongs to the last minute.
        places[question.question_id] = min(int(question.pause_at_s // MINUTE_S), count - 1)
        asked[places[question.question_id]].append(question.question_id)
    given: dict[int, list[AnswerFact]] = defaultdict(list)
    for answer in facts.answers:
        if answer.question_id in places:
            given[places[answer.question_id]].append(answer)
    watched = count_watched(facts.viewings, facts.duration_s, [question.pause_at_s for question in facts.questions])
    return tuple(_report_minute(minute, asked[minute], given[minute], tries, watched) for minute in range(count))


def _report_minute(
    minute: int, asked: list[str], given: list[AnswerFact], tries: FirstTries, watched: Watched
) -> MinuteReport:
    first = [answer for question_id in asked for answer in tries.get(question_id, {}).values()]
    return MinuteReport(
        minute=minute,
        questions=len(asked),
        right_share=find_mean([float(answer.is_right) for answer in first]),
        answers=len(given),
        time_ms=sum_times_ms(given),
        viewers=len(watched.viewers[minute]),
        rewatched=len(watched.rewatched[minute]),
        paused=len(watched.paused[minute]),
    )
