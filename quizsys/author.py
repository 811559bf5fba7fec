"""The language model that writes questions, as the settings describe it."""

import asyncio
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from media.progress import Report
from quizsys.calls import Run, Talk
from quizsys.config import Settings
from quizsys.questions.lesson import Lesson
from quizsys.questions.llm.client import Client, Memory, connect
from quizsys.questions.llm.conversation import write_quiz
from quizsys.questions.question import QuizDraft

if TYPE_CHECKING:
    from openai import AsyncOpenAI

MILLION = 1_000_000


class Author:
    """One for each process: its connection and its slots are shared by all quizzes."""

    def __init__(self, settings: Settings, memory: Memory) -> None:
        self._settings = settings
        self._memory = memory
        self._slots = asyncio.Semaphore(settings.openai_concurrency)

    @cached_property
    def _server(self) -> "AsyncOpenAI":
        settings = self._settings
        return connect(settings.openai_base_url, settings.openai_api_key, settings.openai_timeout_s)

    def talk(self, lesson: Lesson, count: int | None) -> Talk:
        return Talk(partial(self._write, lesson, count), lesson.duration_s)

    async def _write(self, lesson: Lesson, count: int | None, run: Run, report: Report, limit_s: float) -> QuizDraft:
        settings = self._settings
        client = Client(self._server, settings.openai_model, self._memory, self._slots, settings.openai_token_budget)
        draft = await write_quiz(lesson, count, client, run, report, limit_s)
        if draft.usage is not None:
            draft.usage["cost"] = self._price(draft.usage)
        return draft

    def _price(self, usage: dict[str, Any]) -> float | None:
        """In the currency of the prices; None if none are set."""
        settings = self._settings
        if not (settings.openai_price_input or settings.openai_price_output):
            return None
        sent = float(usage["input_tokens"]) * settings.openai_price_input
        received = float(usage["output_tokens"]) * settings.openai_price_output
        return round((sent + received) / MILLION, 6)
