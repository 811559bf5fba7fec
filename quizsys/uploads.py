"""From a file that has arrived to an asset with a row: looked at, put in its place, or gone without a trace."""

import asyncio
import contextlib
import dataclasses
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from loguru import logger

from media.checkpoints import checkpoint
from media.errors import MediaError
from media.families import sniff_family
from media.pool import MediaPool
from media.seat_errors import PoolClosed, SeatDied, SeatError
from quizsys.db import Store
from quizsys.errors import Code, QuizsysError
from quizsys.ids import new_id
from quizsys.kinds import Kind, check_content, extension_of, get_kind, guess_category
from quizsys.looks import LOOKS
from quizsys.sandbox import make_fence
from quizsys.services.assets import StoredFile, create_asset, find_by_checksum
from quizsys.services.deletions import delete_asset, delete_video, wipe_some
from quizsys.services.files import forget_doomed, list_doomed
from quizsys.services.quotas import Quotas, check_quota
from quizsys.services.videos import poster_path
from quizsys.storage import Storage, commit, stored_name

T = TypeVar("T")
LOOK_LIMIT_S = 60.0
NO_QUOTAS = Quotas()


@dataclass(frozen=True)
class Received:
    """A file that has arrived whole, at `part`, but has no final place yet.

    `filename` is what the client called it, `checksum` its SHA-256 in hex; an empty category is guessed by the name.
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
    # Nothing gets a place while a project is wiped: its file would go, and its row stay.
    _placing: asyncio.Lock = dataclasses.field(default_factory=asyncio.Lock)

    async def keep(self, project_id: str, received: Received) -> dict[str, Any]:
        """What the upload answers: of bytes that the project has already, the asset that is there.

        Raises `unsupported_media` with the reason, or `quota_full`, and then leaves nothing on disk.
        """
        poster = self.storage.picture(received.part)
        try:
            received = dataclasses.replace(received, category=received.category or guess_category(received.filename))
            kind = get_kind(received.category)
            name = check_file(received, kind)
            if (known := await self._recognise(project_id, kind, received)) is not None:
                return known
            await self.store.read(check_quota, self.quotas, project_id, received.size_bytes)
            metadata = await self._look(kind, received, poster)
            checkpoint("upload_looked_at")
            file = self._place(project_id, kind, name, received, metadata, poster)
        except BaseException:
            remove(received.part, poster)
            raise
        asset = await to_the_end(self._settle(file, received.part, poster))
        logger.info("{} {} stored in {}: {} bytes", kind.noun, asset["asset_id"], project_id, asset["size_bytes"])
        return asset

    async def _recognise(self, project_id: str, kind: Kind, received: Received) -> dict[str, Any] | None:
        """The answer for bytes that the project has already, the received file gone; None for new ones."""
        known = await self.store.read(find_by_checksum, project_id, received.checksum, kind.category)
        if known is None:
            return None
        there = self.storage.path(self.storage.place(kind.folder, project_id, known["filename"]))
        if not there.exists():
            # Somebody removed it by hand: here it is again.
            await asyncio.to_thread(_put_back, received.part, there)
            if await self.store.read(find_by_checksum, project_id, received.checksum, kind.category) is None:
                # No, somebody deletes it just now: this is a file of its own.
                remove(there)
                return None
        remove(received.part)
        logger.info("{} {} was sent to {} again", kind.noun, known["asset_id"], project_id)
        return known

    async def _settle(self, file: StoredFile, part: Path, poster: Path) -> dict[str, Any]:
        """The files in their places and a row, or none of them, and the row that is there for the same bytes."""
        moves = [(part, self.storage.path(file.relative_path))]
        if file.thumbnail_path is not None:
            moves.insert(0, (poster, self.storage.path(file.thumbnail_path)))
        try:
            async with self._placing:
                for source, target in moves:
                    await asyncio.to_thread(commit, source, target)
                checkpoint("upload_placed")
                answer = await self.store.run(create_asset, file, self.quotas)
        except BaseException:
            remove(part, poster, *(target for _, target in moves))
            raise
        if answer["duplicate"]:
            remove(*(target for _, target in moves))
        return answer

    async def delete(self, project_id: str, asset_id: str) -> None:
        """An asset's row, then its files, also if the client has gone meanwhile. Raises `not_found`."""
        await to_the_end(self._delete(delete_asset, project_id, asset_id))

    async def delete_video(self, project_id: str, asset_id: str) -> None:
        """As `delete`; raises `not_found` also for what is no video."""
        await to_the_end(self._delete(delete_video, project_id, asset_id))

    async def _delete(self, service: Callable[[str, str], None], project_id: str, asset_id: str) -> None:
        await self.store.run(service, project_id, asset_id)
        await self.remove_doomed()

    async def wipe(self, project_id: str) -> None:
        """Everything that a project stores: rows first, then files. What is still arriving is not stored yet."""
        await to_the_end(self._wipe(project_id))

    async def _wipe(self, project_id: str) -> None:
        async with self._placing:
            while await self.store.run(wipe_some, project_id):
                pass
            left = await asyncio.to_thread(self.storage.list_project, project_id)
        for path in left:
            await asyncio.to_thread(self.storage.remove, path)
        await self.remove_doomed()
        logger.info("the storage of {} was wiped", project_id)

    async def remove_doomed(self) -> None:
        """Remove the files of deleted assets, those of a server too that was killed in the midst of it.

        What the disk does not let go now stays on the list, for the next deletion or the next hour.
        """
        gone = []
        for path in await self.store.read(list_doomed):
            try:
                await asyncio.to_thread(self.storage.remove, path)
                checkpoint("file_removed")
            except OSError as error:
                logger.error("a deleted file cannot be removed yet: {}", error)
            else:
                gone.append(path)
        if gone:
            await self.store.run(forget_doomed, gone)

    async def _look(self, kind: Kind, received: Received, poster: Path) -> dict[str, Any]:
        """The metadata; a picture, where the kind has one, at `poster`.

        Again if the seat dies: that may be the file's fault, or that of a machine without memory.
        """
        try:
            return await self._look_once(kind, received, poster)
        except SeatDied as error:
            logger.warning("a seat died looking at an upload; trying once more: {}", error.tail)
        try:
            return await self._look_once(kind, received, poster)
        except SeatDied as error:
            raise describe_refusal(error) from error

    async def _look_once(self, kind: Kind, received: Received, poster: Path) -> dict[str, Any]:
        """Raises SeatDied."""
        look = LOOKS[kind.noun]
        try:
            seat = await self.pool.acquire()
        except PoolClosed:
            raise stopping() from None
        try:
            args = look.arguments(received.part, extension_of(received.filename), poster)
            return look.describe(await seat.run(look.function, *args, time_limit_s=LOOK_LIMIT_S))
        except SeatDied:
            raise
        except MediaError as error:
            raise describe_refusal(error) from error
        finally:
            self.pool.release(seat)

    def _place(
        self, project_id: str, kind: Kind, name: str, received: Received, metadata: dict[str, Any], poster: Path
    ) -> StoredFile:
        has_picture = poster.exists()
        return StoredFile(
            project_id=project_id,
            category=kind.category,
            filename=name,
            original_filename=received.filename,
            relative_path=self.storage.place(kind.folder, project_id, name),
            checksum=received.checksum,
            size_bytes=received.size_bytes,
            mime_type=received.mime_type,
            thumbnail_path=poster_path(project_id, name) if has_picture else None,
            thumbnail_bytes=poster.stat().st_size if has_picture else 0,
            metadata=metadata,
        )


