"""From a file that has arrived to a video with a row: looked at, put in its place, or gone without a trace."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from loguru import logger

from media.errors import MediaError
from media.ingest import look_at_video
from media.pool import MediaPool
from media.probe import Probe, sniff_family
from media.seat_errors import PoolClosed, SeatError
from quizsys.db import Store
from quizsys.errors import Code, QuizsysError
from quizsys.services.files import forget_doomed, list_doomed
from quizsys.services.quotas import Quotas, check_quota
from quizsys.services.videos import StoredFile, create_video, delete_video, find_by_checksum, poster_path
from quizsys.storage import Storage, commit, stored_name

T = TypeVar("T")
FAMILIES = {".mp4": "mp4", ".mov": "mp4", ".avi": "avi"}
LOOK_LIMIT_S = 60.0
NO_QUOTAS = Quotas()


@dataclass(frozen=True)
class Received:
    """A file that has arrived whole, at `part`, but has no final place yet.

    `filename` is what the client called it, `checksum` its SHA-256 in hex.
    """

    part: Path
    filename: str
    mime_type: str
    size_bytes: int
    checksum: str
    category: str = "uploads"


@dataclass(frozen=True)
class Desk:
    """Takes files in. Its pool is its own, so that an upload never waits behind an hour of transcription."""

    store: Store
    storage: Storage
    pool: MediaPool
    quotas: Quotas

    async def check_quota(self, project_id: str, size_bytes: int) -> None:
        """Raises `quota_full` unless so much more fits now; what is kept is counted again when it is kept."""
        await self.store.read(check_quota, self.quotas, project_id, size_bytes)

    async def keep(self, project_id: str, received: Received) -> dict[str, Any]:
        """What the upload answers: of bytes that the project has already, the asset that is there.

        Raises `unsupported_media` with the reason, or `quota_full`, and then leaves nothing on disk.
        """
        poster = received.part.with_suffix(".poster")
        try:
            name = check_file(received)
            if (known := await self._recognise(project_id, received)) is not None:
                return known
            await self.check_quota(project_id, received.size_bytes)
            probe = await self._look(received.part, poster)
            file = self._place(project_id, name, received, poster)
        except BaseException:
            remove(received.part, poster)
            raise
        video = await to_the_end(self._settle(file, probe, received.part, poster))
        logger.info("video {} stored in {}: {} bytes", video["asset_id"], project_id, video["size_bytes"])
        return video

    async def _recognise(self, project_id: str, received: Received) -> dict[str, Any] | None:
        """The answer for bytes that the project has already, the received file gone; None for new ones."""
        known = await self.store.read(find_by_checksum, project_id, received.checksum, received.category)
        if known is None:
            return None
        there = self.storage.path(f"uploads/{project_id}/{known['filename']}")
        if there.exists():
            received.part.unlink(missing_ok=True)
        else:
            # Somebody removed it by hand: here it is again.
            await asyncio.to_thread(commit, received.part, there)
        logger.info("asset {} was sent to {} again", known["asset_id"], project_id)
        return known

    async def _settle(self, file: StoredFile, probe: Probe, part: Path, poster: Path) -> dict[str, Any]:
        """Both files in their places and a row, or none of them, and the row that is there for the same bytes."""
        video, thumbnail = self.storage.path(file.relative_path), self.storage.path(file.thumbnail_path)
        try:
            await asyncio.to_thread(commit, poster, thumbnail)
            await asyncio.to_thread(commit, part, video)
            answer = await self.store.run(create_video, file, probe, self.quotas)
        except BaseException:
            remove(part, poster, video, thumbnail)
            raise
        if answer["duplicate"]:
            remove(video, thumbnail)
        return answer

    async def delete(self, project_id: str, asset_id: str) -> None:
        """A video's row, then its files, also if the client has gone meanwhile. Raises `not_found`."""
        await to_the_end(self._delete(project_id, asset_id))

    async def _delete(self, project_id: str, asset_id: str) -> None:
        await self.store.run(delete_video, project_id, asset_id)
        await self.remove_doomed()

    async def remove_doomed(self) -> None:
        """Remove the files of deleted assets, those of a server too that was killed in the midst of it."""
        doomed = await self.store.read(list_doomed)
        for path in doomed:
            await asyncio.to_thread(self.storage.remove, path)
        if doomed:
            await self.store.run(forget_doomed, doomed)

    async def _look(self, part: Path, poster: Path) -> Probe:
        try:
            seat = await self.pool.acquire()
        except PoolClosed:
            raise stopping() from None
        try:
            probe: Probe = await seat.run(look_at_video, part, poster, time_limit_s=LOOK_LIMIT_S)
            return probe
        except MediaError as error:
            raise describe_refusal(error) from error
        finally:
            self.pool.release(seat)

    def _place(self, project_id: str, name: str, received: Received, poster: Path) -> StoredFile:
        return StoredFile(
            project_id=project_id,
            filename=name,
            original_filename=received.filename,
            relative_path=self.storage.place("uploads", project_id, name),
            checksum=received.checksum,
            size_bytes=received.size_bytes,
            mime_type=received.mime_type,
            thumbnail_path=poster_path(project_id, name),
            thumbnail_bytes=poster.stat().st_size,
            category=received.category,
        )


@asynccontextmanager
async def open_desk(store: Store, storage: Storage, quotas: Quotas = NO_QUOTAS) -> AsyncIterator[Desk]:
    """A desk with a seat of its own, for as long as the block lasts."""
    pool = MediaPool(1)
    try:
        await pool.start()
        yield Desk(store, storage, pool, quotas)
    finally:
        await pool.close()


async def to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Await `work` to its end even if the client leaves: a row written for nobody must still have its files."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def remove(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def check_file(received: Received) -> str:
    """The name to store it under. Raises `unsupported_media` unless extension and first bytes agree."""
    name = stored_name(received.filename)
    family = sniff_family(received.part)
    if family is None:
        sentence = "This file is no MP4, MOV or AVI video. Export the lesson as MP4 and send it again."
        raise QuizsysError(Code.UNSUPPORTED_MEDIA, sentence)
    if FAMILIES[Path(name).suffix] != family:
        right = ".avi" if family == "avi" else ".mp4"
        sentence = f"This file's content and its name do not agree. Name it with {right} and send it again."
        raise QuizsysError(Code.UNSUPPORTED_MEDIA, sentence)
    return name


def describe_refusal(error: MediaError) -> QuizsysError:
    """Why an upload was not kept."""
    if isinstance(error, PoolClosed):
        return stopping()
    if error.code == "disk_full":
        return QuizsysError(Code.STORAGE_FULL, error.sentence)
    if isinstance(error, SeatError):
        logger.warning("an upload could not be looked at: {} {}", error.code, error.tail)
        sentence = (
            "This file could not be read in a safe time or size. Export the lesson as MP4 (H.264) and send it again."
        )
        return QuizsysError(Code.UNSUPPORTED_MEDIA, sentence)
    return QuizsysError(Code.UNSUPPORTED_MEDIA, error.sentence)


def stopping() -> QuizsysError:
    return QuizsysError(Code.SHUTTING_DOWN, "The server is stopping. Send the file again in a moment.", retry_after_s=5)
