"""Share links: made, listed, changed, closed, deleted; found by what learners present."""

from collections.abc import Iterator
from typing import Any

from quizsys.clock import utc_now, wire_time
from quizsys.errors import Code, QuizsysError, invalid
from quizsys.ids import LINK_TOKEN, new_id, new_link_token
from quizsys.models.attempts import AnswerRow, Attempt, Learner, Viewing
from quizsys.models.links import ShareLink
from quizsys.paging import WHOLE, Page, take_page
from quizsys.services import quizzes
from quizsys.services.papers import get_paper
from quizsys.taking.sitting import CLOSED, NOT_OPEN, find_state

MOST_LINKS = 1000
MOST_TRIES = 20
NO_LINK = "There is no such link. Check that it was copied whole, or ask who gave it to you."
SELF_MARKING = "Learners can mark themselves only when they see the right answer at once: set feedback to 'each'."


class Unknown(QuizsysError):
    """What was presented as a link or as a learner's key never was one: a guess."""


def create_link(project_id: str, quiz_id: str, asked: dict[str, Any], who: str) -> dict[str, Any]:
    """`asked` as LinkCreateRequest loads it. Raises `not_found` for what is not published, `invalid`, `conflict`."""
    for version in {None, asked["version"]}:
        get_paper(project_id, quiz_id, version)
    if ShareLink.select().where(ShareLink.quiz_id == quiz_id).count() >= MOST_LINKS:
        raise QuizsysError(Code.CONFLICT, f"This quiz has {MOST_LINKS} links already. Delete one of them first.")
    tries = asked["tries_allowed"] or (1 if asked["feedback"] == "each" else MOST_TRIES)
    link = ShareLink(
        **(asked | {"tries_allowed": tries}),
        id=new_id(),
        project_id=project_id,
        quiz_id=quiz_id,
        token=new_link_token(),
        created_by=who,
        created_at=utc_now(),
    )
    _check(link)
    link.save(force_insert=True)
    return dump_link(link)


def list_links(project_id: str, quiz_id: str, page: Page = WHOLE) -> Iterator[dict[str, Any]]:
    """Newest first. Raises `not_found` for an unknown quiz."""
    quizzes.get_row(project_id, quiz_id)
    rows = ShareLink.select().where(ShareLink.quiz_id == quiz_id)
    return map(dump_link, take_page(rows, page, ShareLink.id, newest_first=True))


def get_link(project_id: str, link_id: str) -> dict[str, Any]:
    """Raises `not_found`."""
    return dump_link(get_row(project_id, link_id))


def get_row(project_id: str, link_id: str) -> ShareLink:
    """Raises `not_found`, also for another project's link."""
    row: ShareLink | None = ShareLink.get_or_none((ShareLink.id == link_id) & (ShareLink.project_id == project_id))
    if row is None:
        raise QuizsysError(Code.NOT_FOUND, "Link not found")
    return row


def update_link(project_id: str, link_id: str, changes: dict[str, Any]) -> dict[str, Any]:
    """`closed` closes it at once, or opens it again; the rest are fields. Raises `not_found`, `invalid`."""
    row = get_row(project_id, link_id)
    for name, value in changes.items():
        if name != "closed":
            setattr(row, name, value)
        elif value != (row.closed_at is not None):
            row.closed_at = utc_now() if value else None
    _check(row)
    row.save()
    return dump_link(row)


def delete_link(project_id: str, link_id: str) -> None:
    """With its learners and all that they did. Raises `not_found`."""
    forget_links(ShareLink.id == get_row(project_id, link_id).id)


def forget_links(which: Any) -> None:
    """Those that `which`, a condition on ShareLink, names, with their learners and all that these did."""
    links = ShareLink.select(ShareLink.id).where(which)
    forget_attempts(Attempt.link_id.in_(links))
    Learner.delete().where(Learner.link_id.in_(links)).execute()
    ShareLink.delete().where(which).execute()


def forget_attempts(which: Any) -> None:
    attempts = Attempt.select(Attempt.id).where(which)
    for model in (AnswerRow, Viewing):
        model.delete().where(model.attempt_id.in_(attempts)).execute()
    Attempt.delete().where(which).execute()


def find_by_token(token: str) -> ShareLink:
    """Raises `Unknown`."""
    link = ShareLink.find(token=token) if LINK_TOKEN.fullmatch(token) else None
    if link is None:
        raise Unknown(Code.NOT_FOUND, NO_LINK)
    return link


def check_begun(link: ShareLink) -> None:
    """Raises `conflict` before it opens."""
    if find_state(link, utc_now()) == NOT_OPEN:
        raise QuizsysError(Code.CONFLICT, f"This quiz opens at {wire_time(link.opens_at)}. Come back then.")


def check_open(link: ShareLink) -> None:
    """Raises `conflict` before it opens, `gone` when it is closed."""
    check_begun(link)
    if find_state(link, utc_now()) == CLOSED:
        raise QuizsysError(Code.GONE, "This quiz is closed. What was answered before counts; ask who gave it out.")


def dump_link(row: ShareLink) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in FIELDS},
        **{name: _tell(getattr(row, name)) for name in MOMENTS},
        "path": f"/share/{row.token}",
        "state": find_state(row, utc_now()),
        "learners": Learner.select().where(Learner.link_id == row.id).count(),
        "attempts": Attempt.select().where(Attempt.link_id == row.id).count(),
    }


MOMENTS = ("opens_at", "closes_at", "closed_at", "created_at")
FIELDS = tuple(name for name in ShareLink._meta.sorted_field_names if name not in MOMENTS)


def _tell(moment: Any) -> str | None:
    return None if moment is None else wire_time(moment)


def _check(link: ShareLink) -> None:
    if link.opens_at is not None and link.closes_at is not None and link.closes_at <= link.opens_at:
        raise invalid(["body", "closes_at"], "A link closes after it has opened.", wire_time(link.closes_at))
    if link.self_marking and link.feedback != "each":
        raise invalid(["body", "self_marking"], SELF_MARKING, True)
