"""How much there is to do, for metrics and for the operator: counted over indexes, whatever the table's size."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from peewee import fn

from quizsys.clock import utc_now
from quizsys.models.events import Event
from quizsys.models.jobs import QUEUED, RUNNING, STATUSES, Job
from quizsys.services.facts import LAST_BACKUP_AT, find_fact


@dataclass(frozen=True)
class Workload:
    """`active` counts by (state, job type) what is queued or runs, `stored` by state all rows.

    `oldest_wait_s` is how long the first job has waited that could start at once, 0 without one.
    """

    active: dict[tuple[str, str], int]
    stored: dict[str, int]
    oldest_wait_s: float
    newest_event_id: int
    last_backup_at: datetime | None


def read_workload() -> Workload:
    count = fn.COUNT(Job.id)
    active = Job.select(Job.status, Job.job_type, count).where(Job.status.in_((QUEUED, RUNNING)))
    by_kind: Any = active.group_by(Job.status, Job.job_type).tuples()
    by_state: Any = Job.select(Job.status, count).group_by(Job.status).tuples()
    backup = find_fact(LAST_BACKUP_AT)
    return Workload(
        active={(state, kind): found for state, kind, found in by_kind},
        stored=dict.fromkeys(STATUSES, 0) | dict(by_state),
        oldest_wait_s=_read_oldest_wait_s(),
        newest_event_id=Event.select(fn.MAX(Event.id)).scalar() or 0,
        last_backup_at=datetime.fromisoformat(backup).astimezone(UTC) if backup else None,
    )


def _read_oldest_wait_s() -> float:
    now = utc_now()
    ready = (Job.status == QUEUED) & (Job.waiting_for == 0) & (Job.run_at <= now)
    row = Job.select(Job.run_at).where(ready).order_by(Job.run_at).first()
    return 0.0 if row is None else float((now - row.run_at).total_seconds())
