"""The chain from a video to a quiz: whatever is missing, each step a job of its own."""

from typing import Any

from quizsys.models.assets import Asset
from quizsys.models.jobs import QUEUED, RUNNING, Job
from quizsys.models.scenes import SceneRow
from quizsys.services.jobs import NewJob, check_room, dump_job, insert_job
from quizsys.services.transcripts import find_current
from quizsys.services.videos import get_row

STEPS = ("ingest", "scene_detection", "transcription", "quiz_generation")


def request_quiz(
    project_id: str, asset_id: str, payload: dict[str, Any], max_tries: int, retry_delay_s: float, max_queued: int
) -> list[dict[str, Any]]:
    """The jobs that lead to a quiz, in order, the last one makes it. Steps already done are left out.

    Asked again while they run, it returns the same jobs. Raises `not_found`, `queue_full`.
    """
    row = get_row(project_id, asset_id)
    active = _list_active(asset_id)
    if "quiz_generation" in active:
        return [dump_job(active[step]) for step in STEPS if step in active]
    missing = [step for step in STEPS if step not in active and not _is_done(step, row)]
    check_room(max_queued, len(missing))
    chain: list[Job] = []
    for step in STEPS:
        needs = tuple(job.id for job in chain)
        if step in missing:
            new = NewJob(project_id, step, asset_id, max_tries, retry_delay_s, {**payload, "asset_id": asset_id}, needs)
            chain.append(insert_job(new))
        elif step in active:
            chain.append(active[step])
    return [dump_job(job) for job in chain]


def _list_active(asset_id: str) -> dict[str, Job]:
    """The newest unfinished job of each type, those being cancelled left out."""
    alive = Job.status.in_((QUEUED, RUNNING)) & Job.cancel_requested_at.is_null()
    rows = Job.select().where((Job.asset_id == asset_id) & alive).order_by(Job.id)
    # One that only adds to a quiz makes none.
    return {row.job_type: row for row in rows if "quiz_id" not in row.payload}


def _is_done(step: str, row: Asset) -> bool:
    if step == "ingest":
        return row.ingested_at is not None
    if step == "scene_detection":
        return bool(SceneRow.select().where(SceneRow.asset_id == row.id).exists())
    return step == "transcription" and find_current(row.id) is not None
