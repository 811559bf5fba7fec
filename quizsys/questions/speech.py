"""A transcript in which quotes are looked up: where they are said, and what is said at a time."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate
from typing import Any

from media.transcript import Transcript, Word
from quizsys.questions.sentences import Sentence, list_sentences

_EDGES = re.compile(r"^\W+|\W+$")
SLACK_S = 0.05


class Speech:
    """All that was said. Quotes are words of it, joined by one space. `language` is "" where nothing was."""

    def __init__(self, transcript: Transcript) -> None:
        self.language = transcript.language
        self.sentences: tuple[Sentence, ...] = tuple(list_sentences(transcript))
        self._words: list[Word] = [word for sentence in self.sentences for word in sentence.words]
        self._text = " ".join(word.text for word in self._words)
        self._starts = [0, *accumulate(len(word.text) + 1 for word in self._words)][:-1]

    @cached_property
    def _cores(self) -> list[str]:
        return [_core(word.text) for word in self._words]

    def find(self, quote: str, near_s: float) -> tuple[float, float] | None:
        """Start and end of the place nearest to near_s where the quote stands word for word; None if nowhere."""
        spans = [self._span(first, last) for first, last in self._list_places(quote)] if quote else []
        return min(spans, key=lambda span: abs(span[0] - near_s), default=None)

    def quote_like(self, words: str, near_s: float) -> str:
        """These words as they stand in the transcript, whatever their case and punctuation; as given if they do not."""
        wanted = [core for core in map(_core, words.split()) if core]
        if not wanted or words in self._text:
            return words
        size, cores = len(wanted), self._cores
        places = [first for first in range(len(cores) - size + 1) if cores[first : first + size] == wanted]
        if not places:
            return words
        first = min(places, key=lambda place: abs(self._words[place].start_s - near_s))
        return " ".join(word.text for word in self._words[first : first + size])

    def read(self, start_s: float, end_s: float) -> str:
        """The words that are said, for the greater part, between two times."""
        return " ".join(word.text for word in self._list_words(start_s, end_s))

    def read_sentences(self, start_s: float, end_s: float) -> str:
        """The sentences of which something is said between two times."""
        spoken = [
            sentence.text
            for sentence in self.sentences
            if sentence.start_s < end_s - SLACK_S and start_s + SLACK_S < sentence.end_s
        ]
        return " ".join(spoken)

    def describe(self, start_s: float, end_s: float) -> dict[str, Any]:
        """What is known of the words between two times: their sentences, and how sure the ear was of them."""
        spoken = self._list_words(start_s, end_s)
        sure = [word.probability for word in spoken]
        return {
            "sentences": self.read_sentences(start_s, end_s),
            "probability": round(sum(sure) / len(sure), 3) if sure else None,
            "least_probability": round(min(sure), 3) if sure else None,
        }

    def finish(self, time_s: float) -> float:
        """When the sentence ends that is being said, or was said last."""
        ends = [sentence.end_s for sentence in self.sentences if sentence.start_s + SLACK_S < time_s]
        return max(ends[-1], time_s) if ends else time_s

    def _list_words(self, start_s: float, end_s: float) -> list[Word]:
        """Those of which the greater part is said between two times."""
        from_s, until_s = start_s - SLACK_S, end_s + SLACK_S
        return [word for word in self._words if from_s <= (word.start_s + word.end_s) / 2 <= until_s]

    def _list_places(self, quote: str) -> Iterator[tuple[int, int]]:
        """The first and last word of each place; a quote may begin or end within a word's punctuation."""
        at = self._text.find(quote)
        while at >= 0:
            yield bisect_right(self._starts, at) - 1, bisect_right(self._starts, at + len(quote) - 1) - 1
            at = self._text.find(quote, at + 1)

    def _span(self, first: int, last: int) -> tuple[float, float]:
        return self._words[first].start_s, self._words[last].end_s


def _core(text: str) -> str:
    return _EDGES.sub("", text.casefold())
