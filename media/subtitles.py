"""Reading caption files, WebVTT and SubRip, as people have them: any line ends, any usual encoding, tags, settings.

What cannot be understood is refused with its line, not guessed at. Styles, regions, notes and positions are dropped.
"""

import codecs
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from media.captions import Cue
from media.plain import plain_text

MOST_CUES = 20_000
MOST_CUE_CHARS = 2000
# With its tags; and blocks with notes, numbers and what goes on behind an empty line.
MOST_MARKED_CHARS = 10 * MOST_CUE_CHARS
MOST_BLOCKS = 4 * MOST_CUES
ARROW = "-->"
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CLOCK = r"(?:(\d{1,4}):)?([0-5]?\d):([0-5]\d)(?:[.,](\d{1,3}))?"
_TIMES = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}(?:\s.*)?", re.ASCII)
_SIGNATURE = re.compile(r"WEBVTT(?:[ \t].*)?")
_ASIDE = re.compile(r"NOTE(?:[ \t].*)?|STYLE\s*|REGION\s*")
# None of them looks past the next bracket, so that no text makes them slow.
_ANNOTATION = re.compile(r"<rt(?:\.[^<>]*)?>[^<>]*</rt>")
_VTT_TAG = re.compile(r"<[^<>]*>")
# No character has so high a number, and Python refuses to read the longest of them.
_FAR_NUMBER = re.compile(r"&#\d{8,};?", re.ASCII)
_SRT_TAG = re.compile(r"</?(?:b|i|u|s|font|c|v|ruby|rt|span)(?:[\s.=][^<>]*)?>|\{\\[^{}]*\}", re.IGNORECASE)


class BadSubtitles(ValueError):
    """A file that is no captions: `line` counts from 1, `sentence` says what is wrong there."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(f"Line {line}: {sentence}")
        self.line = line
        self.sentence = sentence


@dataclass(frozen=True)
class _Block:
    """Lines without an empty one between them; `line` is the number of the first."""

    line: int
    lines: tuple[str, ...]


@dataclass
class _Open:
    """A cue that may go on behind an empty line."""

    cue: Cue
    lines: list[str] = field(init=False)
    chars: int = field(init=False)

    def __post_init__(self) -> None:
        self.lines = list(self.cue.lines)
        self.chars = sum(map(len, self.lines))

    def add(self, lines: tuple[str, ...], line: int) -> None:
        """Raises BadSubtitles for more than a cue may have."""
        self.lines.extend(lines)
        self.chars += sum(map(len, lines))
        if self.chars > MOST_CUE_CHARS:
            raise _too_long(line)

    def close(self) -> Cue:
        return replace(self.cue, lines=tuple(self.lines))


def read_subtitles(raw: bytes) -> list[Cue]:
    """The cues of a WebVTT or SubRip file, in order of their start; empty ones are left out. Raises BadSubtitles."""
    return parse_subtitles(decode_subtitles(raw))


def decode_subtitles(raw: bytes) -> str:
    """UTF-8 or UTF-16, with or without its mark, else Windows-1252. Raises BadSubtitles."""
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return _decode(raw[len(mark) :], encoding)
    if b"\0" in raw[:2000]:
        # ASCII letters in UTF-16 have their zero byte second or first.
        return _decode(raw, "utf-16-le" if raw[1:2] == b"\0" else "utf-16-be")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return _decode(raw, "cp1252")


def has_signature(text: str) -> bool:
    """Whether it begins as a WebVTT file must."""
    return _SIGNATURE.fullmatch(_split(text[:1000])[0]) is not None


def parse_subtitles(text: str) -> list[Cue]:
    """See read_subtitles."""
    if "\0" in text:
        raise BadSubtitles(_count_lines(text, text.index("\0")), "This is no text. Send a WebVTT or SubRip file.")
    blocks = _list_blocks(text)
    cues = list(_parse_vtt(blocks) if has_signature(text) else _parse_srt(blocks))
    if not cues and not has_signature(text):
        raise BadSubtitles(1, "No cue was found. Send a WebVTT file (its first line is WEBVTT) or a SubRip file.")
    return sorted((cue for cue in cues if cue.lines), key=lambda cue: cue.start_s)


def _decode(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise BadSubtitles(line, "This is no text in a known encoding. Save the file as UTF-8.") from None


def _count_lines(text: str, place: int) -> int:
    return len(_split(text[:place]))


def _split(text: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", text)


def _list_blocks(text: str) -> list[_Block]:
    blocks: list[_Block] = []
    lines: list[str] = []
    for number, line in enumerate([*_split(text), ""], 1):
        if line:
            lines.append(line)
        elif lines:
            if len(blocks) == MOST_BLOCKS:
                raise BadSubtitles(number, f"A file may have {MOST_BLOCKS} blocks. Send the captions of one lesson.")
            blocks.append(_Block(number - len(lines), tuple(lines)))
            lines = []
    return blocks


def _parse_vtt(blocks: list[_Block]) -> Iterator[Cue]:
    """The first block is the header; a cue may follow it without an empty line."""
    first, *others = blocks
    times = next((place for place, line in enumerate(first.lines) if ARROW in line), None)
    if times is not None:
        others = [_Block(first.line + times, first.lines[times:]), *others]
    cues = 0
    for block in others:
        if not _ASIDE.fullmatch(block.lines[0]) and any(line.strip() for line in block.lines):
            for cue in _parse_block(block, _clean_vtt):
                cues = _check_count(cues, block.line)
                yield cue


def _parse_srt(blocks: list[_Block]) -> Iterator[Cue]:
    """A block without times goes on with the cue before it: SubRip's writers leave empty lines inside cues."""
    last: _Open | None = None
    cues = 0
    for block in blocks:
        if not any(ARROW in line for line in block.lines):
            _go_on(last, block)
            continue
        for cue in _parse_block(block, _clean_srt):
            cues = _check_count(cues, block.line)
            if last is not None:
                yield last.close()
            last = _Open(cue)
    if last is not None:
        yield last.close()


