"""Files of every kind: taken in, recognised when they come again, listed, read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from quizsys.clock import utc_now
from quizsys.errors import Code, QuizsysError
from quizsys.ids import new_id
from quizsys.kinds import VIDEO_CATEGORIES
from quizsys.models.assets import Asset
from quizsys.paging import WHOLE, Page, take_page
from quizsys.schemas.assets import AssetResponse
from quizsys.schemas.videos import VideoUploadResponse
from quizsys.services.deliveries import tell_webhooks
from quizsys.services.files import record_files
from quizsys.services.quotas import Quotas, check_quota

_schema = AssetResponse()
_upload_schema = VideoUploadResponse()
READY = "ready"


@dataclass(frozen=True)
class StoredFile:
    """A file in its final place, its picture if it has one, and what is known of it."""

    project_id: str
    category: str
    filename: str
    original_filename: str
    relative_path: str
    checksum: str
    size_bytes: int
    mime_type: str
    thumbnail_path: str | None
    thumbnail_bytes: int
    metadata: dict[str, Any]


def create_asset(file: StoredFile, quotas: Quotas) -> dict[str, Any]:
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
        category=file.category,
        filename=file.filename,
        original_filename=file.original_filename,
        relative_path=file.relative_path,
        checksum=file.checksum,
        size_bytes=file.size_bytes,
        mime_type=file.mime_type,
        status=READY,
        thumbnail_path=file.thumbnail_path,
        metadata=file.metadata,
        created_at=now,
        updated_at=now,
    )
    row.save(force_insert=True)
    sizes_bytes = {file.relative_path: file.size_bytes}
    if file.thumbnail_path is not None:
        sizes_bytes[file.thumbnail_path] = file.thumbnail_bytes
    record_files(row.project_id, row.id, sizes_bytes)
    tell_fate(row, "created")
    return _dump_upload(row, is_duplicate=False)


def tell_fate(row: Asset, fate: str) -> None:
    """Tell webhooks that it was `created` or `deleted`."""
    kind = "video" if row.category in VIDEO_CATEGORIES else "asset"
    names = ("category", "filename", "original_filename", "size_bytes", "checksum")
    told = {"asset_id": row.id} | {name: getattr(row, name) for name in names}
    tell_webhooks(row.project_id, f"{kind}.{fate}", told)


def find_by_checksum(project_id: str, checksum: str, category: str = "uploads") -> dict[str, Any] | None:
    """What an upload of bytes that the project has already answers."""
    same = (Asset.project_id == project_id) & (Asset.checksum == checksum) & (Asset.category == category)
    row = Asset.select().where(same).order_by(Asset.id).first()
    return None if row is None else _dump_upload(row, is_duplicate=True)


def list_assets(project_id: str, category: str | None = None, page: Page = WHOLE) -> Iterator[dict[str, Any]]:
    """Last updated last; of one category, if it is named."""
    rows = Asset.select().where(Asset.project_id == project_id)
    if category is not None:
        rows = rows.where(Asset.category == category)
    return map(dump_asset, take_page(rows, page, Asset.updated_at, Asset.id).iterator())


def get_asset(project_id: str, asset_id: str) -> dict[str, Any]:
    """Raises `not_found`, also for another project's asset."""
    return dump_asset(get_row(project_id, asset_id))


def get_row(project_id: str, asset_id: str) -> Asset:
    """Of any category. Raises `not_found`."""
    row = Asset.get_or_none((Asset.id == asset_id) & (Asset.project_id == project_id))
    if row is None:
        raise QuizsysError(Code.NOT_FOUND, "Asset not found")
    return row


def list_known_paths() -> set[str]:
    """The relative paths of all that was uploaded."""
    return {row.relative_path for row in Asset.select(Asset.relative_path)}


def dump_asset(row: Asset) -> dict[str, Any]:
    return dict(_schema.dump(row))


def _dump_upload(row: Asset, *, is_duplicate: bool) -> dict[str, Any]:
    return dict(_upload_schema.dump(row)) | {"duplicate": is_duplicate}
