"""What headers promise and the file lacks."""

import struct
from pathlib import Path

import pytest

from media.chunks import missing_bytes


def box(kind: bytes, body: bytes, length: int | None = None) -> bytes:
    return struct.pack(">I4s", len(body) + 8 if length is None else length, kind) + body


@pytest.mark.parametrize(
    ("data", "missing"),
    [
        (b"", 0),
        (box(b"ftyp", b"isom") + box(b"mdat", b"x" * 100), 0),
        (box(b"ftyp", b"isom") + box(b"mdat", b"x" * 100)[:-40], 40),
        (box(b"ftyp", b"isom") + box(b"mdat", b"x" * 100, length=0), 0),
        (box(b"mdat", struct.pack(">Q", 1016) + b"x" * 900, length=1), 100),
        (box(b"mdat", b"") * 3 + box(b"free", b"", length=9_999), 0),
        (b"\0\0\0\3mdat", 0),
    ],
)
def test_missing_bytes_of_an_mp4(tmp_path: Path, data: bytes, missing: int) -> None:
    (tmp_path / "v.mp4").write_bytes(data)
    assert missing_bytes(tmp_path / "v.mp4", "mp4") == missing


@pytest.mark.parametrize(("length", "missing"), [(104, 0), (154, 50), (0, 0), (0xFFFFFFFF, 0)])
def test_missing_bytes_of_an_avi(tmp_path: Path, length: int, missing: int) -> None:
    (tmp_path / "v.avi").write_bytes(struct.pack("<4sI4s", b"RIFF", length, b"AVI ") + b"x" * 100)
    assert missing_bytes(tmp_path / "v.avi", "avi") == missing
