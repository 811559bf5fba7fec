"""Sounds that lie about their size, rate and channels, or drag a long tail of tags."""

import struct
from collections.abc import Iterator
from functools import partial

from tests.hostile.sample import Sample

MEGABYTE = 1 << 20


def list_samples(sounds: dict[str, bytes]) -> Iterator[Sample]:
    """`sounds`: good ones by extension."""
    for claim in (0, 1, 100, 0x7FFFFFFF, 0xFFFFFFFF):
        for size in (0, 0xFFFFFFFF):
            yield _wave(f"claims-{claim:x}-{size:x}", data_bytes=claim, riff_bytes=size)
    for channels in (0, 1, 8, 384, 65_535):
        yield _wave(f"channels-{channels}", channels=channels, brief=channels == 384)
    for rate in (0, 1, 7, 384_001, 0xFFFFFFFF):
        yield _wave(f"rate-{rate}", rate=rate, brief=rate == 1)
    for bits in (0, 1, 3, 64, 65_535):
        yield _wave(f"bits-{bits}", bits=bits)
    for form in (0, 2, 0x11, 0x55, 0x161, 0xFFFE, 0xFFFF):
        yield _wave(f"format-{form:x}", form=form)
    for kind, data in sounds.items():
        for number in range(5):
            yield Sample("sound", f"cut-{number}.{kind}", data[: len(data) * number // 5], "music")
    yield from _tagged(sounds)


def _wave(
    name: str,
    *,
    form: int = 1,
    channels: int = 1,
    rate: int = 8000,
    bits: int = 16,
    data_bytes: int | None = None,
    riff_bytes: int | None = None,
    brief: bool = False,
) -> Sample:
    sound = bytes(range(250)) * 200
    align = channels * bits // 8 & 0xFFFF
    head = struct.pack("<HHIIHH", form, channels, rate, rate * align & 0xFFFFFFFF, align, bits)
    body = b"WAVEfmt " + struct.pack("<I", len(head)) + head
    body += b"data" + struct.pack("<I", len(sound) if data_bytes is None else data_bytes) + sound
    whole = b"RIFF" + struct.pack("<I", len(body) if riff_bytes is None else riff_bytes) + body
    return Sample("sound", f"{name}.wav", whole, "music", brief=brief)


def _tagged(sounds: dict[str, bytes]) -> Iterator[Sample]:
    for megabytes in (1, 100, 250):
        for kind in (b"TXXX", b"APIC", b"PRIV"):
            name = f"{kind.decode().lower()}-{megabytes}.mp3"
            yield Sample("sound", name, partial(_id3, kind, megabytes * MEGABYTE, sounds["mp3"]), "music")
    many = b"TIT2" + struct.pack(">I", 3) + b"\0\0\0AB"
    yield Sample("sound", "many-tags.mp3", _frames(many * 300_000) + sounds["mp3"], "music")
    yield Sample("sound", "tags-in-tags.mp3", _frames(b"") * 100_000 + sounds["mp3"], "music")
    lists = b"LIST" + struct.pack("<I", 0x7FFFFFF0) + b"INFOINAM" + struct.pack("<I", 0x7FFFFF00)
    yield Sample("sound", "list.wav", sounds["wav"][:12] + lists + sounds["wav"][12:], "music")
    flac = sounds["flac"]
    picture = b"\6" + struct.pack(">I", 0xFFFFF0)[1:] + struct.pack(">I", 3) + b"\xff" * 64
    yield Sample("sound", "picture.flac", flac[:42] + picture + flac[42:], "music")
    comment = b"\4" + struct.pack(">I", 0xFFFF)[1:] + struct.pack("<I", 0xFFFFFFF0) + b"x" * 0xFFFB
    yield Sample("sound", "comment.flac", flac[:42] + comment + flac[42:], "music")
    yield Sample(
        "sound", "pages.ogg", sounds["ogg"] + b"OggS\0\4" + b"\xff" * 21 + bytes(255) + b"\xff" * 40_000, "music"
    )
    yield Sample("sound", "serials.ogg", b"".join(_page(n) for n in range(5000)) + sounds["ogg"], "music")


def _id3(kind: bytes, size_bytes: int, sound: bytes) -> bytes:
    body = b"\0image/png\0\3\0" if kind == b"APIC" else b"\0title\0" if kind == b"TXXX" else b"x\0"
    body += b"A" * (size_bytes - len(body))
    return _frames(kind + _synchsafe(len(body)) + b"\0\0" + body, version=4) + sound


def _frames(frames: bytes, version: int = 3) -> bytes:
    return b"ID3" + bytes([version, 0, 0]) + _synchsafe(len(frames)) + frames


def _synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def _page(serial: int) -> bytes:
    """The first page of one more stream."""
    head = b"\x01vorbis" + bytes(4) + b"\2" + struct.pack("<I", 44_100) + bytes(12) + b"\xb8\1"
    return b"OggS\0\2" + bytes(8) + struct.pack("<II", serial, 0) + bytes(4) + b"\1" + bytes([len(head)]) + head
