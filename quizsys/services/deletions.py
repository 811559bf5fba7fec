"""What is forgotten: an asset with all that was made of it, or everything that a project stores. Jobs stay."""

from quizsys.db import QUEUE, announce
from quizsys.models.assets import Asset
from quizsys.models.decisions import DecisionRow
from quizsys.models.files import FileRow
from quizsys.models.history import QuizChange
from quizsys.models.jobs import FINAL, QUEUED, RUNNING, Job
from quizsys.models.links import ShareLink
from quizsys.models.quizzes import QuestionRow, Quiz
from quizsys.models.scenes import SceneRow
from quizsys.models.transcripts import SegmentRow, TranscriptRow
from quizsys.models.versions import QuizVersion
from quizsys.services import assets, videos
from quizsys.services.claims import Claim, is_held
from quizsys.services.files import doom_files
from quizsys.services.jobs import cancel_rows
from quizsys.services.links import forget_links
from quizsys.sqlite import unindex_text

WIPE_BATCH = 50


def delete_video(project_id: str, asset_id: str) -> None:
    """As delete_asset; raises `not_found` also for what is no video."""
    videos.get_row(project_id, asset_id)
    delete_asset(project_id, asset_id)


def delete_asset(project_id: str, asset_id: str) -> None:
    """Forget an asset and all that was made of it, its files doomed, its unfinished jobs cancelled.

    Raises `not_found`.
    """
    _forget(assets.get_row(project_id, asset_id))
    announce(QUEUE)


def wipe_some(project_id: str) -> bool:
    """Forget some assets of a project; False if it has none. Not all at once: nobody else can write meanwhile."""
    rows = list(Asset.select().where(Asset.project_id == project_id).limit(WIPE_BATCH))
    for row in rows:
        _forget(row)
    announce(QUEUE)
    return bool(rows)


def _forget(row: Asset) -> None:
    unfinished = (Job.asset_id == row.id) & Job.status.in_((QUEUED, RUNNING))
    # In order: who needs one that was cancelled before it fails with that one.
    cancel_rows(list(Job.select().where(unfinished).order_by(Job.id)))
    transcripts = TranscriptRow.select(TranscriptRow.id).where(TranscriptRow.asset_id == row.id)
    quizzes = Quiz.select(Quiz.id).where(Quiz.asset_id == row.id)
    forget_links(ShareLink.quiz_id.in_(quizzes))
    SegmentRow.delete().where(SegmentRow.transcript_id.in_(transcripts)).execute()
    for part in (QuestionRow, QuizVersion, QuizChange):
        part.delete().where(part.quiz_id.in_(quizzes)).execute()
    for model in (TranscriptRow, DecisionRow, Quiz, SceneRow):
        model.delete().where(model.asset_id == row.id).execute()
    unindex_text(Asset._meta.database, row.id)
    row.delete_instance()
    assets.tell_fate(row, "deleted")
    # Also what a fenced try may have left.
    doom_files(row.project_id, row.id, videos.derived_paths(row))


def list_strays(claim: Claim, paths: list[str]) -> list[str]:
    """Of what a try just put at `paths`: what no row knows and nobody would ever replace or remove.

    Nothing while another try of the job may come: it puts its files in the same places.
    """
    row = Asset.find(id=claim.asset_id)
    if row is not None and not (is_held(claim) or any(Job.has(id=claim.job_id, status=status) for status in FINAL)):
        return []
    known = FileRow.select(FileRow.path).where(FileRow.path.in_(paths) & ~FileRow.is_doomed)
    going = videos.derived_paths(row) if row is not None else ()
    return sorted(set(paths) - {found.path for found in known} - set(going))
