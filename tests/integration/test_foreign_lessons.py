"""Lessons that are not in English: a model writes in their language, and the rules say that they cannot."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from pytest_aiohttp import AiohttpServer

from benchmarks.quizgen.sources import read_lesson
from media.progress import ignore
from quizsys.questions.llm.client import Client, connect
from quizsys.questions.llm.conversation import write_quiz
from quizsys.questions.question import QuizDraft
from tests.gate_sets import FOLDER, Entry, read_set
from tests.model_server import Asked, Kept, ModelServer

LESSONS = {"de": "zellatmung", "ar": "water_cycle", "zh": "plates_zh"}


def list_good(language: str) -> list[Entry]:
    return [entry for entry in read_set("good") if entry.grounds.language == language]


def tell(entry: Entry) -> dict[str, Any]:
    """The question as a model would: its evidence by the numbers of its words."""
    asked, sentences = entry.question, entry.grounds.sentences
    span = entry.grounds.find_span(asked.quote, asked.start_s)
    assert span is not None
    first = sum(len(sentence.words) for sentence in sentences[: span.first])
    options = [{"text": choice.text, "correct": choice.correct, "feedback": ""} for choice in asked.choices]
    return {"kind": asked.kind, "stem": asked.stem, "options": options, "answer": asked.answer} | {
        "explanation": "",
        "first_word": first,
        "last_word": first,
        "bloom": "remember",
        "difficulty": "easy",
    }


async def write(aiohttp_server: AiohttpServer, language: str, spoil: dict[str, Any]) -> tuple[QuizDraft, ModelServer]:
    good = list_good(language)

    def answer(asked: Asked) -> Any:
        if not asked.wants_verdict:
            return {"questions": [tell(entry) | spoil for entry in good]}
        key = next(entry.question for entry in good if entry.question.stem == asked.material["question"])
        options = asked.material.get("options", {})
        right = [int(number) for number, text in options.items() if text == key.answer]
        return {"answerable": True, "answer": "" if options else key.answer, "options": right}

    async def run(function: Callable[..., Any], *args: Any, on_progress: Any) -> Any:
        return await asyncio.to_thread(function, *args, on_progress)

    model = ModelServer(answer)
    server = await aiohttp_server(model.make_app())
    client = Client(connect(str(server.make_url("/v1")), "key", 5), "scripted", Kept(), asyncio.Semaphore(4))
    lesson = read_lesson(FOLDER / "lessons" / f"{LESSONS[language]}.json")
    draft = await write_quiz(lesson, 9, client, run, ignore, 60)
    await client.server.close()
    return draft, model


@pytest.mark.parametrize("language", list(LESSONS))
async def test_good_questions_in_the_lesson_s_language_pass(aiohttp_server: AiohttpServer, language: str) -> None:
    draft, model = await write(aiohttp_server, language, {})
    stems = {entry.question.stem for entry in list_good(language)}
    assert draft.questions
    assert {question.stem for question in draft.questions} <= stems
    assert "can do English only" in draft.note
    assert draft.generator == "scripted (prompt 2)"
    assert model.asked[0].material["language"] == language
    assert "true_false" not in str(model.asked[0].body["response_format"])


@pytest.mark.parametrize("language", list(LESSONS))
async def test_a_model_that_answers_in_english_is_refused(aiohttp_server: AiohttpServer, language: str) -> None:
    draft, _ = await write(aiohttp_server, language, {"stem": "What is the name of the thing in the lesson?"})
    assert draft.questions == ()
    assert {refusal.reason for refusal in draft.refused} == {"other_language"}
    assert "can do English only" in draft.note
