"""Good files cut off, with bits turned over, mixed with others, or next to nothing."""

import io
import random
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

from media.ffmpeg import ffmpeg_binary
from tests.hostile.boxes import Track, box, jpeg, movie
from tests.hostile.sample import Sample

SEED = 20261123
CUTS = 20
FLIPPED_FILES = 200
FLIPS = (1, 4, 16, 64, 256)
PICTURE, TONE = "testsrc=s=160x120:r=10:d=2", "sine=d=2"
CODECS = {
    "mp4": ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac"],
    "avi": ["-c:v", "mpeg4", "-c:a", "mp3"],
    "webm": ["-c:v", "libvpx", "-c:a", "libopus"],
    "ts": ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac"],
    "mkv": ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac"],
}


def make_good(folder: Path) -> dict[str, bytes]:
    """Two seconds of a test picture with a tone, by container."""
    good = {}
    for form, codecs in CODECS.items():
        target = folder / f"good.{form}"
        inputs = ["-f", "lavfi", "-i", PICTURE, "-f", "lavfi", "-i", TONE]
        exact = ["-threads", "1", "-fflags", "+bitexact", "-flags", "+bitexact"]
        command = [ffmpeg_binary(), "-v", "error", "-y", *inputs, "-shortest", *codecs, *exact, str(target)]
        subprocess.run(command, check=True, timeout=60)
        good[form] = target.read_bytes()
    return good


def list_samples(good: dict[str, bytes]) -> Iterator[Sample]:
    for form, data in good.items():
        known = form if form in ("mp4", "avi") else "mp4"
        yield Sample("whole", f"good-{form}.{known}", data, brief=form == "webm")
        for number in range(CUTS):
            cut = data[: len(data) * number // CUTS]
            yield Sample("cut", f"{form}-{number:02}.{known}", cut, brief=(form, number) == ("mp4", 19))
    yield from _flip(good)
    yield from _nothings()
    yield from _chimeras(good)


def _flip(good: dict[str, bytes]) -> Iterator[Sample]:
    """Every other file has its damage in the first or last twentieth alone, where the headers lie."""
    chance = random.Random(SEED)
    for number in range(FLIPPED_FILES):
        form = ("mp4", "avi")[number % 2]
        data = bytearray(good[form])
        narrow = len(data) // 20 if number % 4 < 2 else len(data)
        for _ in range(FLIPS[number % len(FLIPS)]):
            place = chance.randrange(narrow)
            data[-place - 1 if form == "mp4" else place] ^= 1 << chance.randrange(8)
        yield Sample("flipped", f"{number:03}.{form}", bytes(data), brief=number in (0, 1))


def _nothings() -> Iterator[Sample]:
    for form in ("mp4", "avi", "mov"):
        yield Sample("nothing", f"empty.{form}", b"")
        yield Sample("nothing", f"zeros.{form}", bytes(100_000))
        yield Sample("nothing", f"text.{form}", b"Dear all, here is the lesson.\n" * 500, brief=form == "mp4")
        yield Sample("nothing", f"noise.{form}", random.Random(SEED).randbytes(100_000))
    for name, start in {"box": b"\0\0\0\x14ftypisom", "riff": b"RIFF\0\0\0\0AVI "}.items():
        for length in (0, 1, 7, 100):
            form = "mp4" if name == "box" else "avi"
            yield Sample("nothing", f"{name}-{length}.{form}", start + bytes(length))


def _chimeras(good: dict[str, bytes]) -> Iterator[Sample]:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("../../evil.txt", "x" * 1000)
    page = b"<!doctype html><script>alert(1)</script>"
    yield Sample("chimera", "zip-behind.mp4", good["mp4"] + archive.getvalue(), brief=True)
    yield Sample("chimera", "zip-before.mp4", archive.getvalue() + good["mp4"])
    yield Sample("chimera", "html-inside.mp4", good["mp4"][:24] + box(b"free", page) + good["mp4"][24:])
    yield Sample("chimera", "html-before.mp4", page + good["webm"])
    yield Sample("chimera", "html-behind.avi", good["avi"] + page)
    yield Sample("chimera", "twice.mp4", good["mp4"] * 2)
    yield Sample("chimera", "avi-in.mp4", movie(Track([jpeg()])) + good["avi"])
    yield Sample("chimera", "gif.png", b"GIF89a" + b"\1\0\1\0\0\0\0;" + archive.getvalue(), "image")
    yield Sample("chimera", "jar.jpg", jpeg() + archive.getvalue(), "image")
    yield Sample("chimera", "phar.jpg", jpeg()[:-2] + b"<?php system($_GET[0]); ?>\xff\xd9", "image")
    yield Sample("chimera", "wav-and-mp4.wav", b"RIFF\xff\xff\xff\x7fWAVE" + good["mp4"], "music")
