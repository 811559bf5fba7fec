"""What a seat does with a file that has arrived, by its kind, and how that is told."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media.cue_files import CueFile, look_at_cues
from media.ingest import look_at_video
from media.pictures import Picture, look_at_picture
from media.probe import Probe
from media.tracks import Track, look_at_track


@dataclass(frozen=True)
class Look:
    """`function(*arguments(file, extension, poster))` runs in a seat; `describe` turns its result into metadata."""

    function: Callable[..., Any]
    arguments: Callable[[Path, str, Path], tuple[Any, ...]]
    describe: Callable[[Any], dict[str, Any]]


def describe_probe(probe: Probe) -> dict[str, Any]:
    """In the seed's names, and what we know beyond them."""
    return {
        "duration": probe.duration_s,
        "width": probe.width_px,
        "height": probe.height_px,
        "codec": probe.video_codec,
        "fps": round(float(probe.frame_rate), 3),
        "bitrate": probe.bitrate_bps,
        "size_bytes": probe.size_bytes,
        "has_audio": probe.has_audio,
        "audio_codec": probe.audio_codec,
        "audio_channels": probe.audio_channels,
        "audio_sample_rate": probe.audio_sample_rate_hz,
        "container": probe.container,
        "pixel_format": probe.pixel_format,
        "frame_rate": str(probe.frame_rate),
        "rotation": probe.rotation_deg,
    }


def describe_track(track: Track) -> dict[str, Any]:
    return {
        "duration": track.duration_s,
        "bitrate": track.bitrate_bps,
        "size_bytes": track.size_bytes,
        "has_audio": True,
        "audio_codec": track.codec,
        "audio_channels": track.channels,
        "audio_sample_rate": track.sample_rate_hz,
        "container": track.container,
    }


def describe_picture(picture: Picture) -> dict[str, Any]:
    return {
        "width": picture.width_px,
        "height": picture.height_px,
        "size_bytes": picture.size_bytes,
        "container": picture.container,
        "pixel_format": picture.pixel_format,
        "has_alpha": picture.has_alpha,
    }


def describe_cues(file: CueFile) -> dict[str, Any]:
    return {
        "format": file.form,
        "encoding": file.encoding,
        "cue_count": file.cues,
        "start": file.start_s,
        "end": file.end_s,
        "size_bytes": file.size_bytes,
    }


_TRACK = Look(look_at_track, lambda file, _extension, _poster: (file,), describe_track)
LOOKS = {
    "video": Look(look_at_video, lambda file, _extension, poster: (file, poster), describe_probe),
    "music": _TRACK,
    "voice-over": _TRACK,
    "image": Look(look_at_picture, lambda file, _extension, poster: (file, poster), describe_picture),
    "subtitle": Look(look_at_cues, lambda file, extension, _poster: (file, extension), describe_cues),
}
"""By a kind's noun."""
