"""Learners who answer at the same time, over HTTP: how long an answer takes to be kept, and whether all are.

    python -m benchmarks.learners [--learners 500] [--spread 1.0]

Each learner has a connection and an attempt of its own, and answers each question of the quiz once. All questions are
answered in rounds: within a round each learner answers at a random moment of --spread seconds, and after them comes one
round in which all answer at the same instant. Times count from the moment at which an answer was due to be sent.
Synchronous=FULL: an acknowledged answer survives power loss.
"""

import argparse
import asyncio
import json
import random
import statistics
import time
from typing import Any, cast

import apsw
import uvloop

from benchmarks.running import LESSON, Server, run_server

PROJECT = "/projects/bench"
CHOICES = [{"text": "Granum", "correct": True, "feedback": "Yes."}, {"text": "Stroma"}, {"text": "Lumen"}]
QUESTIONS = 8


class Learner(asyncio.Protocol):
    """One keep-alive connection with one request on its way. Lean: it shares the cores with the server."""

    def __init__(self, token: str) -> None:
        self.root = f"/share/{token}"
        self.key = ""
        self.attempt: dict[str, Any] = {}
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.answered.done():
            self.answered.set_exception(error or ConnectionResetError("the server hung up"))

    def post(self, path: str, body: object) -> "asyncio.Future[bytes]":
        """The answer's body. Raises RuntimeError for anything but a 2xx."""
        raw = json.dumps(body).encode()
        head = f"POST {self.root}{path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        head += f"X-Learner-Key: {self.key}\r\nContent-Length: {len(raw)}\r\n\r\n"
        self.answered: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.transport.write(head.encode() + raw)
        return self.answered

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found or len(body) < int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]):
            return
        self.buffer = b""
        if head.startswith(b"HTTP/1.1 20"):
            self.answered.set_result(body)
        else:
            self.answered.set_exception(RuntimeError(f"{head.decode()}\n{body.decode()}"))

    async def start(self, port: int) -> None:
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", port)
        self.attempt = json.loads(await self.post("/attempts", {"name": "Eve"}))
        self.key = self.attempt["learner_key"]

    async def answer(self, number: int, due_s: float) -> float:
        """Answers a question at a moment of `time.perf_counter`; returns the seconds from then to its answer."""
        question = self.attempt["questions"][number]
        body = {"client_id": f"a{number}", "question_id": question["id"], "answer": {"choice": number % 3}}
        await asyncio.sleep(due_s - time.perf_counter())
        await self.post(f"/attempts/{self.attempt['id']}/answers", body | {"elapsed_ms": 1000, "position_s": 1.0})
        return time.perf_counter() - due_s


async def measure(port: int, token: str, count: int, spread_s: float) -> tuple[list[float], list[float]]:
    """The times of all answers, in seconds: of those spread over time, and of those sent at one instant."""
    learners = [Learner(token) for _ in range(count)]
    for first in range(0, count, 50):
        await asyncio.gather(*(learner.start(port) for learner in learners[first : first + 50]))
    spread: list[float] = []
    *rounds, last = range(QUESTIONS)
    for number in rounds:
        spread += await ask_all(learners, number, spread_s)
    return spread, await ask_all(learners, last, 0.0)


async def ask_all(learners: list[Learner], number: int, spread_s: float) -> list[float]:
    start_s = time.perf_counter() + 0.5
    return await asyncio.gather(*(learner.answer(number, start_s + random.random() * spread_s) for learner in learners))


def share(server: Server) -> str:
    """The token of a link to a published quiz of QUESTIONS questions."""

    def post(path: str, body: object = None) -> Any:
        return server.call("POST", PROJECT + path, json.dumps(body or {}).encode())

    asset_id = server.upload("bench", LESSON)["asset_id"]
    quiz = f"/quizzes/{post(f'/videos/{asset_id}/quizzes', {'title': 'Plants'})['id']}"
    for number in range(QUESTIONS):
        asked = {"stem": f"What is stack {number} called?", "choices": CHOICES, "pause_at_s": 10 * number + 5}
        post(f"{quiz}/questions/{post(f'{quiz}/questions', asked)['id']}/approve")
    post(f"{quiz}/publish")
    return str(post(f"{quiz}/links")["token"])


def describe(times_s: list[float]) -> str:
    cuts = statistics.quantiles(times_s, n=100)
    names = {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": max(times_s)}
    return ", ".join(f"{name} {value * 1000:.0f} ms" for name, value in names.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--learners", type=int, default=500)
    parser.add_argument("--spread", type=float, default=1.0, help="seconds in which all learners answer once")
    options = parser.parse_args()
    with run_server(WORKER_CONCURRENCY=0) as server:
        token = share(server)
        spread, at_once = uvloop.run(measure(server.port, token, options.learners, options.spread))
        with apsw.Connection(str(server.folder / "app.db"), flags=apsw.SQLITE_OPEN_READONLY) as db:
            kept = db.execute("SELECT COUNT(*) FROM answers").fetchone()
    print(f"{options.learners} learners, an answer of each within {options.spread:g} s: {describe(spread)}")
    print(f"{options.learners} answers at one instant: {describe(at_once)}")
    print(f"acknowledged {len(spread) + len(at_once)}, kept {kept[0] if kept else 0}")


if __name__ == "__main__":
    main()
