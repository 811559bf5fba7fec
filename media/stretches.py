"""Where somebody speaks: the sound cut at pauses into pieces that the recogniser hears at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from media.audio import RATE_HZ, Window

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST_S = 28.0
SHORTEST_CUT_S = 12.0
LONG_PAUSE_S = 1.5
PAD_S = 0.2
UNHEARD_S = 2.0
Span = tuple[float, float]


@dataclass(frozen=True)
class Stretch:
    """Up to LONGEST_S of sound; `spoken` are the spans (seconds into the video) in which a voice was found."""

    start_s: float
    samples: NDArray[np.float32]
    spoken: tuple[Span, ...]

    @property
    def end_s(self) -> float:
        return self.start_s + len(self.samples) / RATE_HZ


def find_stretches(window: Window) -> list[Stretch]:
    """The spoken parts of a window, in order; empty when nobody speaks in it."""
    return [_cut(window, group) for group in group_spans(_find_voices(window))]


def find_unheard(stretch: Stretch, heard: Sequence[Span]) -> list[Stretch]:
    """The parts in which somebody speaks for UNHEARD_S or longer outside the spans `heard` of the words."""
    edges = [stretch.start_s, *(edge for span in heard for edge in span), stretch.end_s]
    gaps = [(start_s, end_s) for start_s, end_s in zip(edges[::2], edges[1::2], strict=True)]
    return [_part(stretch, gap) for gap in gaps if _voiced_s(stretch, gap) >= UNHEARD_S]


def _voiced_s(stretch: Stretch, gap: Span) -> float:
    return sum(max(0.0, min(end_s, gap[1]) - max(start_s, gap[0])) for start_s, end_s in stretch.spoken)


def _part(stretch: Stretch, gap: Span) -> Stretch:
    first, last = (int((edge - stretch.start_s) * RATE_HZ) for edge in gap)
    spoken = [(max(span[0], gap[0]), min(span[1], gap[1])) for span in stretch.spoken]
    return Stretch(gap[0], stretch.samples[first:last], tuple(span for span in spoken if span[0] < span[1]))


def group_spans(spans: Sequence[Span]) -> list[list[Span]]:
    """Spans put together up to LONGEST_S, parted at every long pause and otherwise at the longest one that fits."""
    groups: list[list[Span]] = []
    rest = list(spans)
    while rest:
        fit = _count_fitting(rest)
        groups.append(rest[:fit])
        rest = rest[fit:]
    return groups


def _count_fitting(spans: Sequence[Span]) -> int:
    fit = 1
    while fit < len(spans) and spans[fit][0] - spans[fit - 1][1] < LONG_PAUSE_S:
        if spans[fit][1] - spans[0][0] > LONGEST_S - 2 * PAD_S:
            return _longest_pause(spans, fit)
        fit += 1
    return fit


def _longest_pause(spans: Sequence[Span], fit: int) -> int:
    late = [n for n in range(1, fit + 1) if spans[n - 1][1] - spans[0][0] > SHORTEST_CUT_S] or [fit]
    return max(late, key=lambda n: spans[n][0] - spans[n - 1][1])


def _find_voices(window: Window) -> list[Span]:
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        min_speech_duration_ms=120, min_silence_duration_ms=160, speech_pad_ms=60, max_speech_duration_s=LONGEST_S - 1
    )
    if len(window.samples) < RATE_HZ // 10:
        return []
    found = get_speech_timestamps(window.samples, options)
    return [(window.start_s + span["start"] / RATE_HZ, window.start_s + span["end"] / RATE_HZ) for span in found]


def _cut(window: Window, group: Sequence[Span]) -> Stretch:
    first = max(0, int((group[0][0] - PAD_S - window.start_s) * RATE_HZ))
    last = int((group[-1][1] + PAD_S - window.start_s) * RATE_HZ)
    return Stretch(window.start_s + first / RATE_HZ, window.samples[first:last], tuple(group))
