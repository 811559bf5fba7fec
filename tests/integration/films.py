"""Films for tests of composition, made by ffmpeg, and what can be seen and heard in a result."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import ffmpeg
import numpy as np
from numpy.typing import NDArray

from media.compose.export import Film, export_film
from media.compose.timeline import Output, Piece, Source, Timeline
from media.ffmpeg import file_url, generated_input, run_ffmpeg
from media.probe import probe_video

RATE = Fraction(25)
WIDTH, HEIGHT = 320, 180
RED, GREEN, BLUE, WHITE, BLACK = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)
RAMP = "nullsrc=s=320x180:r=25:d={},geq=lum=16+4*N:cb=128:cr=128,format=yuv420p"
"""A film of which each frame's brightness tells its number."""

Picture = NDArray[np.uint8]


def make(target: Path, picture: str, sound: str | None = None, **options: Any) -> Source:
    """A film of two lavfi sources, as a timeline takes it; fast to make, nearly without loss."""
    streams = [generated_input(picture), *([generated_input(sound)] if sound else [])]
    coding = {"c:v": "libx264", "preset": "ultrafast", "crf": 10, "pix_fmt": "yuv420p", "g": 25} | options
    run_ffmpeg(ffmpeg.output(*streams, file_url(target), **coding), duration_s=10)
    return describe(target)


def describe(film: Path) -> Source:
    probe = probe_video(film)
    return Source(
        path=film,
        container=probe.container,
        duration_s=probe.duration_s,
        frame_rate=probe.frame_rate,
        has_audio=probe.has_audio,
        video_codec=probe.video_codec,
        width_px=probe.width_px,
        height_px=probe.height_px,
        rotation_deg=probe.rotation_deg,
        audio_channels=probe.audio_channels or 2,
    )


def make_timeline(*pieces: Piece, **values: Any) -> Timeline:
    """At 25 frames a second, 320 x 180, with one output unless told otherwise."""
    known: dict[str, Any] = {"width_px": WIDTH, "height_px": HEIGHT, "frame_rate": RATE}
    known["outputs"] = (Output("film", "mp4", known["width_px"], known["height_px"]),)
    return Timeline(pieces=pieces, **(known | values))


def compose(timeline: Timeline, scratch: Path) -> Film:
    """The first of its films."""
    return export_film(timeline, scratch, 2)[0]


def read_pictures(film: Path) -> list[Picture]:
    """Every frame, as height x width x (red, green, blue)."""
    with av.open(str(film)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def read_brightness(film: Path) -> list[float]:
    """The mean luma of every frame, as stored: 16 is black."""
    with av.open(str(film)) as container:
        return [float(frame.to_ndarray()[: frame.height].mean()) for frame in container.decode(video=0)]


def list_numbers(film: Path) -> list[int]:
    """Which frames of a RAMP film are shown."""
    return [round((brightness - 16) / 4) for brightness in read_brightness(film)]


def colour_at(picture: Picture, x: float, y: float) -> tuple[int, int, int]:
    """The colour around a place told in shares of width and height."""
    height, width = picture.shape[:2]
    left, top = min(int(x * width), width - 4), min(int(y * height), height - 4)
    red, green, blue = picture[top : top + 4, left : left + 4].reshape(-1, 3).mean(0)
    return round(red), round(green), round(blue)


def is_near(colour: tuple[int, int, int], wanted: tuple[int, int, int], most: int = 30) -> bool:
    return all(abs(one - other) <= most for one, other in zip(colour, wanted, strict=True))


def read_sound(film: Path) -> NDArray[np.float32]:
    """Channels x samples, as stored from time 0 on."""
    with av.open(str(film)) as container:
        return np.concatenate(list(_read_chunks(container)), axis=1)


def _read_chunks(container: av.container.InputContainer) -> Iterator[NDArray[np.float32]]:
    stream = container.streams.audio[0]
    resampler = av.AudioResampler("fltp", layout=stream.layout, rate=48_000)
    for frame in container.decode(stream):
        for shaped in resampler.resample(frame):
            yield shaped.to_ndarray()


def level_db(film: Path, start_s: float, end_s: float, tone_hz: float | None = None) -> float:
    """How loud (RMS, 0 for a full square) the sound is, or only one tone of it (0 for a full sine)."""
    heard = read_sound(film).mean(0)[round(start_s * 48_000) : round(end_s * 48_000)]
    if tone_hz is None:
        return float(10 * np.log10(np.mean(heard**2) + 1e-12))
    turn = np.exp(-2j * np.pi * tone_hz * np.arange(len(heard)) / 48_000)
    return float(20 * np.log10(2 * abs(np.mean(heard * turn)) + 1e-9))
