"""Who changed what: a row in the transaction of the change itself, so that neither is there without the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from quizsys.clock import utc_now
from quizsys.db import add_last
from quizsys.models.audit import AuditRow
from quizsys.paging import WHOLE, Page, take_page
from quizsys.schemas.audit import AuditSchema

PRUNE_BATCH = 500
_schema = AuditSchema()


@dataclass(slots=True)
class Entry:
    """What is known of a request. As a `db.Rider` it is written with the first change that the request commits.

    `status` is what the answer to a success will be; `thing_id` None is what the change itself has made.
    """

    token_id: str | None
    token_name: str
    address: str
    method: str
    action: str
    project_id: str | None
    kind: str
    thing_id: str | None
    status: int
    request_id: str
    done: bool = False

    def ride(self, outcome: Any) -> None:
        """Nothing is written of a repeat that got an earlier request's answer."""
        if getattr(outcome, "is_replay", False):
            return
        add_last(
            AuditRow,
            at=utc_now(),
            token_id=self.token_id,
            token_name=self.token_name,
            address=self.address,
            method=self.method,
            action=self.action,
            project_id=self.project_id,
            kind=self.kind,
            thing_id=self.thing_id or find_id(outcome),
            status=self.status,
            request_id=self.request_id,
        )


def find_id(outcome: Any) -> str | None:
    """The id of what a service made: of several, the last one's."""
    if isinstance(outcome, dict):
        return outcome.get("id") or outcome.get("asset_id")
    if isinstance(outcome, list | tuple):
        return find_id(outcome[-1]) if outcome else None
    return getattr(outcome, "id", None)


def correct_status(request_id: str, status: int) -> None:
    """The answer became another one than was expected when the change was written."""
    newest = AuditRow.select(AuditRow.id).where(AuditRow.request_id == request_id).order_by(AuditRow.id.desc())
    if row := newest.first():
        AuditRow.update(status=status).where(AuditRow.id == row.id).execute()


def list_entries(project_id: str | None, page: Page = WHOLE) -> Iterator[dict[str, Any]]:
    """Newest first; of one project, if it is named."""
    rows = AuditRow.select()
    if project_id is not None:
        rows = rows.where(AuditRow.project_id == project_id)
    return (dict(_schema.dump(row)) for row in take_page(rows, page, AuditRow.id, newest_first=True).iterator())


def prune_entries(keep_days: int) -> int:
    """Forget a batch of those that are older; returns how many."""
    before = utc_now() - timedelta(days=keep_days)
    oldest = AuditRow.select(AuditRow.id, AuditRow.at).order_by(AuditRow.id).limit(PRUNE_BATCH)
    ids = [row.id for row in oldest if row.at < before]
    return int(AuditRow.delete().where(AuditRow.id.in_(ids)).execute()) if ids else 0
