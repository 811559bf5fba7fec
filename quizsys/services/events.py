"""The outbox as those read it who tell of changes: what happened since, what stands now, what may be forgotten."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from peewee import fn

from quizsys.clock import utc_now
from quizsys.json_text import write_json
from quizsys.models.events import Event
from quizsys.models.jobs import FINAL, QUEUED, RUNNING, Job
from quizsys.services.jobs import dump_job, get_row

KEPT = timedelta(hours=1)
PRUNE_BATCH = 500
READ_LIMIT = 500
PAGE_ROWS = 100


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A job as it was after outbox row `event_id` (0 if its rows have been pruned). `data` is its JSON, in one line."""

    event_id: int
    job_id: str
    project_id: str
    is_final: bool
    data: bytes

    @property
    def job(self) -> dict[str, Any]:
        return cast(dict[str, Any], json.loads(self.data))


@dataclass(frozen=True)
class Changes:
    """Snapshots in the order of their events; all up to `last_id` have been looked at. `is_partial`: there are more."""

    last_id: int
    snapshots: list[Snapshot]
    is_partial: bool = False


def get_last_id() -> int:
    return Event.select(fn.MAX(Event.id)).scalar() or 0


def read_job(project_id: str, job_id: str) -> Snapshot:
    """Raises `not_found`."""
    row = get_row(project_id, job_id)
    newest = Event.select(fn.MAX(Event.id)).where(Event.job_id == job_id).scalar() or 0
    return _dump(newest, row)


def read_changes(since: int, jobs: set[str], projects: set[str]) -> Changes:
    """What happened after the event `since` to these jobs and in these projects: each state, and the last progress."""
    behind = Event.select(Event.id, Event.job_id, Event.snapshot).where(Event.id > since).order_by(Event.id)
    rows: Any = behind.limit(READ_LIMIT).tuples()
    events: list[tuple[int, str, str | None]] = list(rows)
    is_partial = len(events) == READ_LIMIT
    last_id = events[-1][0] if is_partial else get_last_id()
    found: list[Snapshot] = []
    newest = {job_id: event_id for event_id, job_id, _ in events if projects or job_id in jobs}
    unkept = {job_id: event_id for event_id, job_id, text in events if text is None and newest.get(job_id) == event_id}
    found += [_dump(unkept[row.id], row) for row in Job.select().where(Job.id.in_(list(unkept)))] if unkept else []
    found += [_parse(event_id, job_id, text) for event_id, job_id, text in events if text and job_id in newest]
    wanted = [snapshot for snapshot in found if snapshot.job_id in jobs or snapshot.project_id in projects]
    return Changes(last_id, sorted(wanted, key=lambda snapshot: snapshot.event_id), is_partial)


@dataclass(frozen=True)
class Begin:
    """The first page for a project's stream. `is_reset`: the outbox no longer has all that came after what was seen."""

    is_reset: bool
    last_id: int
    page: list[Snapshot]


def read_start(project_id: str, seen: int | None) -> Begin:
    """Without `seen` or after a reset the page is one of read_project_jobs, else one of read_project_changes."""
    is_reset = seen is not None and not _is_kept_since(seen)
    if seen is None or is_reset:
        return Begin(is_reset, get_last_id(), read_project_jobs(project_id, "", is_whole=is_reset))
    return Begin(False, seen, read_project_changes(project_id, seen))


def _is_kept_since(event_id: int) -> bool:
    oldest = Event.select(fn.MIN(Event.id)).scalar() or 0
    return oldest - 1 <= event_id <= get_last_id()


def read_project_changes(project_id: str, since: int) -> list[Snapshot]:
    """A page of the project's jobs that changed after the event `since`, as they are now, by their last event."""
    last = fn.MAX(Event.id)
    rows: Any = Event.select(Event.job_id, last).join(Job, on=(Job.id == Event.job_id))
    rows = rows.where((Event.id > since) & (Job.project_id == project_id))
    changed: dict[str, int] = dict(rows.group_by(Event.job_id).order_by(last).limit(PAGE_ROWS).tuples())
    jobs = Job.select().where(Job.id.in_(list(changed)))
    return sorted((_dump(changed[row.id], row) for row in jobs), key=lambda snapshot: snapshot.event_id)


def read_project_jobs(project_id: str, after_id: str, *, is_whole: bool) -> list[Snapshot]:
    """A page of the project's unfinished jobs, or of all, by id; their event ids are not told."""
    rows = Job.select().where((Job.project_id == project_id) & (Job.id > after_id)).order_by(Job.id).limit(PAGE_ROWS)
    if not is_whole:
        rows = rows.where(Job.status.in_((QUEUED, RUNNING)))
    return [_dump(0, row) for row in cast(Iterable[Job], rows)]


def prune_events() -> int:
    """Forget a batch of old outbox rows, never the newest one: its id must not come again."""
    before, newest = utc_now() - KEPT, get_last_id()
    oldest = Event.select(Event.id, Event.at).order_by(Event.id).limit(PRUNE_BATCH)
    ids = [row.id for row in oldest if row.at < before and row.id < newest]
    return int(Event.delete().where(Event.id.in_(ids)).execute()) if ids else 0


def _dump(event_id: int, row: Job) -> Snapshot:
    return Snapshot(event_id, row.id, row.project_id, row.status in FINAL, write_json(dump_job(row)))


def _parse(event_id: int, job_id: str, text: str) -> Snapshot:
    job = json.loads(text)
    return Snapshot(event_id, job_id, job["project_id"], job["status"] in FINAL, text.encode())
