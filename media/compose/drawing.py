"""What lies over a picture: marks in its corners, and text by libass."""

from pathlib import Path
from typing import Any

from media.compose.timeline import Watermark
from media.ffmpeg import guarded_input

MARGIN = 0.02
PLACES = {
    "top-left": ("{m}", "{m}"),
    "top-right": ("W-w-{m}", "{m}"),
    "bottom-left": ("{m}", "H-h-{m}"),
    "bottom-right": ("W-w-{m}", "H-h-{m}"),
}


def draw_watermark(stream: Any, mark: Watermark, width_px: int, height_px: int, number: int) -> Any:
    """`number` tells this use of the picture from others; the sides are those of the frame it is drawn on."""
    picture = guarded_input(mark.path, mark.family, threads=1, probesize=5_000_000 + number)["v:0"]
    shaped = picture.filter("scale", w=max(2, round(mark.scale * width_px)), h=-1).filter("format", "rgba")
    if mark.opacity < 1:
        shaped = shaped.filter("colorchannelmixer", aa=f"{mark.opacity:.4f}")
    margin = round(MARGIN * min(width_px, height_px))
    x, y = (place.format(m=margin) for place in PLACES[mark.position])
    return stream.overlay(shaped, x=x, y=y).filter("format", "yuv420p")


def draw_captions(stream: Any, captions: Path) -> Any:
    """`captions` is an ASS file that we wrote, under a name of ours: libass alone reads it, no demuxer."""
    return stream.filter("ass", filename=str(captions.absolute()))