@asynccontextmanager
async def open_desk(store: Store, storage: Storage, quotas: Quotas = NO_QUOTAS) -> AsyncIterator[Desk]:
    """A desk with a seat of its own, for as long as the block lasts."""
    pool = MediaPool(1, fence=make_fence(storage))
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
        while not task.done():
            # Whoever cancels may do so twice.
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([task])
        raise


def _put_back(part: Path, there: Path) -> None:
    """By a second name: `part` may still be needed."""
    again = part.with_name(f"{new_id()}.part")
    os.link(part, again)
    try:
        commit(again, there)
    finally:
        remove(again)


def remove(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def check_file(received: Received, kind: Kind) -> str:
    """The name to store it under. Raises `too_large`, or `unsupported_media` unless name and first bytes agree."""
    name = stored_name(received.filename, kind)
    if kind.most_bytes is not None and received.size_bytes > kind.most_bytes:
        raise kind.too_large()
    check_content(kind, Path(name).suffix, sniff_family(received.part))
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
            "This file could not be read in a safe time or size. Export it anew in a usual format and send it again."
        )
        return QuizsysError(Code.UNSUPPORTED_MEDIA, sentence)
    return QuizsysError(Code.UNSUPPORTED_MEDIA, error.sentence)


def stopping() -> QuizsysError:
    return QuizsysError(Code.SHUTTING_DOWN, "The server is stopping. Send the file again in a moment.", retry_after_s=5)
