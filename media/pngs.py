"""What a PNG carries beside its picture, and what both unpack to: seen before a decoder unpacks all of it.

A megabyte may hold a gigabyte of text or of rows that no picture has. https://www.w3.org/TR/png-3/
"""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from media.errors import MediaError

MAGIC_BYTES = 8
SIDE_BYTES = 8 << 20
"""What texts and profiles may unpack to, all together."""

MOST_CHUNKS = 10_000
_PIECE_BYTES = 1 << 16
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PACKED = {b"zTXt": 1, b"iCCP": 1, b"iTXt": 3}
"""Chunks with a packed part -> how many texts, each with a zero at its end, lie before it."""


def refuse_bomb(path: Path) -> None:
    """Raise MediaError `damaged_picture` for a PNG that unpacks to far more than the picture that it tells of."""
    side, pixels = _Unpacked(SIDE_BYTES), _Unpacked(SIDE_BYTES)
    with path.open("rb") as file:
        file.seek(MAGIC_BYTES)
        for kind, data in _chunks(file):
            if kind == b"IHDR" and len(data) == 13:
                pixels.most_bytes = 2 * _picture_bytes(data) + SIDE_BYTES
            elif kind == b"IDAT":
                pixels.add(data)
            elif kind in _PACKED:
                side.begin_anew()
                side.add(_find_stream(kind, data))


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Raises MediaError `damaged_picture` for more than MOST_CHUNKS."""
    for _ in range(MOST_CHUNKS):
        head = file.read(8)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head)
        yield kind, file.read(length)
        if kind == b"IEND":
            return
        file.seek(4, 1)
    raise MediaError("damaged_picture", _BOMB)


def _picture_bytes(head: bytes) -> int:
    width, height, depth, color = struct.unpack(">IIBB", head[:10])
    return int(height * (2 + width * depth * _SAMPLES.get(color, 4) // 8))


def _find_stream(kind: bytes, data: bytes) -> bytes:
    """What is packed in a chunk: behind its keyword and a method, or a flag, a method and two more texts."""
    _keyword, _, rest = data.partition(b"\0")
    texts = _PACKED[kind]
    if texts == 1:
        return rest[1:]
    return rest[2:].split(b"\0", texts - 1)[-1]


class _Unpacked:
    """Counts what streams unpack to, keeping nothing. `add` raises MediaError `damaged_picture` above `most_bytes`."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._bytes = 0
        self.begin_anew()

    def begin_anew(self) -> None:
        """What comes next is another stream."""
        self._unpacker = zlib.decompressobj()

    def add(self, packed: bytes) -> None:
        try:
            while packed:
                self._bytes += len(self._unpacker.decompress(packed, _PIECE_BYTES))
                packed = self._unpacker.unconsumed_tail
                if self._bytes > self.most_bytes:
                    raise MediaError("damaged_picture", _BOMB)
        except zlib.error:
            return


_BOMB = "The picture unpacks to far more than it shows. Save it anew as PNG, without its metadata, and upload that."
