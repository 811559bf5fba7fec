"""A transcript in which quotes are looked up: where they are said, and what is said at a time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any

from media.plain import bare_word
from media.transcript import Transcript, Word
from quizsys.questions.nearness import Line
from quizsys.questions.sentences import Sentence, list_sentences

SLACK_S = 0.05


class Speech:
    """All that was said. Quotes are words of it, joined by one space. `language` is "" where nothing was."""

    def __init__(self, transcript: Transcript) -> None:
        self.language = transcript.language
        self.sentences: tuple[Sentence, ...] = tuple(list_sentences(transcript))
        self._words: list[Word] = [word for sentence in self.sentences for word in sentence.words]
        self._line = Line(" ".join(word.text for word in self._words))
        self._starts = _list_starts([word.text for word in self._words])

    @cached_property
    def _cores(self) -> tuple[Line, dict[int, int]]:
        """The words without case and punctuation, and which of them begins where; the end counts as a beginning."""
        cores = [bare_word(word.text) for word in self._words]
        starts = [*_list_starts(cores), sum(map(len, cores)) + len(cores)]
        return Line(" ".join(cores)), {start: place for place, start in enumerate(starts)}

    def find(self, quote: str, near_s: float) -> tuple[float, float] | None:
        """Start and end of the place nearest to near_s where the quote stands word for word; None if nowhere."""
        if not quote or not self._words:
            return None
        places = self._line.find_near(quote, self._starts[self._find_word(near_s)])
        spans = [self._span(place, place + len(quote)) for place in places]
        return min(spans, key=lambda span: abs(span[0] - near_s), default=None)

    def quote_like(self, words: str, near_s: float) -> str:
        """These words as they stand in the transcript, whatever their case and punctuation; as given if they do not."""
        wanted = [core for core in map(bare_word, words.split()) if core]
        if not wanted or not self._words or words in self._line.text:
            return words
        line, starts = self._cores
        sought = " ".join(wanted)

        def is_whole(place: int) -> bool:
            return place in starts and place + len(sought) + 1 in starts

        near = list(starts)[self._find_word(near_s)]
        places = [starts[place] for place in line.find_near(sought, near, is_whole)]
        if not places:
            return words
        first = min(places, key=lambda place: abs(self._words[place].start_s - near_s))
        return " ".join(word.text for word in self._words[first : first + len(wanted)])

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

    def _find_word(self, near_s: float) -> int:
        """The first that begins then or later, or the last one."""
        return min(bisect_left(self._words, near_s, key=lambda word: word.start_s), len(self._words) - 1)

    def _span(self, begin: int, end: int) -> tuple[float, float]:
        """Of characters; a quote may begin or end within a word's punctuation."""
        first, last = bisect_right(self._starts, begin) - 1, bisect_right(self._starts, end - 1) - 1
        return self._words[first].start_s, self._words[last].end_s


def _list_starts(words: Sequence[str]) -> list[int]:
    """Where each begins in the line that they make."""
    return [0, *accumulate(len(word) + 1 for word in words)][:-1]
