"""What was watched, from stretches that clients told: each minute's viewers, who saw it again, who stopped there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from quizsys.analysis.facts import ViewingFact

MINUTE_S = 60
# A player tells its time a little late, and begins anew at a key frame.
JITTER_S = 3.0
Stretch = tuple[float, float]


@dataclass
class Watched:
    """Learners by minute; `rewatched` saw at least three seconds of it twice, `paused` stopped without being asked."""

    viewers: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    rewatched: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    paused: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))


def count_watched(viewings: Iterable[ViewingFact], duration_s: float, pauses_s: Sequence[float]) -> Watched:
    """`pauses_s` is where the quiz itself stops the video. Stretches that cannot be are left out."""
    watched = Watched()
    attempts: dict[tuple[str, int], list[ViewingFact]] = defaultdict(list)
    for viewing in viewings:
        if 0 <= viewing.start_s < viewing.end_s <= duration_s + JITTER_S:
            attempts[viewing.learner_id, viewing.attempt_number].append(viewing)
    for (learner_id, _), told in attempts.items():
        stretches = [(viewing.start_s, min(viewing.end_s, duration_s)) for viewing in told]
        _note_minutes(watched, learner_id, stretches)
        ordered = [(one.start_s, one.end_s) for one in sorted(told, key=lambda viewing: viewing.seen_at)]
        for at_s in _list_stops(ordered, pauses_s):
            watched.paused[int(at_s // MINUTE_S)].add(learner_id)
    return watched


def _note_minutes(watched: Watched, learner_id: str, stretches: list[Stretch]) -> None:
    played = _sum_minutes(stretches)
    covered = _sum_minutes(join_stretches(stretches))
    for minute, played_s in played.items():
        watched.viewers[minute].add(learner_id)
        if played_s - covered[minute] >= JITTER_S:
            watched.rewatched[minute].add(learner_id)


def join_stretches(stretches: Iterable[Stretch]) -> list[Stretch]:
    """What they cover together, in order, without overlap."""
    joined: list[Stretch] = []
    for start_s, end_s in sorted(stretches):
        if joined and start_s <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end_s))
        else:
            joined.append((start_s, end_s))
    return joined


def _sum_minutes(stretches: Iterable[Stretch]) -> dict[int, float]:
    """How many seconds of each minute they hold."""
    seconds: dict[int, float] = defaultdict(float)
    for start_s, end_s in stretches:
        at_s = start_s
        while at_s < end_s:
            minute = int(at_s // MINUTE_S)
            until_s = min(end_s, (minute + 1.0) * MINUTE_S)
            seconds[minute] += until_s - at_s
            at_s = until_s
    return seconds


def _list_stops(ordered: Iterable[Stretch], pauses_s: Sequence[float]) -> Iterator[float]:
    """Where it stood still and went on, but for the quiz's own pauses."""
    for (_, stop_s), (start_s, _) in pairwise(ordered):
        if abs(start_s - stop_s) <= JITTER_S and all(abs(stop_s - pause_s) > JITTER_S for pause_s in pauses_s):
            yield stop_s
