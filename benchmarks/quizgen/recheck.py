"""The rules of a question once more, from its texts alone. Nothing of the gate is used: it could agree by error.

Coarser than the gate on purpose: words count as the same by their first letters.
"""

import itertools
import re
from collections.abc import Callable

from quizsys.questions.question import Question

_AWAY = re.compile(
    r"\b(he|she|here|lecturer|speaker|transcript|as we saw|in the (video|lecture|passage|text)|all of the above|"
    r"none of the above)\b",
    re.I,
)
_RIGHT = {"single_choice": (1, 1), "cloze": (1, 1), "true_false": (1, 1), "multiple_choice": (2, 5), "ordering": (3, 6)}
_UNITS = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_FEWEST_WORDS = 3
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def find_breach(question: Question, said: list[tuple[float, float, str]], title: str) -> str:
    """The name of the first rule that is broken, or "". `said` are the sentences with start and end."""
    return next((name for name, broken in RULES.items() if broken(question, said, title)), "")


def _words(text: str) -> set[str]:
    found = re.findall(r"[a-z]+|[0-9]+", text.lower())
    return {word[:5] for word in found if len(word) > 3} | {word for word in found if word.isdigit()} | _amounts(text)


def _amounts(text: str) -> set[str]:
    """Small numbers that are said as words, as digits: "twenty-three" is 20, 3 and 23."""
    tens = {word: 20 + 10 * place for place, word in enumerate(_TENS)}
    units = {word: place for place, word in enumerate(_UNITS)}
    said = re.findall(r"[a-z]+", text.lower())
    pairs = [tens[one] + units[two] for one, two in itertools.pairwise(said) if one in tens and two in units]
    return {str(value) for value in (*pairs, *(units[word] for word in said if word in units))}


def _spoken(said: list[tuple[float, float, str]]) -> str:
    return " ".join(text for _, _, text in said)


def _has_bad_form(question: Question, _said: object, _title: str) -> bool:
    stem = question.stem
    if question.kind == "cloze":
        return stem.count("____") != 1
    wrong = not stem.startswith("True or false: ") if question.kind == "true_false" else not stem.endswith("?")
    return wrong or not 8 <= len(stem) <= 220


def _has_bad_options(question: Question, _said: object, _title: str) -> bool:
    texts = [re.sub(r"\W+", "", choice.text.lower()) for choice in question.choices]
    least, most = _RIGHT.get(question.kind, (0, 0))
    right = sum(choice.correct for choice in question.choices)
    return len(set(texts)) < len(texts) or not all(texts) or not least <= right <= most


def _has_false_quote(question: Question, said: list[tuple[float, float, str]], _title: str) -> bool:
    return question.quote not in _spoken(said) or not 0 <= question.start_s < question.end_s <= said[-1][1] + 1


def _pauses_badly(question: Question, said: list[tuple[float, float, str]], _title: str) -> bool:
    cut = any(start_s + 0.1 < question.pause_at_s < end_s - 0.1 for start_s, end_s, _ in said)
    return cut or question.pause_at_s < question.end_s - 0.1


def _has_unsaid_key(question: Question, _said: object, _title: str) -> bool:
    if question.kind == "true_false":
        return not _words(question.stem.removeprefix("True or false: ")) & _words(question.quote)
    keys = [choice.text for choice in question.choices if choice.correct] or [question.answer]
    terms = [{word for word in _words(key) if not word.isdigit()} for key in keys]
    return any(len(words) > 1 and 2 * len(words & _words(question.quote)) < len(words) for words in terms)


def _gives_key_away(question: Question, _said: object, _title: str) -> bool:
    asked = question.kind in ("single_choice", "cloze", "short_answer", "numeric")
    return asked and bool(_words(question.answer)) and _words(question.answer) <= _words(question.stem)


def _points_away(question: Question, _said: object, _title: str) -> bool:
    return bool(_AWAY.search(" ".join((question.stem, *(choice.text for choice in question.choices)))))


def _is_about_nothing(question: Question, said: list[tuple[float, float, str]], title: str) -> bool:
    if question.kind == "ordering" or len(_words(question.stem)) < _FEWEST_WORDS:
        return False
    near = [text for start_s, end_s, text in said if end_s > question.start_s - 30 and start_s < question.end_s + 30]
    return not _words(question.stem) & _words(" ".join((title, *near)))


RULES: dict[str, Callable[[Question, list[tuple[float, float, str]], str], bool]] = {
    "form": _has_bad_form,
    "options": _has_bad_options,
    "quote": _has_false_quote,
    "pause": _pauses_badly,
    "key not said": _has_unsaid_key,
    "key given away": _gives_key_away,
    "points away": _points_away,
    "about nothing said": _is_about_nothing,
}
