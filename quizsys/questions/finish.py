"""A draft becomes a question: options filled and placed, explained, with its quote and its pause."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from hashlib import sha256

from quizsys.questions.clean import capital
from quizsys.questions.distractors import TermTable
from quizsys.questions.draft import Draft
from quizsys.questions.gate import content_words
from quizsys.questions.language import likeness, zipf
from quizsys.questions.naming import NAMING, ask_written
from quizsys.questions.pauses import find_pause
from quizsys.questions.question import Choice, Question
from quizsys.questions.sentences import Sentence
from quizsys.questions.spoken import holds, squeeze

_WRONG = 3
_KNOWN_NAME = 3.0
_WEAK_SUBJECT = re.compile(r"Which of these (?:also|needs?|consists?|has|have|contains?|translates?|means?)\b")
CLAUSES = ("why", "purpose", "consequence", "meaning")
"""The patterns whose key is a clause; without rivals of the same build it is written, not picked."""


def fill_choices(draft: Draft, table: TermTable) -> Draft | None:
    """The draft with ready choices; a term without good wrong options becomes a short answer; None when it is lost."""
    if draft.fixed or draft.kind in ("open", "numeric", "short_answer"):
        return draft
    wrong = table.list_wrong(draft.key, draft.stem, draft.scene) if draft.needs_terms else _pick(draft)
    if draft.pattern == "subject" and not _has_build(draft.key, wrong):
        return _ask_openly(draft, table)
    if len(wrong) < 2:
        if draft.pattern in CLAUSES:
            return replace(draft, kind="short_answer")
        term = table.find(draft.key)
        named = draft.needs_terms and draft.kind == "single_choice" and draft.pattern in NAMING
        if not named or term is None:
            return None
        return replace(draft, kind="short_answer", stem=ask_written(draft.stem, person=term.kind == "person"))
    choices = [
        Choice(capital(draft.key), True),
        *(Choice(capital(text), False, _tell(text, draft, table)) for text in wrong),
    ]
    return replace(draft, key=capital(draft.key), fixed=tuple(choices))


def _has_build(key: str, wrong: list[str]) -> bool:
    """Whether a key of several words has an option of several words beside it."""
    return len(wrong) >= 2 and (len(key.split()) == 1 or any(len(text.split()) > 1 for text in wrong))


def _ask_openly(draft: Draft, table: TermTable) -> Draft | None:
    """ "Which of these turns ...?" as "What turns ...?", to be written; None for several things or a person."""
    term = table.find(draft.key)
    opened = draft.stem.startswith("Which of these ") and not _WEAK_SUBJECT.match(draft.stem)
    if term is None or term.plural or term.kind in ("person", "place") or not opened or _is_unknown_name(draft.key):
        return None
    return replace(draft, kind="short_answer", stem=draft.stem.replace("Which of these", "What", 1))


def _is_unknown_name(key: str) -> bool:
    """A name that no dictionary knows: of a person as likely as of a thing, so "what" may be wrong."""
    return bool(re.match(r"[A-Z][a-z]", key)) and min(zipf(word) for word in key.split()) < _KNOWN_NAME


def _tell(text: str, draft: Draft, table: TermTable) -> str:
    """What a wrong option really is, where the lecturer says so."""
    meaning = table.find_meaning(text) if draft.needs_terms else None
    return f"Not this one: that is what we call {meaning}." if meaning else ""


def _pick(draft: Draft) -> list[str]:
    """Up to three of the pool, different from the key and each other."""
    if draft.pattern in ("date", "parallel"):
        return list(draft.pool[:_WRONG])
    chosen: list[str] = []
    for text in sorted(dict.fromkeys(draft.pool), key=lambda text: (-_closeness(text, draft), text)):
        if _is_apart(text, draft) and all(_differ(text, other) for other in chosen):
            chosen.append(text)
    return chosen[:_WRONG]


def _closeness(text: str, draft: Draft) -> float:
    """How tempting a clause is as a wrong option: near the stem in meaning, near the key in length."""
    size, wanted = len(text.split()), len(draft.key.split())
    return likeness(text, draft.stem) - 0.03 * abs(size - wanted)


def _is_apart(text: str, draft: Draft) -> bool:
    """Whether the clause has the key's build and size and says something else."""
    size, wanted = len(text.split()), len(draft.key.split())
    words, stem = content_words(text), content_words(draft.stem)
    alike = size <= 1.8 * wanted + 2 and wanted <= 1.5 * size + 1
    return alike and _is_plain(text) and _differ(text, draft.key) and len(words & stem) <= 0.5 * len(words)


