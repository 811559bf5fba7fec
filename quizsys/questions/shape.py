"""What makes a question answerable at all, whoever wrote it: asked of what people write, before it is kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from quizsys.questions.question import Choice, Question

# Least and most options, least and most right ones.
_COUNTS = {
    "single_choice": (2, 12, 1, 1),
    "cloze": (2, 12, 1, 1),
    "true_false": (2, 2, 1, 1),
    "multiple_choice": (2, 12, 1, 12),
    "ordering": (2, 12, 2, 12),
    "matching": (2, 12, 2, 12),
}
_ALL_RIGHT = ("ordering", "matching")
_BLANK = re.compile(r"_{2,}")


@dataclass(frozen=True)
class Flaw:
    """Why a question cannot be answered or marked; `loc` is the place in it, as in `("choices", 0, "text")`."""

    loc: tuple[str | int, ...]
    message: str


def settle(question: Question) -> Question:
    """The question with what follows from the rest: its answer from its options, and no parts that its kind lacks."""
    choices = question.choices
    if question.kind in _ALL_RIGHT:
        choices = tuple(replace(choice, correct=True) for choice in choices)
    written = question.kind == "short_answer"
    return replace(
        question,
        choices=choices,
        answer=_name_answer(question.kind, choices) if choices else question.answer.strip(),
        variants=tuple(dict.fromkeys(text.strip() for text in question.variants)) if written else (),
        tolerance=question.tolerance if question.kind == "numeric" else 0.0,
    )


def _name_answer(kind: str, choices: tuple[Choice, ...]) -> str:
    right = [choice for choice in choices if choice.correct]
    if kind == "matching":
        return "; ".join(f"{choice.text} → {choice.match}" for choice in right)
    return ("; then " if kind == "ordering" else "; ").join(choice.text for choice in right)


def list_flaws(question: Question) -> list[Flaw]:
    """All of them, in the order in which they are written."""
    return [*_look_at_stem(question), *_look_at_choices(question), *_look_at_answer(question)]


def _look_at_stem(question: Question) -> Iterator[Flaw]:
    if not question.stem.strip():
        yield Flaw(("stem",), "A question needs a stem: what it asks.")
    elif question.kind == "cloze" and len(_BLANK.findall(question.stem)) != 1:
        yield Flaw(("stem",), "The stem of a cloze needs one blank, written as ____.")


def _look_at_choices(question: Question) -> Iterator[Flaw]:
    if question.kind not in _COUNTS:
        if question.choices:
            yield Flaw(("choices",), "A question of this kind has no options. Leave them out, or change its kind.")
        return
    least, most, least_right, most_right = _COUNTS[question.kind]
    right = sum(choice.correct for choice in question.choices)
    if not least <= len(question.choices) <= most:
        wanted = f"{least}" if least == most else f"{least} to {most}"
        yield Flaw(("choices",), f"A question of this kind has {wanted} options; this one has {len(question.choices)}.")
    elif right < least_right:
        yield Flaw(("choices",), "No option is right. Mark one as correct.")
    elif right > most_right:
        yield Flaw(("choices",), f"{right} options are right. Mark one alone as correct, or ask a multiple_choice.")
    yield from _look_at_texts(question)


def _look_at_texts(question: Question) -> Iterator[Flaw]:
    seen: set[str] = set()
    for place, choice in enumerate(question.choices):
        text = " ".join(choice.text.casefold().split())
        if not text:
            yield Flaw(("choices", place, "text"), "An option needs a text.")
        elif text in seen:
            yield Flaw(("choices", place, "text"), "Two options say the same. Change one or take it away.")
        seen.add(text)
        if (question.kind == "matching") != bool(choice.match.strip()):
            says = "Say what goes with it." if question.kind == "matching" else "Only options of matching have a match."
            yield Flaw(("choices", place, "match"), says)


def _look_at_answer(question: Question) -> Iterator[Flaw]:
    if question.kind == "short_answer" and not question.answer.strip():
        yield Flaw(("answer",), "A short answer needs its right answer.")
    if question.kind == "numeric" and not re.search(r"\d", question.answer):
        yield Flaw(("answer",), "A numeric question needs a number as its answer.")
