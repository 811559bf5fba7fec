"""What a model wrote, read as a stranger's text: into questions, or a reason why not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from quizsys.questions.board import Board
from quizsys.questions.llm.prompts import BLOOM, DIFFICULTIES, KINDS
from quizsys.questions.pauses import find_pause
from quizsys.questions.question import Choice, Question
from quizsys.questions.scripts import count_words
from quizsys.questions.sentences import Sentence

MOST_QUOTE_WORDS = 60
_LIMITS = {"stem": 260, "text": 300, "feedback": 400, "answer": 900, "explanation": 800}
_IN_ORDER = ("ordering", "true_false")


class BadItem(Exception):
    """An item that is no question; `reason` is its code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_question(item: Any, sentences: Sequence[Sentence], board: Board, duration_s: float) -> Question:
    """The question with its quote and times from the numbered words, its pause at the best place. Raises BadItem."""
    if not isinstance(item, dict) or item.get("kind") not in KINDS:
        raise BadItem("bad_shape")
    kind, stem = str(item["kind"]), _text(item, "stem")
    first, last = _find_evidence(item, sentences)
    choices = _read_choices(kind, stem, item)
    right = [choice.text for choice in choices if choice.correct]
    answer = right[0] if len(right) == 1 else "; ".join(right) or _text(item, "answer")
    pause_s = find_pause(sentences, last, (), duration_s, _ends(sentences, board))
    if pause_s is None:
        raise BadItem("no_free_pause")
    return Question(
        kind=kind,
        stem=f"True or false: {stem}" if kind == "true_false" and not stem.startswith("True or false: ") else stem,
        choices=choices,
        answer=answer,
        explanation=_text(item, "explanation", needed=False),
        quote=" ".join(sentence.text for sentence in sentences[first : last + 1]),
        start_s=sentences[first].start_s,
        end_s=min(sentences[last].end_s, duration_s),
        pause_at_s=pause_s,
        chapter=board.chapter(sentences[first].start_s),
        bloom=_one_of(item, "bloom", BLOOM),
        difficulty=_one_of(item, "difficulty", DIFFICULTIES),
    )


def _find_evidence(item: dict[str, Any], sentences: Sequence[Sentence]) -> tuple[int, int]:
    """The sentences that hold the two words: a quote is a whole thought, even if the numbers are a little off."""
    first_word, last_word = item.get("first_word"), item.get("last_word")
    if type(first_word) is not int or type(last_word) is not int or not 0 <= first_word <= last_word:
        raise BadItem("bad_evidence")
    first = last = None
    begins = 0
    for sentence in sentences:
        ends = begins + len(sentence.words)
        first = sentence.index if begins <= first_word < ends else first
        last = sentence.index if begins <= last_word < ends else last
        begins = ends
    if first is None or last is None:
        raise BadItem("bad_evidence")
    if sum(count_words(sentence.text) for sentence in sentences[first : last + 1]) > MOST_QUOTE_WORDS:
        raise BadItem("quote_length")
    return first, last


def _read_choices(kind: str, stem: str, item: dict[str, Any]) -> tuple[Choice, ...]:
    """In an order that does not tell the key; steps and True, False as they are."""
    given = item.get("options")
    if kind in ("short_answer", "numeric"):
        return ()
    if not isinstance(given, list) or not 2 <= len(given) <= 8:
        raise BadItem("bad_choices")
    choices = [_read_choice(option) for option in given]
    if kind not in _IN_ORDER:
        choices.sort(key=lambda choice: sha256(f"{stem}|{choice.text}".encode()).digest())
    return tuple(choices)


def _read_choice(option: Any) -> Choice:
    if not isinstance(option, dict) or not isinstance(option.get("correct"), bool):
        raise BadItem("bad_shape")
    return Choice(_text(option, "text"), option["correct"], _text(option, "feedback", needed=False))


def _text(item: dict[str, Any], name: str, *, needed: bool = True) -> str:
    """One line of plain text. Control characters and lone surrogates, which nothing can store or show, go."""
    value = item.get(name, "")
    if not isinstance(value, str) or len(value) > _LIMITS[name]:
        raise BadItem("bad_shape")
    visible = "".join(" " if unicodedata.category(mark) in ("Cc", "Cs", "Zl", "Zp") else mark for mark in value)
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFC", visible)).strip()
    if needed and not text:
        raise BadItem("bad_shape")
    return text


def _one_of(item: dict[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value = item.get(name)
    return value if isinstance(value, str) and value in allowed else allowed[0]


def _ends(sentences: Sequence[Sentence], board: Board) -> set[int]:
    """The last sentences of slides."""
    panels = [board.find_panel(sentence.start_s) for sentence in sentences]
    return {place for place, panel in enumerate(panels[:-1]) if panel != panels[place + 1]}
