"""A video as a browser plays it: MP4 with H.264 (or VP9, AV1) and AAC (or MP3, Opus), or WebM with VP9 and Opus."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ffmpeg

from media.ffmpeg import file_url, guarded_input, run_ffmpeg
from media.progress import Report, ignore

if TYPE_CHECKING:
    from media.probe import Probe

# A probe names decoders: the same codec has another name where a library decodes it.
_VIDEO_CODECS = {"h264", "vp9", "libvpx-vp9", "av1", "libdav1d"}
_AUDIO_CODECS = {"aac", "mp3", "mp3float", "opus", "libopus"}
_PIXEL_FORMATS = {"yuv420p", "yuvj420p"}

_COPY_VIDEO = {"c:v": "copy"}
# H.264's level 5.1, beyond which browsers seldom decode in hardware; and encoding 8K takes 3 GB.
_MOST_PIXELS = 4096 * 2304
_ENCODE_VIDEO = {"c:v": "libx264", "preset": "veryfast", "crf": 23}
_COPY_AUDIO = {"c:a": "copy"}
_ENCODE_AUDIO = {"c:a": "aac", "b:a": "128k", "ac": 2}
_MP4 = {"f": "mp4", "movflags": "+faststart"}
_SPEED = {"deadline": "realtime", "cpu-used": 6, "row-mt": 1}
_WEBM = {"f": "webm", "c:v": "libvpx-vp9", "crf": 34, "b:v": 0, **_SPEED}
_OPUS = {"c:a": "libopus", "b:a": "96k", "ac": 2}


def is_playable(probe: "Probe") -> bool:
    """Whether every current browser plays the file as it is."""
    return probe.container == "mp4" and _video_fits(probe) and _audio_fits(probe)


def make_playable(video: Path, target: Path, probe: "Probe", report: Report = ignore, *, threads: int = 2) -> None:
    """Write `video` to `target`, an .mp4 that starts to play before it is loaded, or a .webm.

    Into MP4 a stream that fits is copied as it is; any other is encoded. Subtitles, data and metadata (place, device)
    are left out. Raises what run_ffmpeg raises; `target` is then incomplete.
    """
    source = guarded_input(video, probe.container, threads=threads)
    streams = [source["V:0"], source["a:0"]] if probe.has_audio else [source["V:0"]]
    options = _choose_webm(probe) if target.suffix == ".webm" else _choose_mp4(probe)
    output = ffmpeg.output(*streams, file_url(target), **options, map_metadata=-1, **{"threads:v": threads})
    run_ffmpeg(output, duration_s=probe.duration_s, report=report, threads=threads)


def _choose_mp4(probe: "Probe") -> dict[str, Any]:
    # AVI stores no display times: copied into MP4, its frames would play out of order.
    fits = _video_fits(probe) and probe.container == "mp4"
    picture = _COPY_VIDEO if fits else _ENCODE_VIDEO | _shape(probe)
    sound = _COPY_AUDIO if _audio_fits(probe) else _ENCODE_AUDIO
    return {**_MP4, **picture, **(sound if probe.has_audio else {})}


def _choose_webm(probe: "Probe") -> dict[str, Any]:
    return {**_WEBM, **_shape(probe), **(_OPUS if probe.has_audio else {})}


def _shape(probe: "Probe") -> dict[str, str]:
    """4:2:0 needs even sides: of an odd one a row or column is cut off, as scaling would blur all the text."""
    share = math.sqrt(_MOST_PIXELS / (probe.width_px * probe.height_px))
    width_px, height_px = (max(2, int(side * share / 2) * 2) for side in (probe.width_px, probe.height_px))
    shaping = "crop=trunc(iw/2)*2:trunc(ih/2)*2" if share >= 1 else f"scale={width_px}:{height_px}"
    return {"pix_fmt": "yuv420p", "vf": shaping}


def _video_fits(probe: "Probe") -> bool:
    return probe.video_codec in _VIDEO_CODECS and probe.pixel_format in _PIXEL_FORMATS


def _audio_fits(probe: "Probe") -> bool:
    return not probe.has_audio or probe.audio_codec in _AUDIO_CODECS
