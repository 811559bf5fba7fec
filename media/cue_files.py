"""What a subtitle file is: how it is written, how many cues it has, from when to when."""

from dataclasses import dataclass
from pathlib import Path

from media.errors import MediaError
from media.subtitles import BadSubtitles, decode_subtitles, has_signature, parse_subtitles

MAX_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class CueFile:
    """`form` is "vtt" or "srt"; `encoding` as a charset is named on the wire; times in seconds of the video."""

    form: str
    encoding: str
    cues: int
    start_s: float
    end_s: float
    size_bytes: int


def look_at_cues(path: Path, extension: str) -> CueFile:
    """Read every cue. Raises MediaError `bad_subtitles`, also if the extension names the other form."""
    size_bytes = path.stat().st_size
    if size_bytes > MAX_BYTES:
        raise MediaError("bad_subtitles", f"A subtitle file may have {MAX_BYTES} bytes. Send those of one lesson.")
    raw = path.read_bytes()
    try:
        text = decode_subtitles(raw)
        cues = parse_subtitles(text)
    except BadSubtitles as error:
        raise MediaError("bad_subtitles", f"These are no subtitles that can be read. {error}") from error
    form = "vtt" if has_signature(text) else "srt"
    if extension != f".{form}":
        sentence = f"The content and the name do not agree. Name it with .{form} and send it again."
        raise MediaError("bad_subtitles", sentence)
    start_s, end_s = min((cue.start_s for cue in cues), default=0.0), max((cue.end_s for cue in cues), default=0.0)
    return CueFile(form, name_encoding(raw), len(cues), start_s, end_s, size_bytes)


def name_encoding(raw: bytes) -> str:
    """What decode_subtitles found."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\0" in raw[:2000]:
        return "utf-16-le" if raw[1:2] == b"\0" else "utf-16-be"
    try:
        raw.decode()
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"
