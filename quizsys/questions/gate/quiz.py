"""Whether questions fit beside each other: each asks something else, and none tells another's answer."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from quizsys.questions.gate.content import content_words
from quizsys.questions.pauses import SPACING_S
from quizsys.questions.question import Question
from quizsys.questions.spoken import holds, squeeze

_ALIKE = 0.85
_ALIKE_ABOUT_ONE = 0.6
_SAME_EVIDENCE = 0.5
_TOLD = 0.75
_MOST_OF_ONE_VALUE, _FEW = 0.7, 4
_TERM_KINDS = ("single_choice", "cloze", "short_answer")

PairCheck = Callable[[Question, Question, str], str | None]


def check_beside(question: Question, others: Iterable[Question], language: str) -> str | None:
    """Why the question does not fit beside the others, which stay; None if it does. Pauses are not looked at."""
    reasons = (check(question, other, language) for other in others for check in PAIR_CHECKS)
    return next((reason for reason in reasons if reason), None)


def check_quiz(questions: Sequence[Question], language: str) -> dict[int, str]:
    """The reason codes of those that do not fit, by their place. Of two that collide the earlier in the list stays."""
    refused: dict[int, str] = {}
    kept: list[Question] = []
    for place, question in enumerate(questions):
        reason = check_beside(question, kept, language) or check_spacing(question, kept)
        if reason:
            refused[place] = reason
        else:
            kept.append(question)
    return refused | dict.fromkeys(_find_lopsided(questions, refused), "unbalanced_true_false")


def is_alike(question: Question, other: Question, language: str = "en") -> bool:
    """Whether both ask for the same, wherever in the lesson it is said."""
    return bool(check_same_question(question, other, language) or check_same_answer(question, other, language))


def check_same_question(question: Question, other: Question, language: str) -> str | None:
    """The stems have not nearly all their words in common; less is enough if both rest on the same words."""
    one, two = content_words(question.stem, language), content_words(other.stem, language)
    share = len(one & two) / max(len(one), len(two), 1)
    same = question.stem == other.stem or share > (_ALIKE_ABOUT_ONE if _overlap(question, other) > 0 else _ALIKE)
    return "same_question" if same else None


def check_same_answer(question: Question, other: Question, _language: str) -> str | None:
    """No term is asked for twice."""
    terms = question.kind in _TERM_KINDS and other.kind in _TERM_KINDS
    return "same_answer" if terms and squeeze(question.answer) == squeeze(other.answer) else None


def check_same_evidence(question: Question, other: Question, _language: str) -> str | None:
    """The quotes have not half of the shorter one in common."""
    shorter_s = min(question.end_s - question.start_s, other.end_s - other.start_s)
    return "same_evidence" if _overlap(question, other) > _SAME_EVIDENCE * shorter_s else None


def check_not_told(question: Question, other: Question, language: str) -> str | None:
    """Neither question tells what the other asks: whoever read it would know."""
    given = _tells(other, question, language) or _tells(question, other, language)
    return "answer_told" if given else None


PAIR_CHECKS: tuple[PairCheck, ...] = (check_same_question, check_same_answer, check_same_evidence, check_not_told)


def check_spacing(question: Question, others: Iterable[Question]) -> str | None:
    """Between two pauses there is time to listen."""
    near = any(abs(question.pause_at_s - other.pause_at_s) < SPACING_S for other in others)
    return "pauses_too_close" if near else None


def _tells(teller: Question, asked: Question, language: str) -> bool:
    """Whether the teller's stem, or its answer too if that is shown first, holds the other's key and matter."""
    if asked.kind not in (*_TERM_KINDS, "numeric"):
        return False
    shown = f"{teller.stem} {teller.answer}" if teller.pause_at_s <= asked.pause_at_s else teller.stem
    matter = content_words(asked.stem, language)
    told = len(matter & content_words(shown, language)) >= _TOLD * len(matter)
    return len(matter) > 1 and told and holds(shown, asked.answer)


def _overlap(one: Question, two: Question) -> float:
    return min(one.end_s, two.end_s) - max(one.start_s, two.start_s)


def _find_lopsided(questions: Sequence[Question], refused: dict[int, str]) -> list[int]:
    """The places of true/false questions that are too many of one value, the last first."""
    values = {
        place: question.choices[0].correct
        for place, question in enumerate(questions)
        if question.kind == "true_false" and question.choices and place not in refused
    }
    dropped = []
    while len(values) >= _FEW:
        value, most = Counter(values.values()).most_common(1)[0]
        if most <= _MOST_OF_ONE_VALUE * len(values):
            break
        dropped.append(max(place for place, other in values.items() if other == value))
        values.pop(dropped[-1])
    return dropped
