"""Ordering questions from steps that the lecturer counts: "in the first step ... in the second ... in the third"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quizsys.questions.clean import capital
from quizsys.questions.draft import Draft
from quizsys.questions.question import Choice
from quizsys.questions.statements import Statement

_STEP = re.compile(
    r"^(?:In|During|At|For)? ?(?:the|step|stage|phase)? ?(?P<place>first|second|third|fourth|fifth|one|two|three|"
    r"four|five|\d)"
    r" ?(?P<noun>step|stage|phase|part)?,? (?:(?P<name>[\w -]{3,30}?), )?(?P<what>.+)\.$",
    re.I,
)
_ORDER = {
    word: place
    for place, words in enumerate(
        (
            ("first", "one", "1"),
            ("second", "two", "2"),
            ("third", "three", "3"),
            ("fourth", "four", "4"),
            ("fifth", "five", "5"),
        ),
        1,
    )
    for word in words
}
_LONGEST_WORDS = 90


def order_steps(statements: list[Statement]) -> Iterator[Draft]:
    """One draft for each run of three or more counted steps in neighbouring sentences."""
    run: list[tuple[Statement, re.Match[str]]] = []
    for statement in statements:
        match = _find_step(statement)
        if match and _ORDER[match["place"].lower()] == len(run) + 1:
            run.append((statement, match))
        elif run and statement.index - run[-1][0].index > 1:
            yield from _order(run)
            run = [(statement, match)] if match and _ORDER[match["place"].lower()] == 1 else []
    yield from _order(run)


def _find_step(statement: Statement) -> re.Match[str] | None:
    match = _STEP.match(statement.text) if statement.flaw is None else None
    return match if match and (match["noun"]) and match["place"].lower() in _ORDER else None


def _order(run: list[tuple[Statement, re.Match[str]]]) -> Iterator[Draft]:
    if len(run) < 3:
        return
    first, last = run[0][0], run[-1][0]
    words = sum(len(statement.sentence.words) for statement, _ in run)
    texts = [capital(re.sub(r", so that .*", "", match["what"])) for _, match in run]
    if words > _LONGEST_WORDS or any(re.match(r"(?:it|they|this|that|he|she)\b", text, re.I) for text in texts):
        return
    nouns = (run[0][1]["noun"] or "step").lower()
    topic = f" of \u201c{first.chapter}\u201d" if first.chapter else ""
    stem = f"In which order do these {nouns}s{topic} come?"
    choices = tuple(
        Choice(text, True, f"Comes {word}.")
        for text, word in zip(texts, ("first", "second", "third", "fourth", "fifth"), strict=False)
    )
    yield Draft(
        "ordering", stem, "; then ".join(texts), first, last, 0.95, fixed=choices, bloom="understand", pattern="steps"
    )
