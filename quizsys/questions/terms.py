"""The lesson's terms, from its slides and its speech."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from media.progress import Report
from quizsys.questions.board import Board
from quizsys.questions.language import parse, zipf
from quizsys.questions.naming import bare
from quizsys.questions.spoken import holds, plain, squeeze
from quizsys.questions.statements import Statement
from quizsys.questions.words import load_words

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

_FIT = (None, "length", "imperative", "no_clause", "misheard")
_OPEN_CLASS = ("NOUN", "PROPN")
_SKIPPED = ("DET", "PRON", "NUM", "ADV", "PUNCT")
_PROCESS = re.compile(r"(?:(?<!func)tion|sion|sis|ing|ment|cycle|process|reaction|method)$")
_COMMON = 5.2


@dataclass(frozen=True)
class Term:
    """A term as shown inside a sentence.

    `code` is what it is compared by, `panels` the slides it stands on or is said over, `defined` whether a slide's line
    or the speaker gives its meaning, `kind` a rough class: person, place, symbol, process or thing.
    """

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


def collect_terms(statements: list[Statement], board: Board, names: Sequence[str], report: Report) -> dict[str, Term]:
    """All terms by code: slide phrases, phrases said twice, and `names`, which the speaker explains."""
    collector = _Collector(statements, board, names)
    collector.add_slides(board, report)
    collector.add_speech(board)
    collector.add_names(names)
    return collector.found


class _Collector:
    def __init__(self, statements: list[Statement], board: Board, names: Iterable[str]) -> None:
        fit = [statement for statement in statements if statement.flaw in _FIT]
        self._chunks = [(chunk, statement.panel) for statement in fit for chunk in statement.doc.noun_chunks]
        cores = [core for chunk, _ in self._chunks if (core := _core(chunk)) is not None]
        self._counts = Counter(squeeze(core.text) for core in cores)
        self._said = " ".join(statement.text for statement in statements)
        self._defined = {squeeze(bare(name)) for name in names} | {squeeze(pair.term) for pair in board.defined}
        self.found: dict[str, Term] = {}

    def add_slides(self, board: Board, report: Report) -> None:
        for place, panel in enumerate(board.panels):
            report(100 * place / len(board.panels))
            phrases = [phrase for phrase in board.terms_by_panel[place] if len(phrase.split()) <= 3]
            for doc in parse(phrases):
                chunks = list(doc.noun_chunks)
                if len(chunks) == 1 and chunks[0].end == len(doc) and not any(token.pos_ == "ADP" for token in doc):
                    self._add(_core(chunks[0]), doc[-1], place, on_slide=True)
            for doc in parse(panel.lines):
                for chunk in doc.noun_chunks:
                    self._add(_core(chunk), chunk.root, place, on_slide=True)

    def add_speech(self, board: Board) -> None:
        for chunk, panel in self._chunks:
            core = _core(chunk)
            named = chunk.root.ent_type_ == "PERSON" and chunk.root.pos_ == "PROPN"
            if core is not None and (named or self._is_repeated(core) or (len(core) > 1 and board.knows(core.text))):
                self._add(core, chunk.root, panel, on_slide=False)

    def _is_repeated(self, core: Span) -> bool:
        code = squeeze(core.text)
        return self._counts[code] >= 2 or code in self._defined

    def add_names(self, names: Iterable[str]) -> None:
        for doc in parse([bare(name) for name in names if squeeze(bare(name)) not in self.found]):
            self._add(doc[:], next(token for token in doc if token.dep_ == "ROOT"), None, on_slide=False)

    def _add(self, phrase: Span | None, head: Token, panel: int | None, *, on_slide: bool) -> None:
        if phrase is None or not _is_term(phrase, head):
            return
        text = bare(phrase.text)
        code = squeeze(text)
        old = self.found.get(code)
        panels = frozenset(() if panel is None else (panel,)) | (old.panels if old else frozenset())
        if old is not None:
            self.found[code] = replace(old, panels=panels, on_slide=old.on_slide or on_slide)
            return
        shown = self._show(text, on_slide=on_slide)
        kind = _find_kind(shown, head)
        proper = kind != "symbol" and all(word[:1].isupper() for word in shown.split() if len(word) > 3)
        plural = head.tag_ in ("NNS", "NNPS")
        lemma = head.lemma_.lower()
        count = self._counts[code]
        self.found[code] = Term(
            shown, code, plural, proper, lemma, count, on_slide, code in self._defined, panels, kind
        )

    def _show(self, text: str, *, on_slide: bool) -> str:
        """As speech writes it inside a sentence; what only slides carry begins in lower case unless a formula."""
        heard = re.search(rf"(?<=[\w,] ){re.escape(text)}\b", self._said, re.I)
        if heard:
            return heard.group()
        keeps = not on_slide or re.match(r"\S*[A-Z0-9]", text[1:])
        return text if keeps else text[:1].lower() + text[1:]


def list_siblings(statements: list[Statement]) -> Iterator[frozenset[str]]:
    """The pairs of terms, as codes, that some sentence names in one list ("X, Y and Z")."""
    for statement in statements:
        cores = {chunk.root.i: core for chunk in statement.doc.noun_chunks if (core := _core(chunk)) is not None}
        for place, core in cores.items():
            for other in statement.doc[place].conjuncts:
                if other.i in cores:
                    yield frozenset((squeeze(bare(core.text)), squeeze(bare(cores[other.i].text))))


def _core(chunk: Span) -> Span | None:
    """The chunk from its first telling word to its head, 1-4 words."""
    first = chunk.start
    while first < chunk.end and _is_empty(chunk.doc[first]):
        first += 1
    core = chunk.doc[first : chunk.root.i + 1]
    return core if 1 <= len(core) <= 4 else None


def _is_empty(token: Token) -> bool:
    return token.pos_ in _SKIPPED or token.dep_ == "poss" or token.lower_ in load_words("vague")


def _is_term(phrase: Span | Doc, head: Token) -> bool:
    verbs = [token for token in phrase if token.pos_ in ("VERB", "AUX") and token.tag_ not in ("VBN", "VBG")]
    return head.pos_ in _OPEN_CLASS and not verbs and _is_specific(bare(phrase.text))


def _is_specific(text: str) -> bool:
    words = plain(text).split()
    letters = {letter.lower() for letter in re.findall(r"\b[A-Z]\b", text)} if len(words) > 1 else set()
    if not words or not all(re.match(r"[a-z][a-z'0-9]*$", word) for word in words):
        return False
    if any(len(word) == 1 and word not in letters for word in words):
        return False
    generic = load_words("generic")
    empty = all(word in generic or word.removesuffix("s") in generic for word in words)
    return not empty and (len(words) > 1 or zipf(words[0]) < _COMMON)


def _find_kind(text: str, head: Token) -> str:
    if head.ent_type_ == "PERSON" and text[:1].isupper():
        return "person"
    if head.ent_type_ in ("GPE", "LOC", "FAC") and text[:1].isupper():
        return "place"
    if re.search(r"[A-Z].*[A-Z]|[A-Z]\d|\d[A-Z]", text.split(" ")[-1]):
        return "symbol"
    return "process" if _PROCESS.search(head.lemma_.lower()) else "thing"


def is_said(term: Term, statements: list[Statement]) -> bool:
    """Whether the speaker uses the term."""
    if term.count or len(term.text.split()) == 1:
        return term.count > 0
    return any(holds(statement.text, term.text) for statement in statements)
