"""Videos: taken in, listed, read, deleted; and what their ingest found."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media.ingest import Ingested
from media.probe import Probe
from quizsys.calls import Call
from quizsys.clock import utc_now
from quizsys.db import QUEUE, announce
from quizsys.errors import Code, QuizsysError
from quizsys.ids import new_id
from quizsys.models.assets import Asset
from quizsys.models.jobs import QUEUED, RUNNING, Job
from quizsys.models.quizzes import QuestionRow, Quiz
from quizsys.models.scenes import SceneRow
from quizsys.models.transcripts import SegmentRow, TranscriptRow
from quizsys.schemas.videos import VideoAssetResponse, VideoUploadResponse
from quizsys.services.claims import Claim
from quizsys.services.files import doom_files, record_files
from quizsys.services.jobs import cancel_rows
from quizsys.services.quotas import Quotas, check_quota
from quizsys.sqlite import unindex_text
from quizsys.storage import Storage

_schema = VideoAssetResponse()
_upload_schema = VideoUploadResponse()
READY = "ready"


@dataclass(frozen=True)
class StoredFile:
    """An uploaded file in its final place, and its picture."""

    project_id: str
    filename: str
    original_filename: str
    relative_path: str
    checksum: str
    size_bytes: int
    mime_type: str
    thumbnail_path: str
    thumbnail_bytes: int
    category: str


def create_video(file: StoredFile, probe: Probe, quotas: Quotas) -> dict[str, Any]:
    """The row of an upload; returns what the upload answers. Raises `quota_full`.

    If the same bytes have come before, that asset is the answer, and `file` is not recorded.
    """
    # Looked up and counted in the transaction that writes: of two uploads at once, the second sees the first.
    if (known := find_by_checksum(file.project_id, file.checksum, file.category)) is not None:
        return known
    check_quota(quotas, file.project_id, file.size_bytes + file.thumbnail_bytes)
    now = utc_now()
    row = Asset(
        id=new_id(),
        project_id=file.project_id,
        filename=file.filename,
        original_filename=file.original_filename,
        relative_path=file.relative_path,
        checksum=file.checksum,
        size_bytes=file.size_bytes,
        mime_type=file.mime_type,
        status=READY,
        thumbnail_path=file.thumbnail_path,
        metadata=describe_probe(probe),
        category=file.category,
        created_at=now,
        updated_at=now,
    )
    row.save(force_insert=True)
    sizes_bytes = {file.relative_path: file.size_bytes, file.thumbnail_path: file.thumbnail_bytes}
    record_files(row.project_id, row.id, sizes_bytes)
    return _dump_upload(row, is_duplicate=False)


def find_by_checksum(project_id: str, checksum: str, category: str = "uploads") -> dict[str, Any] | None:
    """What an upload of bytes that the project has already answers."""
    same = (Asset.project_id == project_id) & (Asset.checksum == checksum) & (Asset.category == category)
    row = Asset.select().where(same).order_by(Asset.id).first()
    return None if row is None else _dump_upload(row, is_duplicate=True)


def _dump_upload(row: Asset, *, is_duplicate: bool) -> dict[str, Any]:
    return dict(_upload_schema.dump(row)) | {"duplicate": is_duplicate}


def list_videos(project_id: str) -> list[dict[str, Any]]:
    """Last updated last; empty for an unknown project."""
    rows = Asset.select().where(Asset.project_id == project_id).order_by(Asset.updated_at, Asset.id)
    return [dict(_schema.dump(row)) for row in rows]


def get_video(project_id: str, asset_id: str) -> dict[str, Any]:
    """Raises `not_found`, also for another project's video."""
    return dict(_schema.dump(get_row(project_id, asset_id)))


def get_row(project_id: str, asset_id: str) -> Asset:
    row = Asset.get_or_none((Asset.id == asset_id) & (Asset.project_id == project_id))
    if row is None:
        raise QuizsysError(Code.NOT_FOUND, "Asset not found")
    return row


