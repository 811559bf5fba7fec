"""What a very small model wrote, 500 questions kept as they were: none gets through the gate to break a rule."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import quizgen
from benchmarks.quizgen.nonsense import judge
from benchmarks.quizgen.sources import read_lesson
from tests.gate_sets import FOLDER

MADE = Path(quizgen.__file__).parent / "2026-11-22-nonsense.jsonl"


def list_lessons() -> Iterator[str]:
    yield from {json.loads(line)["lesson"] for line in MADE.read_text().splitlines()}


def test_of_500_questions_none_breaks_a_rule(capsys: pytest.CaptureFixture[str]) -> None:
    lessons = [(name, read_lesson(FOLDER / "lessons" / f"{name}.json")) for name in list_lessons()]
    assert judge(lessons, MADE, None) == 0
    assert capsys.readouterr().out.startswith("500 questions")
