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
from quizsys.services.videos import StoredFile, create_video, delete_video, poster_path
from quizsys.storage import Storage, commit, stored_name

T = TypeVar("T")
FAMILIES = {".mp4": "mp4", ".mov": "mp4", ".avi": "avi"}
LOOK_LIMIT_S = 60.0


@dataclass(frozen=True)
class Received:
    """A file that has arrived whole, at `part`, but has no final place yet. `filename` is what the client called it."""

    part: Path
    filename: str
    mime_type: str
    size_bytes: int
    checksum: str


@dataclass(frozen=True)
class Desk:
    """Takes files in. Its pool is its own, so that an upload never waits behind an hour of transcription."""

    store: Store
    storage: Storage
    pool: MediaPool

    async def keep(self, project_id: str, received: Received) -> dict[str, Any]:
        """What the upload answers. Raises `unsupported_media` with the reason, and then leaves nothing on disk."""
        poster = received.part.with_suffix(".poster")
        try:
            name = check_file(received)
            probe = await self._look(received.part, poster)
            file = self._place(project_id, name, received)
        except BaseException:
            remove(received.part, poster)
            raise
        video = await to_the_end(self._settle(file, probe, received.part, poster))
        logger.info("video {} stored in {}: {} bytes", video["asset_id"], project_id, video["size_bytes"])
        return video

    async def _settle(self, file: StoredFile, probe: Probe, part: Path, poster: Path) -> dict[str, Any]:
        """Both files in their places and a row, or none of them."""
        video, thumbnail = self.storage.path(file.relative_path), self.storage.path(file.thumbnail_path)
        try:
            await asyncio.to_thread(commit, poster, thumbnail)
            await asyncio.to_thread(commit, part, video)
            return await self.store.run(create_video, file, probe)
        except BaseException:
            remove(part, poster, video, thumbnail)
            raise

    async def delete(self, project_id: str, asset_id: str) -> None:
        """A video's row, then its files, also if the client has gone meanwhile. Raises `not_found`."""
        await to_the_end(self._delete(project_id, asset_id))

    async def _delete(self, project_id: str, asset_id: str) -> None:
        for path in await self.store.run(delete_video, project_id, asset_id):
            await asyncio.to_thread(self.storage.remove, path)

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

    def _place(self, project_id: str, name: str, received: Received) -> StoredFile:
        return StoredFile(
            project_id=project_id,
            filename=name,
            original_filename=received.filename,
            relative_path=self.storage.place("uploads", project_id, name),
            checksum=received.checksum,
            size_bytes=received.size_bytes,
            mime_type=received.mime_type,
            thumbnail_path=poster_path(project_id, name),
        )


@asynccontextmanager
async def open_desk(store: Store, storage: Storage) -> AsyncIterator[Desk]:
    """A desk with a seat of its own, for as long as the block lasts."""
    pool = MediaPool(1)
    try:
        await pool.start()
        yield Desk(store, storage, pool)
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
