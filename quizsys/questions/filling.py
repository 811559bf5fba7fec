"""Which new drafts go into a quiz that people have worked on: beside what is there, or in the place of one question."""

from collections.abc import Callable, Collection, Sequence

from quizsys.questions.pauses import SPACING_S
from quizsys.questions.question import Question

Fits = Callable[[Question, Sequence[Question]], bool]
"""Whether a question asks something else than all of the others."""
CORE = ("kind", "stem", "choices", "answer", "variants", "tolerance", "explanation", "evidence")
"""The fields that make one fact of a question: they come from one hand or from hands that mean the same fact."""


def choose_more(
    drafts: Sequence[Question], kept: Sequence[Question], known: Sequence[Question], count: int, fits: Fits
) -> list[Question]:
    """At most `count` drafts, each as far as can be from the pauses of `kept` and of each other, by pause.

    None of them asks what one of `known` does: what is kept, and what was rejected or taken out.
    """
    chosen: list[Question] = []
    left = list(drafts)
    while left and len(chosen) < count:
        pauses_s = [question.pause_at_s for question in (*kept, *chosen)]
        best = max(left, key=lambda draft: _room_s(draft, pauses_s))
        left.remove(best)
        if _room_s(best, pauses_s) >= SPACING_S and fits(best, (*known, *chosen)):
            chosen.append(best)
    return sorted(chosen, key=lambda question: question.pause_at_s)


def choose_instead(
    drafts: Sequence[Question], old: Question, others: Sequence[Question], known: Sequence[Question], fits: Fits
) -> Question | None:
    """A draft that asks nothing known and keeps away from the others' pauses: a model's before one by rules, then the
    nearest to the evidence of `old`."""
    pauses_s = [question.pause_at_s for question in others]
    for draft in sorted(drafts, key=lambda draft: (not draft.maker.model, abs(draft.start_s - old.start_s))):
        if _room_s(draft, pauses_s) >= SPACING_S and fits(draft, known):
            return draft
    return None


def choose_same_fact(drafts: Sequence[Question], old: Question, kept: Collection[str]) -> Question | None:
    """A draft whose other fields go with those that are kept: it rests on the same words and has the same answer."""
    for draft in drafts:
        overlaps = draft.start_s < old.end_s and old.start_s < draft.end_s
        same_kind = "kind" not in kept or draft.kind == old.kind
        if overlaps and same_kind and draft.answer.casefold() == old.answer.casefold():
            return draft
    return None


def _room_s(question: Question, pauses_s: Sequence[float]) -> float:
    return min((abs(question.pause_at_s - other_s) for other_s in pauses_s), default=float("inf"))
