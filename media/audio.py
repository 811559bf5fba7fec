"""The sound of a video as 16 kHz mono windows, so that memory stays the same for any length of lecture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np

from media.containers import open_guarded, read_packets
from media.errors import MediaError
from media.families import sniff_family

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.container import InputContainer
    from numpy.typing import NDArray

RATE_HZ = 16_000
WINDOW_S = 120
CUT_WITHIN_S = 20
QUIET_S = 0.2
MOST_ERRORS = 1000
JUMP_S = 0.25
NO_AUDIO = "This video has no sound. Upload a version with an audio track, or add the transcript by hand."
DAMAGED = "The sound of this video cannot be read. Export the video again, or convert it to MP4 with AAC sound."


@dataclass(frozen=True)
class Window:
    """Consecutive sound: mono float32 samples at RATE_HZ, -1 to 1, the first one `start_s` into the video."""

    start_s: float
    samples: NDArray[np.float32]


def read_windows(video: Path) -> Iterator[Window]:
    """Yield the first audio track in windows of about WINDOW_S, cut where it is quiet.

    A jump in the time stamps ends a window, so that times stay true to the video. Raises MediaError no_audio,
    damaged_audio or too_demanding.
    """
    parts: list[NDArray[np.float32]] = []
    start_s, held = 0.0, 0
    for time_s, samples in _decode(video):
        now_s = start_s + held / RATE_HZ
        if time_s is not None and time_s - now_s > JUMP_S:
            if held:
                yield Window(start_s, np.concatenate(parts))
            parts, start_s, held = [], time_s, 0
        parts.append(samples)
        held += len(samples)
        if held >= WINDOW_S * RATE_HZ:
            window, rest = _cut_where_quiet(Window(start_s, np.concatenate(parts)))
            yield window
            parts, start_s, held = [rest.samples], rest.start_s, len(rest.samples)
    if held:
        yield Window(start_s, np.concatenate(parts))


def find_duration_s(video: Path) -> float | None:
    """How long the container says it is, None when it does not say."""
    with _open(video) as container:
        return float(container.duration / av.time_base) if container.duration else None


def _cut_where_quiet(window: Window) -> tuple[Window, Window]:
    step = int(QUIET_S * RATE_HZ)
    tail = window.samples[-CUT_WITHIN_S * RATE_HZ :]
    frames = tail[: len(tail) // step * step].reshape(-1, step)
    quietest = int(np.argmin(np.square(frames).sum(axis=1)))
    cut = len(window.samples) - len(tail) + quietest * step + step // 2
    rest = Window(window.start_s + cut / RATE_HZ, window.samples[cut:].copy())
    return Window(window.start_s, window.samples[:cut]), rest


def _open(video: Path) -> InputContainer:
    family = sniff_family(video)
    if family is None:
        raise MediaError("damaged_audio", DAMAGED)
    try:
        return open_guarded(video, family, {})
    except (av.error.FFmpegError, ValueError) as error:
        raise MediaError("damaged_audio", DAMAGED, tail=str(error)) from error


def _decode(video: Path) -> Iterator[tuple[float | None, NDArray[np.float32]]]:
    """Yield (seconds into the video if known, samples), skipping what is damaged as long as something can be read."""
    with _open(video) as container:
        if not container.streams.audio:
            raise MediaError("no_audio", NO_AUDIO)
        zero_s = (container.start_time or 0) / av.time_base
        make_mono = _Mono()
        heard = False
        trouble: list[str] = []
        for frame in _frames(container, trouble):
            time_s = None if frame.pts is None else max(0.0, float(frame.pts * (frame.time_base or 0)) - zero_s)
            for samples in make_mono(frame, trouble):
                heard = True
                yield time_s, samples
        if trouble and not heard:
            raise MediaError("damaged_audio", DAMAGED, tail="\n".join(trouble[-5:]))


class _Mono:
    """Frames as samples at RATE_HZ, also where their layout or rate changes on the way."""

    def __init__(self) -> None:
        self._shape: tuple[str, str, int] | None = None
        self._resampler = _resampler()

    def __call__(self, frame: AudioFrame, trouble: list[str]) -> Iterator[NDArray[np.float32]]:
        shape = frame.format.name, frame.layout.name, frame.sample_rate
        if shape != self._shape:
            self._shape, self._resampler = shape, _resampler()
        frame.pts = None
        try:
            pieces = self._resampler.resample(frame)
        except (av.error.FFmpegError, ValueError) as error:
            trouble.append(str(error))
            return
        for piece in pieces:
            yield piece.to_ndarray().reshape(-1).astype(np.float32, copy=False)


def _resampler() -> av.AudioResampler:
    return av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)


def _frames(container: InputContainer, trouble: list[str]) -> Iterator[AudioFrame]:
    for packet in read_packets(container, container.streams.audio[0], trouble):
        try:
            yield from packet.decode()
        except (av.error.FFmpegError, ValueError) as error:
            trouble.append(str(error))
            if len(trouble) > MOST_ERRORS:
                return
