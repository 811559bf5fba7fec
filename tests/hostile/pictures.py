"""Pictures that claim, unpack, repeat or name more than they should."""

import io
import struct
import zlib
from collections.abc import Iterator
from functools import partial

from PIL import Image

from tests.hostile.boxes import jpeg, words, zeros_packed
from tests.hostile.sample import Sample

MAGIC = b"\x89PNG\r\n\x1a\n"
MEGABYTE = 1 << 20


def list_samples() -> Iterator[Sample]:
    yield from _pngs()
    yield from _jpegs()
    yield from _webps()
    for form in ("TIFF", "ICO", "BMP", "GIF"):
        file = io.BytesIO()
        Image.new("RGB", (64, 64)).save(file, form)
        yield Sample("picture", f"{form.lower()}.png", file.getvalue(), "image")
    entity = '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///tmp/quizsys-canary/secret.mp4">]>'
    svg = f'<?xml version="1.0"?>{entity}<svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>'
    laughs = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    yield Sample("picture", "entity.png", svg.encode(), "image", brief=True)
    yield Sample(
        "picture", "laughs.png", f'<!DOCTYPE svg [<!ENTITY a0 "ha">{laughs}]><svg>&a9;</svg>'.encode(), "image"
    )
    yield Sample("picture", "postscript.jpg", b"%!PS\n(/tmp/quizsys-canary/secret.mp4) run\n", "image")
    yield Sample(
        "picture", "magick.png", b"push graphic-context\nimage over 0,0 0,0 'url(http://127.0.0.1:9/)'\n", "image"
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, pixels: bytes, *more: bytes, depth: int = 8, color: int = 2, laced: int = 0) -> bytes:
    """`pixels` are packed already; `more` are chunks before them."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, laced))
    return MAGIC + head + b"".join(more) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _pngs() -> Iterator[Sample]:
    small = zlib.compress((b"\0" + bytes(64 * 3)) * 64)
    for width, height in (
        (2**31 - 1, 2**31 - 1),
        (65_535, 65_535),
        (12_000, 12_000),
        (0, 1),
        (8_000_000, 4),
        (4, 8_000_000),
    ):
        brief = width == 12_000
        yield Sample("picture", f"claims-{width}x{height}.png", png(width, height, small), "image", brief=brief)
    yield Sample(
        "picture",
        "5900-deep.png",
        png(5900, 5900, zeros_packed(300 * MEGABYTE), depth=16, color=6),
        "image",
    )
    yield Sample(
        "picture", "5900-laced.png", png(5900, 5900, zeros_packed(300 * MEGABYTE), depth=16, color=6, laced=1), "image"
    )
    yield Sample("picture", "more-pixels.png", png(64, 64, zeros_packed(2048 * MEGABYTE)), "image")
    bomb = zeros_packed(1024 * MEGABYTE)
    for kind, data in {
        b"zTXt": b"Title\0\0" + bomb,
        b"iCCP": b"profile\0\0" + bomb,
        b"iTXt": b"Title\0\1\0\0\0" + bomb,
    }.items():
        name = kind.decode().lower()
        yield Sample("picture", f"{name}.png", png(64, 64, small, chunk(kind, data)), "image", brief=name == "ztxt")
        yield Sample("picture", f"{name}-20.png", png(64, 64, small, chunk(kind, data) * 20), "image")
    texts = chunk(b"tEXt", b"Title\0" + b"%s\n<b>" * 100) * 20_000
    yield Sample("picture", "texts.png", png(64, 64, small, texts), "image")
    frames = chunk(b"acTL", words(2**31 - 1, 0)) + chunk(b"fcTL", words(0, 64, 64, 0, 0) + bytes(6))
    yield Sample("picture", "frames.png", png(64, 64, small, frames), "image")
    palette = png(64, 64, zlib.compress((b"\0" + b"\xff" * 64) * 64), chunk(b"PLTE", b"\0\0\0"), color=3)
    yield Sample("picture", "no-such-colour.png", palette, "image")
    yield Sample("picture", "no-end.png", png(64, 64, small)[:-30], "image")


def _jpegs() -> Iterator[Sample]:
    for scans in (20, 2000):
        yield Sample("picture", f"scans-{scans}.jpg", partial(_draw_over, scans), "image", brief=scans == 2000)
    for height in (0, 65_535):
        claim = bytearray(jpeg())
        at = claim.index(b"\xff\xc0") + 5
        claim[at : at + 4] = struct.pack(">HH", height, 65_535)
        yield Sample("picture", f"claims-{height}.jpg", bytes(claim), "image")
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0\x06\0\0\0\0\0\x08"
    for name, data in {"loop": exif, "short": exif[:12], "far": exif[:10] + b"\xff\xff\xff\xf0"}.items():
        marked = b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data
        yield Sample("picture", f"exif-{name}.jpg", jpeg()[:2] + marked + jpeg()[2:], "image")
    comment = b"\xff\xfe\xff\xff" + b"A\r\n\x1b[31m" * 8191
    yield Sample("picture", "comments.jpg", jpeg()[:2] + comment[:65_537] * 100 + jpeg()[2:], "image")


def _draw_over(scans: int) -> bytes:
    file = io.BytesIO()
    Image.new("L", (5900, 5900), 100).save(file, "JPEG", progressive=True)
    slow = file.getvalue()
    scan = slow[slow.rindex(b"\xff\xda") : -2]
    return slow[:-2] + scan * scans + b"\xff\xd9"


def _webps() -> Iterator[Sample]:
    for name, data in {
        "claims": b"VP8L" + struct.pack("<I", 5) + b"\x2f\xff\xff\xff\x0f\0",
        "canvas": b"VP8X" + struct.pack("<I", 10) + b"\2\0\0\0" + b"\xff" * 6,
        "lies": b"VP8 " + struct.pack("<I", 0xFFFFFFF0) + b"\0" * 10,
    }.items():
        yield Sample("picture", f"{name}.webp", b"RIFF" + struct.pack("<I", len(data) + 4) + b"WEBP" + data, "image")
    file = io.BytesIO()
    frames = [Image.new("RGB", (16, 16), (n % 256, 0, 0)) for n in range(500)]
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:])
    yield Sample("picture", "frames.webp", file.getvalue(), "image")
