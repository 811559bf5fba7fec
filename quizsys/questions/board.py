"""What the slides say: their lines, term pairs and spellings. A term on a slide is a trusted one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from quizsys.questions.spoken import plain, squeeze, tokens

if TYPE_CHECKING:
    from media.slides import Slide

_MARK = re.compile(r"^[\s•·◦▪●○■□*»–—\-]+(?=\w|\")|^[oe] (?=[A-Z])")
_PARTS = re.compile(r"\s*(?:[:;,=+→|/]|->|=>|-+>|\band\b|\bor\b|\bvs\.?\b)\s*")
_EDGE = re.compile(r"^(?:the|a|an|one|each|all|some|more|less|too|about|its|their)\s+", re.I)


@dataclass(frozen=True)
class Panel:
    """One slide, from start_s to end_s: its title and its lines without bullet marks."""

    start_s: float
    end_s: float
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """A "Term: definition" line and its slide's place."""

    panel: int
    term: str
    meaning: str


@dataclass(frozen=True)
class Board:
    """All slides of a lesson in order."""

    panels: tuple[Panel, ...]

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of every slide, as compared tokens."""
        return frozenset(word for panel in self.panels for line in (panel.title, *panel.lines) for word in tokens(line))

    @cached_property
    def terms(self) -> frozenset[str]:
        """Slide phrases of 1-4 words between punctuation, squeezed."""
        return frozenset(squeeze(term) for terms in self.terms_by_panel for term in terms)

    @cached_property
    def terms_by_panel(self) -> tuple[tuple[str, ...], ...]:
        """Slide phrases of 1-4 words as written, slide by slide."""
        return tuple(tuple(term for line in panel.lines for term in list_phrases(line)) for panel in self.panels)

    @cached_property
    def defined(self) -> tuple[Pair, ...]:
        """The pairs whose right side looks like a definition: a noun phrase, no list, no formula, no number."""
        return tuple(
            pair
            for pair in self.pairs
            if len(pair.meaning.split()) >= 2 and not re.search(r"[,=+%→\d]|->", pair.meaning)
        )

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """All "Term: definition" lines."""
        return tuple(pair for place, panel in enumerate(self.panels) for pair in _list_pairs(place, panel))

    def find_panel(self, at_s: float) -> int | None:
        """The place of the slide on show at a time; None without slides."""
        shown = [place for place, panel in enumerate(self.panels) if panel.start_s <= at_s + 0.5]
        return shown[-1] if shown else None

    def chapter(self, at_s: float) -> str:
        """The title of the slide on show, or the last title before it, or ""."""
        place = self.find_panel(at_s)
        titles = [panel.title for panel in self.panels[: (place if place is not None else -1) + 1] if panel.title]
        return titles[-1] if titles else ""

    def find_titles(self, lesson_title: str) -> tuple[str, ...]:
        """The lesson's title and the first slide's, the most telling first."""
        return tuple(dict.fromkeys(title for title in (lesson_title, *(p.title for p in self.panels[:1])) if title))

    def knows(self, text: str) -> bool:
        """Whether every word of the text is on some slide (singular or plural)."""
        return all(
            word in self.words or word + "s" in self.words or word.rstrip("s") in self.words for word in tokens(text)
        )


def read_board(slides: Sequence[Slide]) -> Board:
    """Slides with text, as panels."""
    return Board(tuple(_read_panel(slide) for slide in slides if slide.text or slide.title))


def _read_panel(slide: Slide) -> Panel:
    lines = [_MARK.sub("", line).strip() for line in slide.text.splitlines()]
    title = slide.title.strip()
    kept = tuple(line for line in lines if line and plain(line) != plain(title))
    return Panel(slide.start_s, slide.end_s, title, kept)


def list_phrases(line: str) -> Iterator[str]:
    """The line's parts of 1-4 words that carry letters, without leading articles."""
    for part in _PARTS.split(line):
        phrase = _EDGE.sub("", part.strip(" .!?()\"'"))
        if 1 <= len(phrase.split()) <= 4 and re.search(r"[A-Za-z]{2}", phrase):
            yield phrase


def _list_pairs(place: int, panel: Panel) -> Iterator[Pair]:
    for line in panel.lines:
        term, colon, meaning = line.partition(":")
        if colon and 1 <= len(term.split()) <= 5 and len(meaning.split()) >= 1 and not term.strip().isdigit():
            yield Pair(place, term.strip(), meaning.strip())
