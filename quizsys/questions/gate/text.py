"""A question's texts as texts: fit to be shown, in the lesson's language, not stammering."""

import re
import unicodedata

from quizsys.questions.gate.frequent import list_frequent
from quizsys.questions.gate.grounds import Grounds
from quizsys.questions.question import Question
from quizsys.questions.scripts import find_script
from quizsys.questions.spoken import tokens

_LONGEST_CHOICE, _LONGEST_OTHER = 300, 1000
_OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_STAMMER = re.compile(r"\b([^\W\d_]{4,})(?:,? \1\b)+|\b([^\W\d_]+)(?:,? \2\b){2,}", re.I)


def list_texts(question: Question) -> list[str]:
    """All that a learner reads of it, but for the quote."""
    choices = [text for choice in question.choices for text in (choice.text, choice.match, choice.feedback)]
    return [question.stem, question.answer, question.explanation, *choices, *question.variants]


def check_text(question: Question, _grounds: Grounds) -> str | None:
    """No control characters, no halves of characters, no overrides of the writing direction; nothing endless."""
    if any(unicodedata.category(letter) in ("Cc", "Cs") for text in list_texts(question) for letter in text):
        return "bad_text"
    if any(letter in text for text in list_texts(question) for letter in _OVERRIDES):
        return "bad_text"
    long = any(len(text) > _LONGEST_CHOICE for choice in question.choices for text in (choice.text, choice.match))
    return "bad_text" if long or any(len(text) > _LONGEST_OTHER for text in list_texts(question)) else None


def check_language(question: Question, grounds: Grounds) -> str | None:
    """The stem is in the writing of the lesson; and not in English when the lesson is not."""
    stem = question.stem.removeprefix("True or false: ")
    if not _is_written_alike(stem, find_script(grounds.text)):
        return "other_language"
    if grounds.is_english:
        return None
    words = tokens(stem)
    own, english = (list_frequent(language) for language in (grounds.language, "en"))
    foreign = sum(word in english and word not in own for word in words)
    return "other_language" if foreign >= 2 and foreign > sum(word in own for word in words) else None


def _is_written_alike(stem: str, script: str) -> bool:
    """Whether a third of the stem's words are in this writing; the others may be names such as "ATP"."""
    scripts = [found for word in stem.split() if (found := find_script(word))]
    return find_script(stem) in ("", script) or scripts.count(script) >= len(scripts) / 3


def check_stammer(question: Question, _grounds: Grounds) -> str | None:
    """No word said twice in a row, as weak models do; names like "Bora Bora" are left alone."""
    texts = [question.stem, *(choice.text for choice in question.choices)]
    twice = [match for text in texts for match in _STAMMER.finditer(text)]
    return "stammer" if any(not _is_name(match) for match in twice) else None


def _is_name(match: re.Match[str]) -> bool:
    words = match.group().split()
    return len(words) == 2 and all(word[:1].isupper() for word in words)
