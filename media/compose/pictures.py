"""The picture of each piece: opened, timed to whole frames, fitted into the frame, faded."""

from fractions import Fraction
from typing import Any

from media.compose.timeline import BLUR, CROP, TO_WHITE, Place, Source
from media.ffmpeg import guarded_input

DIM = "black@0.78"
BLUR_SIGMA = 12


def open_source(source: Source, start_s: float, number: int, *, threads: int) -> Any:
    """The file from the keyframe before start_s on; time 0 is at start_s, and what lies before it is negative.

    Not seeking accurately, so that a picture that began before start_s and is still on show then is not lost.
    """
    # ffmpeg-python would take two uses of one file for one; `number` tells them apart.
    options: dict[str, Any] = {"probesize": 5_000_000 + number}
    if start_s > 0:
        options |= {"ss": f"{start_s:.6f}", "noaccurate_seek": None}
    return guarded_input(source.path, source.container, threads=threads, **options)


def take_frames(stream: Any, frames: int, rate: Fraction) -> Any:
    """Exactly so many frames from time 0 on; the last one is held where the picture ends early."""
    held = stream.filter("fps", fps=str(rate), start_time=0).filter("tpad", stop=-1, stop_mode="clone")
    return held.filter("trim", end_frame=frames).filter("setpts", "PTS-STARTPTS")


def take_still(stream: Any, frames: int, rate: Fraction) -> Any:
    """One picture, the one on show at time 0, for so many frames, dimmed for text to stand on."""
    one = stream.filter("fps", fps=str(rate), start_time=0).filter("trim", end_frame=1)
    dimmed = one.filter("format", "yuv420p").filter("gblur", sigma=BLUR_SIGMA).filter("drawbox", color=DIM, t="fill")
    held = dimmed.filter("loop", loop=frames - 1, size=1)
    return held.filter("setpts", f"N/({rate})/TB").filter("trim", end_frame=frames)


def fit_frame(stream: Any, width_px: int, height_px: int, fit: str) -> Any:
    """Into a frame of that size with square pixels, whatever the shape: with bars, cut, or on a blurred copy."""
    if fit == CROP:
        shaped = _scale(stream, width_px, height_px, covers=True).filter("crop", width_px, height_px)
    elif fit == BLUR:
        shaped = _over_blur(stream, width_px, height_px)
    else:
        middle = {"x": "(ow-iw)/2", "y": "(oh-ih)/2", "color": "black"}
        shaped = _scale(stream, width_px, height_px).filter("pad", width_px, height_px, **middle)
    return shaped.filter("setsar", 1).filter("format", "yuv420p")


def fade(stream: Any, place: Place) -> Any:
    """The halves of fades through black or white that lie on this piece."""
    if place.fade_in:
        color = _color(place.fade_in_kind)
        stream = stream.filter("fade", type="in", start_frame=0, nb_frames=place.fade_in, color=color)
    if place.fade_out:
        start = place.frames - place.fade_out
        color = _color(place.piece.transition.kind)
        stream = stream.filter("fade", type="out", start_frame=start, nb_frames=place.fade_out, color=color)
    return stream.filter("format", "yuv420p") if place.fade_in or place.fade_out else stream


def _scale(stream: Any, width_px: int, height_px: int, *, covers: bool = False) -> Any:
    """To even sides with square pixels, as large as fits inside the frame, or as small as covers it."""
    ratio = f"{width_px}/{height_px}"
    by_width = f"gt(dar,{ratio})"
    wide = f"max(2,2*round({height_px}*dar/2))", f"max(2,2*round({width_px}/dar/2))"
    if covers:
        size = f"if({by_width},{wide[0]},{width_px})", f"if({by_width},{height_px},{wide[1]})"
    else:
        size = f"if({by_width},{width_px},{wide[0]})", f"if({by_width},{wide[1]},{height_px})"
    return stream.filter("scale", w=size[0], h=size[1], out_range="tv")


def _over_blur(stream: Any, width_px: int, height_px: int) -> Any:
    """The picture whole, on a blurred and darker copy of itself that fills the frame."""
    both = stream.filter_multi_output("split", 2)
    small = max(2, width_px // 16 * 2), max(2, height_px // 16 * 2)
    ground = _scale(both[0], *small, covers=True).filter("crop", *small)
    ground = ground.filter("gblur", sigma=4).filter("scale", width_px, height_px).filter("format", "yuv420p")
    ground = ground.filter("eq", brightness=-0.08).filter("setsar", 1)
    front = _scale(both[1], width_px, height_px).filter("setsar", 1)
    return ground.overlay(front, x="(W-w)/2", y="(H-h)/2")


def _color(kind: str) -> str:
    return "white" if kind == TO_WHITE else "black"
