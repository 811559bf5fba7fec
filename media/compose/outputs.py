"""The files that come out: codecs for each kind, bitrates, and the chapters that every one carries."""

import itertools
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from media.compose.timeline import Chapter, Output
from media.ffmpeg import file_url
from media.plain import plain_text

KEYFRAME_S = 2
X264 = {"c:v": "libx264", "preset": "veryfast", "profile:v": "high", "pix_fmt": "yuv420p"}
VP9 = {"c:v": "libvpx-vp9", "deadline": "realtime", "cpu-used": 6, "row-mt": 1, "pix_fmt": "yuv420p"}
QUALITY = {"libx264": {"crf": 21}, "libvpx-vp9": {"crf": 33, "b:v": 0}}
AUDIO = {
    "mp4": {"c:a": "aac", "b:a": 160_000},
    "mov": {"c:a": "aac", "b:a": 160_000},
    "webm": {"c:a": "libopus", "b:a": 128_000},
}


def encoder_options(output: Output, rate: Fraction, *, threads: int) -> dict[str, Any]:
    """How this output is encoded and written."""
    video: dict[str, Any] = dict(VP9 if output.kind == "webm" else X264)
    if output.video_bitrate_bps is None:
        video |= QUALITY[video["c:v"]]
    else:
        most = output.video_bitrate_bps * 3 // 2
        video |= {"b:v": output.video_bitrate_bps, "maxrate": most, "bufsize": most * 2}
    audio = dict(AUDIO[output.kind])
    if output.audio_bitrate_bps is not None:
        audio["b:a"] = output.audio_bitrate_bps
    options = {"f": output.kind, "g": round(KEYFRAME_S * rate), "threads:v": threads}
    if output.kind != "webm":
        options["movflags"] = "+faststart"
    # Of all inputs' metadata none (places, devices), but the chapters keep their titles.
    return video | audio | options | {"map_metadata:g": -1, "map_metadata:s": -1}


def write_chapters(chapters: Sequence[Chapter], duration_s: float, target: Path) -> None:
    """ffmpeg's own text form; each chapter lasts until the next one."""
    ends = [chapter.start_s for chapter in chapters[1:]] + [duration_s]
    lines = [";FFMETADATA1"]
    for chapter, end_s in zip(chapters, ends, strict=True):
        times = f"START={round(chapter.start_s * 1000)}", f"END={round(end_s * 1000)}"
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", *times, f"title={_escape(chapter.title)}"]
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


def chapter_options(arguments: Sequence[str], chapters: Path | None) -> dict[str, Any]:
    """Output options that take the chapters from our file, of which the place among the inputs is in `arguments`."""
    if chapters is None:
        return {"map_chapters": -1}
    inputs = [after for before, after in itertools.pairwise(arguments) if before == "-i"]
    return {"map_chapters": inputs.index(file_url(chapters))}


def _escape(title: str) -> str:
    escaped = "".join("\\" + mark if mark in "=;#\\" else mark for mark in plain_text(title))
    # ffmpeg takes the end of a line after any backslash for escaped, also after one that is escaped itself.
    return escaped + " " if escaped.endswith("\\") else escaped
