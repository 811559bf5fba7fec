"""A model is asked for other questions than those that are there, about the part of the lesson that is meant."""

import asyncio
import json
from typing import Any

from media.transcript import Segment, Transcript, Word
from quizsys.questions.lesson import Lesson
from quizsys.questions.llm.chapters import MOST_WORDS
from quizsys.questions.llm.writer import write_with_model


class Recorder:
    """Answers with no question and keeps what it was asked."""

    name = "recorder"

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    async def ask(self, messages: list[dict[str, str]], _schema: dict[str, Any], _title: str) -> Any:
        text = messages[1]["content"]
        self.asked.append(json.loads(text[text.index("{") :]))
        return {"questions": []}


def make_lesson(**more: Any) -> Lesson:
    """Of several chapters, a word a second."""
    said = " ".join(f"Sentence number {n} tells of the part {n}." for n in range(MOST_WORDS // 3))
    words = tuple(Word(float(n), n + 1.0, word, 1.0) for n, word in enumerate(said.split()))
    return Lesson("Parts", len(words), Transcript("en", "", (Segment(0, len(words), said, words),)), **more)


def ask(lesson: Lesson) -> list[dict[str, Any]]:
    model = Recorder()
    asyncio.run(write_with_model(lesson, 3, model, lambda _percent: None))
    return model.asked


def test_without_a_wish_every_chapter_is_asked_for() -> None:
    asked = ask(make_lesson())
    assert len(asked) > 2
    assert all("already_asked" not in material for material in asked)


def test_a_wish_names_what_was_asked_and_where_to_look() -> None:
    lesson = make_lesson(asked=("What is part 1?",), focus_s=(10.0, 20.0))
    (material,) = ask(lesson)
    assert material["already_asked"] == ["What is part 1?"]
    assert material["transcript"].startswith("0:Sentence")


def test_a_focus_outside_all_that_is_said_is_no_focus() -> None:
    assert len(ask(make_lesson(focus_s=(10**6, 10**6 + 1)))) > 2
