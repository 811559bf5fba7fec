"""The second look: a model answers each question from its quote alone, the key unseen. Who disagrees rejects it."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

from quizsys.questions.gate import content_words
from quizsys.questions.question import Question
from quizsys.questions.spoken import holds, numbers, squeeze


def show_options(question: Question) -> tuple[str, ...]:
    """The options' texts in an order of their own, so that the key's place tells nothing; none if it is written."""
    texts = [choice.text for choice in question.choices]
    if question.kind == "true_false":
        return tuple(texts)
    return tuple(sorted(texts, key=lambda text: sha256(f"blind|{question.stem}|{text}".encode()).digest()))


def agrees(question: Question, shown: tuple[str, ...], verdict: Any, language: str = "en") -> bool:
    """Whether a verdict of prompts.VERDICT's shape gives our answer; anything else is a disagreement."""
    if not isinstance(verdict, dict) or verdict.get("answerable") is not True:
        return False
    if shown:
        return _same_options(question, shown, verdict.get("options"))
    return isinstance(verdict.get("answer"), str) and _same_text(question, verdict["answer"], language)


def _same_options(question: Question, shown: tuple[str, ...], given: Any) -> bool:
    if not isinstance(given, list) or not all(type(number) is int and 1 <= number <= len(shown) for number in given):
        return False
    picked = [shown[number - 1] for number in given]
    right = [choice.text for choice in question.choices if choice.correct]
    return picked == right if question.kind == "ordering" else sorted(picked) == sorted(right)


def _same_text(question: Question, given: str, language: str) -> bool:
    """Numbers must be equal; words may be put otherwise, with an article more or less."""
    if question.kind == "numeric":
        return bool(numbers(given)) and set(numbers(given)) == set(numbers(question.answer))
    one, two = (squeeze(re.sub(r"^(?:the|an?) ", "", text, flags=re.I)) for text in (given, question.answer))
    if not one or not two:
        return given.strip().casefold() == question.answer.strip().casefold() != ""
    if one == two or holds(given, question.answer) or holds(question.answer, given):
        return True
    said, key = content_words(given, language), content_words(question.answer, language)
    return bool(key) and len(said & key) >= 2 / 3 * len(key)
