"""Terms that a speaker names and explains at once: "... are flat files. These are files without any structure"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from quizsys.questions.draft import Draft
from quizsys.questions.language import parse_one
from quizsys.questions.naming import bare
from quizsys.questions.statements import Statement
from quizsys.questions.words import load_words

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

_EXPLAINS = re.compile(r"^(?:this is|these are) (?P<meaning>.+)$", re.I)
_INSIDE = re.compile(r"^(?P<before>.{20,}?)[,;:] (?P<after>(?:this is|these are) .+)$", re.I)
_NEXT = re.compile(
    r"[,;:] (?:(?:and|but|so|or) )?(?:it|they|this|these|that|which|while|whereas|like|such as|so|but)\b.*$"
)
_AS_IN = re.compile(r" (?:like|such as) .*$")
_LONGEST_NAME_WORDS, _LONGEST_MEANING_WORDS, _FEWEST_CONTENT = 3, 18, 3
_SOFTENED = re.compile(
    r"^(?:what|why|how|where|when|who|not|just|only|one|also|all|some|our|your|my|because|like)\b", re.I
)


def name_linked(statements: list[Statement]) -> Iterator[Draft]:
    """Drafts for a term that ends a clause and whose meaning the next one gives, within a sentence or across two."""
    for said in statements:
        match = _INSIDE.match(said.text) if said.flaw is None else None
        if match:
            yield from _name(parse_one(f"{match['before']}."), match["after"], said, said)
    for one, two in pairwise(statements):
        if one.flaw is None and two.flaw is None:
            yield from _name(one.doc, two.text, one, two)


def _name(before: Doc, after: str, first: Statement, last: Statement) -> Iterator[Draft]:
    match, term = _EXPLAINS.match(after.rstrip(".")), _find_last_term(before)
    meaning = _AS_IN.sub("", _NEXT.sub("", match["meaning"])) if match else ""
    if term is None or not meaning or not _is_meaning(meaning, plural=term.root.tag_ in ("NNS", "NNPS")):
        return
    stem = f"What do we call {meaning}?"
    yield Draft("single_choice", stem, bare(term.text), first, last, 0.9, needs_terms=True, pattern="definition")


def _find_last_term(doc: Doc) -> Span | None:
    """The noun phrase that the clause ends with, when it could be a term."""
    chunk = list(doc.noun_chunks)[-1:]
    if not chunk or doc[chunk[0].end :].text.strip(" .") or chunk[0].root.dep_ not in ("attr", "dobj", "pobj"):
        return None
    words = bare(chunk[0].text).split()
    odd = any(token.pos_ in ("PRON", "NUM") or token.dep_ in ("conj", "cc", "poss") for token in chunk[0])
    owned = chunk[0].root.dep_ == "pobj" and _is_owned(chunk[0].root)
    empty = load_words("vague_heads") | load_words("vague") | load_words("bare")
    fit = 1 <= len(words) <= _LONGEST_NAME_WORDS and words[-1].lower() not in empty
    return chunk[0] if fit and not odd and not owned else None


def _is_owned(noun: Token) -> bool:
    """ "the size of the array": the last noun only tells more of another one, of which "this" may speak."""
    return noun.head.head.pos_ in ("NOUN", "PROPN")


def _is_meaning(text: str, *, plural: bool) -> bool:
    """Whether the text is a noun phrase of the term's number, told more of by what follows its noun."""
    words = text.split()
    articled = re.match(r"an? ", text) is not None
    if _SOFTENED.match(text) or articled == plural or not 4 <= len(words) <= _LONGEST_MEANING_WORDS:
        return False
    doc = parse_one(text[:1].lower() + text[1:])
    root = next(token for token in doc if token.dep_ == "ROOT")
    content = [token for token in doc if token.pos_ in ("NOUN", "PROPN", "VERB", "ADJ")]
    told = any(child.dep_ in ("relcl", "acl", "prep") for child in root.rights)
    of_number = root.tag_ == ("NNS" if plural else "NN")
    general = root.lemma_.lower() not in load_words("vague_heads")
    return of_number and told and general and len(content) >= _FEWEST_CONTENT
