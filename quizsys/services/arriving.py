"""Resumable uploads that are not done take their room from the start, so that no more are begun than fit."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from peewee import Expression, fn

from quizsys.errors import Code, QuizsysError
from quizsys.models.uploads import UploadRow
from quizsys.services.quotas import Arriving, Quotas, check_quota
from quizsys.services.uploads import Upload, create_upload, set_length

MOST_UNFINISHED = 1_000
RETRY_AFTER_S = 60


@dataclass(frozen=True)
class Room:
    """The quotas, and by project how many bytes have come of the uploads whose length nobody knows yet."""

    quotas: Quotas
    come_bytes: Mapping[str, int]


def begin_upload(upload: Upload, size_bytes: int, room: Room) -> Upload:
    """Raises `quota_full` unless so many bytes fit, `too_many`."""
    # Counted in the transaction that writes: of two uploads at once, the second sees the first.
    if not upload.is_done:
        _check_number(upload.project_id)
        check_room(upload, size_bytes, room)
    return create_upload(upload)


def learn_length(upload: Upload, length_bytes: int, room: Room) -> Upload:
    """Raises `quota_full`, and then it has no length as before."""
    check_room(upload, length_bytes, room)
    set_length(upload.id, length_bytes)
    return replace(upload, length_bytes=length_bytes)


def check_room(upload: Upload, size_bytes: int, room: Room) -> None:
    """Raises `quota_full` unless this upload could have so many bytes, beside all others that are not done."""
    check_arriving(upload.project_id, size_bytes, room, upload.id)


def check_arriving(project_id: str, size_bytes: int, room: Room, but_id: str = "") -> None:
    """Raises `quota_full` unless so much more fits beside the uploads that are not done."""
    if not room.quotas.is_set:
        return
    others = UploadRow.id != but_id
    arriving = Arriving(
        _sum_lengths(others & (UploadRow.project_id == project_id)) + room.come_bytes.get(project_id, 0),
        _sum_lengths(others) + sum(room.come_bytes.values()),
    )
    check_quota(room.quotas, project_id, size_bytes, arriving)


def _sum_lengths(which: Expression) -> int:
    """In bytes. Parts that have a final count as that one."""
    rows = UploadRow.select(fn.SUM(UploadRow.length_bytes)).where(which, UploadRow.done_at.is_null())
    return rows.where(UploadRow.final_id.is_null()).scalar() or 0


def _check_number(project_id: str) -> None:
    rows = UploadRow.select().where((UploadRow.project_id == project_id) & UploadRow.done_at.is_null())
    if rows.count() >= MOST_UNFINISHED:
        sentence = f"This project has {MOST_UNFINISHED} unfinished uploads. Finish or delete some, then begin this one."
        raise QuizsysError(Code.TOO_MANY, sentence, retry_after_s=RETRY_AFTER_S)
