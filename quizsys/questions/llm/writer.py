"""From a lesson to checked questions through a model: ask for each chapter, gate, second look, choose."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Protocol

from media.progress import Report, part
from quizsys.questions.board import Board, read_board
from quizsys.questions.gate import Grounds, check_beside, check_question, sift
from quizsys.questions.grounding import make_grounds
from quizsys.questions.lesson import Lesson
from quizsys.questions.llm.blind import agrees, show_options
from quizsys.questions.llm.chapters import Chapter, list_chapters, write_numbered
from quizsys.questions.llm.items import BadItem, read_question
from quizsys.questions.llm.prompts import PROMPT_VERSION, VERDICT, ask_blind, ask_for_questions, form_items
from quizsys.questions.pauses import place_pauses
from quizsys.questions.question import Maker, Question
from quizsys.questions.sentences import Sentence, list_sentences

LLM = "llm"
SPARE = 1.6
MOST_ITEMS = 40


class Model(Protocol):
    """What answers. Returns the parsed JSON, or None when there is none to be had: why is its own business."""

    name: str

    async def ask(self, messages: list[dict[str, str]], schema: dict[str, Any], title: str) -> Any: ...


@dataclass
class Written:
    """`questions` by pause; `refused` counts reasons as the offline generator's do."""

    generator: str
    questions: list[Question]
    refused: Counter[str] = field(default_factory=Counter)


async def write_with_model(lesson: Lesson, count: int, model: Model, report: Report) -> Written:
    """At most `count` questions that passed the gate and the second look; maybe none."""
    desk = _Desk(lesson, model)
    written = Written(f"{model.name} (prompt {PROMPT_VERSION})", [])
    if not desk.sentences:
        return written
    items = await desk.list_items(count, part(report, 0, 60))
    passed = await asyncio.to_thread(desk.sift, items, written.refused)
    agreed = await desk.look_again(passed, written.refused, part(report, 60, 95))
    written.questions = await asyncio.to_thread(desk.choose, agreed, count, written.refused)
    report(100)
    return written


class _Desk:
    """One lesson at work."""

    def __init__(self, lesson: Lesson, model: Model) -> None:
        self.lesson = lesson
        self.model = model
        self.sentences: list[Sentence] = list_sentences(lesson.transcript)
        self.board: Board = read_board(lesson.slides)
        self.grounds: Grounds = make_grounds(lesson, self.sentences, self.board)

    async def list_items(self, count: int, report: Report) -> list[Any]:
        """What the model wrote, chapter by chapter; anything may be in it."""
        chapters = self._list_chapters()
        wanted = max(2, round(count * SPARE / len(chapters)))
        answers = await _watch([self._ask(chapter, wanted) for chapter in chapters], report)
        return [item for answer in answers for item in _list_items(answer)]

    def _list_chapters(self) -> list[Chapter]:
        """Those that the lesson's focus touches, if it has one and it touches any."""
        chapters = list_chapters(self.sentences, self.board)
        start_s, end_s = self.lesson.focus_s or (0.0, self.lesson.duration_s)
        near = [
            chapter
            for chapter in chapters
            if self.sentences[chapter.first].start_s <= end_s and start_s <= self.sentences[chapter.last].end_s
        ]
        return near or chapters

    async def _ask(self, chapter: Chapter, wanted: int) -> Any:
        numbered = write_numbered(self.sentences, chapter)
        language = self.lesson.transcript.language
        messages = ask_for_questions(self.lesson.title, language, chapter, numbered, wanted, self.lesson.asked)
        return await self.model.ask(messages, form_items(language), "questions")

    def sift(self, items: Sequence[Any], refused: Counter[str]) -> list[Question]:
        """Those that read as questions and pass the gate."""
        passed: list[Question] = []
        maker = Maker(LLM, self.model.name, PROMPT_VERSION)
        for item in items:
            try:
                question = read_question(item, self.sentences, self.board, self.lesson.duration_s)
                reason = check_question(question, self.grounds) or check_beside(question, passed, self.grounds.language)
            except BadItem as error:
                reason = error.reason
            if reason is None:
                passed.append(replace(question, maker=maker))
            else:
                refused[reason] += 1
        return passed

    async def look_again(self, questions: list[Question], refused: Counter[str], report: Report) -> list[Question]:
        """Those whose key the model finds again from the quote alone."""
        verdicts = await _watch([self._judge(question) for question in questions], report)
        refused["blind_disagrees"] += verdicts.count(False)
        refused += Counter()
        return [question for question, agreed in zip(questions, verdicts, strict=True) if agreed]

    async def _judge(self, question: Question) -> bool:
        shown = show_options(question)
        verdict = await self.model.ask(ask_blind(question, shown), VERDICT, "verdict")
        return agrees(question, shown, verdict, self.lesson.transcript.language)

    def choose(self, questions: list[Question], count: int, refused: Counter[str]) -> list[Question]:
        """Spread over the lesson, pauses apart; those that then break the gate, alone or as a quiz, go."""
        ends = {place for place, (one, two) in enumerate(pairwise(self._panels())) if one != two}
        placed = place_pauses(spread(questions, count), self.sentences, self.lesson.duration_s, ends)
        return sorted(sift(placed, self.grounds, refused), key=lambda question: question.pause_at_s)

    def _panels(self) -> list[int | None]:
        return [self.board.find_panel(sentence.start_s) for sentence in self.sentences]


def spread(questions: list[Question], count: int) -> list[Question]:
    """At most `count`, evenly from those there are, in order of their evidence."""
    ordered = sorted(questions, key=lambda question: question.end_s)
    if len(ordered) <= count:
        return ordered
    return [ordered[place * len(ordered) // count] for place in range(count)]


async def _watch(asks: list[Any], report: Report) -> list[Any]:
    """All answers in order; each that arrives moves the progress. One that fails ends the others."""
    done = 0

    async def follow(ask: Any) -> Any:
        nonlocal done
        answer = await ask
        done += 1
        report(100 * done / len(asks))
        return answer

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(follow(ask)) for ask in asks]
    return [task.result() for task in tasks]


def _list_items(answer: Any) -> list[Any]:
    items = answer.get("questions") if isinstance(answer, dict) else None
    return items[:MOST_ITEMS] if isinstance(items, list) else []
