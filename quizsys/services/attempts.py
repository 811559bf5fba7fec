"""What learners do: start, read where they are, finish, tell what they watched. `answers` takes what they answer."""

from dataclasses import dataclass
from datetime import datetime

from quizsys.clock import utc_now
from quizsys.errors import Code, QuizsysError, invalid
from quizsys.ids import LEARNER_KEY, new_id, new_learner_key, new_seed
from quizsys.models.attempts import AnswerRow, Attempt, Learner, Viewing
from quizsys.models.links import ShareLink
from quizsys.models.quizzes import PUBLISHED
from quizsys.services import quizzes
from quizsys.services.links import Unknown, check_open, find_by_token
from quizsys.services.papers import get_paper
from quizsys.services.tokens import hash_token
from quizsys.taking.paper import Paper
from quizsys.taking.sitting import (
    CLOSED,
    OPEN,
    Sitting,
    count_points,
    find_state,
    find_status,
    may_tell_score,
    pick_counted,
)
from quizsys.taking.views import View, show_attempt, show_language, show_sitting, show_times

MOST_LEARNERS = 10_000
MOST_ATTEMPTS = 100
MOST_VIEWINGS = 2000
NO_KEY = "This needs the key that your first start answered. Send it as X-Learner-Key, or start anew without one."
NO_ATTEMPT = "There is no such attempt of yours. Read the list of your attempts, or start one."
NOT_PUBLISHED = "This quiz is not published at the moment. Ask who gave you the link."


@dataclass(frozen=True)
class Pass:
    """What a learner presents: the link's token and, but for a first start, the key."""

    token: str
    key: str = ""


@dataclass(frozen=True)
class Watched:
    """Where the video stands, if the client tells; and stretches that were played: their id, start and end."""

    position_s: float | None
    spans: tuple[tuple[str, float, float], ...]


def describe_share(token: str) -> View:
    """What may be known before the start. Raises `Unknown`."""
    link = find_by_token(token)
    paper = find_paper(link)
    return {
        "state": find_state(link, utc_now()),
        "opens_at": link.opens_at,
        "closes_at": link.closed_at or link.closes_at,
        "is_published": paper is not None,
        "title": paper.title if paper else "",
        **show_language(paper.language if paper else ""),
        "duration_s": paper.duration_s if paper else 0.0,
        "questions": len(paper.items) if paper else 0,
        "max_score": count_points(paper, link) if paper else 0.0,
        **{name: getattr(link, name) for name in ("names", "attempts_allowed", "tries_allowed", "policy", "feedback")},
        "shuffle": link.shuffle,
    }


def find_paper(link: ShareLink) -> Paper | None:
    """What an attempt that starts now would be about; None if the quiz is not published, whatever the version."""
    quiz = quizzes.get_row(link.project_id, link.quiz_id)
    if quiz.status != PUBLISHED:
        return None
    return get_paper(link.project_id, link.quiz_id, link.version or quiz.published_version)


def start_attempt(shown: Pass, name: str) -> tuple[View, bool]:
    """The learner's open attempt, or a new one, and whether it is new. Without a key the learner is new as well, and
    `learner_key` tells theirs this once.

    Raises `Unknown`, `invalid` without a name where the link requires one, `conflict`, `gone`.
    """
    link = find_by_token(shown.token)
    check_open(link)
    learner = find_learner(link, shown.key) if shown.key else None
    attempts = list_attempts_of(learner) if learner else []
    kept = next((attempt for attempt in attempts if attempt.finished_at is None), None)
    if learner is not None and kept is not None:
        return show_sitting(_sit(link, kept, utc_now())) | {"learner_id": learner.id, "learner_key": None}, False
    _check_room(link, attempts)
    key = None
    if learner is None:
        key = new_learner_key()
        learner = _insert_learner(link, name, key)
    attempt = _insert_attempt(link, learner, len(attempts) + 1)
    return show_sitting(_sit(link, attempt, utc_now())) | {"learner_id": learner.id, "learner_key": key}, True


def list_own(shown: Pass) -> list[View]:
    """The learner's attempts in short, in their order. Raises `Unknown`."""
    link, now = find_by_token(shown.token), utc_now()
    attempts = list_attempts_of(find_learner(link, shown.key))
    counted = pick_counted(link.policy, attempts, is_closed=find_state(link, now) == CLOSED)
    return [_show_short(link, attempt, now) | {"counts": attempt is counted} for attempt in attempts]


def get_attempt(shown: Pass, attempt_id: str) -> View:
    """Raises `Unknown`, `not_found`."""
    return show_sitting(open_sitting(shown, attempt_id))


