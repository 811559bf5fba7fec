"""Words with times become segments: whole sentences that can be read, quoted and asked about."""

import re
from collections.abc import Iterator, Sequence

from media.transcript import Segment, Word

LONG_SILENCE_S = 2.0
MOST_WORDS = 40
ENDS = re.compile(r"[.?!…。？！][\"'”’)\]]*$")
INITIAL = re.compile(r"^[\"'“(]?([A-Z]\.)+$")
ABBREVIATION = re.compile(r"(mr|mrs|ms|dr|prof|st|vs|e\.g|i\.e|cf|approx|ca|dept|gen|gov|rev)\.")
COUNTER = re.compile(r"(nos?|fig|eq|vol|ch|sec|pp?|art)\.")
LIST_END = re.compile(r"(etc|a\.m|p\.m)\.")


def make_segments(words: Sequence[Word]) -> list[Segment]:
    """Words in order of time, parted at the ends of sentences, at long silences, and before MOST_WORDS are exceeded."""
    return [
        Segment(part[0].start_s, part[-1].end_s, " ".join(word.text for word in part), tuple(part))
        for sentence in _split(words)
        for part in _shorten(sentence)
    ]


def _split(words: Sequence[Word]) -> Iterator[list[Word]]:
    sentence: list[Word] = []
    for number, word in enumerate(words):
        sentence.append(word)
        follower = words[number + 1] if number + 1 < len(words) else None
        if follower is None or _parts(word, follower):
            yield sentence
            sentence = []


def _parts(word: Word, follower: Word) -> bool:
    if follower.start_s - word.end_s >= LONG_SILENCE_S:
        return True
    return ends_sentence(word.text, follower.text)


def ends_sentence(text: str, follower: str) -> bool:
    """Whether a word with its punctuation closes a sentence, given the word after it."""
    if not ENDS.search(text):
        return False
    lower = text.strip("\"'“”‘’()[]").lower()
    if COUNTER.fullmatch(lower) and follower[:1].isdigit():
        return False
    if ABBREVIATION.fullmatch(lower) or (INITIAL.match(text) and text != "I." and len(lower) <= 2):
        return False
    opens_lower = follower.lstrip("\"'“‘([")[:1].islower()
    return not (opens_lower and (LIST_END.fullmatch(lower) or "." in lower[:-1] or lower.endswith(("…", "..."))))


def _shorten(sentence: list[Word]) -> Iterator[list[Word]]:
    first = 0
    while len(sentence) - first > MOST_WORDS:
        cut = _best_cut(sentence, first)
        yield sentence[first:cut]
        first = cut
    yield sentence[first:]


def _best_cut(words: Sequence[Word], first: int) -> int:
    """Where to cut a sentence that is too long from its word `first` on: at a comma or a pause, not too near an end."""
    places = range(first + MOST_WORDS // 3, min(first + MOST_WORDS, len(words) - 3) + 1)

    def ease(place: int) -> float:
        pause_s = words[place].start_s - words[place - 1].end_s
        return pause_s + (0.5 if words[place - 1].text[-1] in ",;:—" else 0.0)

    return max(places, key=ease)
