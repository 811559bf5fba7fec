"""Videos among the assets: listed, read; and what their ingest found."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from media.ingest import FORMATS, Ingested
from quizsys.calls import Call
from quizsys.clock import utc_now
from quizsys.errors import Code, QuizsysError
from quizsys.kinds import VIDEO_CATEGORIES
from quizsys.looks import describe_probe
from quizsys.models.assets import Asset
from quizsys.paging import WHOLE, Page, take_page
from quizsys.schemas.videos import VideoAssetResponse
from quizsys.services import assets
from quizsys.services.claims import Claim
from quizsys.storage import Storage

_schema = VideoAssetResponse()


def list_videos(project_id: str, page: Page = WHOLE) -> Iterator[dict[str, Any]]:
    """Last updated last; empty for an unknown project."""
    rows = Asset.select().where((Asset.project_id == project_id) & Asset.category.in_(VIDEO_CATEGORIES))
    return map(_dump, take_page(rows, page, Asset.updated_at, Asset.id).iterator())


def get_video(project_id: str, asset_id: str) -> dict[str, Any]:
    """Raises `not_found`, also for another project's video and for an asset that is none."""
    return _dump(get_row(project_id, asset_id))


def get_row(project_id: str, asset_id: str) -> Asset:
    row = assets.get_row(project_id, asset_id)
    if row.category not in VIDEO_CATEGORIES:
        raise QuizsysError(Code.NOT_FOUND, "Asset not found")
    return row


def _dump(row: Asset) -> dict[str, Any]:
    return dict(_schema.dump(row))


def derived_paths(row: Asset) -> tuple[str, ...]:
    """Where what is made of a video lies, whether it has been made or not."""
    copies = (rendition_path(row.project_id, row.filename, form) for form in FORMATS)
    return poster_path(row.project_id, row.filename), scenes_folder(row), *copies


def scenes_folder(row: Asset) -> str:
    """Where the pictures of a video's scenes lie."""
    return f"thumbnails/{row.project_id}/{Path(row.filename).stem}.scenes"


def poster_path(project_id: str, filename: str) -> str:
    return f"thumbnails/{project_id}/{Path(filename).stem}.jpg"


def rendition_path(project_id: str, filename: str, form: str) -> str:
    return f"processed/{project_id}/{Path(filename).stem}.web.{form}"


def prepare_ingest(claim: Claim, storage: Storage, scratch: Path, *, threads: int, form: str) -> Call:
    from media.ingest import ingest_video

    row = get_row(claim.project_id, claim.asset_id)
    poster = storage.path(poster_path(row.project_id, row.filename))
    rendition = storage.path(rendition_path(row.project_id, row.filename, form))

    def moves(found: Ingested) -> list[tuple[Path, Path]]:
        playable = [(scratch / found.rendition, rendition)] if found.rendition else []
        return [(scratch / found.poster, poster), *playable]

    return Call(
        ingest_video, (storage.path(row.relative_path), scratch, threads, form), row.metadata["duration"], moves
    )


def apply_ingest(claim: Claim, found: Ingested) -> dict[str, Any]:
    row = get_row(claim.project_id, claim.asset_id)
    row.metadata = describe_probe(found.probe)
    row.rendition_path = None
    if found.rendition:
        form = Path(found.rendition).suffix[1:]
        row.rendition_path = rendition_path(claim.project_id, row.filename, form)
    row.thumbnail_path = poster_path(claim.project_id, row.filename)
    row.ingested_at = row.updated_at = utc_now()
    row.save()
    notes = "A copy that browsers can play was made." if found.rendition else "Browsers can play this file as it is."
    return {"asset_id": row.id, "checksum": row.checksum, "notes": notes, "metadata": row.metadata}
