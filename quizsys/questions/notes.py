"""What a quiz with few questions says for itself: in the teacher's words, with the counted reasons."""

from __future__ import annotations

from collections import Counter

_FEW = 3
_MOST_REASONS = 2
_WHY = {
    "sentences speak of the speaker or of something on the screen": (
        "first_person",
        "meta",
        "housekeeping",
        "greeting",
        "advert",
        "aside",
        "code",
        "pictured",
    ),
    "sentences are only supposed or advised": (
        "hypothesis",
        "advice",
        "imperative",
        "example",
        "rhetorical",
        "reported",
    ),
    "sentences are not whole, or too long": (
        "no_clause",
        "length",
        "broken",
        "repeated",
        "unfinished",
        "cut_in_two",
        "long_winded",
        "half_answer",
    ),
    "sentences speak in formulas": ("formula",),
    "sentences were heard badly or taken back": ("misheard", "taken_back"),
    "facts make sense only with what was said before": ("points_away", "vague", "thin", "unresolved", "no_event"),
    "questions would give their answer away": (
        "key_in_stem",
        "key_is_title",
        "common_key",
        "trifle",
        "key_echoes_stem",
    ),
    "facts have no believable wrong answers in this lesson": ("no_wrong_options", "several_right", "option_lengths"),
    "sentences do not say clearly why": ("loose_purpose", "loose_reason", "half_comparison", "other_branch"),
    "years belong to no event": ("undated",),
    "facts are asked about already": ("same_evidence", "same_answer", "same_question", "no_free_pause"),
}
_VERBS = {
    "do": "does",
    "speak": "speaks",
    "are": "is",
    "were": "was",
    "make": "makes",
    "have": "has",
    "belong": "belongs",
}


def explain(number: int, refused: Counter[str], sentences: int) -> str:
    """One sentence about why there are so few questions, or "" when there are enough."""
    if number >= _FEW:
        return ""
    found = "No good question was" if not number else f"Only {number} good question{'s were' if number > 1 else ' was'}"
    counts = {why: sum(refused[code] for code in codes) for why, codes in _WHY.items()}
    worst = sorted((why for why in counts if counts[why]), key=lambda why: -counts[why])[:_MOST_REASONS]
    if not worst:
        return f"{found} found, because none of the {sentences} sentences states a clear fact about a term."
    reasons = " and ".join(f"{counts[why]} {_singular(why) if counts[why] == 1 else why}" for why in worst)
    return f"{found} found in {sentences} sentences: {reasons}."


def _singular(why: str) -> str:
    noun, verb, tail = why.split(" ", 2)
    return f"{noun.removesuffix('s')} {_VERBS.get(verb, verb)} {tail}"
