"""The lesson in a package of QTI 3.0: before each question plays the stretch that leads to it, and stops at its pause.

QTI knows no pause within a video. A stretch of a file is named in its address (W3C Media Fragments, `#t=from,to`).
"""

from pathlib import Path
from xml.etree.ElementTree import Element

from media.captions import write_vtt
from quizsys.packages.amounts import show_amount
from quizsys.packages.sheet import Sheet
from quizsys.packages.trees import grow

CAPTIONS = "media/captions.vtt"
_TYPES = {".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm"}


def name_film(sheet: Sheet) -> dict[str, Path]:
    """The video's name in the package and where it lies; empty without one."""
    if sheet.video is None:
        return {}
    return {f"media/lesson{sheet.video.suffix.lower()}": sheet.video}


def write_captions(sheet: Sheet) -> dict[str, bytes]:
    return {CAPTIONS: write_vtt(sheet.captions).encode()} if sheet.video and sheet.captions else {}


def show_stretch(sheet: Sheet, number: int) -> Element:
    """From the pause before this question, or the beginning, to its own."""
    (name,) = name_film(sheet)
    pauses_s = [0.0, *(item.pause_at_s for item in sheet.items)]
    begin_s, end_s = pauses_s[number - 1 : number + 1]
    if begin_s >= end_s:
        # Two questions at one pause: the stretch before both.
        begin_s = max((pause_s for pause_s in pauses_s if pause_s < end_s), default=0.0)
    stretch = f"#t={show_amount(round(begin_s, 3))},{show_amount(round(end_s, 3))}"
    source = grow("source", {"src": name + stretch, "type": _TYPES.get(Path(name).suffix, "video/mp4")})
    spoken = {"kind": "captions", "src": CAPTIONS, "srclang": sheet.language, "default": "default"}
    tracks = [grow("track", spoken)] if sheet.captions else []
    return grow("div", {}, grow("video", {"controls": "controls", "preload": "metadata"}, source, *tracks))
