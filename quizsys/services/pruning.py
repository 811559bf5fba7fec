"""What is forgotten after a time: jobs that ended long ago."""

from datetime import timedelta

from quizsys.clock import utc_now
from quizsys.ids import first_id_at
from quizsys.models.events import Event
from quizsys.models.jobs import FINAL, QUEUED, RUNNING, Job, JobNeed
from quizsys.services.events import get_last_id

JOBS_BATCH = 200


def prune_jobs(keep_days: int) -> int:
    """Delete a batch of jobs that ended more than `keep_days` ago, with their log and their events; returns how many.

    Never one that an unfinished job needs.
    """
    before = utc_now() - timedelta(days=keep_days)
    unfinished = Job.select(Job.id).where(Job.status.in_((QUEUED, RUNNING)))
    needed = JobNeed.select(JobNeed.needs_id).where(JobNeed.job_id.in_(unfinished))
    # By id first: it tells when the job was made, and the oldest come first without a look at the others.
    old = (Job.id < first_id_at(before)) & (Job.updated_at < before)
    over = Job.select(Job.id).where(old & Job.status.in_(FINAL) & Job.id.not_in(needed)).order_by(Job.id)
    ids = [row.id for row in over.limit(JOBS_BATCH)]
    JobNeed.delete().where(JobNeed.job_id.in_(ids) | JobNeed.needs_id.in_(ids)).execute()
    # Never the newest event: its id must not come again.
    Event.delete().where(Event.job_id.in_(ids) & (Event.id < get_last_id())).execute()
    return int(Job.delete().where(Job.id.in_(ids)).execute())
