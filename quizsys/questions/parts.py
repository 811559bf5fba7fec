"""Questions for a trusted term that is a clause's subject or object."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from quizsys.questions.board import Board
from quizsys.questions.clauses import Clause, ask, find_subject, join_tokens
from quizsys.questions.draft import Draft
from quizsys.questions.naming import bare
from quizsys.questions.spoken import squeeze
from quizsys.questions.words import load_words

if TYPE_CHECKING:
    from spacy.tokens import Token

_VAGUE_VERBS = load_words("vague_verbs")
_CLAIMS = re.compile(
    r"^(?:conclude|show|propose|argue|discover|demonstrate|prove|invent|introduce|coin|formulate|observe|found|predict|"
    r"stipulate|postulate|develop|realise|realize|hypothesise|hypothesize|establish|theorise|theorize|isolate)$"
)
"""Of these a surname alone may be the subject: the lesson has named the person before."""
_LONGEST_STEM_WORDS = 24


def ask_parts(clauses: list[Clause], board: Board) -> Iterator[Draft]:
    """ "Which of these ...?" for a slide's term as subject, "What does ...?" for one as object."""
    for clause in clauses:
        content = [token for token in clause.doc if token.pos_ in ("NOUN", "PROPN", "VERB", "ADJ", "NUM")]
        tied = re.match(r"(?:because|since|so|although|though|there|therefore)\b", clause.lead, re.I)
        if (
            not tied
            and len(content) >= 4
            and not clause.compound
            and len(clause.doc) <= 30
            and not any(child.dep_ == "neg" for child in clause.verb.children)
        ):
            yield from _ask_subject(clause, board)
            yield from _ask_object(clause, board)


def is_trusted(text: str, board: Board) -> bool:
    """Whether the slides carry this phrase, in singular or plural."""
    code = squeeze(bare(text))
    return any(form in board.terms for form in (code, code + "s", code.removesuffix("s")))


def _ask_subject(clause: Clause, board: Board) -> Iterator[Draft]:
    found = _find_subject_key(clause, board) or _find_kind(clause, board)
    if found is None:
        return
    wh, key = found
    rest = join_tokens(clause.doc[clause.subject[-1].i + 1 :])
    if clause.verb.lemma_ in _VAGUE_VERBS or len(rest.split()) < 4 or re.search(r"\b(?:which|and (?:it|they))\b", rest):
        return
    lead = "" if _is_by_the_way(clause, rest) else clause.lead
    stem = f"{lead}, {wh[0].lower()}{wh[1:]} {rest}?" if lead else f"{wh} {rest}?"
    yield Draft(
        "single_choice", stem, key, clause.statement, clause.statement, 0.7, needs_terms=True, pattern="subject"
    )


def _is_by_the_way(clause: Clause, rest: str) -> bool:
    """Whether what was done meanwhile ("in formulating his principle") would make the stem too long."""
    doing = any(token.tag_ == "VBG" for token in clause.doc[: min(2, clause.subject[0].i)])
    return doing and len(f"{clause.lead} {rest}".split()) > _LONGEST_STEM_WORDS


def _find_subject_key(clause: Clause, board: Board) -> tuple[str, str] | None:
    """("Who", a person's name) or ("Which of these", a slide's term) when that is the whole subject."""
    subject = find_subject(clause.verb)
    if subject is None or len(clause.subject) > 6 or list(subject.conjuncts):
        return None
    if subject.ent_type_ == "PERSON" and subject.pos_ == "PROPN":
        name = " ".join(token.text for token in clause.subject if token.pos_ == "PROPN")
        passive = any(child.dep_ == "auxpass" for child in clause.verb.children)
        claims = _CLAIMS.match(clause.verb.lemma_.lower()) and name == clause.subject_text
        return ("Who", name) if (claims or len(name.split()) > 1) and not passive else None
    return ("Which of these", bare(clause.subject_text)) if is_trusted(clause.subject_text, board) else None


def _find_kind(clause: Clause, board: Board) -> tuple[str, str] | None:
    """("Which enzyme", "rubisco") for a subject like "the enzyme rubisco" whose last word is on a slide."""
    words = [token for token in clause.subject if token.dep_ != "det"]
    if (
        len(words) == 2
        and all(word.pos_ in ("NOUN", "PROPN") for word in words)
        and is_trusted(words[1].text, board)
        and words[0].text.islower()
    ):
        return f"Which {words[0].text}", words[1].text
    return None


def _ask_object(clause: Clause, board: Board) -> Iterator[Draft]:
    target = clause.find_child("dobj")
    if target is None or clause.verb.lemma_ in _VAGUE_VERBS:
        return
    phrase = _core(target)
    if not is_trusted(join_tokens(phrase), board) or len(phrase) > 6 or list(target.conjuncts):
        return
    if any(token.i > phrase[-1].i and token.dep_ == "relcl" for token in target.subtree) or [
        t for t in target.rights if t.dep_ == "prep" and t.lower_ == "of"
    ]:
        return
    whole = list(target.subtree)
    stem = ask("Whom" if target.ent_type_ == "PERSON" else "What", clause, drop=whole)
    if stem and len(stem.split()) >= 5:
        yield Draft(
            "single_choice",
            stem,
            bare(join_tokens(phrase)),
            clause.statement,
            clause.statement,
            0.7,
            needs_terms=True,
            pattern="object",
        )


def _core(noun: Token) -> list[Token]:
    return [token for token in noun.subtree if token.i <= noun.i]
