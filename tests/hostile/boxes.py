"""MP4 files box by box, so that each may lie about itself, and bytes that unpack to many more."""

import io
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

FTYP = b"\0\0\0\x14ftypisom\0\0\2\0isom"
STRAIGHT = (1.0, 0.0, 0.0, 1.0)
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Track:
    """One picture track, its samples after one another. None: what is true; else the claim to make instead.

    `times` are (count, ticks) pairs, `sizes` is (bytes of each, count) for samples of one size.
    """

    samples: Sequence[bytes]
    codec: bytes = b"jpeg"
    width: int = 64
    height: int = 48
    ticks_per_s: int = 10
    duration: int | None = None
    times: Sequence[tuple[int, int]] | None = None
    sizes: tuple[int, int] | None = None
    chunk_samples: int | None = None
    matrix: tuple[float, float, float, float] = STRAIGHT
    references: bytes | None = None
    edits: bytes = b""
    entry: bytes = b""


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def full(kind: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    """A box with a version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def words(*numbers: int) -> bytes:
    """32 bits each."""
    return struct.pack(f">{len(numbers)}I", *(number & 0xFFFFFFFF for number in numbers))


def movie(*tracks: Track, more: bytes = b"", metadata: bytes = b"") -> bytes:
    """A whole file: the samples first. `more` lies in the movie's box, `metadata` in its user data."""
    at = len(FTYP) + 8
    places = []
    for track in tracks:
        places.append(at)
        at += sum(map(len, track.samples))
    data = box(b"mdat", *(sample for track in tracks for sample in track.samples))
    boxes = (_track(number, track, place) for number, (track, place) in enumerate(zip(tracks, places, strict=True), 1))
    head = _movie_head(max((_length(track) * 1000 // track.ticks_per_s for track in tracks), default=0))
    return FTYP + data + box(b"moov", head, *boxes, more, box(b"udta", metadata) if metadata else b"")


def jpeg(width: int = 64, height: int = 48, shade: int = 90) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), (shade, 200, 255 - shade)).save(file, "JPEG")
    return file.getvalue()


def zeros_packed(size_bytes: int) -> bytes:
    """A zlib stream of about a thousandth of the zeros that it unpacks to; whole MiB."""
    pieces = size_bytes // CHUNK_BYTES
    packer = zlib.compressobj(9)
    first = packer.compress(bytes(CHUNK_BYTES)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(CHUNK_BYTES)) + packer.flush(zlib.Z_FULL_FLUSH)
    end = b"\1\0\0\xff\xff" + words((pieces * CHUNK_BYTES % 65521) << 16 | 1)
    return first + again * (pieces - 1) + end


def _length(track: Track) -> int:
    if track.duration is not None:
        return track.duration
    return sum(count * ticks for count, ticks in _times(track))


def _times(track: Track) -> Sequence[tuple[int, int]]:
    return track.times if track.times is not None else [(len(track.samples), 1)]


def _movie_head(duration_ms: int) -> bytes:
    rest = words(0x10000, 0x1000000, 0, 0) + _matrix(STRAIGHT) + bytes(24) + words(99)
    return full(b"mvhd", words(0, 0, 1000), struct.pack(">I", min(duration_ms, 0xFFFFFFFE)), rest)


def _matrix(turn: tuple[float, float, float, float]) -> bytes:
    a, b, c, d = (round(value * 65536) for value in turn)
    return words(a, b, 0, c, d, 0, 0, 0, 0x40000000)


def _track(number: int, track: Track, place: int) -> bytes:
    length = _length(track) & 0xFFFFFFFF
    size = struct.pack(">II", (track.width & 0xFFFF) << 16, (track.height & 0xFFFF) << 16)
    head = full(b"tkhd", words(0, 0, number, 0, length), bytes(16), _matrix(track.matrix), size, flags=7)
    media_head = full(b"mdhd", words(0, 0, track.ticks_per_s, length), bytes(4))
    handler = full(b"hdlr", bytes(4), b"vide", bytes(13))
    reference = track.references if track.references is not None else full(b"url ", flags=1)
    where = box(b"dinf", full(b"dref", words(1), reference))
    information = box(b"minf", full(b"vmhd", bytes(8), flags=1), where, _table(track, place))
    return box(b"trak", head, track.edits, box(b"mdia", media_head, handler, information))


def _table(track: Track, place: int) -> bytes:
    size = struct.pack(">HH", track.width & 0xFFFF, track.height & 0xFFFF)
    look = bytes(16) + size + words(0x480000, 0x480000, 0) + b"\0\1" + bytes(32) + b"\0\x18\xff\xff"
    entry = box(track.codec, bytes(6), b"\0\1", look, track.entry)
    times = _times(track)
    sizes = words(*track.sizes) if track.sizes else words(0, len(track.samples), *map(len, track.samples))
    in_chunk = track.chunk_samples or len(track.samples)
    return box(
        b"stbl",
        full(b"stsd", words(1), entry),
        full(b"stts", words(len(times), *(number for pair in times for number in pair))),
        full(b"stsc", words(1, 1, in_chunk, 1)),
        full(b"stsz", sizes),
        full(b"stco", words(1, place)),
    )
