"""kill -9 of the server and of its seats, while real work runs: all is finished, once, and nothing is left over."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from benchmarks.running import Server, start_server, stop_server

STEPS = ("ingest", "scene_detection", "transcription", "quiz_generation")
LIMIT_S = 120


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    assert [
        process for process in psutil.process_iter(["cmdline"]) if str(tmp_path) in str(process.info["cmdline"])
    ] == []


def start(folder: Path) -> Server:
    return start_server(folder, WORKER_CONCURRENCY=2, JOB_RETRY_DELAY_SECONDS=0, MAX_QUEUE_SIZE=1000, DRAIN_S=1)


def enqueue(server: Server, asset_id: str, job_type: str, **more: Any) -> str:
    body = {"job_type": job_type, "payload": {"asset_id": asset_id}, **more}
    return str(server.call("POST", "/projects/p/jobs", json.dumps(body).encode())["id"])


def wait_for(server: Server, job_id: str, statuses: tuple[str, ...]) -> dict[str, Any]:
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        job: dict[str, Any] = server.call("GET", f"/projects/p/jobs/{job_id}")
        if job["status"] in statuses:
            return job
        assert job["status"] not in ("failed", "cancelled"), job["logs"]
        time.sleep(0.02)
    raise AssertionError(f"{job['job_type']} is still {job['status']}")


def kill_server(server: Server) -> None:
    """kill -9; returns when every process of its family has ended."""
    family = psutil.Process(server.process.pid).children(recursive=True)
    server.process.kill()
    server.process.wait()
    _, alive = psutil.wait_procs(family, timeout=5)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []


def list_files(folder: Path) -> list[str]:
    found = [path for name in ("work", "uploads") for path in (folder / name).rglob("*")]
    return [str(path.relative_to(folder)) for path in found if path.is_file() or path.parent.name == "work"]


def test_a_job_is_finished_once_whichever_step_the_server_is_killed_in(folder: Path, clip: Path) -> None:
    server = start(folder)
    try:
        asset_id = server.upload("p", clip)["asset_id"]
        chain = server.call("POST", f"/projects/p/videos/{asset_id}/quiz")["jobs"]
        assert [job["job_type"] for job in chain] == list(STEPS)
        for job in chain:
            wait_for(server, job["id"], ("running",))
            time.sleep(0.3)
            assert server.call("GET", f"/projects/p/jobs/{job['id']}")["status"] == "running"
            kill_server(server)
            server = start(folder)
        states = [wait_for(server, job["id"], ("completed",)) for job in chain]
        for state in states:
            messages = [line["message"] for line in state["logs"]]
            assert (state["attempts"], messages.count("Job completed successfully")) == (2, 1)
            assert "Recovered unfinished job" in messages
        quizzes = server.call("GET", f"/projects/p/videos/{asset_id}/quizzes")
        assert len(quizzes) == 1
        assert len(list_files(folder)) == 1
    finally:
        stop_server(server)


def busiest_seat(server: Server) -> psutil.Process:
    """The process that works most, of all that the server started."""
    family = psutil.Process(server.process.pid).children(recursive=True)
    before = {process: sum(process.cpu_times()[:2]) for process in family}
    time.sleep(0.5)
    return max(family, key=lambda process: sum(process.cpu_times()[:2]) - before[process])


def test_a_killed_seat_costs_only_its_own_job_a_try(folder: Path, clip: Path) -> None:
    server = start(folder)
    try:
        asset_id = server.upload("p", clip)["asset_id"]
        jobs = [enqueue(server, asset_id, "transcription") for _ in range(2)]
        for job_id in jobs:
            wait_for(server, job_id, ("running",))
        os.kill(busiest_seat(server).pid, signal.SIGKILL)
        states = [wait_for(server, job_id, ("completed",)) for job_id in jobs]
        assert sorted(state["attempts"] for state in states) == [1, 2]
        charged = max(states, key=lambda state: int(state["attempts"]))
        assert [line["details"]["code"] for line in charged["logs"] if line["level"] == "ERROR"] == ["crashed"]
    finally:
        assert stop_server(server) == 0
    assert len(list_files(folder)) == 1
