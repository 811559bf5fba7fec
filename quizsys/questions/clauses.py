"""Sentences cut into clauses with a subject and a verb of their own, and clauses turned into questions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from media.progress import Report
from quizsys.questions.clean import capital
from quizsys.questions.language import parse, zipf
from quizsys.questions.statements import Statement

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

SUBJECTS = ("nsubj", "nsubjpass")
_PRONOUN = re.compile(r"^(?:it|they|he|she)\b", re.I)
_LONGEST_MIDDLE = 3
_RAREST_VERB = 1.5
_UNKNOWN = (
    "it",
    "they",
    "he",
    "she",
    "this",
    "that",
    "these",
    "those",
    "we",
    "i",
    "which",
    "who",
    "what",
    "one",
    "some",
)
_DO = {"VBZ": "does", "VBP": "do", "VBD": "did"}
_LINKS = (
    "then|also|therefore|thus|so|hence|now|again|analogously|similarly|likewise|accordingly|consequently|moreover|"
    "in addition|instead|in short|in brief|though"
)
_IN_CASES = r"in (?:an?|some|many|most|few|rare|certain|several)\b[^,]*\b(?:cases|instances|situations)$"
_AFTERTHOUGHT = re.compile(
    r",? (?:instead|too|as well|again|also|though|however|therefore|for example|for instance)$", re.I
)
_TIE = re.compile(r",? (?:instead|too|as well|also|though)$", re.I)
_EMPHASIS = re.compile(r"(?<=\w) (?:itself|themselves|himself|herself)$")
_ANOTHER = re.compile(r"^another of ", re.I)
_LEAD_DROP = ("cc", "punct", "intj")


@dataclass(frozen=True)
class Clause:
    """A clause as its own small Doc; `whole`: the whole sentence; `compound`: one that was also cut into parts."""

    statement: Statement
    doc: Doc
    whole: bool
    compound: bool = False

    @property
    def text(self) -> str:
        """The clause with its full stop, fit for the middle of a sentence."""
        return join_tokens(self.doc) + "."

    @property
    def verb(self) -> Token:
        return next(token for token in self.doc if token.dep_ == "ROOT")

    @property
    def subject(self) -> list[Token]:
        head = find_subject(self.verb)
        return list(head.subtree) if head is not None else []

    @property
    def subject_text(self) -> str:
        return join_tokens(self.subject)

    @property
    def lead(self) -> str:
        """The phrase before the subject ("In a drought"), or ""."""
        first = self.subject[0].i
        words = [token for token in self.doc[:first] if not (token.i in (0, first - 1) and token.dep_ in _LEAD_DROP)]
        return re.sub(rf"(?<=\w),? then$|^(?:{_LINKS}),? ?|^{_IN_CASES}", "", join_tokens(words), flags=re.I)

    def find_child(self, *labels: str) -> Token | None:
        """The verb's first child with one of the dependency labels."""
        return next((child for child in self.verb.children if child.dep_ in labels), None)


def join_tokens(tokens: Iterable[Token]) -> str:
    """The tokens' text as it stood, without outer punctuation."""
    words = list(tokens)
    text = "".join(token.text_with_ws for token in words)
    if words and words[0].i == 0 and words[0].doc.user_data.get("lower_start"):
        text = text[:1].lower() + text[1:]
    return re.sub(r"\s+", " ", text).strip(" ,;:.")


def find_subject(verb: Token) -> Token | None:
    """The verb's own subject, or None."""
    return next((child for child in verb.children if child.dep_ in SUBJECTS and child.i < verb.i), None)


def list_clauses(statements: list[Statement], report: Report) -> list[Clause]:
    """All clauses of fit statements: the whole sentence, and its coordinated and contrasted parts."""
    fit = [statement for statement in statements if statement.flaw is None]
    parts = [(statement, text) for statement in fit for text in split_clauses(statement.doc)]
    cut: list[Clause] = []
    for (statement, _), doc in zip(parts, parse([text for _, text in parts]), strict=True):
        cut.append(Clause(statement, doc, False))
        report(100 * len(cut) / len(parts))
    usable = [clause for clause in cut if _is_usable(clause.doc)]
    compound = Counter(
        clause.statement.index for clause in usable if f"because {clause.text.rstrip('.')}" not in clause.statement.text
    )
    whole = [
        Clause(statement, statement.doc, True, compound[statement.index] > 0 or ": " in statement.text)
        for statement in fit
    ]
    return [clause for clause in whole if _is_usable(clause.doc)] + usable


