"""Small videos for tests: slides drawn with Pillow's own font, moving textures, and a writer for both."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Picture = NDArray[np.uint8]
CLOCK = 1000


def slide(
    title: str, bullets: Sequence[str] = (), size: tuple[int, int] = (640, 360), ground: str = "white"
) -> Picture:
    """A slide as height x width x 3; text sizes follow the height."""
    width, height = size
    image = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(image)
    ink = "black" if ground == "white" else "white"
    draw.text((width * 0.05, height * 0.05), title, fill=ink, font=ImageFont.load_default(height / 11))
    for row, bullet in enumerate(bullets):
        at = width * 0.08, height * (0.25 + 0.12 * row)
        draw.text(at, f"- {bullet}", fill=ink, font=ImageFont.load_default(height / 16))
    return np.asarray(image)


def hold(picture: Picture, seconds: float, rate: int = 10) -> Iterator[Picture]:
    return (picture for _ in range(round(seconds * rate)))


def fade(one: Picture, other: Picture, seconds: float, rate: int = 10) -> Iterator[Picture]:
    steps = round(seconds * rate)
    for step in range(1, steps + 1):
        yield (one + (other.astype(float) - one) * step / (steps + 1)).astype(np.uint8)


def pan(seed: int, seconds: float, size: tuple[int, int] = (320, 180), rate: int = 10) -> Iterator[Picture]:
    """A camera that sweeps over a texture: every cell moves all the time. Each seed has its own light."""
    width, height = size
    dark = 60 * (seed % 3)
    coarse = np.random.default_rng(seed).integers(dark, dark + 130, (height // 12, width // 3, 3), np.uint8)
    wall = np.asarray(Image.fromarray(coarse).resize((width * 4, height), Image.Resampling.BICUBIC))
    for step in range(round(seconds * rate)):
        at = step * 7 % (width * 3)
        yield wall[:, at : at + width]


def write_video(
    path: Path,
    pictures: Iterable[Picture],
    rate: int = 10,
    *,
    codec: str = "libx264",
    options: dict[str, str] | None = None,
    start_s: float = 0.0,
    times_s: Sequence[float] | None = None,
    rotation_deg: int = 0,
    sound: bool = False,
    faststart: bool = True,
) -> Path:
    """Write pictures of one size; `times_s` gives a variable rate, `start_s` shifts the first time stamp."""
    flags = {"movflags": "faststart"} if faststart and path.suffix == ".mp4" else {}
    with av.open(str(path), "w", options=flags) as container:
        stream = container.add_stream(codec, rate=rate, options=options or {"preset": "veryfast", "crf": "26"})
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        if times_s is not None or start_s:
            stream.codec_context.time_base = Fraction(1, CLOCK)
        track = container.add_stream("aac", rate=16000, layout="mono") if sound else None
        for number, picture in enumerate(pictures):
            if number == 0:
                stream.height, stream.width = picture.shape[:2]
                if rotation_deg:
                    stream.set_display_rotation(rotation_deg)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            if times_s is not None or start_s:
                time_s = times_s[number] if times_s is not None else number / rate
                frame.pts, frame.time_base = round((time_s + start_s) * CLOCK), Fraction(1, CLOCK)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if track is not None:
            _write_silence(container, track)
    return path


def _write_silence(container: av.container.OutputContainer, track: av.AudioStream) -> None:
    for number in range(16):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 16000, number * 1024
        container.mux(track.encode(frame))
    container.mux(track.encode(None))
