"""A transcript in pieces that a model can hold, every word with its number, so that evidence is a pair of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quizsys.questions.board import Board
from quizsys.questions.sentences import Sentence

MOST_WORDS = 700
OVERLAP_WORDS = 80
SLIDE_WORDS = 60


@dataclass(frozen=True)
class Chapter:
    """Sentences `first` to `last`, inclusive. `title` and `slides` are what the board shows meanwhile."""

    first: int
    last: int
    title: str
    slides: tuple[str, ...]


def list_chapters(sentences: Sequence[Sentence], board: Board) -> list[Chapter]:
    """Of about MOST_WORDS each, cut where the slide changes if that is near, with some overlap."""
    chapters: list[Chapter] = []
    first = 0
    while first < len(sentences):
        last = _find_end(sentences, first, board)
        chapters.append(Chapter(first, last, *_show(sentences, first, last, board)))
        if last + 1 == len(sentences):
            break
        first = _step_back(sentences, first, last)
    return chapters


def number_words(sentences: Sequence[Sentence]) -> list[int]:
    """The number of the first word of each sentence, and one more: the count of all words."""
    numbers = [0]
    for sentence in sentences:
        numbers.append(numbers[-1] + len(sentence.words))
    return numbers


def write_numbered(sentences: Sequence[Sentence], chapter: Chapter) -> str:
    """A sentence a line, each word with its number before it: `41:Chlorophyll 42:absorbs`."""
    numbers = number_words(sentences)
    lines = []
    for sentence in sentences[chapter.first : chapter.last + 1]:
        start = numbers[sentence.index]
        lines.append(" ".join(f"{start + place}:{word.text}" for place, word in enumerate(sentence.words)))
    return "\n".join(lines)


def _find_end(sentences: Sequence[Sentence], first: int, board: Board) -> int:
    """The last sentence that fits; earlier, if the slide changes in the last third."""
    words, last = 0, first
    ends: list[int] = []
    for place in range(first, len(sentences)):
        words += len(sentences[place].words)
        if words > MOST_WORDS and place > first:
            break
        last = place
        follows = place + 1 < len(sentences)
        if (
            follows
            and words > MOST_WORDS * 2 / 3
            and _panel(sentences, place, board) != _panel(sentences, place + 1, board)
        ):
            ends.append(place)
    return last if last + 1 == len(sentences) or not ends else ends[-1]


def _step_back(sentences: Sequence[Sentence], first: int, last: int) -> int:
    """Where the next chapter starts: a few sentences are told to both."""
    start, words = last + 1, 0
    while start - 1 > first and words + len(sentences[start - 1].words) <= OVERLAP_WORDS:
        start -= 1
        words += len(sentences[start].words)
    return start


def _show(sentences: Sequence[Sentence], first: int, last: int, board: Board) -> tuple[str, tuple[str, ...]]:
    panels = dict.fromkeys(_panel(sentences, place, board) for place in range(first, last + 1))
    shown = [board.panels[panel] for panel in panels if panel is not None]
    texts = (" ".join(" / ".join((panel.title, *panel.lines)).split()[:SLIDE_WORDS]) for panel in shown)
    return (shown[0].title if shown else ""), tuple(texts)


def _panel(sentences: Sequence[Sentence], place: int, board: Board) -> int | None:
    return board.find_panel(sentences[place].start_s)
