"""What a lesson's questions stand on."""

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

from quizsys.questions.gate.content import content_words
from quizsys.questions.nearness import Line
from quizsys.questions.scripts import primary
from quizsys.questions.sentences import Sentence, join_text

SLACK_S = 0.05
"""How far two times of one moment may be apart."""


@dataclass(frozen=True)
class Span:
    """Where a quote stands: its first and last sentence, and the time of its own words."""

    first: int
    last: int
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Grounds:
    """What a lesson's questions stand on. `unfit` gives a reason code for sentences that must not be asked about;
    `titles` are the lesson's own and its first slide's, which are on show all the time. `language` is the speech's:
    checks that know English only leave other languages alone.
    """

    sentences: tuple[Sentence, ...]
    duration_s: float
    unfit: dict[int, str]
    titles: tuple[str, ...] = ()
    language: str = "en"

    @property
    def is_english(self) -> bool:
        return primary(self.language) == "en"

    @cached_property
    def text(self) -> str:
        """The whole transcript as one line."""
        return join_text(list(self.sentences))

    def content(self, text: str) -> frozenset[str]:
        """The text's words that carry meaning, in the lesson's language."""
        return content_words(text, self.language)

    def find_span(self, quote: str, near_s: float) -> Span | None:
        """The place nearest to near_s where the quote stands as whole words; None if nowhere."""
        if not quote or not self._words.times:
            return None

        def is_whole(begins: int) -> bool:
            return begins in self._words.starts and begins + len(quote) in self._words.ends

        begun = bisect_left(self._words.times, near_s)
        at = [*self._words.starts, len(self.text)][begun]
        spans = [self._make_span(begins, begins + len(quote)) for begins in self._line.find_near(quote, at, is_whole)]
        return min(spans, key=lambda span: abs(span.start_s - near_s), default=None)

    def list_neighbours(self, span: Span) -> tuple[Sentence, ...]:
        """The span's sentences with the one before and the one after."""
        return self.sentences[max(0, span.first - 1) : span.last + 2]

    def _make_span(self, begins: int, ends: int) -> Span:
        (first, number), (last, final) = self._words.starts[begins], self._words.ends[ends]
        start_s = self.sentences[first].words[number].start_s
        return Span(first, last, start_s, self.sentences[last].words[final].end_s)

    @cached_property
    def _line(self) -> Line:
        return Line(self.text)

    @cached_property
    def _words(self) -> "_Words":
        words, at = _Words({}, {}, []), 0
        for place, sentence in enumerate(self.sentences):
            for number, word in enumerate(sentence.words):
                begins = self.text.index(word.text, at)
                at = begins + len(word.text)
                words.starts[begins] = words.ends[at] = (place, number)
                words.times.append(word.start_s)
        return words


@dataclass(frozen=True)
class _Words:
    """Which word, by its sentence and its place there, begins and ends where in the text, and when, in that order."""

    starts: dict[int, tuple[int, int]]
    ends: dict[int, tuple[int, int]]
    times: list[float]
