"""Assets that nobody has touched for as long as a setting says: listed, and deleted one in each transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from quizsys.models.assets import Asset
from quizsys.models.jobs import QUEUED, RUNNING, Job
from quizsys.models.quizzes import DRAFT, Quiz
from quizsys.models.transcripts import TranscriptRow
from quizsys.services.deletions import delete_asset


@dataclass(frozen=True)
class OldAsset:
    project_id: str
    asset_id: str
    relative_path: str
    size_bytes: int


def list_old_assets(categories: Sequence[str], before: datetime) -> list[OldAsset]:
    """Oldest first: untouched since `before`, at no work, and without a quiz that is in use."""
    rows = Asset.select().where(_is_old(categories, before)).order_by(Asset.updated_at)
    return [OldAsset(row.project_id, row.id, row.relative_path, row.size_bytes) for row in rows]


def delete_if_old(old: OldAsset, categories: Sequence[str], before: datetime) -> bool:
    """Delete it with all that was made of it; False if somebody has touched it meanwhile."""
    if not Asset.select().where(_is_old(categories, before) & (Asset.id == old.asset_id)).exists():
        return False
    delete_asset(old.project_id, old.asset_id)
    return True


def _is_old(categories: Sequence[str], before: datetime) -> Any:
    # An export names its other sources in its payload.
    named = (Job.asset_id == Asset.id) | (fn.INSTR(Job.payload, Asset.id) > 0)
    at_work = Job.select(Job.id).where(Job.status.in_((QUEUED, RUNNING)) & named)
    quiz_in_use = (Quiz.status != DRAFT) | (Quiz.updated_at >= before)
    quizzed = Quiz.select(Quiz.id).where((Quiz.asset_id == Asset.id) & quiz_in_use)
    corrected = TranscriptRow.select(TranscriptRow.id).where(
        (TranscriptRow.asset_id == Asset.id) & (TranscriptRow.created_at >= before)
    )
    untouched = ~fn.EXISTS(at_work) & ~fn.EXISTS(quizzed) & ~fn.EXISTS(corrected)
    return Asset.category.in_(categories) & (Asset.updated_at < before) & untouched
