"""One right answer: no wrong option could be defended as well."""

import re

from quizsys.questions.gate.form import is_initials
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
    if not words or not wanted:
        return False
    return words <= wanted or wanted <= words or is_initials(text, key) or is_initials(key, text)


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
    for sentence in grounds.sentences:
        said = stem & grounds.content(sentence.text)
        if (
            len(said) < _MOST_OF_A_STEM * len(stem)
            or sentence.text in question.quote
            or _NEGATION.search(sentence.text)
        ):
            continue
        if not holds(sentence.text, question.answer) and any(
            holds(sentence.text, choice.text) for choice in question.choices if not choice.correct
        ):
            return "rival_said"
    return None
