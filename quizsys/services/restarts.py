"""Finished jobs queued anew by hand: one alone, or a failed step and all that failed for want of it."""

from typing import Any

from quizsys.clock import utc_now
from quizsys.db import QUEUE, announce
from quizsys.errors import Code, QuizsysError
from quizsys.models.assets import Asset
from quizsys.models.jobs import CANCELLED, COMPLETED, FAILED, QUEUED, Job, JobNeed
from quizsys.services.jobs import add_line, check_room, dump_job, get_row

NOT_OVER = "Only a failed or cancelled job can be queued again. This one is {}."
NO_VIDEO = "The video of this job has been deleted. Upload it again and ask for a new job."
NEEDS_FIRST = "The job {} that this one needs did not complete. Restart that one: this one then follows."


def retry_job(project_id: str, job_id: str, max_queued: int) -> dict[str, Any]:
    """Queue a failed or cancelled job again with all its tries. Raises `not_found`, `conflict`, `queue_full`."""
    row = get_row(project_id, job_id)
    _check_over(row)
    check_room(max_queued, 1)
    _requeue(row)
    return dump_job(row)


def restart_chain(project_id: str, job_id: str, max_queued: int) -> list[dict[str, Any]]:
    """Queue a failed or cancelled job again, with every job that failed because of it; returns them in their order.

    Raises `not_found`, `conflict`, `queue_full`; then nothing has changed.
    """
    first = get_row(project_id, job_id)
    _check_over(first)
    rows = [first, *_list_failed_with(first)]
    check_room(max_queued, len(rows))
    restarted = []
    for row in rows:
        # In the order they were made: what a job needs is older than itself.
        if find_hindrance(row) is None:
            _requeue(row)
            restarted.append(row)
    return [dump_job(row) for row in restarted]


def find_hindrance(row: Job) -> str | None:
    """The id of a needed job that failed or was cancelled."""
    needed = JobNeed.select(JobNeed.needs_id).where(JobNeed.job_id == row.id)
    over = Job.select(Job.id).where(Job.id.in_(needed) & Job.status.in_((FAILED, CANCELLED))).order_by(Job.id)
    return next((found.id for found in over), None)


def _check_over(row: Job) -> None:
    if row.status not in (FAILED, CANCELLED):
        raise QuizsysError(Code.CONFLICT, NOT_OVER.format(row.status))
    if not Asset.has(id=row.asset_id, project_id=row.project_id):
        raise QuizsysError(Code.CONFLICT, NO_VIDEO)
    if (hindrance := find_hindrance(row)) is not None:
        raise QuizsysError(Code.CONFLICT, NEEDS_FIRST.format(hindrance))


def _list_failed_with(first: Job) -> list[Job]:
    """What failed because it needs `first`, and what failed for want of that, oldest first."""
    found: dict[str, Job] = {}
    waiting = [first.id]
    while waiting:
        needy = JobNeed.select(JobNeed.job_id).where(JobNeed.needs_id.in_(waiting))
        failed = (Job.status == FAILED) & (Job.error_code == "dependency_failed")
        rows = [row for row in Job.select().where(Job.id.in_(needy) & failed) if row.id not in found]
        found |= {row.id: row for row in rows}
        waiting = [row.id for row in rows]
    return [found[job_id] for job_id in sorted(found)]


def _requeue(row: Job) -> None:
    """All tries again; their count goes on, so that no later try is taken for an earlier one."""
    needed = JobNeed.select(JobNeed.needs_id).where(JobNeed.job_id == row.id)
    row.status, row.run_at, row.spent_tries, row.crashes = QUEUED, utc_now(), row.tries, 0
    row.progress, row.result, row.error_code, row.error_message = 0.0, {}, None, None
    row.cancel_requested_at = None
    row.waiting_for = Job.select().where(Job.id.in_(needed) & (Job.status != COMPLETED)).count()
    add_line(row, "INFO", "Job queued again", {"max_attempts": row.max_tries, "retry_delay_seconds": row.retry_delay_s})
    announce(QUEUE)
