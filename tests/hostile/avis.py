"""AVI files chunk by chunk: absurd rates and sizes, indexes that lie, subtitles inside that are playlists."""

import struct
from collections.abc import Iterator, Sequence

from tests.hostile.boxes import jpeg
from tests.hostile.lists import scripts
from tests.hostile.sample import Sample

MOST = 0xFFFFFFFF


def list_samples() -> Iterator[Sample]:
    for scale, rate in ((1, MOST), (MOST, 1), (0, 0), (1, 0), (0, 1), (1, 1_000_000), (86_400, 1)):
        brief = (scale, rate) == (1, MOST)
        yield Sample("avi", f"rate-{rate}-by-{scale}.avi", avi([jpeg()] * 20, scale=scale, rate=rate), brief=brief)
    for width, height in ((65_535, 65_535), (-64, -48), (0, 0), (2**31 - 1, 1), (30_000, 30_000)):
        for codec in (b"MJPG", b"\0\0\0\0", b"MPNG", b"ZLIB", b"FFVH", b"H264", b"cvid", b"IV50", b"tscc", b"ZMBV"):
            name = f"{width}x{height}-{codec.strip(bytes(1)).decode() or 'RAW'}.avi"
            yield Sample("avi", name, avi([jpeg()] * 3, codec=codec, width=width, height=height))
    yield Sample("avi", "billion-frames.avi", avi([jpeg()] * 3, length=10**9), brief=True)
    yield Sample("avi", "empty-frames.avi", avi([jpeg()] + [b""] * 100_000))
    yield Sample("avi", "lying-chunks.avi", avi([jpeg()] * 3).replace(b"00dc", b"00dc\xff\xff\xff\x7f", 1))
    yield Sample("avi", "lying-list.avi", avi([jpeg()] * 3).replace(b"hdrl", b"hdrlLIST\xf0\xff\xff\xffhdrl", 1))
    yield Sample("avi", "super-index.avi", avi([jpeg()] * 3, more=_super_index(100_000)), brief=True)
    yield Sample("avi", "index-of-itself.avi", avi([jpeg()] * 3, more=_super_index(64, itself=True)))
    yield Sample(
        "avi",
        "old-index.avi",
        avi([jpeg()] * 3) + chunk(b"idx1", struct.pack("<4sIII", b"00dc", 16, MOST, MOST) * 200_000),
    )
    for rate, channels in ((1, 1), (MOST, 1), (8000, 384), (0, 0)):
        sound = sound_track(rate, channels)
        yield Sample(
            "avi",
            f"sound-{rate}x{channels}.avi",
            avi([jpeg()] * 20, stream=sound, extra=bytes(60_000)),
            brief=rate == 1,
        )
    for name, script in scripts().items():
        data = avi([jpeg()] * 3, stream=_subtitles(), extra=_gab2(script.encode()))
        yield Sample("avi", f"subtitles-{name}.avi", data, brief=name == "hls")
    yield Sample("avi", "metadata.avi", avi([jpeg()] * 20, more=title_list()), brief=True)


def chunk(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def avi(
    frames: Sequence[bytes],
    *,
    codec: bytes = b"MJPG",
    width: int = 64,
    height: int = 48,
    scale: int = 1,
    rate: int = 10,
    length: int | None = None,
    stream: bytes = b"",
    extra: bytes = b"",
    more: bytes = b"",
) -> bytes:
    """One picture track, and perhaps a second `stream` whose one packet is `extra`."""
    count = len(frames) if length is None else length
    head = struct.pack(
        "<14I", 100_000, 0, 0, 16, count, 0, 2 if stream else 1, 0, width & MOST, height & MOST, 0, 0, 0, 0
    )
    track = _stream(b"vids", codec, scale, rate, count)
    look = struct.pack("<IiiHH4sIIIII", 40, width, height, 1, 24, codec, 0, 0, 0, 0, 0)
    tracks = chunk(b"LIST", b"strl", track, chunk(b"strf", look), more)
    packets = b"".join(chunk(b"00dc", frame) for frame in frames)
    if stream:
        tracks += chunk(b"LIST", b"strl", stream)
        packets = chunk(b"01tx" if b"txts" in stream else b"01wb", extra) + packets
    body = chunk(b"LIST", b"hdrl", chunk(b"avih", head), tracks) + chunk(b"LIST", b"movi", packets)
    return chunk(b"RIFF", b"AVI ", body)


def _stream(kind: bytes, codec: bytes, scale: int, rate: int, length: int, size: int = 0) -> bytes:
    numbers = struct.pack("<IHHIIIIIIII", 0, 0, 0, 0, scale, rate, 0, length & MOST, 0, MOST, size)
    return chunk(b"strh", kind, codec, numbers, bytes(8))


def sound_track(rate: int, channels: int) -> bytes:
    align = channels * 2
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * align & MOST, align, 16)
    return _stream(b"auds", bytes(4), max(align, 1), rate * align & MOST, 10**6, align) + chunk(b"strf", form)


def _subtitles() -> bytes:
    return _stream(b"txts", bytes(4), 1, 10, 1) + chunk(b"strf")


def _gab2(script: bytes) -> bytes:
    """How subtitles lie in an AVI; readers guess what form they have."""
    return b"GAB2\0\2\0" + struct.pack("<I", 2) + b"x\0" + b"\4\0" + struct.pack("<I", len(script)) + script


def _super_index(entries: int, *, itself: bool = False) -> bytes:
    place = 100 if itself else 2**62
    return chunk(
        b"indx",
        struct.pack("<HBBI4s3I", 4, 0, 0, entries, b"00dc", 0, 0, 0),
        struct.pack("<QII", place, MOST, MOST) * entries,
    )


def title_list() -> bytes:
    """Names in no encoding, with ends of lines, formats, markup, and of great length."""
    values = (
        b"\xff\xfe\xe9\xe8",
        b"a\r\nX-Evil: 1\r\n\x1b[31m",
        b"%s%n" * 100,
        b"<script>alert(1)</script>",
        b"A" * 900_000,
    )
    tags = (b"INAM", b"IART", b"ICMT", b"ISFT", b"IKEY")
    return chunk(b"LIST", b"INFO", *(chunk(tag, value) for tag, value in zip(tags, values, strict=True)))
