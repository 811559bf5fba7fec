"""Bytes at the end of a file: how many are there, more of them, fewer, all of them hashed."""

import hashlib
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

from quizsys.sink import Hasher, Sink
from quizsys.uploads import to_the_end

COPY_BYTES = 4 * 1024 * 1024
Mode = Literal["ab", "wb", "xb"]


def size_of(path: Path) -> int:
    """In bytes; 0 for a file that is not there."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


async def pour(path: Path, mode: Mode, chunks: AsyncIterator[bytes], hasher: Hasher) -> bytes:
    """Write what comes, up to a cut if there is one, and return its digest. On the disk when this returns or raises."""
    with path.open(mode) as file:
        sink = Sink(file, hasher)
        try:
            async for chunk in chunks:
                await sink.write(chunk)
        finally:
            digest = await to_the_end(sink.finish())
    return digest


def cut(path: Path, size_bytes: int) -> None:
    """Take away what is beyond; a file that is not there is made."""
    with path.open("ab") as file:
        file.truncate(size_bytes)
        os.fsync(file.fileno())


def join(parts: list[Path], path: Path) -> None:
    """Add the parts, one after another, to the end of a file. A part that is not there is empty."""
    with path.open("ab") as file:
        for part in parts:
            if part.exists():
                with part.open("rb") as source:
                    shutil.copyfileobj(source, file, COPY_BYTES)
        file.flush()
        os.fsync(file.fileno())


def sha256_of(path: Path) -> str:
    """In hex; an absent file's is that of no bytes."""
    if not path.exists():
        return hashlib.sha256().hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
