"""Jobs as the processes see that run them: claimed, renewed, finished, given back, rescued.

Every write names the claim (`status = running`, owner, tries); if that finds no row, somebody else has the job: Fenced.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from quizsys.clock import utc_now
from quizsys.db import QUEUE, announce
from quizsys.errors import Fenced
from quizsys.ids import jitter
from quizsys.models.jobs import CANCELLED, COMPLETED, FAILED, QUEUED, RUNNING, Job
from quizsys.retry import may_retry, next_try_at
from quizsys.services.jobs import add_line, fail_dependents, record_change, release_dependents, take_room

TAIL_LINES = 20


@dataclass(frozen=True)
class Claim:
    """One try of one job, held by one process."""

    job_id: str
    project_id: str
    asset_id: str
    job_type: str
    payload: dict[str, Any]
    tries: int
    owner: str


def scratch_name(claim: Claim) -> str:
    """The folder of one try. The owner is in it since a try that was given back has its number again."""
    return f"{claim.job_id}.{claim.tries}.{claim.owner}"


@dataclass(frozen=True)
class Failure:
    """Why a try failed. `crashed`: its worker died; `permanent`: no other try helps; `tail`: the tool's last lines."""

    code: str
    sentence: str
    permanent: bool = False
    crashed: bool = False
    tail: str = ""


def claim_job(owner: str, lease_s: float) -> Claim | None:
    """The next job that may start, now running and ours; None if there is none. The try is counted here."""
    now = utc_now()
    ready = (Job.status == QUEUED) & (Job.waiting_for == 0)
    first = Job.select(Job.id).where(ready & (Job.run_at <= now)).order_by(Job.priority.desc(), Job.id).limit(1)
    claimed = Job.update(
        status=RUNNING,
        owner=owner,
        lease_until_at=now + timedelta(seconds=lease_s),
        tries=Job.tries + 1,
        progress=0.0,
        result={},
        error_code=None,
        error_message=None,
    )
    rows = list(claimed.where(Job.id.in_(first) & (Job.status == QUEUED)).returning(Job).execute())
    if not rows:
        return None
    row = rows[0]
    add_line(row, "INFO", "Job started", {"attempt": row.counted_tries, "max_attempts": row.max_tries})
    return Claim(row.id, row.project_id, row.asset_id, row.job_type, row.payload, row.tries, owner)


def next_run_in_s() -> float | None:
    """Seconds until the earliest queued job may start (0 if one may now); None if nothing waits for its time."""
    ready = (Job.status == QUEUED) & (Job.waiting_for == 0)
    row = Job.select(Job.run_at).where(ready).order_by(Job.run_at).first()
    return None if row is None else max(0.0, (row.run_at - utc_now()).total_seconds())


def renew_leases(owner: str, tries: set[tuple[str, int]], lease_s: float) -> dict[tuple[str, int], bool]:
    """Renew the tries that `owner` really runs, so that a row it lost sight of lapses; returns what list_held does."""
    until = utc_now() + timedelta(seconds=lease_s)
    for job_id, number in tries:
        held = (Job.id == job_id) & (Job.tries == number) & (Job.status == RUNNING) & (Job.owner == owner)
        Job.update(lease_until_at=until).where(held).execute()
    return list_held(owner)


def list_held(owner: str) -> dict[tuple[str, int], bool]:
    """What `owner` holds: (job id, try) -> whether somebody wants it cancelled."""
    rows = Job.select(Job.id, Job.tries, Job.cancel_requested_at).where((Job.status == RUNNING) & (Job.owner == owner))
    return {(row.id, row.tries): row.cancel_requested_at is not None for row in rows}


def list_leases() -> dict[tuple[str, int], datetime]:
    """(job id, try) -> until when whoever runs it need not be heard of."""
    rows = Job.select(Job.id, Job.tries, Job.lease_until_at).where(Job.status == RUNNING)
    return {(row.id, row.tries): row.lease_until_at for row in rows}


def list_running_tries() -> set[str]:
    """The scratch folders' names of all running jobs, whoever runs them."""
    rows = Job.select(Job.id, Job.tries, Job.owner).where(Job.status == RUNNING)
    return {f"{row.id}.{row.tries}.{row.owner}" for row in rows}


