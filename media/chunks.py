"""How much of a container file is missing, by the lengths its own chunks declare. Reads a few bytes per chunk."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

MAX_CHUNKS = 100_000


def missing_bytes(path: Path, family: str) -> int:
    """How many bytes a file lacks that its outermost chunks promise; 0 if it is whole. `family` as in sniff_family."""
    size_bytes = path.stat().st_size
    with path.open("rb") as file:
        ends = _box_ends(file, size_bytes) if family == "mp4" else _riff_ends(file, size_bytes)
        return max(0, max(ends, default=0) - size_bytes)


def _box_ends(file: BinaryIO, size_bytes: int) -> Iterator[int]:
    """Where each top-level ISO BMFF box ends. Boxes that hold nothing (free, skip) are not missed."""
    at = 0
    for _ in range(MAX_CHUNKS):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head[:8])
        if length == 1 and len(head) == 16:
            (length,) = struct.unpack(">Q", head[8:])
        if length < 8:
            return
        at += length
        if kind in (b"moov", b"moof", b"mdat"):
            yield at
        if at >= size_bytes:
            return


def _riff_ends(file: BinaryIO, size_bytes: int) -> Iterator[int]:
    """Where each RIFF chunk ends; a length of 0 or all ones means that the writer could not go back to fill it in."""
    at = 0
    for _ in range(MAX_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8 or head[:4] != b"RIFF":
            return
        (length,) = struct.unpack("<I", head[4:])
        if length in (0, 0xFFFFFFFF):
            return
        at += 8 + length + length % 2
        yield at
        if at >= size_bytes:
            return
