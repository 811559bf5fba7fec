"""The hand-made questions of tests/data/gate: on lessons of several subjects and languages, as the gate sees them."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.quizgen.sources import read_lesson
from quizsys.questions.gate import Grounds
from quizsys.questions.gate.grounds import Span
from quizsys.questions.grounding import ground
from quizsys.questions.question import Choice, Question

FOLDER = Path(__file__).parent / "data/gate"


@dataclass(frozen=True)
class Entry:
    """A question, what it stands on, and the code it must be refused with; "" for a good one."""

    question: Question
    grounds: Grounds
    reason: str

    @property
    def name(self) -> str:
        return f"{self.reason or 'good'}: {self.question.stem}"


def read_set(name: str) -> list[Entry]:
    """The entries of good.jsonl or bad.jsonl."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [_read_entry(json.loads(line)) for line in lines]


@cache
def read_grounds(lesson: str) -> Grounds:
    """What the questions of a lesson stand on."""
    return ground(read_lesson(FOLDER / "lessons" / f"{lesson}.json"))


def _read_entry(said: dict[str, Any]) -> Entry:
    """Times are the quote's own, or `at`'s; the pause is where the quote, or `pause`, ends, or `late_s` later."""
    grounds = read_grounds(said["lesson"])
    choices = tuple(_read_choice(text, said["kind"]) for text in said.get("options", ()))
    right = [choice.text for choice in choices if choice.correct]
    span = _find(said.get("at", said["quote"]), grounds)
    pause_s = _find(said["pause"], grounds).end_s if "pause" in said else span.end_s
    question = Question(
        kind=said["kind"],
        stem=said["stem"],
        choices=choices,
        answer=said.get("answer", "; ".join(right)),
        explanation=said.get("explanation", ""),
        quote=said["quote"],
        start_s=span.start_s,
        end_s=said.get("end_s", span.end_s),
        pause_at_s=said.get("pause_at_s", pause_s + said.get("late_s", 0.0)),
        chapter=said.get("chapter", ""),
        bloom="remember",
        difficulty="medium",
        variants=tuple(said.get("variants", ())),
        tolerance=said.get("tolerance", 0.0),
    )
    return Entry(question, grounds, said.get("reason", ""))


def _read_choice(text: str, kind: str) -> Choice:
    """ "*A" is right, "A" is wrong, "A = B" a pair; all steps and all pairs are right."""
    option, _, match = text.partition(" = ")
    return Choice(option.lstrip("*"), option.startswith("*") or kind in ("ordering", "matching"), match=match)


def _find(quote: str, grounds: Grounds) -> Span:
    span = grounds.find_span(quote, 0)
    assert span is not None, quote
    return span