def set_progress(claim: Claim, percent: float) -> None:
    """Raises Fenced."""
    written = Job.update(progress=round(percent, 1), updated_at=utc_now()).where(_held(claim)).execute()
    if not written:
        raise Fenced
    record_change(claim.job_id, None)


def complete_job(claim: Claim, result: dict[str, Any]) -> None:
    """Raises Fenced."""
    row = get_held(claim)
    row.status, row.progress, row.result = COMPLETED, 100.0, result
    _close(row, "INFO", "Job completed successfully", {})
    release_dependents(row.id)


def fail_job(claim: Claim, failure: Failure, backoff: float) -> None:
    """Queue the job again, later, or fail it for good. Raises Fenced."""
    row = get_held(claim)
    if row.cancel_requested_at is not None:
        return _cancel(row)
    row.crashes += failure.crashed
    row.error_code, row.error_message = failure.code, failure.sentence
    details = {"attempt": row.counted_tries, "code": failure.code, "error": failure.sentence}
    if failure.tail:
        details["tail"] = "\n".join(failure.tail.splitlines()[-TAIL_LINES:])
    if may_retry(row.counted_tries, row.max_tries, row.crashes, permanent=failure.permanent):
        row.status = QUEUED
        row.run_at = next_try_at(utc_now(), row.counted_tries, row.retry_delay_s, backoff, jitter(1))
        _close(row, "ERROR", "Job failed; retry scheduled", details)
    else:
        row.status = FAILED
        _close(row, "ERROR", "Job failed", details)
        fail_dependents(row.id)
    return None


def give_back(claim: Claim) -> None:
    """Queue the job again as if this try had not been: the process is stopping. Raises Fenced."""
    row = get_held(claim)
    if row.cancel_requested_at is not None:
        return _cancel(row)
    row.status, row.tries, row.progress = QUEUED, row.tries - 1, 0.0
    return _close(row, "WARNING", "Job interrupted; given back", {})


def cancel_held(claim: Claim) -> None:
    """Close a job whose work has been stopped because somebody asked for it. Raises Fenced."""
    _cancel(get_held(claim))


def rescue_jobs(alive: set[str], fresh: Collection[tuple[str, int]] = ()) -> int:
    """Take back what dead processes held, and what a living one has not renewed in time; returns how many.

    `fresh` are tries, (job id, try), that were seen renewed lately, whatever the clock of the day says.
    An interrupted try counts: a job without a try left fails, and says so.
    """
    now = utc_now()
    lost = Job.owner.not_in(sorted(alive)) | (Job.lease_until_at < now)
    found = Job.select().where((Job.status == RUNNING) & lost)
    rows = [row for row in found if row.owner not in alive or (row.id, row.tries) not in fresh]
    for row in rows:
        _rescue(row)
    return len(rows)


def get_held(claim: Claim) -> Job:
    """The claimed row. Raises Fenced."""
    row = Job.get_or_none(_held(claim))
    if row is None:
        raise Fenced
    return row


def is_held(claim: Claim) -> bool:
    """Whether its try still counts."""
    return bool(Job.select().where(_held(claim)).exists())


def _held(claim: Claim) -> Any:
    return (Job.id == claim.job_id) & (Job.status == RUNNING) & (Job.owner == claim.owner) & (Job.tries == claim.tries)


def _rescue(row: Job) -> None:
    if row.cancel_requested_at is not None:
        return _cancel(row)
    row.progress = 0.0
    if row.counted_tries < row.max_tries:
        row.status, row.run_at = QUEUED, utc_now()
        return _close(row, "WARNING", "Recovered unfinished job", {"attempt": row.counted_tries})
    row.status, row.error_code = FAILED, "interrupted"
    row.error_message = "The server stopped during the last try of this job. Send it again."
    _close(row, "ERROR", "Job failed", {"attempt": row.counted_tries, "code": "interrupted"})
    fail_dependents(row.id)
    return None


def _cancel(row: Job) -> None:
    row.status = CANCELLED
    _close(row, "INFO", "Job cancelled", {})
    fail_dependents(row.id)


def _close(row: Job, level: str, message: str, details: dict[str, Any]) -> None:
    row.owner = row.lease_until_at = None
    add_line(row, level, message, details)
    if row.status == QUEUED:
        take_room()
        announce(QUEUE)
