"""Captions: segments become cues of two lines, and cues become WebVTT or SRT."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from media.transcript import Segment, Word

LINE_CHARS = 42
MOST_LINES = 2
CHARS_PER_S = 17
SHORTEST_S = 1.0
LONGEST_S = 7.0
LINGER_S = 0.5
GAP_S = 0.04
PAUSE_S = 0.6
OPENERS = re.compile(
    r"(and|but|or|so|because|which|that|who|when|where|while|if|than|then|as|to|of|in|on|at|for|with|by|from)", re.I
)


@dataclass(frozen=True)
class Cue:
    """One or two lines of text on show from start_s to end_s."""

    start_s: float
    end_s: float
    lines: tuple[str, ...]


def make_cues(segments: Sequence[Segment]) -> list[Cue]:
    """Cues in order of time that never overlap and hold every word once.

    At most MOST_LINES of about LINE_CHARS (only a single longer word exceeds that). A cue stays a little after its last
    word where there is room, to be read at CHARS_PER_S.
    """
    groups = [group for segment in segments for group in _group(segment)]
    cues: list[Cue] = []
    for number, group in enumerate(groups):
        following_s = groups[number + 1][0].start_s if number + 1 < len(groups) else None
        lines = break_lines([word.text for word in group])
        cues.append(Cue(*_time(group, lines, cues[-1].end_s if cues else 0.0, following_s), lines))
    return cues


def _group(segment: Segment) -> Iterator[list[Word]]:
    rest = list(segment.words)
    while rest:
        fit = _count_fitting(rest)
        if fit < len(rest):
            fit = _best_break(rest, fit)
        yield rest[:fit]
        rest = rest[fit:]


def _count_fitting(words: Sequence[Word]) -> int:
    fit = 1
    while fit < len(words) and words[fit].end_s - words[0].start_s <= LONGEST_S:
        lines = break_lines([word.text for word in words[: fit + 1]])
        if len(lines) > MOST_LINES or max(map(len, lines)) > LINE_CHARS:
            break
        fit += 1
    return fit


def _best_break(words: Sequence[Word], fit: int) -> int:
    """After how many of the fitting words the cue ends best, leaving no scrap for the next."""
    balanced = len(words) / -(-len(words) // fit)

    def worth(place: int) -> float:
        return _phrase_end(words, place) - abs(place - balanced) / max(fit, 1)

    return max(range(max(1, fit // 2), fit + 1), key=worth)


def _phrase_end(words: Sequence[Word], place: int) -> float:
    """How well a break after `place` words suits the phrase: 1 at punctuation, less before a joining word."""
    if words[place - 1].text[-1:] in ".?!,;:…":
        return 1.0
    if words[place].start_s - words[place - 1].end_s > PAUSE_S:
        return 0.9
    return 0.5 if OPENERS.fullmatch(words[place].text) else 0.0


def break_lines(texts: Sequence[str]) -> tuple[str, ...]:
    """The words on as few lines as hold them; two lines are of like length, parted at a phrase if it can be."""
    whole = " ".join(texts)
    if len(whole) <= LINE_CHARS or len(texts) == 1:
        return (whole,)
    splits = [(" ".join(texts[:place]), " ".join(texts[place:])) for place in range(1, len(texts))]
    fitting = [split for split in splits if max(map(len, split)) <= LINE_CHARS]
    if not fitting:
        return _wrap(texts)
    return min(fitting, key=lambda split: _unease(*split))


def _unease(upper: str, lower: str) -> float:
    bonus = 25 if upper[-1] in ".?!,;:" else 6 if OPENERS.fullmatch(lower.split()[0]) else 0
    return abs(len(upper) - len(lower)) - bonus


def _wrap(texts: Sequence[str]) -> tuple[str, ...]:
    lines = [texts[0]]
    for text in texts[1:]:
        if len(lines[-1]) + 1 + len(text) <= LINE_CHARS:
            lines[-1] += f" {text}"
        else:
            lines.append(text)
    return tuple(lines)


def _time(group: Sequence[Word], lines: Sequence[str], free_s: float, following_s: float | None) -> tuple[float, float]:
    start_s = max(group[0].start_s, free_s)
    wanted_s = max(SHORTEST_S, sum(map(len, lines)) / CHARS_PER_S, group[-1].end_s + LINGER_S - start_s)
    end_s = max(group[-1].end_s, start_s + min(wanted_s, LONGEST_S))
    if following_s is not None:
        end_s = min(end_s, max(following_s - GAP_S, group[-1].end_s))
    return round(start_s, 3), round(max(end_s, start_s + 0.001), 3)


def write_vtt(cues: Sequence[Cue]) -> str:
    """A WebVTT file; the text is escaped, so that it cannot hold a tag or an arrow."""
    blocks = [f"{_clock(cue.start_s, '.')} --> {_clock(cue.end_s, '.')}\n{_escaped(cue)}\n" for cue in cues]
    return "\n".join(["WEBVTT\n", *blocks])


def write_srt(cues: Sequence[Cue]) -> str:
    """A SubRip file, numbered from 1. SubRip has no escapes, so only an arrow is taken apart."""
    return "\n".join(
        f"{number}\n{_clock(cue.start_s, ',')} --> {_clock(cue.end_s, ',')}\n{_plain(cue)}\n"
        for number, cue in enumerate(cues, 1)
    )


def _clock(time_s: float, mark: str) -> str:
    total_ms = round(time_s * 1000)
    hours, rest_ms = divmod(total_ms, 3_600_000)
    minutes, rest_ms = divmod(rest_ms, 60_000)
    seconds, millis = divmod(rest_ms, 1000)
    return f"{hours:02}:{minutes:02}:{seconds:02}{mark}{millis:03}"


def _escaped(cue: Cue) -> str:
    return "\n".join(_shown(line).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for line in cue.lines)


def _plain(cue: Cue) -> str:
    return "\n".join(_shown(line).replace("-->", "→") for line in cue.lines)


def _shown(line: str) -> str:
    """A line that is never blank and never breaks: either would end the cue early."""
    return " ".join(line.split()) or "…"
