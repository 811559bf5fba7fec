"""One learner's attempt as it stands at a moment: what may be answered, what is due to be told, what it is worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from quizsys.models.attempts import AnswerRow, Attempt
from quizsys.models.links import ShareLink
from quizsys.packages.sheet import Item
from quizsys.taking.paper import Paper

NOT_OPEN, OPEN, CLOSED, FINISHED = "not_open", "open", "closed", "finished"
LINK_STATES = (NOT_OPEN, OPEN, CLOSED)
ATTEMPT_STATES = (OPEN, FINISHED, CLOSED)


def find_state(link: ShareLink, now: datetime) -> str:
    """One of LINK_STATES."""
    if link.closed_at is not None or (link.closes_at is not None and link.closes_at <= now):
        return CLOSED
    return NOT_OPEN if link.opens_at is not None and now < link.opens_at else OPEN


def find_status(attempt: Attempt, link: ShareLink, now: datetime) -> str:
    """One of ATTEMPT_STATES: `closed` if the link was closed before the learner had finished."""
    if attempt.finished_at is not None:
        return FINISHED
    return CLOSED if find_state(link, now) == CLOSED else OPEN


def may_tell_score(link: ShareLink, status: str, now: datetime) -> bool:
    """Whether the learner may know what an attempt of that status is worth."""
    if link.feedback == "end":
        return status != OPEN
    return link.feedback == "each" or (link.feedback == "after_close" and find_state(link, now) == CLOSED)


def pick_counted(policy: str, attempts: Sequence[Attempt], *, is_closed: bool) -> Attempt | None:
    """The one attempt that counts, of one learner's in their order; None before the first has been begun.

    An unfinished one counts only when it is the only one, or when the link is closed and no more can come.
    """
    counted = [attempt for attempt in attempts if is_closed or attempt.finished_at is not None] or list(attempts[-1:])
    if policy == "best":
        # Of equals the first.
        return max(counted, key=lambda attempt: attempt.score, default=None)
    return (counted[0] if policy == "first" else counted[-1]) if counted else None


def is_marked(item: Item, link: ShareLink) -> bool:
    """Whether it can bring points: an open question only where learners mark themselves."""
    return item.kind != "open" or link.self_marking


def count_points(paper: Paper, link: ShareLink) -> float:
    """What the whole paper can bring."""
    return sum(item.points for item in paper.items if is_marked(item, link))


@dataclass(frozen=True)
class Sitting:
    """`answers` in the order in which they came, self-marks among them."""

    paper: Paper
    link: ShareLink
    attempt: Attempt
    answers: tuple[AnswerRow, ...]
    now: datetime

    @cached_property
    def status(self) -> str:
        return find_status(self.attempt, self.link, self.now)

    @cached_property
    def _tries(self) -> dict[str, list[AnswerRow]]:
        tries: dict[str, list[AnswerRow]] = {}
        for row in self.answers:
            if "self_mark" not in row.value:
                tries.setdefault(row.question_id, []).append(row)
        return tries

    @cached_property
    def _marks(self) -> dict[str, AnswerRow]:
        return {row.question_id: row for row in self.answers if "self_mark" in row.value}

    def list_tries(self, item: Item) -> list[AnswerRow]:
        return self._tries.get(item.id, [])

    def find_mark(self, item: Item) -> AnswerRow | None:
        """What the learner has marked it with."""
        return self._marks.get(item.id)

    def find_score(self, item: Item) -> float | None:
        """Of the last try; None for what nobody has marked."""
        tries, mark = self.list_tries(item), self.find_mark(item)
        return mark.score if mark is not None else tries[-1].score if tries else None

    def count_left(self, item: Item) -> int:
        """How many more tries it may get."""
        tries = self.list_tries(item)
        if self.status != OPEN:
            return 0
        # Who has been told that it is right need not try again.
        if self.link.feedback == "each" and tries and tries[-1].score == item.points:
            return 0
        return max(0, self.link.tries_allowed - len(tries))

    def is_due(self, item: Item) -> bool:
        """Whether the right answer, and what was said about it, may be told."""
        match self.link.feedback:
            case "each":
                return self.status != OPEN or (bool(self.list_tries(item)) and self.count_left(item) == 0)
            case "end":
                return self.status != OPEN
            case "after_close":
                return find_state(self.link, self.now) == CLOSED
        return False

    @property
    def may_tell_score(self) -> bool:
        return may_tell_score(self.link, self.status, self.now)

    def may_mark(self, item: Item) -> bool:
        """Whether its learner may mark it now: once, having seen the right answer."""
        is_his = item.kind == "open" and self.link.self_marking and bool(self.list_tries(item))
        return is_his and self.status == OPEN and self.is_due(item) and self.find_mark(item) is None

    def list_undue(self) -> list[Item]:
        return [item for item in self.paper.items if not self.is_due(item)]

    def count_answered(self) -> int:
        return len(self._tries)

    @cached_property
    def score(self) -> float:
        """In points, over all questions."""
        return round(sum(self.find_score(self.paper.by_id[name]) or 0.0 for name in self._tries), 6)
