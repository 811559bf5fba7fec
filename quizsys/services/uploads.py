"""Resumable uploads: begun, found, joined, done, forgotten. Their bytes are `quizsys/shelf.py`'s."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime

from quizsys.clock import utc_now
from quizsys.errors import Code, QuizsysError
from quizsys.models.uploads import UploadRow

PARTIAL, FINAL = "partial", "final"


@dataclass(frozen=True)
class Upload:
    """What is known of an upload but its offset. `length_bytes` None: the client will tell it later.

    `metadata` is the header as it came; `checksum` the SHA-256 that the client promised, in hex.
    """

    id: str
    project_id: str
    length_bytes: int | None
    metadata: str
    filename: str
    mime_type: str
    category: str
    created_at: datetime
    checksum: str | None = None
    concat: str = ""
    part_ids: tuple[str, ...] = ()
    final_id: str | None = None
    asset_id: str | None = None
    done_at: datetime | None = None

    @property
    def is_done(self) -> bool:
        return self.done_at is not None


def create_upload(upload: Upload) -> Upload:
    UploadRow(**asdict(upload)).add()
    return upload


def get_upload(project_id: str, upload_id: str) -> Upload:
    """Raises `not_found`, also for another project's upload."""
    row = UploadRow.get_or_none((UploadRow.id == upload_id) & (UploadRow.project_id == project_id))
    if row is None:
        raise QuizsysError(Code.NOT_FOUND, "Upload not found. Begin a new one.")
    return _plain(row)


def list_unfinished() -> list[Upload]:
    return [_plain(row) for row in UploadRow.select().where(UploadRow.done_at.is_null())]


def list_endless() -> list[Upload]:
    """Unfinished, and nobody knows yet how long they will be."""
    return [upload for upload in list_unfinished() if upload.length_bytes is None]


def list_parts() -> set[str]:
    """The relative paths of the files of all uploads that are not done."""
    return {f"uploads/{upload.project_id}/{upload.id}.part" for upload in list_unfinished()}


def list_old(before: datetime) -> list[Upload]:
    """Begun, and done if done at all, before that; but parts with a final wait for it, and go with it."""
    rows = UploadRow.select().where((UploadRow.created_at < before) & UploadRow.final_id.is_null())
    return [_plain(row) for row in rows.where(UploadRow.done_at.is_null() | (UploadRow.done_at < before))]


def set_length(upload_id: str, length_bytes: int) -> None:
    UploadRow.update(length_bytes=length_bytes).where(UploadRow.id == upload_id).execute()


def find_final(project_id: str, part_ids: tuple[str, ...]) -> Upload | None:
    """The upload that joins these parts in this order."""
    finals = UploadRow.select().where((UploadRow.project_id == project_id) & (UploadRow.concat == FINAL))
    return next((_plain(row) for row in finals if tuple(row.part_ids) == part_ids), None)


def create_final(final: Upload) -> Upload:
    """Gives it its parts, unless a client asked twice at once. Raises `conflict` if a part is taken."""
    if (known := find_final(final.project_id, final.part_ids)) is not None:
        return known
    free = UploadRow.id.in_(final.part_ids) & UploadRow.final_id.is_null()
    if UploadRow.update(final_id=final.id).where(free).execute() != len(set(final.part_ids)):
        raise QuizsysError(Code.CONFLICT, "A part of this upload belongs to another one already. Send it again.")
    return create_upload(final)


def finish_upload(upload: Upload, asset_id: str) -> None:
    """It has become an asset; its parts are forgotten."""
    UploadRow.update(asset_id=asset_id, done_at=utc_now()).where(UploadRow.id == upload.id).execute()
    UploadRow.delete().where(UploadRow.final_id == upload.id).execute()


def forget_upload(upload: Upload) -> None:
    """The row of an upload, and of its parts. Raises `conflict` for a part that a final upload has, perhaps of late."""
    if UploadRow.select().where((UploadRow.id == upload.id) & UploadRow.final_id.is_null(False)).exists():
        raise QuizsysError(Code.CONFLICT, "This part belongs to a final upload. Delete that one.")
    UploadRow.delete().where((UploadRow.id == upload.id) | (UploadRow.final_id == upload.id)).execute()


def _plain(row: UploadRow) -> Upload:
    values = {field.name: getattr(row, field.name) for field in fields(Upload)}
    return Upload(**values | {"part_ids": tuple(values["part_ids"])})
