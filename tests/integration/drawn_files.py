"""Small sounds, pictures and subtitles for tests, and hostile ones."""

import io
import struct
import subprocess
import zipfile
import zlib
from pathlib import Path

from PIL import Image

from media.ffmpeg import ffmpeg_binary

SOUNDS = ("tone.mp3", "tone.m4a", "tone.wav", "tone.flac", "tone.ogg")
VTT = "WEBVTT\n\n00:01.000 --> 00:02.500\nHello\n\n00:03.000 --> 00:04.000\nagain\n"
SRT = "1\n00:00:01,000 --> 00:00:02,500\nSch\u00f6n\n\n2\n00:00:03,000 --> 00:00:04,250\nWelt\n"
PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"


def make_sounds(folder: Path) -> dict[str, bytes]:
    """Two seconds of a tone in stereo, in every format that is taken."""
    for name in SOUNDS:
        source = ["-f", "lavfi", "-i", "sine=d=2:r=44100", "-ac", "2"]
        subprocess.run([ffmpeg_binary(), "-v", "error", *source, str(folder / name)], check=True, timeout=60)
    return {name: (folder / name).read_bytes() for name in SOUNDS}


def draw(form: str, size: tuple[int, int] = (300, 200), mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, 100 if mode == "L" else (200, 30, 30, 90)[: len(mode)]).save(file, form)
    return file.getvalue()


def claim_size(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises a picture of this size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def zip_up(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", data)
    return file.getvalue()
