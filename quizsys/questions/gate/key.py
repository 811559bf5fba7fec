"""The right answer: given away by nothing that is shown before it."""

import re

from quizsys.questions.gate.content import CLAUSE_WORDS
from quizsys.questions.gate.grounds import Grounds
from quizsys.questions.question import Question
from quizsys.questions.scripts import UNSPACED
from quizsys.questions.spoken import holds

_MOST_OF_A_CLAUSE = 0.6


def check_key_hidden(question: Question, grounds: Grounds) -> str | None:
    """The stem has not most of the answer's words, not even inside longer words."""
    if question.kind not in ("single_choice", "cloze", "short_answer", "numeric"):
        return None
    given = any(_gives_away(question, key, grounds) for key in (question.answer, *question.variants))
    return "key_in_stem" if given else None


def _gives_away(question: Question, text: str, grounds: Grounds) -> bool:
    shared = _shared_words(question, grounds)
    key, stem = grounds.content(text) - shared, grounds.content(question.stem) - shared
    if len(key) >= CLAUSE_WORDS or UNSPACED.search(text):
        return holds(question.stem, text) or len(key & stem) > _MOST_OF_A_CLAUSE * len(key)
    leaked = [word for word in key if word in stem or any(_leaks(word, other) for other in stem)]
    return len(leaked) > len(key) / 2


def _shared_words(question: Question, grounds: Grounds) -> frozenset[str]:
    """What all options have in common tells nothing."""
    words = [grounds.content(choice.text) for choice in question.choices]
    return frozenset.intersection(*words) if words else frozenset()


def _leaks(word: str, other: str) -> bool:
    return min(len(word), len(other)) >= 5 and (word in other or other in word or word[:6] == other[:6])


def check_options_hidden(question: Question, grounds: Grounds) -> str | None:
    """The stem names no option, right or wrong, but one of which all options have the words."""
    if question.kind not in ("single_choice", "cloze", "multiple_choice"):
        return None
    shared = _shared_words(question, grounds)
    named = any(
        grounds.content(choice.text) - shared
        and len(grounds.content(choice.text)) < CLAUSE_WORDS
        and holds(question.stem, choice.text)
        for choice in question.choices
        if not choice.correct or question.kind == "multiple_choice"
    )
    return "option_in_stem" if named else None


def check_no_echo(question: Question, grounds: Grounds) -> str | None:
    """The right option is not the only one that repeats words or numbers of the stem."""
    if question.kind not in ("single_choice", "cloze"):
        return None
    stem = grounds.content(question.stem)
    wrong = [choice.text for choice in question.choices if not choice.correct]
    echoed = {word for text in wrong for word in grounds.content(text) & stem}
    return "key_echoes_stem" if (grounds.content(question.answer) & stem) - echoed else None


def check_title(question: Question, grounds: Grounds) -> str | None:
    """The key does not stand in the lesson's title, nor in the chapter shown with the question."""
    if question.kind not in ("single_choice", "cloze", "short_answer") or not grounds.content(question.answer):
        return None
    key = re.sub(r"^(?:the|an?) ", "", question.answer, flags=re.I)
    given = any(holds(title, key) for title in (*grounds.titles, question.chapter))
    return "key_is_title" if given else None
