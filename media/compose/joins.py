"""Pieces one after another: cuts are concatenated, crossfades overlap, and the sound follows to the sample."""

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import ffmpeg

from media.compose.timeline import Place, count_samples

STYLES = (
    *("fade", "wipeleft", "wiperight", "wipeup", "wipedown", "slideleft", "slideright", "slideup", "slidedown"),
    *("circlecrop", "rectcrop", "distance", "fadeblack", "fadewhite", "radial", "smoothleft", "smoothright"),
    *("smoothup", "smoothdown", "circleopen", "circleclose", "vertopen", "vertclose", "horzopen", "horzclose"),
    *("dissolve", "pixelize", "diagtl", "diagtr", "diagbl", "diagbr", "hlslice", "hrslice", "vuslice", "vdslice"),
    *("hblur", "fadegrays", "wipetl", "wipetr", "wipebl", "wipebr", "squeezeh", "squeezev"),
)
"""The xfade transitions that ffmpeg 4.4 had already."""


def join_pictures(streams: Sequence[Any], places: Sequence[Place], rate: Fraction) -> Any:
    runs = _split_runs(places)
    whole = _concat_pictures(streams, runs[0], rate)
    for before, run in itertools.pairwise(runs):
        place = places[before[-1]]
        length_s, offset_s = place.overlap / rate, places[run[0]].start / rate
        times = {"duration": f"{float(length_s):.6f}", "offset": f"{float(offset_s):.6f}"}
        pair = [whole, _concat_pictures(streams, run, rate)]
        whole = ffmpeg.filter(pair, "xfade", transition=place.piece.transition.style, **times)
    return whole


def join_sounds(streams: Sequence[Any], places: Sequence[Place], rate: Fraction) -> Any:
    runs = _split_runs(places)
    whole = _concat_sounds(streams, runs[0])
    for before, run in itertools.pairwise(runs):
        samples = count_samples(places[before[-1]].overlap, rate)
        whole = ffmpeg.filter([whole, _concat_sounds(streams, run)], "acrossfade", ns=samples)
    return whole


def _split_runs(places: Sequence[Place]) -> list[list[int]]:
    """The numbers of the pieces, parted wherever one overlaps the next."""
    runs: list[list[int]] = [[]]
    for number, place in enumerate(places):
        runs[-1].append(number)
        if place.overlap:
            runs.append([])
    return [run for run in runs if run]


def _concat_pictures(streams: Sequence[Any], run: Sequence[int], rate: Fraction) -> Any:
    """In the timeline's own time base: xfade takes no two that differ."""
    if len(run) == 1:
        return streams[run[0]]
    joined = ffmpeg.filter([streams[number] for number in run], "concat", n=len(run), v=1, a=0)
    # Counted anew: where a piece's end is uncertain to ffmpeg, `fps` would add frames there.
    return joined.filter("setpts", f"N/({rate})/TB").filter("settb", f"1/({rate})")


def _concat_sounds(streams: Sequence[Any], run: Sequence[int]) -> Any:
    if len(run) == 1:
        return streams[run[0]]
    return ffmpeg.filter([streams[number] for number in run], "concat", n=len(run), v=0, a=1)
