"""Captions to be drawn: known ones or a file's, written as an ASS file of ours.

A sent file is read by our own reader and written anew: libass sees only what we wrote, no demuxer opens the file, and
no name or text of a user ever stands in a filter graph.
"""

import codecs
import heapq
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from media.captions import Cue
from media.compose.timeline import Caption, SubtitleFile, Subtitles
from media.errors import MediaError
from media.plain import plain_text
from media.subtitles import BadSubtitles, decode_subtitles, parse_subtitles

MOST_BYTES = 4 << 20
MOST_AT_ONCE = 20
SCRIPT_SIZE = 384, 288
"""What ffmpeg gives to text subtitles, so that a font size means what it means there."""

STYLE = {
    "Fontname": "sans-serif",
    "Fontsize": "16",
    "PrimaryColour": "&H00FFFFFF",
    "SecondaryColour": "&H00FFFFFF",
    "OutlineColour": "&H00000000",
    "BackColour": "&H80000000",
    "Bold": "0",
    "Italic": "0",
    "Underline": "0",
    "StrikeOut": "0",
    "ScaleX": "100",
    "ScaleY": "100",
    "Spacing": "0",
    "Angle": "0",
    "BorderStyle": "1",
    "Outline": "1",
    "Shadow": "0",
    "Alignment": "2",
    "MarginL": "10",
    "MarginR": "10",
    "MarginV": "10",
    "Encoding": "-1",
}
"""The fields of an ASS style, in their order. Encoding -1: each line's direction by its own first letter."""

LIMITS = {
    "Fontsize": (1, 72),
    "ScaleX": (1, 200),
    "ScaleY": (1, 200),
    "Spacing": (-10, 20),
    "Angle": (-360, 360),
    "BorderStyle": (1, 4),
    "Outline": (0, 8),
    "Shadow": (0, 8),
    "Alignment": (1, 11),
    "MarginL": (0, 384),
    "MarginR": (0, 384),
    "MarginV": (0, 288),
    "Bold": (-1, 900),
    "Italic": (-1, 1),
    "Underline": (-1, 1),
    "StrikeOut": (-1, 1),
}
"""Of the fields that are numbers. A letter of seven frames' height costs libass gigabytes and minutes."""

NUMBER = re.compile(r"[+-]?[0-9]{1,9}(?:\.[0-9]{1,9})?")
SAFE_VALUE = re.compile(r"&?[A-Za-z0-9 ._+-]{1,64}&?")
WORD_JOINER = "\u2060"


def parse_style(text: str) -> tuple[tuple[str, str], ...]:
    """`Fontsize=24,PrimaryColour=&H00FFFF&` as fields. Raises ValueError, which names what it does not take."""
    known = {name.lower(): name for name in STYLE if name != "Encoding"}
    fields = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = (side.strip() for side in part.partition("="))
        if name.lower() not in known:
            raise ValueError(f"'{name[:40]}' is no field of a style; there are {', '.join(known.values())}")
        _check_value(known[name.lower()], value)
        fields.append((known[name.lower()], value))
    return tuple(fields)


def _check_value(name: str, value: str) -> None:
    """Raises ValueError."""
    if name not in LIMITS:
        if not SAFE_VALUE.fullmatch(value):
            raise ValueError(f"the value of {name} is no plain word or number")
        return
    low, high = LIMITS[name]
    if not NUMBER.fullmatch(value) or not low <= float(value) <= high:
        raise ValueError(f"{name} takes a number from {low} to {high}")


def is_text_encoding(name: str) -> bool:
    """Whether `name` is an encoding of text that Python knows."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return False
    return bool(getattr(found, "_is_text_encoding", True)) and found.name not in ("idna", "punycode", "undefined")


def read_captions(subtitles: Subtitles) -> list[Caption]:
    """In order of time. Raises MediaError bad_subtitles, which says what to do."""
    words = subtitles.words
    cues = _read_file(words) if isinstance(words, SubtitleFile) else words
    _refuse_crowd(cues)
    return [Caption(cue.start_s, cue.end_s, escape("\n".join(cue.lines))) for cue in cues]


def shift(captions: Iterable[Caption], start_s: float, end_s: float) -> Iterator[Caption]:
    """Those on show between the two times, timed from the first of them."""
    for caption in captions:
        if caption.start_s < end_s and caption.end_s > start_s:
            first_s, last_s = max(caption.start_s, start_s), min(caption.end_s, end_s)
            yield Caption(first_s - start_s, last_s - start_s, caption.text)


def write_ass(
    captions: Iterable[Caption],
    target: Path,
    style: Iterable[tuple[str, str]] = (),
    size: tuple[int, int] = SCRIPT_SIZE,
) -> None:
    """`size` is the grid that font sizes, margins and places count on."""
    fields = STYLE | dict(style)
    head = [
        "[Script Info]",
        "ScriptType: v4.00+",
        f"PlayResX: {size[0]}",
        f"PlayResY: {size[1]}",
        "WrapStyle: 0",
        "ScaledBorderAndShadow: yes",
        "[V4+ Styles]",
        f"Format: Name, {', '.join(fields)}",
        f"Style: Default,{','.join(fields.values())}",
        "[Events]",
        "Format: Layer, Start, End, Style, MarginL, MarginR, MarginV, Effect, Text",
    ]
    lines = [
        f"Dialogue: 0,{_clock(caption.start_s)},{_clock(caption.end_s)},Default,0,0,0,,{caption.text}"
        for caption in captions
    ]
    target.write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8")


def escape(text: str) -> str:
    """Plain text as ASS text: no brace opens a tag, no backslash commands; a line break stays one."""
    plain = "\n".join(map(plain_text, text.splitlines()))
    kept = plain.replace("\\", "\\" + WORD_JOINER).replace("{", "\\{").replace("}", "\\}")
    return kept.replace("\n", r"\N")


def _read_file(file: SubtitleFile) -> list[Cue]:
    if file.path.stat().st_size > MOST_BYTES:
        raise _bad("The file of subtitles is larger than 4 MB. Send those of one lesson.")
    raw = file.path.read_bytes()
    try:
        return parse_subtitles(raw.decode(file.encoding).lstrip("\ufeff") if file.encoding else decode_subtitles(raw))
    except BadSubtitles as error:
        raise _bad(f"These are no subtitles that can be read. {error}") from error
    except (UnicodeError, LookupError) as error:
        raise _bad(f"The subtitles are not in {file.encoding}. Name the right `encoding`.", str(error)) from error


def _refuse_crowd(cues: Sequence[Cue]) -> None:
    """Each picture lays out anew whatever is on show, each caption beside all others."""
    ends_s: list[float] = []
    for cue in sorted(cues, key=lambda cue: cue.start_s):
        while ends_s and ends_s[0] <= cue.start_s:
            heapq.heappop(ends_s)
        heapq.heappush(ends_s, cue.end_s)
        if len(ends_s) > MOST_AT_ONCE:
            raise _bad(f"More than {MOST_AT_ONCE} captions are on show at {_clock(cue.start_s)}. Correct their times.")


def _clock(time_s: float) -> str:
    hundredths = round(time_s * 100)
    minutes, rest = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest // 100:02}.{rest % 100:02}"


def _bad(sentence: str, tail: str = "") -> MediaError:
    return MediaError("bad_subtitles", sentence, tail=tail)
