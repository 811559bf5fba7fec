"""What a lesson's questions stand on."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from quizsys.questions.gate.content import content_words
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
        return min(self._list_spans(quote), key=lambda span: abs(span.start_s - near_s), default=None)

    def list_neighbours(self, span: Span) -> tuple[Sentence, ...]:
        """The span's sentences with the one before and the one after."""
        return self.sentences[max(0, span.first - 1) : span.last + 2]

    def _list_spans(self, quote: str) -> Iterator[Span]:
        begins = self.text.find(quote) if quote else -1
        while begins >= 0:
            first, last = self._words.starts.get(begins), self._words.ends.get(begins + len(quote))
            if first is not None and last is not None:
                yield self._make_span(first, last)
            begins = self.text.find(quote, begins + 1)

    def _make_span(self, first: tuple[int, int], last: tuple[int, int]) -> Span:
        begins = self.sentences[first[0]].words[first[1]].start_s
        return Span(first[0], last[0], begins, self.sentences[last[0]].words[last[1]].end_s)

    @cached_property
    def _words(self) -> "_Words":
        words, at = _Words({}, {}), 0
        for place, sentence in enumerate(self.sentences):
            for number, word in enumerate(sentence.words):
                begins = self.text.index(word.text, at)
                at = begins + len(word.text)
                words.starts[begins] = words.ends[at] = (place, number)
        return words


@dataclass(frozen=True)
class _Words:
    """Which word, by its sentence and its place there, begins and ends where in the text."""

    starts: dict[int, tuple[int, int]]
    ends: dict[int, tuple[int, int]]
