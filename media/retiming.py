"""Words that people wrote get times: from the words that were heard there, or spread over the time that is left."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest
from math import inf

from media.captions import Cue
from media.plain import bare_word
from media.sentences import make_segments
from media.transcript import Segment, Word

SURE = 1.0


def spread_words(texts: Sequence[str], start_s: float, end_s: float) -> list[Word]:
    """Words one after another from start to end, each as long as its letters ask for."""
    total = sum(map(len, texts)) or 1
    places = [start_s]
    for text in texts:
        places.append(places[-1] + (end_s - start_s) * len(text) / total)
    rounded = [min(round(place, 3), end_s) for place in places]
    return [Word(one, other, text, SURE) for text, (one, other) in zip(texts, pairwise(rounded), strict=True)]


def correct_segment(old: Segment, text: str, start_s: float, end_s: float) -> Segment:
    """The segment with other words, or other times, or both. Words that stay keep their times, moved with the whole."""
    moved = _move(old, start_s, end_s)
    words = moved if text == old.text else _align(moved, text.split(), start_s, end_s)
    return Segment(start_s, end_s, text, tuple(words))


def make_spoken(cues: Sequence[Cue]) -> tuple[Segment, ...]:
    """The sentences of captions in order of time. A cue that overlaps the next one ends where that begins; what begins
    at the same instant is said together."""
    texts: dict[float, list[str]] = {}
    ends: dict[float, float] = {}
    for cue in cues:
        texts.setdefault(cue.start_s, []).extend(word for line in cue.lines for word in line.split())
        ends[cue.start_s] = max(cue.end_s, ends.get(cue.start_s, 0.0))
    starts = list(texts)
    words: list[Word] = []
    for start_s, next_s in zip_longest(starts, starts[1:], fillvalue=inf):
        words += spread_words(texts[start_s], start_s, min(ends[start_s], next_s))
    return tuple(make_segments(words))


def _move(old: Segment, start_s: float, end_s: float) -> list[Word]:
    if (start_s, end_s) == (old.start_s, old.end_s):
        return list(old.words)
    scale = (end_s - start_s) / ((old.end_s - old.start_s) or 1.0)

    def place(time_s: float) -> float:
        return min(max(round(start_s + (time_s - old.start_s) * scale, 3), start_s), end_s)

    return [Word(place(word.start_s), place(word.end_s), word.text, word.probability) for word in old.words]


def _align(heard: list[Word], texts: list[str], start_s: float, end_s: float) -> list[Word]:
    matcher = SequenceMatcher(None, [_known(word.text) for word in heard], [_known(text) for text in texts], False)
    words: list[Word] = []
    for kind, first, last, low, high in matcher.get_opcodes():
        if kind == "equal":
            words += [_rewrite(word, text) for word, text in zip(heard[first:last], texts[low:high], strict=True)]
        elif low < high:
            from_s = heard[first].start_s if kind == "replace" else heard[first - 1].end_s if first else start_s
            until_s = (
                heard[last - 1].end_s if kind == "replace" else heard[last].start_s if last < len(heard) else end_s
            )
            words += spread_words(texts[low:high], from_s, max(from_s, until_s))
    return words


def _known(text: str) -> str:
    return bare_word(text) or text


def _rewrite(word: Word, text: str) -> Word:
    return word if word.text == text else Word(word.start_s, word.end_s, text, SURE)
