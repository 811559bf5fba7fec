"""A question that comes back from another system, beside what it was here: what the way bent is no change."""

import re
from dataclasses import replace

from quizsys.packages.amounts import find_amount
from quizsys.questions.question import Choice, Question

# A kind here, and the one that a format without it makes of it.
BENT = {
    *(("true_false", "single_choice"), ("true_false", "cloze"), ("cloze", "single_choice"), ("single_choice", "cloze")),
    ("numeric", "short_answer"),
}
_BRACKETS = str.maketrans("[]", "()")


def merge(old: Question, new: Question) -> Question:
    """`new`, but for what is the same as in `old` and for what the file does not tell."""
    if (old.kind, new.kind) == ("matching", "ordering"):
        # Its matches are the numbers of places: it looks like steps on the way.
        placed = tuple(replace(choice, match=str(place)) for place, choice in enumerate(new.choices, 1))
        new = replace(new, kind="matching", choices=placed, answer="")
    kind = old.kind if (old.kind, new.kind) in BENT else new.kind
    merged = replace(
        new,
        kind=kind,
        stem=_keep(old.stem, new.stem),
        answer=_keep_answer(old, new),
        variants=tuple(_keep_all(old.variants, new.variants)),
        explanation=_keep(old.explanation, new.explanation),
        choices=_keep_choices(old.choices, new.choices, kind),
        chapter=_keep_chapter(old.chapter, new.chapter),
        bloom=new.bloom or old.bloom,
        difficulty=new.difficulty or old.difficulty,
        maker=old.maker,
    )
    return _keep_evidence(old, merged)


def _bare(text: str) -> str:
    """What is left of a text on every way: GIFT cannot carry `->`."""
    return re.sub(r"\s+", " ", text.replace("->", "→")).strip()


def _keep(old: str, new: str) -> str:
    return old if _bare(old) == _bare(new) else new


def _keep_chapter(old: str, new: str) -> str:
    """It may have gone as a tag, which is short and has no brackets."""
    bare = _bare(old).translate(_BRACKETS)
    return old if not new or bare.startswith(_bare(new).translate(_BRACKETS)) else new


def _keep_all(old: tuple[str, ...], new: tuple[str, ...]) -> list[str]:
    known = {_bare(text): text for text in old}
    return [known.get(_bare(text), text) for text in new]


def _keep_answer(old: Question, new: Question) -> str:
    """Units may be lost on the way, and the sign of the decimals changes."""
    before, after = find_amount(old.answer), find_amount(new.answer)
    if new.kind == "numeric" and before and after and before[0] == after[0] and after[1] in ("", before[1]):
        return old.answer
    return _keep(old.answer, new.answer)


def _keep_choices(old: tuple[Choice, ...], new: tuple[Choice, ...], kind: str) -> tuple[Choice, ...]:
    """In the old order if they are the same, unless the order is what is asked."""
    known = {_bare(choice.text): (place, choice) for place, choice in enumerate(old)}
    kept = []
    for choice in new:
        place, before = known.get(_bare(choice.text), (len(old), choice))
        feedback, match = _keep(before.feedback, choice.feedback), _keep(before.match, choice.match)
        kept.append((place, Choice(before.text, choice.correct, feedback, match)))
    if kind != "ordering" and sorted(place for place, _ in kept) == list(range(len(old))):
        kept.sort(key=lambda pair: pair[0])
    return tuple(choice for _, choice in kept)


def _keep_evidence(old: Question, new: Question) -> Question:
    """Files tell whole seconds and seldom the pause."""
    if new.quote and _bare(new.quote) != _bare(old.quote):
        return new
    pause_at_s = new.pause_at_s or old.pause_at_s
    return replace(new, quote=old.quote, start_s=old.start_s, end_s=old.end_s, pause_at_s=pause_at_s)
