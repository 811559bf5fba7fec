"""The lesson's terms, from its slides and its speech, and the wrong options made of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quizsys.questions.board import Board
from quizsys.questions.language import likeness, parse, zipf
from quizsys.questions.naming import bare
from quizsys.questions.spoken import holds, plain, squeeze, tokens
from quizsys.questions.statements import Statement
from quizsys.questions.words import load_words

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

_GENERIC = load_words("generic")
_VAGUE = load_words("vague")
_NO_START = (
    "two",
    "three",
    "four",
    "five",
    "one",
    "six",
    "seven",
    "eight",
    "of",
    "in",
    "on",
    "at",
    "to",
    "from",
    "by",
    "with",
    "for",
    "inputs",
    "outputs",
    "products",
    "input",
    "output",
    "product",
)
_PROCESS = re.compile(r"(?:tion|sion|sis|ing|ment|cycle|process|reaction|method|chaining|sampling)$")
_OPEN_CLASS = ("NOUN", "PROPN")
_FEWEST, _MOST = 2, 3
_LOWEST = 0.62
_SAME_FACT = 0.62


@dataclass(frozen=True)
class Term:
    """A term as shown. `panels` are the slides it stands on or is said over, `defined` whether a slide line or a speaker names it,
    `kind` a rough class: person, place, symbol, process or thing."""

    text: str
    code: str
    plural: bool
    proper: bool
    head: str
    count: int
    on_slide: bool
    defined: bool
    panels: frozenset[int]
    kind: str


class TermTable:
    """All terms of one lesson, and which of them could be mistaken for which."""

    def __init__(self, statements: list[Statement], board: Board, keys: Sequence[str]) -> None:
        self._statements = statements
        self._defined = {squeeze(bare(key)) for key in keys} | {squeeze(pair.term) for pair in board.defined}
        self.terms = _collect(statements, board, self._defined)
        for doc in parse([key for key in keys if squeeze(bare(key)) not in self.terms]):
            _add(self.terms, doc, next(token for token in doc if token.dep_ == "ROOT"), set(), Counter(), False, self._defined)
        said = " ".join(statement.text for statement in statements)
        self._spoken = {code for code, term in self.terms.items() if holds(said, term.text)}

    def find(self, text: str) -> Term | None:
        """The term that this text is, in singular or plural."""
        code = squeeze(bare(text))
        return next(
            (self.terms[form] for form in (code, code + "s", code.removesuffix("s")) if form in self.terms), None
        )

    def list_wrong(self, key: str, stem: str) -> list[str]:
        """Two or three other terms of the key's kind, best first; fewer than two when the lesson has none."""
        term = self.find(key)
        if term is None:
            return []
        given = set(_stems(key)) & set(_stems(stem))
        spoken = [term for code, term in self.terms.items() if code in self._spoken]
        fit = [other for other in spoken if _can_stand_beside(term, other, stem, given)]
        scored = [(self._score(term, other), other) for other in fit]
        chosen: list[Term] = []
        for score, other in sorted(scored, key=lambda pair: (-pair[0], pair[1].code)):
            if (
                score >= _LOWEST
                and not any(_overlap(other, taken) for taken in chosen)
                and not self._also_fits(other, stem)
            ):
                chosen.append(other)
        return [other.text for other in chosen[:_MOST]] if len(chosen) >= _FEWEST else []

    def _score(self, term: Term, other: Term) -> float:
        near = 0.25 if term.panels & other.panels else 0.0
        named = 0.3 if term.defined and other.defined else 0.0
        kind = 0.25 if term.kind == other.kind else -0.3
        number = 0.0 if term.plural == other.plural else -0.2
        head = 0.3 if term.head == other.head else 0.0
        ending = 0.1 if term.head[-3:] == other.head[-3:] else 0.0
        rarity = 0.2 * max(0.0, 1 - abs(_rarity(term.text) - _rarity(other.text)) / 3)
        size = 0.1 if len(term.text.split()) == len(other.text.split()) else 0.0
        slide = 0.15 if other.on_slide else 0.0
        return (
            near
            + named
            + kind
            + number
            + head
            + ending
            + rarity
            + size
            + slide
            + 0.5 * max(0.0, likeness(term.text, other.text))
        )

    def _also_fits(self, other: Term, stem: str) -> bool:
        """Whether some sentence says of the other term most of what the stem asks for."""
        asked = {word for word in tokens(stem) if len(word) > 3 and zipf(word) < 5.6}
        for statement in self._statements:
            if len(asked) >= 2 and holds(statement.text, other.text):
                said = set(tokens(statement.text))
                if len(asked & said) >= 0.4 * len(asked) or likeness(stem, statement.text) > _SAME_FACT:
                    return True
        return False


def _rarity(text: str) -> float:
    return min(zipf(word) for word in plain(text).split())


