"""Jobs as their owners see them: created, listed, read, cancelled."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from peewee import fn

from quizsys.clock import utc_now, wire_time
from quizsys.db import EVENTS, QUEUE, add_last, announce, log_commit, memo
from quizsys.errors import Code, QuizsysError, invalid
from quizsys.ids import new_id
from quizsys.json_text import write_json
from quizsys.kinds import VIDEO_CATEGORIES
from quizsys.models.assets import Asset
from quizsys.models.events import Event
from quizsys.models.jobs import CANCELLED, FAILED, FINAL, QUEUED, RUNNING, STATUSES, Job, JobNeed
from quizsys.paging import WHOLE, Page, take_page
from quizsys.schemas.jobs import JobResponse
from quizsys.schemas.plain import compile_dump
from quizsys.services.deliveries import tell_webhooks

# What is larger is read from the job itself when it is sent: then as it is by that time.
LARGEST_SNAPSHOT_BYTES = 64 * 1024
_dump = compile_dump(JobResponse())


@dataclass(frozen=True)
class NewJob:
    """What is asked for; `needs` are ids of jobs that must complete first."""

    project_id: str
    job_type: str
    asset_id: str
    max_tries: int
    retry_delay_s: float
    payload: dict[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    priority: int = 0


def create_job(new: NewJob, max_queued: int) -> dict[str, Any]:
    """Enqueue one job and return it. Raises `queue_full`, or `invalid` for an asset that is not in the project."""
    check_room(max_queued, 1)
    known = {"id": new.asset_id, "project_id": new.project_id}
    if not any(Asset.has(**known, category=category) for category in VIDEO_CATEGORIES):
        raise invalid(["body", "payload", "asset_id"], "There is no such video in this project.", new.asset_id)
    return dump_job(insert_job(new))


def check_room(max_queued: int, count: int) -> None:
    """Raises `queue_full` unless `count` more jobs fit. Counted in the inserting transaction: two cannot both pass."""
    # An upper bound: every new job is added, but none that was claimed or failed taken off. Counted when it says full.
    known = memo()
    queued = known.get(QUEUED, max_queued)
    if queued + count > max_queued:
        queued = Job.select(fn.COUNT(Job.id)).where(Job.status == QUEUED).scalar()
    if queued + count > max_queued:
        raise QuizsysError(Code.QUEUE_FULL, "The queue is full. Try again in a few seconds.", retry_after_s=5)
    known[QUEUED] = queued + count


def take_room() -> None:
    """Count a job that ran and is queued again, however full the queue is."""
    known = memo()
    if QUEUED in known:
        known[QUEUED] += 1


def insert_job(new: NewJob) -> Job:
    """A queued row with its needs and its first log line; the needs must exist."""
    now = utc_now()
    waiting = [
        needed for needed in new.needs if Job.has(id=needed, status=QUEUED) or Job.has(id=needed, status=RUNNING)
    ]
    details = {"max_attempts": new.max_tries, "retry_delay_seconds": new.retry_delay_s}
    job = Job(
        id=new_id(),
        project_id=new.project_id,
        asset_id=new.asset_id,
        job_type=new.job_type,
        status=QUEUED,
        max_tries=new.max_tries,
        retry_delay_s=new.retry_delay_s,
        priority=new.priority,
        waiting_for=len(waiting),
        payload=new.payload,
        logs=[log_line("INFO", "Job queued", details)],
        run_at=now,
        created_at=now,
        updated_at=now,
    )
    job.add()
    for needed in waiting:
        JobNeed.insert(job_id=job.id, needs_id=needed).execute()
    record_change(job.id, f"{new.job_type} queued")
    announce(QUEUE)
    return job


def list_jobs(project_id: str, statuses: Iterable[str] = (), page: Page = WHOLE) -> Iterator[dict[str, Any]]:
    """Newest first; those of the statuses, if any are named. Raises `bad_filter`, which names the unknown ones."""
    wanted = [status.lower() for status in statuses]
    unknown = sorted({status for status in statuses if status.lower() not in STATUSES})
    if unknown:
        raise QuizsysError(Code.BAD_FILTER, f"Invalid status filter(s): {', '.join(unknown)}")
    rows = Job.select().where(Job.project_id == project_id)
    if wanted:
        rows = rows.where(Job.status.in_(wanted))
    return map(dump_job, take_page(rows, page, Job.id, newest_first=True).iterator())


def get_job(project_id: str, job_id: str) -> dict[str, Any]:
    """Raises `not_found`, also for another project's job."""
    return dump_job(get_row(project_id, job_id))


