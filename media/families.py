"""What a file may be by its first bytes, and the one demuxer that may then open it."""

from pathlib import Path

DEMUXERS = {
    "mp4": "mov",
    "avi": "avi",
    "mp3": "mp3",
    "wav": "wav",
    "ogg": "ogg",
    "flac": "flac",
    "png": "png_pipe",
    "jpeg": "jpeg_pipe",
    "webp": "webp_pipe",
}
"""Our name of a family -> ffmpeg's name of its demuxer."""

MP4_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"}
RIFF_FORMS = {b"AVI ": "avi", b"WAVE": "wav", b"WEBP": "webp"}
STARTS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"fLaC": "flac", b"OggS": "ogg", b"ID3": "mp3"}


def sniff_family(path: Path) -> str | None:
    """A key of DEMUXERS ("mp4" stands for MP4, MOV, M4V and M4A), or None."""
    with path.open("rb") as file:
        head = file.read(12)
    if head[4:8] in MP4_BOXES:
        return "mp4"
    if head[:4] == b"RIFF":
        return RIFF_FORMS.get(head[8:12])
    if _is_mpeg_frame(head):
        return "mp3"
    return next((family for start, family in STARTS.items() if head.startswith(start)), None)


def _is_mpeg_frame(head: bytes) -> bool:
    """Eleven set bits, then a version and layer III."""
    return len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[1] & 0x18 != 0x08
