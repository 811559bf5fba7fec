"""Many at once for little room, one wish many times, a database that somebody else holds: as many jobs as were told."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import apsw
import psutil
import pytest

from benchmarks.running import Server, start_server, stop_server
from quizsys.ids import new_id
from tests.faults.invariants import check_running, wait_until_settled
from tests.faults.test_worker import start_worker, stop_worker
from tests.tus_wire import wait_until
from tests.wire import Answer, call, check_refusal, send_json

JOBS = "/projects/p/jobs"
POSTS, ROOM = 200, 50
LOCKED_S = 8


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    room = {"MAX_QUEUE_SIZE": ROOM, "QUEUE_WAIT_S": 0.2, "METADATA_EXPORT": "false"}
    running = start_server(tmp_path, WORKER_CONCURRENCY=0, LEASE_S=2, **room)
    yield running
    assert stop_server(running) == 0


def send_video(server: Server, video: bytes) -> str:
    told = {"content_type": "video/mp4"}
    return str(call(server, "POST", "/projects/p/videos?filename=a.mp4", video, **told).json()["asset_id"])


def at_once(count: int, ask: Callable[[], Answer]) -> list[Answer]:
    """What `count` clients are told that ask in the same moment."""
    gate, answers = threading.Barrier(count), list[Answer]()

    def wait_and_ask() -> None:
        gate.wait()
        answers.append(ask())

    threads = [threading.Thread(target=wait_and_ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == count
    return answers


def test_of_many_jobs_at_once_exactly_those_that_fit_are_taken(server: Server, small_video: bytes) -> None:
    body = {"job_type": "ingest", "payload": {"asset_id": send_video(server, small_video)}}
    answers = at_once(POSTS, lambda: send_json(server, JOBS, body))
    assert Counter(answer.status for answer in answers) == {201: ROOM, 503: POSTS - ROOM}
    for refused in (answer for answer in answers if answer.status == 503):
        check_refusal(refused, 503, "queue_full")
        assert int(refused.headers["retry-after"]) > 0
    taken = {answer.json()["id"] for answer in answers if answer.status == 201}
    assert {job["id"] for job in call(server, "GET", f"{JOBS}?limit=1000").json()} == taken
    key = new_id()
    assert {answer.status for answer in at_once(20, lambda: send_json(server, JOBS, body, idempotency_key=key))} == {
        503
    }
    gone = taken.pop()
    call(server, "POST", f"{JOBS}/{gone}/cancel")
    kept = at_once(20, lambda: send_json(server, JOBS, body, idempotency_key=key))
    assert {(answer.status, answer.body) for answer in kept} == {(201, kept[0].body)}
    check_refusal(send_json(server, JOBS, body | {"priority": 1}, idempotency_key=key), 422, "invalid")
    queued = {job["id"] for job in call(server, "GET", f"{JOBS}?limit=1000&status=queued").json()}
    assert queued == taken | {kept[0].json()["id"]}


@contextmanager
def locked(server: Server) -> Iterator[None]:
    """Somebody else holds the database for writing."""
    with closing(apsw.Connection(str(server.folder / "app.db"))) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")


@pytest.mark.soak
def test_a_database_that_is_held_for_long_costs_nobody_a_job(server: Server, small_video: bytes) -> None:
    asset_id = send_video(server, small_video)
    body = {"job_type": "ingest", "payload": {"asset_id": asset_id}}
    worker = start_worker(server, LEASE_S="2")
    try:
        warm = send_json(server, JOBS, body).json()["id"]
        wait_until(lambda: call(server, "GET", f"{JOBS}/{warm}").json()["status"] == "completed", 60)
        seats = psutil.Process(worker.pid).children(recursive=True)
        for process in seats:
            process.suspend()
        held = send_json(server, JOBS, body).json()["id"]
        wait_until(lambda: call(server, "GET", f"{JOBS}/{held}").json()["status"] == "running")
        with locked(server):
            began_s = time.monotonic()
            answers = at_once(10, lambda: send_json(server, JOBS, body))
            assert {(answer.status, answer.json()["code"]) for answer in answers} == {(503, "busy")}
            assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
            assert call(server, "GET", f"{JOBS}/{held}").json()["status"] == "running"
            time.sleep(max(0.0, LOCKED_S - (time.monotonic() - began_s)))
        late = send_json(server, JOBS, body)
        assert late.status == 201
        time.sleep(3)
        assert call(server, "GET", f"{JOBS}/{held}").json()["status"] == "running"
        for process in seats:
            process.resume()
        wait_until_settled(server.folder)
        assert call(server, "GET", f"{JOBS}/{held}").json()["attempts"] == 1
        check_running(server, jobs=[warm, held, late.json()["id"]])
        assert stop_worker(worker) == 0
    finally:
        worker.kill()
        worker.wait()