def _differ(one: str, other: str) -> bool:
    first, second = content_words(one), content_words(other)
    return len(first & second) <= 0.4 * min(len(first), len(second))


def _is_plain(text: str) -> bool:
    return not re.match(r"(?:It|They|This|That|He|She|You|We|I)\b", text)


def make_question(
    draft: Draft,
    sentences: list[Sentence],
    taken_s: Collection[float],
    duration_s: float,
    ends: Collection[int],
    seed: int = 0,
) -> Question | None:
    """The finished question, or None when no pause is free for it; `ends` are the last sentences of slides."""
    first, last = sentences[draft.first.index], sentences[draft.last.index]
    if draft.asked_at is not None:
        pause_s: float | None = min(sentences[draft.asked_at].end_s, first.start_s)
    else:
        pause_s = find_pause(sentences, draft.last.index, taken_s, duration_s, ends)
    if pause_s is None:
        return None
    quote = " ".join(sentence.text for sentence in sentences[draft.first.index : draft.last.index + 1])
    choices = _place(draft, seed)
    return Question(
        draft.kind,
        capital(draft.full_stem),
        choices,
        capital(draft.key) if draft.kind == "short_answer" else draft.key,
        draft.explanation or _explain(draft),
        quote,
        first.start_s,
        min(last.end_s, duration_s),
        pause_s,
        _show_chapter(draft),
        draft.bloom,
        _difficulty(draft),
    )


def _show_chapter(draft: Draft) -> str:
    """The slide's title, or "" when it would give the answer away."""
    given = draft.kind in ("single_choice", "cloze", "short_answer") and holds(draft.first.chapter, draft.key)
    return "" if given else draft.first.chapter


def _place(draft: Draft, seed: int) -> tuple[Choice, ...]:
    """Choices with feedback; numbers and dates in order, the rest in an order fixed by the hash of seed and stem."""
    if draft.kind in ("ordering", "matching", "true_false"):
        return draft.fixed
    choices = [
        Choice(choice.text, choice.correct, choice.feedback or _feedback(choice, draft)) for choice in draft.fixed
    ]
    if all(re.fullmatch(r"\d{3,4}", choice.text) for choice in choices):
        return tuple(sorted(choices, key=lambda choice: choice.text))
    salt = seed or ""
    return tuple(
        sorted(choices, key=lambda choice: sha256(f"{salt}{draft.stem}|{squeeze(choice.text)}".encode()).hexdigest())
    )


def _feedback(choice: Choice, draft: Draft) -> str:
    minute, second = divmod(int(draft.first.sentence.start_s), 60)
    return "Right." if choice.correct else f"Not this one: listen again at {minute}:{second:02d}."


def _explain(draft: Draft) -> str:
    said = " ".join(
        capital(part.text) for part in ([draft.first] if draft.first is draft.last else [draft.first, draft.last])
    )
    return f"The lecture says: {said}"


def _difficulty(draft: Draft) -> str:
    """Easy for true or false, hard for what must be written or put in order, medium for the rest."""
    if draft.kind in ("true_false",):
        return "easy"
    return "hard" if draft.kind in ("short_answer", "ordering", "open") else "medium"


def key_code(draft: Draft) -> str:
    """What two drafts share when they ask for the same thing."""
    return squeeze(draft.key) if draft.kind not in ("true_false",) else squeeze(draft.stem)
