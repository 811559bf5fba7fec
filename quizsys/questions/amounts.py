"""Questions for a number: how many, what percentage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from quizsys.questions.clauses import Clause, ask, find_subject, join_tokens
from quizsys.questions.clean import capital
from quizsys.questions.draft import Draft
from quizsys.questions.spoken import numbers

if TYPE_CHECKING:
    from spacy.tokens import Token

_ROUND = re.compile(r"\b(?:about|around|roughly|approximately|nearly|almost|over|more than)\b", re.I)
_UNASKED = frozenset(["one", "zero", "two", "ones", "times", "way", "ways", "thing", "things"])


def ask_amounts(clauses: list[Clause]) -> Iterator[Draft]:
    """Numeric drafts for a counted noun that is the clause's subject or object."""
    for clause in clauses:
        for token in clause.doc if _is_lasting(clause) else ():
            counted = token.head
            if (
                token.dep_ == "nummod"
                and counted.dep_ in ("dobj", "nsubj", "nsubjpass")
                and counted.head == clause.verb
            ):
                yield from _ask_amount(clause, token, counted)


def _is_lasting(clause: Clause) -> bool:
    """Whether the clause is whole in itself; what held "at that moment" is no question without the moment."""
    then = re.search(r"\b(?:at|in|by) (?:that|this) (?:moment|time|point|stage|day)\b", clause.statement.text, re.I)
    denied = any(token.dep_ == "neg" for token in clause.doc)
    return not clause.compound and clause.verb.lemma_ != "be" and then is None and not denied


def _ask_amount(clause: Clause, number: Token, counted: Token) -> Iterator[Draft]:
    phrase = list(counted.subtree)
    digits = numbers(join_tokens(phrase))
    if len(digits) != 1 or not _is_plain(digits[0]) or number.lower_ in _UNASKED or counted.lower_ in _UNASKED:
        return
    if _is_named(number):
        return
    stem = _stem(clause, counted, phrase)
    if stem:
        yield Draft("numeric", stem, digits[0], clause.statement, clause.statement, 0.85, pattern="amount")


def _is_named(number: Token) -> bool:
    """Whether the number belongs to a name before it: "GIMP 2.10", "Debian 12", "Section 14"."""
    if number.i == 0:
        return False
    before = number.nbor(-1)
    capital = number.i > 1 and before.text[:1].isupper()
    return bool(capital or before.pos_ == "PROPN")


def _is_plain(digits: str) -> bool:
    return bool(re.fullmatch(r"\d+(?:\.\d+)?", digits)) and not (digits.isdigit() and 1400 <= int(digits) <= 2100)


def _stem(clause: Clause, counted: Token, phrase: list[Token]) -> str | None:
    after = join_tokens(token for token in phrase if token.i > counted.i)
    before = join_tokens(token for token in phrase if token.i < counted.i and token.dep_ in ("amod", "compound"))
    about = "About " if _ROUND.search(join_tokens(phrase)) else ""
    percent = counted.lower_ in ("%", "percent")
    if counted.tag_ not in ("NNS", "NN") or (counted.tag_ == "NN" and not percent):
        return None
    noun = f"what percentage {after}" if percent else f"how many {before} {counted.text} {after}"
    wh = capital(re.sub(r"\s+", " ", f"{about}{noun}").strip())
    if counted == find_subject(clause.verb):
        rest = join_tokens(clause.doc[max(token.i for token in phrase) + 1 :])
        return f"{wh} {rest}?" if not clause.lead else f"{clause.lead}, {wh[0].lower()}{wh[1:]} {rest}?"
    plain_lead = list(clause.doc[: clause.subject[0].i]) if re.search(r"\b(?:that|this)\b", clause.lead) else []
    return ask(wh, clause, drop=[*phrase, *plain_lead])
