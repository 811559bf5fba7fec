"""A real llama.cpp server with a real, very small model: what it writes is nonsense, and nobody gets to see it."""

import asyncio
import hashlib
from collections.abc import Iterator

import pytest

from benchmarks.quizgen.llama import run_llama
from media.progress import ignore
from media.transcript import Segment, Transcript
from quizsys.questions.gate import check_question
from quizsys.questions.grounding import ground
from quizsys.questions.lesson import Lesson
from quizsys.questions.llm.client import Client, connect
from quizsys.questions.llm.writer import write_with_model
from tests.model_server import Kept

SAID = (
    "Chlorophyll is the green pigment that absorbs red and blue light. It reflects green light, so leaves look green. "
    "The light reactions happen in the thylakoid membranes. There water is split, and oxygen leaves the plant."
)


@pytest.fixture(scope="module")
def llama() -> Iterator[str]:
    """The address of a llama.cpp server."""
    with run_llama() as address:
        yield address


async def test_a_real_server_is_asked_by_schema_and_its_nonsense_is_refused(llama: str) -> None:
    lesson = Lesson("Photosynthesis", 40.0, Transcript("en", "test", (Segment(0, 30, SAID, ()),)))
    kept = Kept()
    client = Client(connect(llama, "", 300), "gemma", kept, asyncio.Semaphore(1), most_answer_tokens=200)
    written = await write_with_model(lesson, 2, client, ignore)
    await client.server.close()
    assert client.usage.calls >= 1
    assert client.usage.input_tokens > 100
    assert client._forms[0].endswith("json_schema")
    assert set(client.usage.failures) <= {"cut_off"}
    assert all(check_question(question, ground(lesson)) is None for question in written.questions)
    assert all(len(key) == hashlib.sha256().digest_size * 2 for key in kept)
