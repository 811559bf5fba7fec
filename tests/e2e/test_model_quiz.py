"""A quiz by a model through the whole server: the job tells what it cost, the key is told to nobody."""

import asyncio
import re
import time
from pathlib import Path
from typing import Any

from pytest_aiohttp import AiohttpServer

from benchmarks.running import Server, run_server
from tests.model_server import Asked, ModelServer

KEY = "sk-1234567890-never-to-be-seen"
ENDED = ("completed", "failed", "cancelled")


def ask_about_the_stroma(asked: Asked) -> Any:
    """One good question, if its sentence is in the chapter."""
    if asked.wants_verdict:
        return {"answerable": True, "answer": "the stroma", "options": []}
    found = re.search(r"^(\d+):The \d+:fluid .* \d+:called \d+:the (\d+):stroma\.$", asked.material["transcript"], re.M)
    item = {
        "kind": "short_answer",
        "stem": "What is the fluid around the thylakoids called?",
        "options": [],
        "answer": "stroma",
        "explanation": "The lecturer names it.",
        "first_word": int(found[1]) if found else -1,
        "last_word": int(found[2]) if found else -1,
        "bloom": "remember",
        "difficulty": "easy",
    }
    return {"questions": [item]}


def make_quiz(server: Server, lesson: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The finished job and its quiz."""
    asset_id = server.upload("model", lesson)["asset_id"]
    asked = server.call("POST", f"/projects/model/videos/{asset_id}/quiz", b'{"questions": 6}')
    path = f"/projects/model/jobs/{asked['job_id']}"
    while (job := server.call("GET", path))["status"] not in ENDED:
        time.sleep(0.5)
    assert job["status"] == "completed", job
    return job, server.call("GET", f"/projects/model/quizzes/{job['result']['quiz_id']}")


async def test_a_quiz_by_a_model_goes_through_the_whole_server(
    short_lesson: Path, aiohttp_server: AiohttpServer
) -> None:
    model = await aiohttp_server(ModelServer(ask_about_the_stroma).make_app())
    address = str(model.make_url("/v1"))
    prices = {"OPENAI_PRICE_INPUT": 2, "OPENAI_PRICE_OUTPUT": 10}
    with run_server(
        OPENAI_API_KEY=KEY, OPENAI_BASE_URL=address, OPENAI_MODEL="scripted", WORKER_CONCURRENCY=1, **prices
    ) as server:
        job, quiz = await asyncio.to_thread(make_quiz, server, short_lesson)
        log = (server.folder / "app.log").read_bytes()
        stored = b"".join(path.read_bytes() for path in server.folder.glob("app.db*"))
    assert quiz["generator"] == "scripted (prompt 2) + offline-1"
    assert "the offline generator added" in quiz["note"]
    (question,) = [question for question in quiz["questions"] if question["answer"] == "stroma"]
    assert question["evidence"]["quote"].endswith("is called the stroma.")
    usage = job["result"]["usage"]
    assert (usage["input_tokens"], usage["output_tokens"]) == (1000 * usage["calls"], 200 * usage["calls"])
    assert usage["cost"] == round(usage["calls"] * 0.004, 6)
    assert KEY.encode() not in log + stored