def _can_stand_beside(term: Term, other: Term, stem: str, given: set[str]) -> bool:
    """Whether the other term may be an option; a word that the stem shares with the key must be in every option."""
    persons = {term.kind, other.kind}
    if other.proper != term.proper or _overlap(term, other) or ("person" in persons and len(persons) > 1):
        return False
    return not holds(stem, other.text) and set(_stems(other.text)) & set(_stems(stem)) == given


def _overlap(one: Term, other: Term) -> bool:
    """Whether one is part of the other, or both are forms of the same words."""
    first, second = set(_stems(one.text)), set(_stems(other.text))
    return first <= second or second <= first or one.code in other.code or other.code in one.code


def _stems(text: str) -> Iterator[str]:
    for word in tokens(text):
        yield word[:5] if len(word) > 5 else word.removesuffix("s")


def _collect(statements: list[Statement], board: Board, defined: set[str]) -> dict[str, Term]:
    spoken = [
        (span, statement)
        for statement in statements
        if statement.flaw in (None, "length", "imperative", "no_clause")
        for span in statement.doc.noun_chunks
    ]
    counts = Counter(squeeze(bare(span.text)) for span, _ in spoken)
    found: dict[str, Term] = {}
    for place, phrases in enumerate(board.terms_by_panel):
        for doc in parse(phrases):
            chunks = list(doc.noun_chunks)
            core = _core(chunks[0]) if len(chunks) == 1 and chunks[0].end == len(doc) else None
            if core is not None and not any(token.pos_ == "ADP" for token in doc):
                _add(found, core, doc[-1], {place}, counts, True, defined)
        for doc in parse(board.panels[place].lines):
            for chunk in doc.noun_chunks:
                core = _core(chunk)
                if core is not None and core[-1] == chunk.root:
                    _add(found, core, chunk.root, {place}, counts, True, defined)
    for span, statement in spoken:
        core = _core(span)
        if core is not None and (counts[squeeze(core.text)] >= 2 or squeeze(core.text) in defined):
            panels = {statement.panel} if statement.panel is not None else set()
            _add(found, core, span.root, panels, counts, False, defined)
    return found


def _core(span: Span) -> Span | None:
    first = span.start
    while first < span.end and (
        span.doc[first].pos_ in ("DET", "PRON", "NUM", "ADV", "PUNCT")
        or span.doc[first].dep_ == "poss"
        or span.doc[first].lower_ in _VAGUE
    ):
        first += 1
    core = span.doc[first : span.end]
    return core if 1 <= len(core) <= 4 and span.root.pos_ in _OPEN_CLASS else None


def _add(
    found: dict[str, Term],
    phrase: Doc | Span,
    head: Token,
    panels: set[int],
    counts: Counter[str],
    on_slide: bool,
    defined: set[str],
) -> None:
    text = bare(phrase.text)
    code = squeeze(text)
    if (
        not code
        or head.pos_ not in _OPEN_CLASS
        or not _is_specific(text)
        or any(token.pos_ in ("VERB", "AUX") and token.tag_ != "VBN" for token in phrase)
    ):
        return
    old = found.get(code)
    proper = (
        bool(re.search(r"(?:^| )[A-Z][a-z]+(?: |$)", text))
        if not on_slide
        else head.tag_.startswith("NNP") and bool(head.ent_type_)
    )
    kind = _find_kind(text, head)
    shown = _show(text, on_slide, bool(head.ent_type_ or phrase[0].ent_type_))
    found[code] = Term(
        shown,
        code,
        head.tag_ in ("NNS", "NNPS"),
        old.proper if old else proper,
        head.lemma_.lower(),
        counts[code],
        on_slide or bool(old and old.on_slide),
        code in defined or bool(old and old.defined),
        frozenset(panels | (set(old.panels) if old else set())),
        old.kind if old else kind,
    )


def _show(text: str, on_slide: bool, named: bool) -> str:
    """Lower case for what merely opens a slide's line; names, formulas and speech stay."""
    keeps = not on_slide or named or re.match(r"\S*[A-Z0-9]", text[1:])
    return text if keeps else text[:1].lower() + text[1:]


def _find_kind(text: str, head: Token) -> str:
    if head.ent_type_ == "PERSON":
        return "person"
    if head.ent_type_ in ("GPE", "LOC", "FAC"):
        return "place"
    if re.search(r"[A-Z].*[A-Z]|[A-Z]\d|\d[A-Z]", text.split(" ")[-1]):
        return "symbol"
    return "process" if _PROCESS.search(head.lemma_.lower()) else "thing"


def _is_specific(text: str) -> bool:
    words = plain(text).split()
    letters = {letter.lower() for letter in re.findall(r"\b[A-Z]\b", text)} if len(words) > 1 else set()
    if (
        any(len(word) == 1 and word not in letters for word in words)
        or words[0] in _NO_START
        or not all(re.match(r"[a-z][a-z'0-9]*$", word) for word in words)
    ):
        return False
    return not all(word in _GENERIC or word.removesuffix("s") in _GENERIC for word in words) and (
        len(words) > 1 or zipf(words[0]) < 5.2
    )
