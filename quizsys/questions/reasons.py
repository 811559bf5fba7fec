"""Questions whose options are whole clauses: why, what for, what happens if, what does it mean.

Wrong options are answers of the same build to other conditions or purposes nearby; without two of them the answer
is to be written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from quizsys.questions.clauses import Clause, ask, find_subject, join_tokens, strip_afterthought
from quizsys.questions.clean import capital
from quizsys.questions.draft import Draft
from quizsys.questions.language import parse
from quizsys.questions.statements import Statement

if TYPE_CHECKING:
    from spacy.tokens import Token

_PRONOUN = re.compile(r"^(?:it|they)\b", re.I)
_EXPLETIVE = re.compile(r"^it (?:takes|is|was|seems|makes|becomes|would|may|can|might)\b.*\b(?:to|that)\b", re.I)
_UNFIT_FACT = re.compile(
    r"^(?:the |an? )?(?:other|another|same)\b|\b(?:it|its|they|them|their|this|that|these|those|we|you|I|which|"
    r"because|if|when|called|known|also|there|one|ones)\b|[:;]",
    re.I,
)
_SHORTEST, _LONGEST = 3, 20
_NAMELESS = re.compile(r"\b(?:(?:some|any|every)(?:thing|one|body)|it|them|this|that)\b", re.I)
_HANGS, _HANGING = re.compile(r"(?:(?:and|so) )?(?:then|it|they|this|that|these|those)\b", re.I), 0.5
_IS = {"it": "is", "they": "are"}
_BECAUSE = re.compile(
    r",? (?:but )?(?:(?:simply|mainly|partly|only|just|especially|particularly|mostly|largely|primarily|also) )?"
    r"because (?!of )"
)
_OTHER_CONDITION = re.compile(r",? (?:and|but|while|whereas) (?:if|when|whenever) .*$", re.I)
_CONDITIONS = ("if", "when", "whenever")


@dataclass(frozen=True)
class _Reason:
    """`effect` is asked about, `cause` is the answer; both texts without a full stop."""

    clause: Clause
    effect: str
    cause: str
    score: float
    family: str


def ask_reasons(clauses: list[Clause], statements: list[Statement]) -> Iterator[Draft]:
    """Drafts of all four families, each with its rivals as its pool."""
    becauses = list(_list_becauses(clauses))
    consequences = list(_ask_consequences(clauses, statements))
    infinitives = list(_list_infinitives(clauses))
    for draft in [*_ask_why(becauses), *_ask_purposes(clauses), *consequences, *_ask_meanings(clauses)]:
        others = [(other.first, other.key) for other in consequences] if draft.pattern == "consequence" else []
        rivals = infinitives if draft.pattern == "purpose" else others
        yield replace(draft, pool=tuple(_list_rivals(draft, rivals)))


def _list_infinitives(clauses: list[Clause]) -> Iterator[tuple[Statement, str]]:
    """The "to make sugar" phrases of all sentences."""
    for clause in clauses:
        for token in clause.doc:
            words = [word for word in token.subtree if word.i >= token.left_edge.i]
            opens = token.tag_ == "VB" and words[0].lower_ == "to" and token.dep_ == "advcl" and token.lemma_ != "be"
            if opens and 3 <= len(words) <= 12 and not _UNFIT_FACT.search(join_tokens(words)):
                yield clause.statement, capital(join_tokens(words))


def _list_rivals(draft: Draft, others: list[tuple[Statement, str]]) -> Iterator[str]:
    """Answers with the key's opening words from other sentences of this slide or its neighbours."""
    for said, text in others:
        near = said.panel is None or draft.first.panel is None or abs(said.panel - draft.first.panel) <= 1
        alike = _opening(text) == _opening(draft.key) and not _UNFIT_FACT.search(text)
        if near and said.index != draft.first.index and alike:
            yield text


def _opening(text: str) -> str:
    """ "the rate", "to": what two answers share when they are of the same build."""
    words = text.lower().split()
    return " ".join(words[: 2 if words[0] in ("the", "a", "an", "each", "every") else 1])


def _list_becauses(clauses: list[Clause]) -> Iterator[_Reason]:
    for clause in clauses:
        sides = _BECAUSE.split(clause.text.rstrip("."))
        if len(sides) == 2 and len(sides[0].split()) >= 3 and not clause.compound:
            cause = re.sub(
                r",? and (?:that|this|we|which|you|it|they)\b.*|, (?:meaning|which|so|but)\b.*", "", sides[1]
            )
            yield _Reason(clause, sides[0], strip_afterthought(cause), 0.9, "why")


def _ask_why(reasons: list[_Reason]) -> Iterator[Draft]:
    for reason, doc in zip(reasons, parse([f"{reason.effect}." for reason in reasons]), strict=True):
        effect = Clause(reason.clause.statement, doc, False)
        if not _is_askable(effect):
            continue
        stem, key = ask("Why", effect), _stand_alone(reason.cause, effect)
        if stem and key and not re.search(r"\bfor (?:instance|example)\b", stem):
            hangs = _HANGS.match(reason.clause.statement.sentence.text)
            yield _draft(reason.clause, stem, key, _HANGING if hangs else reason.score, "why")


def _is_askable(clause: Clause) -> bool:
    roots = [token for token in clause.doc if token.dep_ == "ROOT"]
    return len(roots) == 1 and roots[0].pos_ in ("VERB", "AUX") and find_subject(roots[0]) is not None


