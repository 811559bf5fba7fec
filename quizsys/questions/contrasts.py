"""Questions from statements that set two or more things side by side: "A is in X, while B is in Y", "X, and not Y"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from quizsys.questions.clauses import Clause, ask, join_tokens
from quizsys.questions.clean import capital
from quizsys.questions.draft import Draft
from quizsys.questions.gate.content import content_words
from quizsys.questions.language import parse_one
from quizsys.questions.question import Choice

if TYPE_CHECKING:
    from spacy.tokens import Token

_CHOOSE_ALL = " (Choose all that apply.)"
_CONTRAST = re.compile(r"\b(?:while|whereas|but|by contrast|in contrast)\b", re.I)
_NOT_FROM = re.compile(
    r"^(?P<head>.+?) (?P<prep>from|by|in|on|with|for|to|at|through) (?P<right>(?:the |a |"
    r"an )?[\w-]+(?: [\w-]+){0,3}),? "
    r"(?:and |but )?not (?:(?P=prep) )?(?P<wrong>(?:the |a |an )?[\w-]+(?: [\w-]+){0,3})\.$"
)


def ask_contrasts(clauses: list[Clause]) -> Iterator[Draft]:
    """Drafts from parallel clauses of one sentence and from "X, and not Y"."""
    parts = [clause for clause in clauses if not clause.whole]
    for _, group in groupby(parts, key=lambda clause: clause.statement.index):
        units = list(group)
        yield from _ask_parallel(units)
        yield from _ask_lists(units)
    for clause in clauses:
        if clause.whole:
            yield from _deny(clause)


def _ask_parallel(units: list[Clause]) -> Iterator[Draft]:
    pairs = [(unit, _complement(unit)) for unit in units]
    alike = [
        (unit, tail)
        for unit, tail in pairs
        if tail and unit.verb.lemma_ == units[0].verb.lemma_ and unit.subject_text != ""
    ]
    if len(alike) < 2 or len({unit.subject_text.lower() for unit, _ in alike}) < len(alike) or not _are_siblings(alike):
        return
    if len(alike) >= 3:
        yield from _ask_each(alike)
    (first, one), (second, other) = alike[:2]
    if (len(alike) == 2 and not _CONTRAST.search(first.statement.text)) or not _exclude(one, other):
        return
    why = f"{capital(first.text.rstrip('.'))}; {second.text}"
    for is_true, tail in ((False, other), (True, one)):
        yield truth_draft(
            first, f"{_without(first, one)} {join_tokens(tail)}.", is_true, why, 0.9 if not is_true else 0.8, "swap"
        )


def _are_siblings(alike: list[tuple[Clause, list[Token]]]) -> bool:
    """Complements of the same build: all begin with the same preposition, or all with none."""
    openers = {tail[0].lower_ if tail[0].pos_ == "ADP" else "" for _, tail in alike}
    return len(openers) == 1 and len({join_tokens(tail).lower() for _, tail in alike}) == len(alike)


def _exclude(one: list[Token], other: list[Token]) -> bool:
    """Whether each of the two ends says something that the other does not."""
    first, second = content_words(join_tokens(one)), content_words(join_tokens(other))
    return bool(first - second) and bool(second - first)


def _complement(unit: Clause) -> list[Token]:
    """The tokens of the last prepositional phrase, object or attribute that ends the clause."""
    if any(child.dep_ == "neg" for child in unit.verb.children):
        return []
    for child in reversed(list(unit.verb.children)):
        if child.dep_ == "punct":
            continue
        words = list(child.subtree)
        is_tail = child.dep_ in ("prep", "dobj", "attr", "oprd", "agent") and child.i > unit.verb.i and len(words) <= 8
        whole = len(words) == words[-1].i - words[0].i + 1 and words[-1].i >= len(unit.doc) - 2
        return (
            words
            if is_tail
            and whole
            and not any(word.pos_ == "PRON" and word.lower_ in ("it", "them", "this", "that") for word in words)
            else []
        )
    return []


def _ask_each(alike: list[tuple[Clause, list[Token]]]) -> Iterator[Draft]:
    for place, (unit, tail) in enumerate(alike):
        stem = ask("What", unit, drop=tail)
        others = tuple(capital(join_tokens(other)) for spot, (_, other) in enumerate(alike) if spot != place)
        if stem and tail[0].pos_ != "ADP":
            yield Draft(
                "single_choice",
                stem,
                capital(join_tokens(tail)),
                unit.statement,
                unit.statement,
                0.9,
                pool=others,
                pattern="parallel",
            )


def _without(unit: Clause, tail: list[Token]) -> str:
    places = {token.i for token in tail}
    return capital(join_tokens(token for token in unit.doc if token.i not in places))


def truth_draft(clause: Clause, claim: str, is_true: bool, why: str, score: float, pattern: str) -> Draft:
    """A true/false draft of `claim`, explained by `why`."""
    answer = "True" if is_true else "False"
    feedback = {True: "Right.", False: "Not so."}
    choices = tuple(Choice(text, text == answer, f"{feedback[text == answer]} {why}") for text in ("True", "False"))
    stem = f"True or false: {claim}"
    statement = clause.statement
    return Draft(
        "true_false",
        stem,
        answer,
        statement,
        statement,
        score,
        fixed=choices,
        explanation=why,
        bloom="understand",
        pattern=pattern,
    )


def _ask_lists(units: list[Clause]) -> Iterator[Draft]:
    """Two clauses about the same subject, each with a list: what does it take in, what does it give out?"""
    listed = [(unit, items) for unit in units if len(items := _list_items(unit)) >= 2]
    if len(listed) != 2 or listed[0][0].subject_text.lower() != listed[1][0].subject_text.lower():
        return
    (unit, items), (_, wrong) = listed
    tokens = [token for item in items for token in item]
    span = list(unit.doc[min(token.i for token in tokens) : max(token.i for token in tokens) + 1])
    stem = ask("What", unit, drop=span)
    right, others = [join_tokens(item) for item in items], [join_tokens(item) for item in wrong]
    if stem and not set(right) & set(others):
        choices = tuple(Choice(capital(text), text in right) for text in [*right, *others])
        yield Draft(
            "multiple_choice",
            stem + _CHOOSE_ALL,
            ", ".join(right),
            unit.statement,
            unit.statement,
            0.95,
            fixed=choices,
            bloom="understand",
            pattern="two_lists",
        )


def _list_items(unit: Clause) -> list[list[Token]]:
    """The items of a coordinated noun phrase that ends the clause, each without its article."""
    heads = [
        token
        for token in unit.doc
        if token.i > unit.verb.i and token.dep_ in ("dobj", "pobj", "attr") and list(token.conjuncts)
    ]
    if not heads:
        return []
    group = [heads[0], *heads[0].conjuncts]
    if max(token.i for item in group for token in item.subtree) < len(unit.doc) - 2 or any(
        token.pos_ not in ("NOUN", "PROPN") for token in group
    ):
        return []
    return [
        [
            token
            for token in item.subtree
            if token.i <= item.i
            and not (token.dep_ in ("det", "cc") or token.is_punct)
            and not any(other is not item and token in other.subtree and other.i > item.i for other in group)
        ]
        for item in group
    ]


def _deny(clause: Clause) -> Iterator[Draft]:
    match = _NOT_FROM.match(clause.text)
    if match and all(_is_thing(match[side]) for side in ("right", "wrong")):
        for side, is_true, score in (("wrong", False, 0.9), ("right", True, 0.8)):
            claim = capital(f"{match['head']} {match['prep']} {re.sub(r' (?:and|but)$', '', match[side])}.")
            yield truth_draft(clause, claim, is_true, capital(clause.text), score, "not_from")


def _is_thing(text: str) -> bool:
    """Whether the text is a noun phrase and nothing else."""
    doc = parse_one(re.sub(r" (?:and|but)$", "", text))
    root = next(token for token in doc if token.dep_ == "ROOT")
    odd = any(token.pos_ in ("VERB", "AUX", "SCONJ", "PRON", "ADV") or token.tag_ in ("WP", "WRB") for token in doc)
    return root.pos_ in ("NOUN", "PROPN", "NUM") and not odd