def delete_video(project_id: str, asset_id: str) -> None:
    """Forget a video and all that was made of it, its files doomed; its jobs stay, the unfinished ones cancelled."""
    row = get_row(project_id, asset_id)
    cancel_rows(list(Job.select().where((Job.asset_id == asset_id) & Job.status.in_((QUEUED, RUNNING)))))
    transcripts = TranscriptRow.select(TranscriptRow.id).where(TranscriptRow.asset_id == asset_id)
    quizzes = Quiz.select(Quiz.id).where(Quiz.asset_id == asset_id)
    SegmentRow.delete().where(SegmentRow.transcript_id.in_(transcripts)).execute()
    QuestionRow.delete().where(QuestionRow.quiz_id.in_(quizzes)).execute()
    for model in (TranscriptRow, Quiz, SceneRow):
        model.delete().where(model.asset_id == asset_id).execute()
    unindex_text(Asset._meta.database, asset_id)
    row.delete_instance()
    # Also what a fenced try may have left.
    derived = poster_path(project_id, row.filename), rendition_path(project_id, row.filename), scenes_folder(row)
    doom_files(project_id, asset_id, derived)
    announce(QUEUE)


def list_known_paths() -> set[str]:
    """The relative paths of all uploads."""
    return {row.relative_path for row in Asset.select(Asset.relative_path)}


def scenes_folder(row: Asset) -> str:
    """Where the pictures of a video's scenes lie."""
    return f"thumbnails/{row.project_id}/{Path(row.filename).stem}.scenes"


def poster_path(project_id: str, filename: str) -> str:
    return f"thumbnails/{project_id}/{Path(filename).stem}.jpg"


def describe_probe(probe: Probe) -> dict[str, Any]:
    """A probe in the seed's names, and what we know beyond them."""
    return {
        "duration": probe.duration_s,
        "width": probe.width_px,
        "height": probe.height_px,
        "codec": probe.video_codec,
        "fps": round(float(probe.frame_rate), 3),
        "bitrate": probe.bitrate_bps,
        "size_bytes": probe.size_bytes,
        "has_audio": probe.has_audio,
        "audio_codec": probe.audio_codec,
        "audio_channels": probe.audio_channels,
        "audio_sample_rate": probe.audio_sample_rate_hz,
        "container": probe.container,
        "pixel_format": probe.pixel_format,
        "frame_rate": str(probe.frame_rate),
        "rotation": probe.rotation_deg,
    }


def rendition_path(project_id: str, filename: str) -> str:
    return f"processed/{project_id}/{Path(filename).stem}.web.mp4"


def prepare_ingest(claim: Claim, storage: Storage, scratch: Path, *, threads: int) -> Call:
    from media.ingest import ingest_video

    row = get_row(claim.project_id, claim.asset_id)
    poster = storage.path(poster_path(row.project_id, row.filename))
    rendition = storage.path(rendition_path(row.project_id, row.filename))

    def moves(found: Ingested) -> list[tuple[Path, Path]]:
        playable = [(scratch / found.rendition, rendition)] if found.rendition else []
        return [(scratch / found.poster, poster), *playable]

    return Call(ingest_video, (storage.path(row.relative_path), scratch, threads), row.metadata["duration"], moves)


def apply_ingest(claim: Claim, found: Ingested) -> dict[str, Any]:
    row = get_row(claim.project_id, claim.asset_id)
    row.metadata = describe_probe(found.probe)
    row.rendition_path = rendition_path(claim.project_id, row.filename) if found.rendition else None
    row.thumbnail_path = poster_path(claim.project_id, row.filename)
    row.ingested_at = row.updated_at = utc_now()
    row.save()
    notes = "A copy that browsers can play was made." if found.rendition else "Browsers can play this file as it is."
    return {"asset_id": row.id, "checksum": row.checksum, "notes": notes, "metadata": row.metadata}