def get_row(project_id: str, job_id: str) -> Job:
    row = Job.get_or_none((Job.id == job_id) & (Job.project_id == project_id))
    if row is None:
        raise QuizsysError(Code.NOT_FOUND, "Job not found")
    return row


def request_cancel(project_id: str, job_id: str) -> dict[str, Any]:
    """Cancel what waits at once, and have what runs stopped; a finished job stays as it is."""
    cancel_rows([get_row(project_id, job_id)])
    return get_job(project_id, job_id)


def set_priority(project_id: str, job_id: str, priority: int) -> dict[str, Any]:
    """Move a queued job forward or back in the queue. Raises `not_found`, `conflict` once it has started."""
    row = get_row(project_id, job_id)
    if row.status != QUEUED:
        raise QuizsysError(Code.CONFLICT, f"Only a queued job has a place in the queue. This one is {row.status}.")
    if row.priority != priority:
        row.priority = priority
        add_line(row, "INFO", "Priority changed", {"priority": priority})
    return dump_job(row)


def cancel_rows(rows: Sequence[Job]) -> None:
    """Cancel queued jobs, with what depends on them, and mark the running ones for their owner to stop."""
    for seen in rows:
        # Read again: the one before may have failed this one with it.
        row = Job.get_by_id(seen.id)
        if row.status == QUEUED:
            row.status, row.cancel_requested_at = CANCELLED, utc_now()
            add_line(row, "INFO", "Job cancelled", {})
            fail_dependents(row.id)
        elif row.status == RUNNING and row.cancel_requested_at is None:
            row.cancel_requested_at = utc_now()
            add_line(row, "INFO", "Cancel requested", {})
            announce(QUEUE)


def fail_dependents(job_id: str) -> None:
    """Fail what waits for a job that will never complete, and what waits for that."""
    needs = JobNeed.select(JobNeed.job_id).where(JobNeed.needs_id == job_id)
    for found in list(Job.select(Job.id).where(Job.id.in_(needs)).order_by(Job.id)):
        # Read again: it may need several, and the one before may have failed it already.
        row = Job.get_by_id(found.id)
        if row.status != QUEUED:
            continue
        row.status, row.error_code = FAILED, "dependency_failed"
        row.error_message = "A job that this one needs did not complete. Mend that one, then ask again."
        add_line(row, "ERROR", "Job failed", {"code": row.error_code, "needs": job_id})
        fail_dependents(row.id)


def release_dependents(job_id: str) -> None:
    """Let what waited for a completed job go on."""
    needs = JobNeed.select(JobNeed.job_id).where(JobNeed.needs_id == job_id)
    Job.update(waiting_for=Job.waiting_for - 1).where(Job.id.in_(needs)).execute()
    announce(QUEUE)


def add_line(row: Job, level: str, message: str, details: dict[str, Any]) -> None:
    """Save a changed row with a line in its own log, and tell those who watch it."""
    row.logs = [*row.logs, log_line(level, message, details)]
    row.updated_at = utc_now()
    row.save()
    record_change(row.id, f"{row.job_type} {row.status}: {message}", write_json(dump_job(row)))
    if row.status in FINAL:
        tell_webhooks(row.project_id, f"job.{row.status}", _describe_end(row))


def _describe_end(row: Job) -> dict[str, Any]:
    """Without the result, which may be long: it can be read."""
    names = ("asset_id", "job_type", "status", "error_code", "error_message")
    return {"job_id": row.id} | {name: getattr(row, name) for name in names}


def log_line(level: str, message: str, details: dict[str, Any]) -> dict[str, Any]:
    return {"timestamp": wire_time(utc_now()), "level": level, "message": message, "details": details}


def record_change(job_id: str, message: str | None, snapshot: bytes | None = None) -> None:
    """Write the outbox row of a change; `message` goes to the log after the commit.

    With `snapshot`, the job as JSON, those who watch get this very state, however soon the next one follows.
    """
    kept = snapshot.decode() if snapshot and len(snapshot) <= LARGEST_SNAPSHOT_BYTES else None
    add_last(Event, job_id=job_id, at=utc_now(), snapshot=kept)
    announce(EVENTS)
    if message:
        log_commit(job_id, message)


def dump_job(row: Job) -> dict[str, Any]:
    return _dump(row)