def _go_on(last: _Open | None, block: _Block) -> None:
    is_numbered = block.lines[0].strip().isdigit()
    if is_numbered and len(block.lines) > 1:
        raise _no_times(block.line + 1)
    if last is None and not is_numbered and any(line.strip() for line in block.lines):
        raise _no_times(block.line)
    # A number alone is how a cut off file ends.
    if last is not None and not is_numbered:
        last.add(_clean(block.lines, _clean_srt, block.line), block.line)


def _check_count(cues: int, line: int) -> int:
    if cues == MOST_CUES:
        raise BadSubtitles(line, f"A file may have {MOST_CUES} cues. Send the captions of one lesson.")
    return cues + 1


def _parse_block(block: _Block, clean: Callable[[str], str]) -> Iterator[Cue]:
    """The cue of a block, or its cues, where the empty line between them is missing."""
    places = [place for place, line in enumerate(block.lines) if ARROW in line]
    if not places or places[0] > 1:
        raise _no_times(block.line + (1 if len(block.lines) > 1 else 0))
    for number, place in enumerate(places):
        line = block.line + place
        start_s, end_s = _read_times(block.lines[place], line)
        end = places[number + 1] if number + 1 < len(places) else len(block.lines)
        if end < len(block.lines) and end - 1 > place and block.lines[end - 1].strip().isdigit():
            end -= 1
        yield Cue(start_s, end_s, _clean(block.lines[place + 1 : end], clean, line))


def _clean(lines: tuple[str, ...], clean: Callable[[str], str], line: int) -> tuple[str, ...]:
    marked = "\n".join(lines)
    if len(marked) > MOST_MARKED_CHARS or len(text := clean(marked)) > MOST_CUE_CHARS:
        raise _too_long(line)
    return tuple(kept for shown in text.split("\n") if (kept := plain_text(shown)))


def _clean_vtt(text: str) -> str:
    return html.unescape(_FAR_NUMBER.sub("\ufffd", _VTT_TAG.sub("", _ANNOTATION.sub("", text))))


def _clean_srt(text: str) -> str:
    return _SRT_TAG.sub("", text)


def _read_times(line: str, number: int) -> tuple[float, float]:
    found = _TIMES.fullmatch(line)
    if found is None:
        raise _no_times(number)
    parts = found.groups()
    start_s, end_s = _seconds(*parts[:4]), _seconds(*parts[4:])
    if end_s < start_s:
        raise BadSubtitles(number, "This cue ends before it begins.")
    return start_s, max(end_s, round(start_s + 0.001, 3))


def _seconds(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> float:
    whole_s = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return round(whole_s + int((fraction or "0").ljust(3, "0")) / 1000, 3)


def _no_times(line: int) -> BadSubtitles:
    return BadSubtitles(line, "The times of a cue are expected here, such as 00:00:01.000 --> 00:00:04.000.")


def _too_long(line: int) -> BadSubtitles:
    return BadSubtitles(line, f"A cue may have {MOST_CUE_CHARS} characters. Is an empty line missing?")