def _is_usable(doc: Doc) -> bool:
    roots = [token for token in doc if token.dep_ == "ROOT"]
    return len(roots) == 1 and roots[0].pos_ in ("VERB", "AUX") and find_subject(roots[0]) is not None


def split_clauses(doc: Doc) -> Iterator[str]:
    """The sentence's clauses as texts, when it has several; a pronoun subject becomes the noun of the clause before."""
    root = next(token for token in doc if token.dep_ == "ROOT")
    yield from _split_becauses(doc)
    yield from _split_colon(doc.text)
    heads = sorted([root, *_list_side_heads(root)], key=lambda token: token.i)
    if len(heads) < 2:
        yield from _split_text(doc.text)
        return
    before: Token | None = None
    condition = _find_condition(heads[0])
    for head in heads:
        inside = _own_tokens(head, heads)
        subject = find_subject(head)
        if subject is None or not inside:
            continue
        text = join_tokens(
            token
            for token in inside
            if not (token.dep_ in ("cc", "mark") and token.head == head and token.i <= subject.i)
        )
        text = re.sub(r"^(?:then|also|therefore|thus|so|hence|in turn|now),? ", "", text)
        if _PRONOUN.match(join_tokens(subject.subtree)):
            text = _resolve(text, subject, before)
        else:
            before = subject
        text = re.sub(r"[,;]? (?:and|but|or|so|yet)(?: yet| so| then)?$", "", text)
        if text and condition and head is not heads[0]:
            text = f"{condition}, {text}"
        if text:
            yield text + "."


def _split_text(text: str) -> Iterator[str]:
    """A fallback for what the parser does not see: both sides of one ", and", ", but" or ", while"."""
    sides = re.split(
        r", (?:and|but|while|whereas) (?=(?:the|an?|each|every|all|some|many|its?|their|they) )", text.rstrip(".")
    )
    if len(sides) == 2 and min(len(side.split()) for side in sides) >= 5:
        yield from (f"{side}." for side in sides if not _PRONOUN.match(side))


def _split_colon(text: str) -> Iterator[str]:
    """What stands after a colon, when that is long enough to be a clause."""
    before, colon, after = text.rstrip(".").partition(": ")
    if colon and len(after.split()) >= 5 and len(before.split()) >= 3:
        yield f"{after}."


def _split_becauses(doc: Doc) -> Iterator[str]:
    """Each reason that ends a sentence, as a clause of its own."""
    for token in doc:
        verb = token.head
        if token.lower_ == "because" and token.dep_ == "mark" and verb.head.i < token.i:
            subject = find_subject(verb)
            if subject is not None and subject.pos_ != "PRON":
                text = join_tokens(word for word in verb.subtree if word.i > token.i)
                yield re.sub(r"^(?:at|in|by) (?:that|this) \w+,? ", "", text) + "."


def _find_condition(head: Token) -> str:
    """The "if ..." or "when ..." phrase that opens the sentence, or ""; it holds for the clauses after it as well."""
    for child in head.children:
        first = child.left_edge
        if (
            child.dep_ == "advcl"
            and child.i < head.i
            and first.i == 0
            and first.lower_ in ("if", "when", "whenever", "once")
        ):
            return join_tokens(child.subtree)
    return ""


def _list_side_heads(root: Token) -> Iterator[Token]:
    for child in root.children:
        subject = find_subject(child)
        if (child.dep_ == "conj" and child.pos_ in ("VERB", "AUX") and subject is not None) or (
            child.dep_ in ("advcl", "ccomp", "parataxis") and subject is not None and _is_contrast(child)
        ):
            yield child
            yield from _list_side_heads(child)


def _is_contrast(verb: Token) -> bool:
    marks = [child.lower_ for child in verb.children if child.dep_ == "mark"]
    if verb.dep_ == "advcl":
        return marks in (["while"], ["whereas"]) and verb.i > verb.head.i
    after = verb.right_edge.i + 1
    return not marks and (
        verb.dep_ == "parataxis" or (verb.i < verb.head.i and after < len(verb.doc) and verb.doc[after].text in ",;")
    )


def _own_tokens(head: Token, heads: list[Token]) -> list[Token]:
    others = {token.i for other in heads if other is not head and other in head.subtree for token in other.subtree}
    return [token for token in head.subtree if token.i not in others]


def _resolve(text: str, pronoun: Token, before: Token | None) -> str:
    """The text with its pronoun subject replaced by the subject before it, "" when the numbers disagree."""
    if before is None or before.pos_ == "PRON":
        return ""
    if (pronoun.lower_ == "they") != ("Plur" in before.morph.get("Number")):
        return ""
    return _PRONOUN.sub(lambda _: join_tokens(before.subtree), text)