def finish_attempt(shown: Pass, attempt_id: str) -> View:
    """A second time changes nothing. Raises `Unknown`, `not_found`; `gone` for one that the link's closing ended."""
    sitting = open_sitting(shown, attempt_id)
    if sitting.attempt.finished_at is None:
        check_open(sitting.link)
        sitting.attempt.finished_at = sitting.attempt.updated_at = sitting.now
        sitting.attempt.put("finished_at", "updated_at")
    return show_sitting(sitting)


def note_watched(shown: Pass, attempt_id: str, watched: Watched) -> View:
    """Of an attempt that is over nothing is kept. Raises `Unknown`, `not_found`."""
    sitting = open_sitting(shown, attempt_id)
    if sitting.status == OPEN:
        known = {row.client_id for row in Viewing.list_all(attempt_id=attempt_id)}
        for client_id, start_s, end_s in watched.spans:
            if client_id not in known and len(known) < MOST_VIEWINGS:
                known.add(client_id)
                times = {"start_s": start_s, "end_s": end_s, "seen_at": sitting.now}
                Viewing(attempt_id=attempt_id, client_id=client_id, **times).add()
        if watched.position_s is not None:
            sitting.attempt.position_s, sitting.attempt.updated_at = watched.position_s, sitting.now
            sitting.attempt.put("position_s", "updated_at")
    return show_attempt(sitting)


def open_sitting(shown: Pass, attempt_id: str) -> Sitting:
    """Raises `Unknown` for a wrong link or key, `not_found` for what is no attempt of this learner."""
    link = find_by_token(shown.token)
    learner = find_learner(link, shown.key)
    attempt = Attempt.find(id=attempt_id, learner_id=learner.id)
    if attempt is None:
        raise QuizsysError(Code.NOT_FOUND, NO_ATTEMPT)
    return _sit(link, attempt, utc_now())


def find_learner(link: ShareLink, key: str) -> Learner:
    """Raises `Unknown`."""
    learner = Learner.find(key_hash=hash_token(key), link_id=link.id) if LEARNER_KEY.fullmatch(key) else None
    if learner is None:
        raise Unknown(Code.UNAUTHORIZED, NO_KEY)
    return learner


def list_attempts_of(learner: Learner) -> list[Attempt]:
    """In their order."""
    return Attempt.list_all(learner_id=learner.id)


def _sit(link: ShareLink, attempt: Attempt, now: datetime) -> Sitting:
    paper = get_paper(attempt.project_id, attempt.quiz_id, attempt.version)
    return Sitting(paper, link, attempt, tuple(AnswerRow.list_all(attempt_id=attempt.id)), now)


def _show_short(link: ShareLink, attempt: Attempt, now: datetime) -> View:
    status = find_status(attempt, link, now)
    may_tell = may_tell_score(link, status, now)
    return show_times(attempt) | {
        "status": status,
        "questions_answered": attempt.answered,
        "score": attempt.score if may_tell else None,
        "max_score": attempt.max_score,
    }


def _check_room(link: ShareLink, attempts: list[Attempt]) -> None:
    allowed = min(link.attempts_allowed or MOST_ATTEMPTS, MOST_ATTEMPTS)
    if len(attempts) >= allowed:
        raise QuizsysError(Code.CONFLICT, f"This link allows {allowed} attempts, and you have finished them all.")


def _insert_learner(link: ShareLink, name: str, key: str) -> Learner:
    plain = name.strip()
    if link.names == "required" and not plain:
        raise invalid(["body", "name"], "This quiz asks for your name.", name, "missing")
    if Learner.select().where(Learner.link_id == link.id).count() >= MOST_LEARNERS:
        raise QuizsysError(Code.CONFLICT, f"This link has {MOST_LEARNERS} learners. Ask who gave it out for another.")
    learner = Learner(
        id=new_id(),
        project_id=link.project_id,
        link_id=link.id,
        name="" if link.names == "none" else plain,
        key_hash=hash_token(key),
        created_at=utc_now(),
    )
    learner.add()
    return learner


def _insert_attempt(link: ShareLink, learner: Learner, number: int) -> Attempt:
    paper = find_paper(link)
    if paper is None:
        raise QuizsysError(Code.CONFLICT, NOT_PUBLISHED)
    now = utc_now()
    attempt = Attempt(
        id=new_id(),
        project_id=link.project_id,
        quiz_id=link.quiz_id,
        version=paper.version,
        link_id=link.id,
        learner_id=learner.id,
        number=number,
        seed=new_seed(),
        position_s=0.0,
        answered=0,
        score=0.0,
        max_score=count_points(paper, link),
        started_at=now,
        updated_at=now,
    )
    attempt.add()
    return attempt
