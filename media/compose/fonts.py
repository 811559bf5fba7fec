"""Whether this machine has fonts for a text: libass itself is asked, before an hour of video is drawn with gaps."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

import ffmpeg

from media.compose.drawing import draw_captions
from media.compose.subtitles import escape, write_ass
from media.compose.timeline import Caption
from media.errors import MediaError
from media.ffmpeg import generated_input, run_ffmpeg

MISSING = re.compile(r"failed to find any fallback with glyph 0x([0-9A-F]+)")
NO_FONTS = "Failed to load fontconfig fonts"
NEEDED = ("L", "N", "Sm")
"""Letters, numbers and the signs of mathematics; what else lacks a font, such as an emoji, is drawn as a box."""

PACKAGES = {
    "CJK": "fonts-noto-cjk",
    "HIRAGANA": "fonts-noto-cjk",
    "KATAKANA": "fonts-noto-cjk",
    "HANGUL": "fonts-noto-cjk",
    "IDEOGRAPHIC": "fonts-noto-cjk",
    "FULLWIDTH": "fonts-noto-cjk",
    "ARABIC": "fonts-noto-core",
}
OTHERS = "fonts-noto-core"
ROW = 60


def check_fonts(texts: Iterable[str], scratch: Path) -> None:
    """Raises MediaError `no_font`, which names the packages to install."""
    marks = sorted({mark for text in texts for mark in text if not mark.isspace()})
    if not marks:
        return
    rows = ("".join(marks[start : start + ROW]) for start in range(0, len(marks), ROW))
    captions = scratch / "fonts.ass"
    write_ass([Caption(0, 1, escape(row)) for row in rows], captions, {"Fontsize": "4"}.items())
    heard: list[str] = []
    picture = draw_captions(generated_input("color=s=128x128:d=0.04"), captions)
    run_ffmpeg(ffmpeg.output(picture, "pipe:2", f="null"), duration_s=1, heed=heard.append, scratch=scratch)
    missing = [chr(int(found[1], 16)) for line in heard if (found := MISSING.search(line))]
    if "\0" in missing or any(NO_FONTS in line for line in heard):
        raise MediaError("no_font", _ask("letters", {"fontconfig", "fonts-dejavu-core"}))
    lacking = [mark for mark in missing if unicodedata.category(mark).startswith(NEEDED)]
    if lacking:
        raise MediaError("no_font", ask_for_fonts(lacking))


def ask_for_fonts(lacking: Sequence[str]) -> str:
    """A sentence for whoever misses letters: what to install."""
    return _ask(f"'{''.join(lacking[:5])}'", {_package(mark[0]) for mark in lacking})


def _package(mark: str) -> str:
    return PACKAGES.get(unicodedata.name(mark, "").split(" ")[0].partition("-")[0], OTHERS)


def _ask(what: str, packages: set[str]) -> str:
    names = " ".join(sorted(packages))
    return f"The server has no font for {what}. Ask its operator to run: apt-get install {names}"