def lower_first(text: str) -> str:
    """The text for the middle of a sentence: lower-case start unless it is an acronym or a formula."""
    word = text.split(" ")[0] if text else ""
    return text if not text or re.match(r"^.+[A-Z0-9]", word) else text[:1].lower() + text[1:]


def ask(wh: str, clause: Clause, drop: Iterable[Token] = ()) -> str | None:
    """The clause as a question opened by `wh` ("Why", "In which year"), without the dropped tokens.

    Auxiliary and subject change places; a plain verb takes do, does or did. None when the clause gives no question.
    """
    dropped = {token.i for token in drop}
    verb = clause.verb
    helper, rest_verb = _split_verb(verb)
    if helper in _DO.values() and zipf(rest_verb) < _RAREST_VERB:
        return None
    subject_head = find_subject(verb)
    subject = clause.subject
    if not subject or subject[-1].pos_ == "CCONJ" or subject[-1].i - subject[0].i + 1 != len(subject):
        return None
    if helper is None or subject_head is None or subject_head.lower_ in _UNKNOWN:
        return None
    if helper == "does" and subject_head.tag_ in ("NNS", "NNPS") and subject_head.lower_.endswith("s"):
        return None
    skip = dropped | {token.i for token in subject} | _helper_places(verb)
    after = [token for token in clause.doc if token.i > subject[-1].i and token.i not in skip and token.i != verb.i]
    middle = [token for token in after if token.i < verb.i]
    aside = {token.i for token in _list_asides(clause.doc)}
    if helper in _DO.values():
        aside |= {token.i for token in _list_further_verbs(verb)}
    rest = [token for token in after if token.i > verb.i and token.i not in aside]
    if len(middle) > _LONGEST_MIDDLE:
        return None
    lead = "" if any(token.i in dropped for token in clause.doc[: subject[0].i]) else clause.lead
    named = _ANOTHER.sub("one of ", _EMPHASIS.sub("", clause.subject_text))
    closed = "," in named and "," in (subject[-1].text, clause.doc[subject[-1].i + 1].text)
    parts = [wh, helper, f"{named}," if closed else named, join_tokens(middle), rest_verb, join_tokens(rest)]
    question = " ".join(part for part in parts if part)
    question = f"{lead}, {wh[0].lower()}{question[1:]}" if lead else question
    question = re.sub(r"\s+([,;])", r"\1", question).rstrip(" ,;.")
    return capital(_TIE.sub("", question)) + "?"


def strip_afterthought(text: str) -> str:
    """The clause without a last word that ties it to another ("... instead", "..., too")."""
    return _AFTERTHOUGHT.sub("", text)


def find_participle_lead(clause: Clause) -> list[Token]:
    """The tokens of "Using its name, ..." before the subject, or none: what else was done at the event."""
    lead = list(clause.doc[: clause.subject[0].i]) if clause.subject else []
    return lead if lead and lead[0].tag_ == "VBG" and lead[0].dep_ == "advcl" else []


def _list_further_verbs(verb: Token) -> Iterator[Token]:
    """The tokens of ", and soon became ...": verbs of the same subject, whose form would not fit after do or did."""
    for child in verb.children:
        if child.dep_ == "conj" and child.i > verb.i and child.tag_ in _DO:
            yield from child.subtree
            yield from (
                other for other in verb.children if other.dep_ in ("cc", "punct") and verb.i < other.i < child.i
            )


def _list_asides(doc: Doc) -> Iterator[Token]:
    """The tokens of ", which ..." and ", who ..." clauses."""
    for token in doc:
        if token.dep_ == "relcl":
            words = sorted(token.subtree, key=lambda word: word.i)
            if words[0].i and words[0].nbor(-1).text == "," and words[0].lower_ in ("which", "who", "whose", "whom"):
                yield from words


def _split_verb(verb: Token) -> tuple[str | None, str]:
    """(helper, what is left of the verb): ("does", "take"), ("is", "released"), ("is", "")."""
    helpers = [child for child in verb.children if child.dep_ in ("aux", "auxpass") and child.i < verb.i]
    if helpers:
        return helpers[0].lower_, verb.text
    if verb.lemma_ == "be" and verb.tag_ in ("VBZ", "VBP", "VBD"):
        return verb.lower_, ""
    do = _DO.get(verb.tag_)
    return do, verb.lemma_


def _helper_places(verb: Token) -> set[int]:
    helpers = [child.i for child in verb.children if child.dep_ in ("aux", "auxpass") and child.i < verb.i]
    return set(helpers[:1])