def _stand_alone(text: str, effect: Clause) -> str | None:
    """The clause with a pronoun subject named after the effect's subject; None when it cannot be."""
    if (
        effect.verb.lemma_ == "be"
        and effect.find_child("attr", "acomp") is not None
        and re.search(r"\b(?:cause|reason)\b", effect.subject_text)
    ):
        return None
    if not _SHORTEST <= len(text.split()) <= _LONGEST:
        return None
    if _EXPLETIVE.match(text):
        return None
    match = _PRONOUN.match(text)
    if match is None:
        return capital(text)
    subject = find_subject(effect.verb)
    if (
        subject is None
        or subject.pos_ == "PRON"
        or (match.group().lower() == "they") != ("Plur" in subject.morph.get("Number"))
    ):
        return None
    whole = re.sub(r"^(it|they)['’](?:s|re)\b", lambda short: f"{short[1]} {_IS[short[1].lower()]}", text, flags=re.I)
    return capital(_PRONOUN.sub(lambda _: effect.subject_text, whole))


def _ask_purposes(clauses: list[Clause]) -> Iterator[Draft]:
    for clause in clauses:
        owned = clause.find_child("dobj")
        owner = owned is not None and any(word.dep_ == "poss" for word in owned.children)
        for child in [*clause.verb.children, *(owned.children if owned is not None else ())]:
            words = list(child.subtree)
            is_purpose = (
                (child.dep_ == "advcl" or (owner and child.dep_ == "acl"))
                and words[0].lower_ == "to"
                and words[0].head == child
                and child.tag_ == "VB"
            )
            if is_purpose and clause.find_child("dobj", "prep") is not None and 3 <= len(words) <= 14:
                stem = ask("Why", clause, drop=words)
                if stem and not _NAMELESS.search(join_tokens(words)):
                    yield _draft(clause, stem, capital(strip_afterthought(join_tokens(words))), 0.9, "purpose")


def _ask_consequences(clauses: list[Clause], statements: list[Statement]) -> Iterator[Draft]:
    for clause in clauses:
        for child in clause.verb.children if clause.whole or clause.statement.doc is not clause.doc else ():
            marks = [mark for mark in child.children if mark.lower_ in _CONDITIONS and mark.dep_ in ("mark", "advmod")]
            words = list(child.subtree)
            if child.dep_ != "advcl" or not marks or words[0] != marks[0] or find_subject(child) is None:
                continue
            if _is_general(clause.verb) and _is_general(child) and _is_set_off(words, clause):
                yield from _ask_consequence(clause, words, statements)


def _is_general(verb: Token) -> bool:
    helpers = [child.tag_ for child in verb.children if child.dep_ in ("aux", "auxpass")]
    return verb.tag_ in ("VBZ", "VBP") or any(tag in ("VBZ", "VBP", "MD") for tag in helpers)


def _is_set_off(condition: list[Token], clause: Clause) -> bool:
    """Whether the condition is one run of at least four words that ends at a comma or with the clause."""
    last = condition[-1].i
    run = last - condition[0].i + 1 == len(condition) >= 4
    following = clause.doc[last + 1].text if last + 1 < len(clause.doc) else "."
    verb = next(token for token in condition if token.head not in condition)
    torn = any(token.head == verb and token.dep_ == "conj" and token.tag_ in ("VBN", "VBD") for token in condition)
    return run and not torn and following in (",", ".", ";") and (condition[0].i < clause.verb.i or following == ".")


def _ask_consequence(clause: Clause, condition: list[Token], statements: list[Statement]) -> Iterator[Draft]:
    places = {token.i for token in condition}
    rest = [token for token in clause.doc if token.i not in places]
    key = re.sub(
        r",? (?:because|since) (?:it|they|the|an?|this|that|some) .*|, (?:meaning|which)\b.*",
        "",
        re.sub(r"^(?:then|and|,)\s+", "", join_tokens(rest)),
    )
    key = _OTHER_CONDITION.sub("", key)
    if re.search(r"\bbecause\b|:", f"{key} {join_tokens(condition)}", re.I) or (
        clause.verb.lemma_ == "be" and condition[0].i > clause.verb.i
    ):
        return
    if rest and not re.match(r"(?:it|they|this|that)\b", key, re.I) and _SHORTEST <= len(key.split()) <= _LONGEST:
        yield _draft(
            clause,
            f"What happens {_name_subject(clause, statements)}{join_tokens(condition)}?",
            capital(key),
            0.9 if clause.whole else 0.85,
            "consequence",
        )


def _name_subject(clause: Clause, statements: list[Statement]) -> str:
    """ "to the rate of photosynthesis " for the subject "the rate", when this slide's speech names it once; else ""."""
    if not re.fullmatch(r"the [a-z]+", clause.subject_text, re.I):
        return ""
    wanted = re.compile(rf"\b{clause.subject_text} of (?:the )?[a-z]+", re.I)
    near = [said.text for said in statements if said.panel == clause.statement.panel]
    names = {name.lower() for text in near for name in wanted.findall(text)}
    return f"to {names.pop()} " if len(names) == 1 else ""


def _ask_meanings(clauses: list[Clause]) -> Iterator[Draft]:
    for clause in clauses:
        match = re.match(r"^(.+?),? which means that (.+)\.$", clause.text)
        if match and _SHORTEST <= len(match.group(2).split()) <= _LONGEST and len(match.group(1).split()) <= 12:
            stem = f"What does it mean that {match.group(1)}?"
            yield _draft(clause, stem, capital(match.group(2)), 0.85, "meaning")


def _draft(clause: Clause, stem: str, key: str, score: float, pattern: str) -> Draft:
    bloom = "understand"
    return Draft("single_choice", stem, key, clause.statement, clause.statement, score, bloom=bloom, pattern=pattern)
