"""Questions for a term: "What do we call Y?" where the lecturer says that Y is called X, or that X is Y."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from quizsys.questions.board import Board
from quizsys.questions.clauses import Clause, find_subject, join_tokens, lower_first
from quizsys.questions.draft import Draft
from quizsys.questions.language import parse
from quizsys.questions.spoken import holds, tokens
from quizsys.questions.statements import Statement
from quizsys.questions.words import load_words

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

BLANK = "____"
NAMING = ("called", "called_cloze", "definition", "when")
"""The patterns whose key is a term that the lecturer explains."""
_CALLED = re.compile(r"^(?:called|termed|named|dubbed)$")
_CALLED_AS = re.compile(r"^(?:known|referred)$")
_VAGUE_HEADS = load_words("vague_heads")
_POINTERS = ("this", "that", "these", "those")
_ARTICLE = re.compile(r"^(?:the|a|an|its|their|his|her|our)\s+", re.I)
_NAMED_AT_END = re.compile(
    rf"^(?P<before>.+), which (?P<verb>are|were) (?:often |also )?(?:called|known as) {BLANK}\.?$"
)
_IS_CALLED = re.compile(
    r"^(?P<what>(?:the|an?|each|every|any) [^,]{8,90}?) (?:is|are|was|were) (?:also |often |usually |now )?"
    r"(?:called|known as|termed|named|referred to as) (?P<key>(?:the |an? )?[\w'-]+(?: [\w'-]+){0,3})\.$"
)
_CALLED_ASIDE = re.compile(
    r"^(?:this|that|the) [^,]{3,60}, (?P<what>(?:the|an?) [^,]{8,90}), (?:is|are) (?:called|known as|termed|named) "
    r"(?P<key>(?:the |an? )?[\w'-]+(?: (?!of\b)[\w'-]+){0,3})(?: of (?:this|that|the|these|those|an?) [^,]+)?\.$",
    re.I,
)
_ASIDE = re.compile(
    r"^(?:which (?P<verb>is|are|was|were) )?(?P<what>(?:an?|the) (?:[\w'-]+ ){1,6}?(?:that|which|who|of|where|"
    r"in)\b[^,]*?)(?:,|\.$)"
)
_REFERS = re.compile(
    r"^(?:the (?:term|word|phrase) )?(?P<key>(?:the |an? )?[\w'-]+(?: [\w'-]+){0,3}) (?:refers? to|denotes?|"
    r"(?:is|are) defined as) (?P<what>(?:the|an?|any) .{15,})\.$",
    re.I,
)
_LONG_MEANING_WORDS = 18
_ADDED = re.compile(
    r"^(.{30,}), (?:which|while|whereas|with|most of|some of|so|because|where|including|but|\w+ing)\b.*$"
)
_NEXT_FACT = re.compile(r",? (?:and|but|while|whereas) (?:(?:the|an?) )?[\w-]+(?: [\w-]+)? (?:is|are|was|were) .*$")
_NEXT_CLAUSE = re.compile(
    r", (?:so|but|and) (?:while|when|if|that|it|they|these|those|this|some|most|many|all|there|we|you)\b.*$"
)
_NEXT_VERB = re.compile(
    r"^((?:(?! (?:that|which|who) ).){30,}?),? (?:and|but) (?:is|are|was|were|has|have|can|may) .*$"
)
_PRINCIPLE = re.compile(
    r"^(?:principle|law|theorem|effect|rule|paradox|problem|equation|model|theory|doctrine|hypothesis)s?$"
)


def find_meaning(stem: str) -> str:
    """What a stem of this module asks the name of ("the fluid that surrounds ..."), or ""."""
    match = re.match(
        r"^(?:What do we call|What (?:is|was|are|were) the names? of|Which of these (?:is|was|are|were)) "
        r"(?!it when)(.+)\?$",
        stem,
    )
    return match.group(1) if match else ""


def ask_written(stem: str, *, person: bool) -> str:
    """A "Which of these was X?" that has lost its options as "Who was X?" or "What was the name of X?"."""
    match = re.match(r"^Which of these (is|was|are|were) (.+)$", stem)
    if match is None:
        return stem
    names = "names" if match[1] in ("are", "were") else "name"
    return f"Who {match[1]} {match[2]}" if person else f"What {match[1]} the {names} of {match[2]}"


def bare(text: str) -> str:
    """The term without its article."""
    return _ARTICLE.sub("", text.strip(" ,.;:\"'"))


def name_terms(clauses: list[Clause]) -> Iterator[Draft]:
    """Drafts from "Y is called X", "Y called X", "X is a Y that ..." and "X is when ..."."""
    for clause in clauses:
        yield from _from_called(clause)
        yield from _from_definition(clause)
        yield from _from_when(clause)
        yield from _from_reference(clause)
        yield from _from_principle(clause)
        yield from _from_aside(clause)
        yield from _from_condition(clause)


def _from_called(clause: Clause) -> Iterator[Draft]:
    match = _IS_CALLED.match(clause.text) or _CALLED_ASIDE.match(clause.text)
    if match:
        what = re.sub(r"\b(?:that|this|these|those) (?=\w+$)", "the ", match["what"])
        yield _draft(clause, f"What do we call {what}?", bare(match["key"]), 0.95, "called")
        return
    for token in clause.doc:
        chunk = _find_name(token)
        if chunk is None or len(chunk) > 6 or chunk.root.pos_ == "PRON":
            continue
        key = bare(chunk.text)
        if re.match(r"[A-Z] ", key) or _goes_on(chunk):
            continue
        described = _find_described(token)
        if described:
            yield _draft(clause, f"What do we call {described}?", key, 0.95, "called")
        elif len(clause.doc) <= 34:
            yield _blank(clause, chunk, 0.8, "called_cloze")


def _goes_on(chunk: Span) -> bool:
    """Whether a second name follows at once, so that this one is half of what they are called."""
    end = chunk.end
    joined = end + 1 < len(chunk.doc) and chunk.doc[end].lower_ in ("and", "or")
    return joined and any(
        other.start == end + 1 for other in chunk.root.doc.noun_chunks if other.root in chunk.conjuncts
    )


def _find_name(token: Token) -> Span | None:
    """The noun phrase that this "called" or "known as" gives, or None."""
    place = token.i
    if _CALLED_AS.match(token.lower_) and any(later.lower_ == "as" for later in token.doc[place + 1 : place + 3]):
        place = next(later.i for later in token.doc[place + 1 : place + 3] if later.lower_ == "as")
    elif (
        token.lemma_ == "call"
        and token.lower_ != "called"
        and place + 1 < len(token.doc)
        and token.nbor().lower_ in ("that", "this", "it")
    ):
        place += 1
    elif not _CALLED.match(token.lower_) or (token.tag_ == "VBD" and token.dep_ == "ROOT"):
        return None
    return next((chunk for chunk in token.doc.noun_chunks if chunk.start == place + 1), None)


def _find_described(called: Token) -> str | None:
    """What is called so, when the whole clause says "Y is called X" and Y is long enough to stand alone."""
    subject = find_subject(called)
    passive = any(child.dep_ == "auxpass" for child in called.children)
    if called.dep_ != "ROOT" or subject is None or subject.pos_ == "PRON" or not passive:
        return None
    words = list(subject.subtree)
    shown = [
        "the" + word.whitespace_
        if word.lower_ in _POINTERS and word.dep_ == "det" and word is not words[0]
        else word.text_with_ws
        for word in words
    ]
    text = "".join(shown).strip(" ,")
    if len(words) > 18 or re.search(r",? and |called", text):
        return None
    content = [token for token in subject.subtree if token.pos_ in ("NOUN", "PROPN", "VERB", "ADJ", "NUM")]
    told = any(child.dep_ in ("prep", "acl", "relcl") for child in subject.rights)
    return text if len(content) >= 2 and told else None


def _blank(clause: Clause, chunk: Span, score: float, pattern: str) -> Draft:
    before = join_tokens(clause.doc[: chunk.start])
    after = clause.doc[chunk.end :].text
    stem = re.sub(r"\s+([,.;])", r"\1", f"{before} {BLANK} {after}")
    named = _NAMED_AT_END.match(stem)
    if named:
        stem = f"{named['before']}. What {named['verb']} they called?"
        return Draft("short_answer", stem, bare(chunk.text), clause.statement, clause.statement, score, pattern=pattern)
    return Draft(
        "cloze", stem, bare(chunk.text), clause.statement, clause.statement, score, needs_terms=True, pattern=pattern
    )


def _draft(clause: Clause, stem: str, key: str, score: float, pattern: str) -> Draft:
    return Draft(
        "single_choice", stem, key, clause.statement, clause.statement, score, needs_terms=True, pattern=pattern
    )


def _from_definition(clause: Clause) -> Iterator[Draft]:
    verb, subject = clause.verb, find_subject(clause.verb)
    attribute = clause.find_child("attr")
    if verb.lemma_ != "be" or subject is None or attribute is None or not _is_term(clause, subject):
        return
    if attribute.lemma_.lower() in _VAGUE_HEADS - {"number"} or not list(attribute.rights) or attribute.i < verb.i:
        return
    meaning = join_tokens(token for token in clause.doc if token.i >= min(t.i for t in attribute.subtree))
    meaning = _shorten(_NEXT_VERB.sub(r"\1", _NEXT_FACT.sub("", _NEXT_CLAUSE.sub("", meaning))))
    content = [token for token in attribute.subtree if token.pos_ in ("NOUN", "PROPN", "VERB", "ADJ", "NUM")]
    told = any(token.dep_ in ("relcl", "acl") for token in attribute.subtree)
    several = attribute.tag_ == "NNS" and attribute.left_edge.pos_ != "NUM" and told
    articled = re.match(r"(?:an?|the|any) ", meaning) or several
    articled = articled and attribute.pos_ == "NOUN" and not meaning.startswith(f"the {attribute.text},")
    if len(content) < 3 or not articled or len(meaning.split()) > 26:
        return
    named = subject.pos_ == "PROPN" and verb.tag_ == "VBD"
    opener = f"Which of these {verb.text}" if named else _open(clause.subject_text, verb, meaning)
    yield _draft(clause, f"{opener} {meaning}?", bare(clause.subject_text), 0.95, "definition")


def _shorten(meaning: str) -> str:
    """A long meaning without what follows its last ", which", ", while" or ", dividing"."""
    while len(meaning.split()) > _LONG_MEANING_WORDS and _ADDED.search(meaning):
        meaning = _ADDED.sub(r"\1", meaning)
    return meaning


def _open(name: str, verb: Token, meaning: str) -> str:
    """What asks for a name: nobody calls a thing by its proper name, it has one."""
    capitals = re.match(r"(?:The )?[A-Z][a-z]+(?:'s)?(?: of)?(?: the)? [A-Z]", name)
    proper = capitals and re.match(r"(?:the|an?) ", meaning) and verb.lower_ in ("is", "was")
    return f"What {verb.lower_} the name of" if proper else "What do we call"


def _is_term(clause: Clause, subject: Token) -> bool:
    words = bare(clause.subject_text).split()
    return (
        subject.pos_ in ("NOUN", "PROPN")
        and not all(word.lower() in _VAGUE_HEADS | load_words("vague") for word in words)
        and len(words) <= 4
        and not clause.lead
        and not any(
            token.pos_ in ("PRON", "NUM") or token.lower_ in ("this", "that", "these", "those", "another", "other")
            for token in clause.subject
        )
        and not any(token.dep_ == "prep" and token.lower_ != "of" for token in clause.subject)
    )


def _from_when(clause: Clause) -> Iterator[Draft]:
    match = re.match(r"^((?:The|A|An)? ?[\w-]+(?: [\w-]+){0,2}) is when (.+)\.$", clause.text)
    if match and len(match.group(2).split()) >= 4:
        yield _draft(clause, f"What do we call it when {match.group(2)}?", bare(match.group(1)), 0.9, "when")


def _from_reference(clause: Clause) -> Iterator[Draft]:
    """ "X refers to the Y that ...", "the term X denotes ...", "X is defined as ..."."""
    match, subject = _REFERS.match(clause.text), find_subject(clause.verb)
    if match and subject is not None and subject.pos_ in ("NOUN", "PROPN") and not clause.lead:
        meaning = _shorten(_NEXT_FACT.sub("", match["what"]))
        key = bare(match["key"])
        if key.lower() not in _VAGUE_HEADS | load_words("vague") and clause.subject_text.endswith(key):
            yield _draft(clause, f"What do we call {meaning}?", key, 0.9, "definition")


def _from_aside(clause: Clause) -> Iterator[Draft]:
    """ "X, a Y that ...", "X, which is the Y of ...": the aside defines X."""
    for chunk in clause.doc.noun_chunks:
        after = (
            join_tokens(clause.doc[chunk.end :])
            if chunk.end + 4 < len(clause.doc) and clause.doc[chunk.end].text == ","
            else ""
        )
        text = clause.doc[chunk.end :].text.lstrip(", ")
        match = _ASIDE.match(text) if after and not list(chunk.root.conjuncts) else None
        named = (
            chunk.root.pos_ in ("NOUN", "PROPN")
            and len(chunk) <= 5
            and not any(token.pos_ == "PRON" for token in chunk)
        )
        tied = [child for child in chunk.root.children if child.dep_ in ("appos", "relcl") and child.i > chunk.end]
        nameless = (
            chunk.root.pos_ == "PROPN"
            and chunk.text[:1].isupper()
            and match
            and not match["verb"]
            and len(match["what"].split()) < 8
        )
        listed = nameless or not tied or (match and re.search(r" (?:and|or) (?:the|an?) ", match["what"]))
        if match and not listed and named and chunk.root.ent_type_ != "PERSON" and len(match["what"].split()) >= 5:
            opener = f"Which of these {match['verb']}" if match["verb"] in ("was", "were") else "What do we call"
            yield _draft(clause, f"{opener} {match['what']}?", _whole_name(chunk), 0.9, "definition")


def _whole_name(chunk: Span) -> str:
    """The chunk with what stands before an "of" ("price elasticity of demand"), without its article."""
    before = next((other for other in chunk.doc.noun_chunks if other.end == chunk.start - 1), None)
    of = chunk.start and chunk.doc[chunk.start - 1].lower_ == "of"
    return bare(f"{before.text} of {chunk.text}" if before is not None and of else chunk.text)


def _from_condition(clause: Clause) -> Iterator[Draft]:
    """ "Two goods are substitutes if ...": what do we call two goods if ..."""
    match = re.match(
        r"^(?P<who>[\w -]+?) (?:is|are) (?P<term>(?:an? )?[\w-]+(?: [\w-]+)?) (?P<when>(?:if|when) .{15,})\.$",
        clause.text,
    )
    subject = find_subject(clause.verb)
    attribute = clause.find_child("attr")
    if (
        match
        and subject is not None
        and subject.pos_ in ("NOUN", "PROPN")
        and attribute is not None
        and attribute.text in match["term"]
    ):
        yield _draft(
            clause, f"What do we call {match['who']} {match['when']}?", bare(match["term"]), 0.85, "definition"
        )


def _from_principle(clause: Clause) -> Iterator[Draft]:
    for chunk in clause.doc.noun_chunks:
        before = clause.doc[max(0, chunk.start - 2) : chunk.start].text.lower()
        if (
            before in ("that is", "this is", "which is")
            and chunk.start > 6
            and _PRINCIPLE.match(chunk.root.lower_)
            and len(chunk) > 2
        ):
            yield _blank(clause, chunk, 0.75, "principle")


def name_pairs(statements: list[Statement], board: Board) -> Iterator[Draft]:
    """Drafts from a slide's "Term: definition" that a sentence on that slide confirms."""
    for pair in board.defined:
        wanted = {word for word in tokens(pair.meaning) if len(word) > 3}
        if len(pair.meaning.split()) < 3 or len(wanted) < 2 or not _is_noun_phrase(pair.meaning):
            continue
        for statement in statements:
            said = set(tokens(statement.text))
            if (
                statement.panel == pair.panel
                and holds(statement.text, pair.term)
                and len(wanted & said) * 2 >= len(wanted)
            ):
                meaning = (
                    pair.meaning if re.match(r"(?:the|a|an) ", pair.meaning) else f"the {lower_first(pair.meaning)}"
                )
                stem = f"What do we call {meaning}?"
                yield Draft(
                    "single_choice",
                    stem,
                    lower_first(pair.term),
                    statement,
                    statement,
                    0.75,
                    needs_terms=True,
                    pattern="slide_pair",
                )
                break


def _is_noun_phrase(text: str) -> bool:
    doc = next(iter(parse([lower_first(text)])))
    root = next(token for token in doc if token.dep_ == "ROOT")
    return (
        root.pos_ in ("NOUN", "PROPN")
        and doc[0].pos_ != "VERB"
        and not any(token.tag_ in ("VBZ", "VBP", "VBD", "MD") for token in doc)
    )
