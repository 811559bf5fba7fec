"""Wrong options made of the lesson's own terms: alike in kind, never right, never a form of the key."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from media.progress import Report
from quizsys.questions.board import Board
from quizsys.questions.clauses import Clause
from quizsys.questions.language import likeness, parse, zipf
from quizsys.questions.naming import bare
from quizsys.questions.pointing import is_no_term
from quizsys.questions.spoken import holds, plain, squeeze, tokens
from quizsys.questions.statements import Statement
from quizsys.questions.terms import Term, collect_terms, is_said, list_siblings

if TYPE_CHECKING:
    from spacy.tokens import Doc

_HELD = re.compile(r"(?:^|, )who (?:first )?(?:\w+ed|shows|found) (?:that|how|it (?:is|was)) ", re.I)
"""All persons of a lesson may stand beside each other where one is asked for who held or found that something is so."""
_FEWEST, _MOST = 2, 3
_LOWEST = 0.62
_SAME_FACT = 0.62
_SAME_WORDS = 0.4
_IN_STEM = 0.4
_COMMONER = 1.2
_GLOSSARY = 8
"""More terms than these explained at one slide are of many kinds."""
_SORTS = ("kind", "type", "sort", "form", "class")


class TermTable:
    """All terms of one lesson, and which of them could be mistaken for which."""

    def __init__(
        self, statements: list[Statement], clauses: list[Clause], board: Board, names: Mapping[str, str], report: Report
    ) -> None:
        self._has_slides = bool(board.panels)
        self._listed = set(list_siblings(statements))
        self._facts = [clause.text for clause in clauses if not clause.compound]
        self.terms = collect_terms(statements, board, list(names), report)
        self._meanings = {squeeze(bare(name)): meaning for name, meaning in names.items() if meaning}
        self._classes = dict(zip(self._meanings, map(find_class, parse(list(self._meanings.values()))), strict=True))
        self._explained = Counter(panel for term in self.terms.values() if term.defined for panel in term.panels)
        topic = board.panels[0].title if board.panels else ""
        said = (term for term in self.terms.values() if is_said(term, statements))
        self._said = [term for term in said if not holds(topic, term.text)]

    def find(self, text: str) -> Term | None:
        """The term that this text is, in singular or plural."""
        code = squeeze(bare(text))
        forms = (code, code + "s", code.removesuffix("s"))
        return next((self.terms[form] for form in forms if form in self.terms), None)

    def find_meaning(self, text: str) -> str | None:
        """What the lecturer says the term is, or None."""
        code = squeeze(bare(text))
        return self._meanings.get(code)

    def list_wrong(self, key: str, stem: str, scene: str = "") -> list[str]:
        """Two or three other terms of the key's kind, best first, none named in the scene; fewer than two for none."""
        term = self.find(key)
        if term is None:
            return []
        given = set(_stems(key)) & set(_stems(stem))
        persons = term.kind == "person" and _HELD.search(stem) is not None
        fit = [
            other
            for other in self._said
            if _can_stand_beside(term, other, stem, given) and (persons or self._is_tied(term, other))
        ]
        fit = [other for other in fit if set(_stems(other.text)).isdisjoint(_stems(scene))]
        scored = [(_score(term, other) + _IN_STEM * likeness(stem, other.text), other) for other in fit]
        chosen: list[Term] = []
        for score, other in sorted(scored, key=lambda pair: (-pair[0], pair[1].code)):
            apart = score >= _LOWEST and not any(_overlap(other, taken) for taken in chosen)
            if apart and len(chosen) < _MOST and not self._also_fits(other, stem):
                chosen.append(other)
        return [other.text for other in chosen] if len(chosen) >= _FEWEST else []

    def _is_tied(self, term: Term, other: Term) -> bool:
        """Whether the lesson puts the two side by side: in one list, both explained at one slide, or with one head."""
        if term.head == other.head or frozenset((term.code, other.code)) in self._listed:
            return True
        near = bool(term.panels & other.panels) or not self._has_slides
        return term.defined and other.defined and near and self._are_alike(term, other)

    def _are_alike(self, term: Term, other: Term) -> bool:
        """Whether what is said of both does not class them apart, as a glossary does a format and a colour model."""
        one, two = self._classes.get(term.code), self._classes.get(other.code)
        few = self._has_slides and max(self._explained[panel] for panel in term.panels & other.panels) <= _GLOSSARY
        return few or one is None or two is None or one == two

    def _also_fits(self, other: Term, stem: str) -> bool:
        """Whether the lecturer says of the other term most of what the stem asks for."""
        asked = {word for word in tokens(stem) if len(word) > 3 and zipf(word) < 5.6}
        for fact in self._facts:
            if len(asked) >= 2 and holds(fact, other.text):
                shared = len(asked & set(tokens(fact)))
                if shared >= _SAME_WORDS * len(asked) or likeness(stem, fact) > _SAME_FACT:
                    return True
        return False


def find_class(meaning: Doc) -> str | None:
    """The noun that a meaning begins with ("model" of "a kind of colour model which ..."), or None."""
    chunks = list(meaning.noun_chunks)
    sorts = len(chunks) > 1 and chunks[0].root.lemma_ in _SORTS
    return chunks[1 if sorts else 0].root.lemma_.lower() if chunks else None


def _score(term: Term, other: Term) -> float:
    """How easily the two are mistaken: same slide, both explained, same class, head, rarity and meaning."""
    parts = (
        0.25 if term.panels & other.panels else 0.0,
        0.3 if term.defined and other.defined else 0.0,
        0.25 if term.kind == other.kind else -0.45 if term.kind == "process" else -0.3,
        0.3 if term.head == other.head else 0.0,
        0.1 if term.head[-3:] == other.head[-3:] else 0.0,
        0.2 * max(0.0, 1 - abs(_rarity(term) - _rarity(other)) / 3),
        0.1 if len(term.text.split()) == len(other.text.split()) else 0.0,
        0.15 if other.on_slide else 0.0,
        0.5 * max(0.0, likeness(term.text, other.text)),
    )
    return sum(parts)


def _rarity(term: Term) -> float:
    return min(zipf(word) for word in plain(term.text).split())


def _can_stand_beside(term: Term, other: Term, stem: str, given: set[str]) -> bool:
    """Whether the other term may be an option; a word that the stem shares with the key must be in every option."""
    persons = {term.kind, other.kind}
    if other.proper != term.proper or _overlap(term, other) or ("person" in persons and len(persons) > 1):
        return False
    if is_no_term(other.text) or other.plural != term.plural or _rarity(other) - _rarity(term) > _COMMONER:
        return False
    return not holds(stem, other.text) and set(_stems(other.text)) & set(_stems(stem)) == given


def _overlap(one: Term, other: Term) -> bool:
    """Whether one is part of the other, or both are forms of the same words."""
    first, second = set(_stems(one.text)), set(_stems(other.text))
    return first <= second or second <= first or one.code in other.code or other.code in one.code


def _stems(text: str) -> Iterator[str]:
    for word in (re.sub(r"ies$", "y", word) for word in tokens(text)):
        yield word[:5] if len(word) > 5 else word.removesuffix("s")
