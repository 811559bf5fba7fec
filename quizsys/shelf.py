"""Where resumable uploads lie until they are whole: `uploads/<project>/<id>.part`. The file's size is the offset."""

import asyncio
import hashlib
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from loguru import logger

from media.checkpoints import checkpoint
from quizsys.appending import cut, join, pour, sha256_of, size_of
from quizsys.clock import utc_now
from quizsys.db import Store
from quizsys.errors import Code, QuizsysError
from quizsys.hashes import Hashes
from quizsys.holds import Holds
from quizsys.ids import new_id
from quizsys.services import arriving, uploads
from quizsys.services.arriving import Room
from quizsys.services.uploads import FINAL, PARTIAL, Upload
from quizsys.sink import NoHash
from quizsys.storage import Storage
from quizsys.uploads import Desk, Received, remove, to_the_end

# Refusals that say nothing about the file: it stays, and is looked at again when somebody asks.
LATER = (Code.BUSY, Code.SHUTTING_DOWN, Code.STORAGE_FULL, Code.QUOTA_FULL, Code.INTERNAL)


@dataclass(frozen=True)
class Checksum:
    """What a client says of the bytes that it sends."""

    algorithm: str
    digest: bytes


class Shelf:
    """Every change of an upload's file happens under its hold. An upload that is whole is finished once, by one task,
    whoever asks for it: the request that brought the last byte, a later one, or the next start of the server."""

    def __init__(self, store: Store, storage: Storage, desk: Desk, expiry_s: float) -> None:
        self.holds = Holds()
        self._hashes = Hashes()
        self._store, self._storage, self._desk = store, storage, desk
        self._expiry = timedelta(seconds=expiry_s)
        self._finishing: dict[str, asyncio.Task[Upload]] = {}

    def path(self, upload: Upload) -> Path:
        """Its folder is made when something is written."""
        return self._storage.path(f"uploads/{upload.project_id}/{upload.id}.part")

    def _place(self, upload: Upload) -> Path:
        return self._storage.path(self._storage.place("uploads", upload.project_id, f"{upload.id}.part"))

    def offset(self, upload: Upload) -> int:
        """How many bytes are there for good."""
        return upload.length_bytes or 0 if upload.is_done else size_of(self.path(upload))

    def is_whole(self, upload: Upload) -> bool:
        return upload.is_done or upload.concat == FINAL or self.offset(upload) == upload.length_bytes

    def expires_at(self, upload: Upload) -> datetime:
        """So long after it was begun, got its last bytes, or was done."""
        touched_at = upload.done_at or _find_touched_at(self.path(upload)) or upload.created_at
        return max(upload.created_at, touched_at) + self._expiry

    def _is_expired(self, upload: Upload) -> bool:
        return self.expires_at(upload) < utc_now()

    async def get(self, project_id: str, upload_id: str) -> Upload:
        """Raises `not_found`, or `gone` once it has expired."""
        upload = await self._store.read(uploads.get_upload, project_id, upload_id)
        if self._is_expired(upload):
            raise QuizsysError(Code.GONE, "This upload has expired. Begin a new one.")
        return upload

    async def create(self, upload: Upload, size_bytes: int) -> Upload:
        """Raises `quota_full` unless so many bytes fit, `too_many` where too many are unfinished."""
        return await self._store.run(arriving.begin_upload, upload, size_bytes, await self._measure_room(upload.id))

    async def check_quota(self, project_id: str, size_bytes: int) -> None:
        """Raises `quota_full` unless so much more fits beside what is stored and what unfinished uploads will take."""
        await self._store.read(arriving.check_arriving, project_id, size_bytes, await self._measure_room())

    async def check_growth(self, upload: Upload, size_bytes: int) -> None:
        """As `check_quota`, for an upload that will have so many bytes."""
        await self._store.read(arriving.check_room, upload, size_bytes, await self._measure_room(upload.id))

    async def _measure_room(self, but_id: str = "") -> Room:
        quotas = self._desk.quotas
        if not quotas.is_set:
            return Room(quotas, {})
        endless = await self._store.read(uploads.list_endless)
        return Room(quotas, await asyncio.to_thread(self._sum_come, [one for one in endless if one.id != but_id]))

    def _sum_come(self, endless: list[Upload]) -> Counter[str]:
        come_bytes = Counter[str]()
        for upload in endless:
            come_bytes[upload.project_id] += size_of(self.path(upload))
        return come_bytes

    async def create_final(self, final: Upload, most_bytes: int) -> Upload:
        """The one that joins these parts already, or a new one.

        Raises `conflict` unless every part is a whole partial upload of the same project, `too_large`.
        """
        if (known := await self._store.read(uploads.find_final, final.project_id, final.part_ids)) is not None:
            return known
        parts = [await self.get(final.project_id, part_id) for part_id in final.part_ids]
        if not all(part.concat == PARTIAL and self.is_whole(part) for part in parts):
            raise QuizsysError(Code.CONFLICT, "A part is no partial upload, or not whole yet. Finish it first.")
        length_bytes = sum(part.length_bytes or 0 for part in parts)
        if length_bytes > most_bytes:
            raise QuizsysError(Code.TOO_LARGE, f"Joined, the parts have more than the {most_bytes} bytes allowed.")
        return await self._store.run(uploads.create_final, replace(final, length_bytes=length_bytes))

    async def set_length(self, upload: Upload, length_bytes: int) -> Upload:
        """Raises `quota_full`."""
        return await self._store.run(arriving.learn_length, upload, length_bytes, await self._measure_room(upload.id))

    async def append(self, upload: Upload, chunks: AsyncIterator[bytes], checksum: Checksum | None = None) -> None:
        """Add what comes, up to the cut if there is one. It is on the disk when this returns or raises.

        Bytes with a checksum are added all together or, with `checksum_mismatch` or a cut, not at all.
        """
        path = self._place(upload)
        before_bytes = size_of(path)
        hasher = self._hashes.take(upload.id, before_bytes) if checksum is None else NoHash()
        try:
            if checksum is None:
                await pour(path, "ab", chunks, hasher)
            else:
                await self._append_checked(path, chunks, checksum)
        except (OSError, QuizsysError) as error:
            if _spoils(error):
                hasher = NoHash()
                await to_the_end(asyncio.to_thread(cut, path, before_bytes))
            raise
        finally:
            self._hashes.put(upload.id, size_of(path), hasher)

    async def _append_checked(self, path: Path, chunks: AsyncIterator[bytes], checksum: Checksum) -> None:
        beside = path.with_suffix(".checked.part")
        try:
            digest = await pour(beside, "wb", chunks, hashlib.new(checksum.algorithm))
            if digest != checksum.digest:
                sentence = "What arrived has another checksum than Upload-Checksum says. Send these bytes again."
                raise QuizsysError(Code.CHECKSUM_MISMATCH, sentence)
            checkpoint("bytes_checked")
            await to_the_end(asyncio.to_thread(join, [beside], path))
            checkpoint("bytes_joined")
        finally:
            remove(beside)

    async def finish(self, upload: Upload) -> Upload:
        """Make the asset of an upload that is whole; returns what it has become. Raises what `Desk.keep` raises.

        A file that is refused is gone, with its upload. A second call waits for the first one's outcome.
        """
        if upload.is_done or upload.concat == PARTIAL:
            return upload
        return await asyncio.shield(self._finishing.get(upload.id) or self._start_finishing(upload))

    def _start_finishing(self, upload: Upload) -> "asyncio.Task[Upload]":
        task = self._finishing[upload.id] = asyncio.create_task(self._finish(upload.project_id, upload.id))
        task.add_done_callback(partial(self._forget_task, upload.id))
        return task

    def _forget_task(self, upload_id: str, task: "asyncio.Task[Upload]") -> None:
        del self._finishing[upload_id]
        # The error is looked at here, because everybody who waited may have gone.
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.info("upload {} did not become an asset: {!r}", upload_id, error)

    async def _finish(self, project_id: str, upload_id: str) -> Upload:
        # Read again: it may have been finished between the caller's look and this task.
        upload = await self._store.read(uploads.get_upload, project_id, upload_id)
        if upload.is_done:
            return upload
        try:
            await self._join_parts(upload)
            asset_id = await self._keep(upload)
        except QuizsysError as error:
            if error.code not in LATER:
                await self.delete(upload)
            raise
        await self._store.run(uploads.finish_upload, upload, asset_id)
        self._remove_files(upload)
        return await self._store.read(uploads.get_upload, project_id, upload_id)

    async def _join_parts(self, upload: Upload) -> None:
        """From the start each time: how far a killed server came says nothing about which part it was at.

        Raises `gone` if that is not as long as its parts once were.
        """
        if upload.concat != FINAL or size_of(self.path(upload)) == upload.length_bytes:
            return
        parts = [self._sibling(upload, part_id) for part_id in upload.part_ids]
        self._storage.check_room(upload.length_bytes or 0)
        path = self._place(upload)
        await asyncio.to_thread(cut, path, 0)
        await asyncio.to_thread(join, parts, path)
        checkpoint("parts_joined")
        if size_of(path) != upload.length_bytes:
            raise QuizsysError(Code.GONE, "Bytes of this upload's parts are lost. Begin again and send the parts anew.")

    async def _keep(self, upload: Upload) -> str:
        path = self._place(upload)
        checksum = self._hashes.end(upload.id, size_of(path))
        if checksum is None:
            checksum = await asyncio.to_thread(sha256_of, path)
        if upload.checksum not in (None, checksum):
            sentence = "The file has another SHA-256 than Upload-Metadata says. Send it again."
            raise QuizsysError(Code.CHECKSUM_MISMATCH, sentence)
        # Under a second name, because the desk takes what it is given away: if the server is killed meanwhile, or the
        # desk is too busy, the upload is still there and whole.
        lent = path.with_name(f"{new_id()}.part")
        path.touch()
        os.link(path, lent)
        try:
            checkpoint("upload_lent")
            received = Received(lent, upload.filename, upload.mime_type, size_of(path), checksum, upload.category)
            return str((await self._desk.keep(upload.project_id, received))["asset_id"])
        finally:
            remove(lent)

    async def terminate(self, upload: Upload) -> None:
        """Delete it because its client wants so; what it has become stays. Raises `conflict` for a part in use."""
        if (task := self._finishing.get(upload.id)) is not None:
            await asyncio.wait([task])
        await self.delete(upload)

    async def delete(self, upload: Upload) -> None:
        """The upload and its parts, also if the client leaves meanwhile."""
        await to_the_end(self._delete(upload))

    async def _delete(self, upload: Upload) -> None:
        await self._store.run(uploads.forget_upload, upload)
        self._remove_files(upload)

    def _remove_files(self, upload: Upload) -> None:
        remove(self.path(upload), *(self._sibling(upload, part_id) for part_id in upload.part_ids))

    def _sibling(self, upload: Upload, upload_id: str) -> Path:
        return self.path(upload).with_name(f"{upload_id}.part")

    async def expire(self) -> None:
        """Delete what has expired and is not at work."""
        old = await self._store.read(uploads.list_old, utc_now() - self._expiry)
        # There may be many that are long at work: their files are looked at beside the loop.
        for upload in await asyncio.to_thread(lambda: [one for one in old if self._is_expired(one)]):
            busy = upload.id in self.holds or upload.id in self._finishing
            # Looked at again: bytes may have come meanwhile.
            if not busy and self._is_expired(upload):
                logger.info("upload {} has expired at {} bytes", upload.id, self.offset(upload))
                # Of late it may have become a part of something.
                with suppress(QuizsysError):
                    await self.delete(upload)

    async def resume(self) -> None:
        """Finish what was whole when the server was killed."""
        for upload in await self._store.read(uploads.list_unfinished):
            if upload.concat != PARTIAL and self.is_whole(upload):
                logger.info("finishing upload {}, whole since before the start", upload.id)
                self._start_finishing(upload)

    async def close(self) -> None:
        """What was being finished is finished at the next start."""
        tasks = list(self._finishing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def open_shelf(store: Store, storage: Storage, desk: Desk, expiry_s: float) -> AsyncIterator[Shelf]:
    shelf = Shelf(store, storage, desk, expiry_s)
    await shelf.resume()
    try:
        yield shelf
    finally:
        await shelf.close()


def _find_touched_at(path: Path) -> datetime | None:
    """When its last bytes came; None for a file that is not there."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def _spoils(error: Exception) -> bool:
    """Whether nothing of the request may be kept: it had too many bytes, or nobody knows which of them were written."""
    if isinstance(error, QuizsysError):
        return error.code is Code.TOO_LARGE
    return not isinstance(error, ConnectionError)
