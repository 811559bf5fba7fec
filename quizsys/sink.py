"""A file that is being received: hashed and written by threads, a block at a time, while the next block arrives."""

import asyncio
import hashlib
import os
from io import BufferedWriter
from typing import Any, Protocol

from aiofiles.threadpool import wrap

from media.checkpoints import checkpoint

BLOCK_BYTES = 4 * 1024 * 1024


class Hasher(Protocol):
    """What of a hashlib object is used here."""

    def update(self, data: memoryview, /) -> None: ...
    def digest(self) -> bytes: ...


def new_sha256() -> Hasher:
    return hashlib.sha256()


class NoHash:
    """For bytes whose hash nobody asks for."""

    def update(self, data: memoryview, /) -> None: ...

    def digest(self) -> bytes:
        return b""


class Sink:
    """Takes chunks of any size, at once; memory stays at two blocks, however large the file.

    The blocks are made once and filled again and again: fresh ones for each 4 MiB cost a third of the throughput in
    page faults. Large, because each hand-over to a thread may wait for the interpreter's lock.
    """

    def __init__(self, file: BufferedWriter, hasher: Hasher | None = None) -> None:
        self.file = wrap(file)
        self.hasher = hashlib.sha256() if hasher is None else hasher
        self.size_bytes = 0
        self._free, self._block = memoryview(bytearray(BLOCK_BYTES)), memoryview(bytearray(BLOCK_BYTES))
        self._filled_bytes = 0
        self._writing: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._writing.set_result(None)

    async def write(self, chunk: bytes) -> None:
        """Raises OSError for an earlier block too."""
        self.size_bytes += len(chunk)
        rest = memoryview(chunk)
        while rest:
            part = rest[: BLOCK_BYTES - self._filled_bytes]
            self._block[self._filled_bytes : self._filled_bytes + len(part)] = part
            self._filled_bytes += len(part)
            rest = rest[len(part) :]
            if self._filled_bytes == BLOCK_BYTES:
                await self._hand_over()

    async def finish(self) -> bytes:
        """Everything is on the disk; returns the digest."""
        await self._hand_over()
        await self._wait()
        await self.file.flush()
        checkpoint("bytes_written")
        await asyncio.to_thread(os.fsync, self.file.fileno())
        checkpoint("bytes_synced")
        return self.hasher.digest()

    async def settle(self) -> None:
        """Wait for the threads, whatever became of their work: only then may the file be closed or removed."""
        await asyncio.wait([self._writing])

    async def _wait(self) -> None:
        """Raises what the threads raised. Whoever waits may be cancelled: the threads then still finish their block."""
        await asyncio.wait([self._writing])
        self._writing.result()

    async def _hand_over(self) -> None:
        await self._wait()
        full = self._block[: self._filled_bytes]
        self._writing = asyncio.gather(self.file.write(full), asyncio.to_thread(self.hasher.update, full))
        self._free, self._block, self._filled_bytes = self._block, self._free, 0
