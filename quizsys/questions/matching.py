"""Matching questions from terms that the lecturer explains one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from quizsys.questions.clean import capital
from quizsys.questions.draft import Draft
from quizsys.questions.gate.content import content_words
from quizsys.questions.naming import NAMING, find_meaning
from quizsys.questions.question import Choice
from quizsys.questions.spoken import holds, squeeze

_FEWEST, _MOST = 3, 5
_LONGEST_WORDS = 80
_LONGEST_MEANING_WORDS = 16
_STEM = "Which description belongs to which term?"


def match_terms(named: Iterable[Draft]) -> Iterator[Draft]:
    """One draft for each run of three to five explained terms that stand close together, each explained once."""
    explained = {draft.first.index: draft for draft in named if _is_short(draft)}
    run: list[Draft] = []
    for draft in sorted(explained.values(), key=lambda draft: draft.first.index):
        if run and (len(run) == _MOST or _count_words(run[0], draft) > _LONGEST_WORDS):
            yield from _match(run)
            run = []
        if all(_are_apart(draft, other) for other in run):
            run.append(draft)
    yield from _match(run)


def _is_short(draft: Draft) -> bool:
    meaning = find_meaning(draft.stem)
    short = len(meaning.split()) <= _LONGEST_MEANING_WORDS
    return (
        draft.pattern in (*NAMING, "slide_pair")
        and bool(meaning)
        and short
        and not content_words(meaning) & content_words(draft.key)
    )


def _count_words(first: Draft, last: Draft) -> int:
    """The words from the first to the last statement, both included, as far as their times tell."""
    said = last.last.sentence.end_s - first.first.sentence.start_s
    own = len(first.first.sentence.words) + len(last.last.sentence.words)
    return max(own, round(said / 0.36))


def _are_apart(one: Draft, other: Draft) -> bool:
    """Whether neither term stands in the other's description and none is the other's form."""
    meanings = find_meaning(one.stem), find_meaning(other.stem)
    crossed = holds(meanings[1], one.key) or holds(meanings[0], other.key)
    return not crossed and squeeze(one.key).rstrip("s") != squeeze(other.key).rstrip("s") and meanings[0] != meanings[1]


def _match(run: list[Draft]) -> Iterator[Draft]:
    if len(run) < _FEWEST:
        return
    choices = tuple(
        Choice(capital(draft.key), True, match=capital(find_meaning(draft.stem)))
        for draft in sorted(run, key=lambda draft: squeeze(draft.key))
    )
    key = "; ".join(f"{choice.text} → {choice.match}" for choice in choices)
    topic = run[0].first.chapter
    stem = f"{_STEM[:-1]} of “{topic}”?" if topic and len({draft.first.chapter for draft in run}) == 1 else _STEM
    yield Draft(
        "matching", stem, key, run[0].first, run[-1].last, 0.97, fixed=choices, bloom="understand", pattern="matching"
    )
