"""One right answer: no wrong option could be defended as well."""

import re

from quizsys.questions.gate.form import is_same_thing
from quizsys.questions.gate.grounds import Grounds
from quizsys.questions.question import Question
from quizsys.questions.spoken import holds

_ONE_OF_SEVERAL = ("single_choice", "cloze", "multiple_choice")
_AND = r"(?:\s*[,،、]\s*|\s+)(?:(?:and|or|as well as|und|oder|sowie|et|ou|y|o|e|و|أو)\s+|[和与或及])?"
_MOST_OF_A_STEM = 0.8
_FEWEST_WORDS = 3
_NEGATION = re.compile(r"\b(?:not|never|no|without|unlike|rather than|instead of)\b|n't\b", re.I)


def _list_rivals(question: Question) -> list[tuple[str, str]]:
    """Each right option with each wrong one."""
    right = [choice.text for choice in question.choices if choice.correct]
    wrong = [choice.text for choice in question.choices if not choice.correct]
    return [(key, text) for key in right for text in wrong] if question.kind in _ONE_OF_SEVERAL else []


def check_one_right(question: Question, grounds: Grounds) -> str | None:
    """No wrong option is a form, a part or the initials of a right one."""
    return "several_right" if any(_is_form(key, text, grounds) for key, text in _list_rivals(question)) else None


def _is_form(key: str, text: str, grounds: Grounds) -> bool:
    words, wanted = grounds.content(text), grounds.content(key)
    part = words and wanted and (words < wanted or wanted < words)
    return bool(part) or is_same_thing(text, key, grounds)


def check_no_listed_rival(question: Question, _grounds: Grounds) -> str | None:
    """The quote does not name a wrong option in one list with a right one: "plants and algae make sugar"."""
    listed = any(_is_listed(key, text, question.quote) for key, text in _list_rivals(question))
    return "rival_listed" if listed else None


def _is_listed(key: str, text: str, quote: str) -> bool:
    one, two = (re.escape(re.sub(r"^(?:the|an?) ", "", part.strip(" ."), flags=re.I)) for part in (key, text))
    article = r"(?:the |an? )?"
    both = rf"\b{one}{_AND}{article}{two}\b|\b{two}{_AND}{article}{one}\b"
    return bool(re.search(both, quote, re.I))


def check_no_other_proof(question: Question, grounds: Grounds) -> str | None:
    """No other sentence says of a wrong option what the stem asks for."""
    stem = grounds.content(question.stem)
    if len(stem) < _FEWEST_WORDS or question.kind not in ("single_choice", "cloze"):
        return None
    others = (sentence.text for sentence in grounds.sentences if sentence.text not in question.quote)
    said = any(
        len(stem & grounds.content(text)) >= _MOST_OF_A_STEM * len(stem) and _says_a_rival(question, text)
        for text in others
    )
    return "rival_said" if said else None


def _says_a_rival(question: Question, text: str) -> bool:
    """Whether a sentence names a wrong option, and neither the right one nor a negation."""
    if _NEGATION.search(text) or holds(text, question.answer):
        return False
    return any(holds(text, choice.text) for choice in question.choices if not choice.correct)
