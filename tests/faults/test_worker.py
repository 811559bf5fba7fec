"""Standalone workers share the queue with a server that has no seats of its own."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks.running import ROOT, Server, start_server, stop_server

LIMIT_S = 60


@pytest.fixture
def server(tmp_path: Path) -> Any:
    running = start_server(tmp_path, WORKER_CONCURRENCY=0)
    yield running
    assert stop_server(running) == 0


def start_worker(server: Server, **settings: str) -> "subprocess.Popen[bytes]":
    own = {
        "STORAGE_ROOT": str(server.folder),
        "DATABASE_URL": f"sqlite:///{server.folder / 'app.db'}",
        "LOG_FILE": "",
        "WORKER_CONCURRENCY": "1",
        "LEASE_S": "1",
    }
    command = [sys.executable, str(ROOT / "server.py"), "worker"]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | own | settings, stderr=subprocess.DEVNULL)


def stop_worker(worker: "subprocess.Popen[bytes]") -> int:
    worker.terminate()
    return worker.wait(30)


def enqueue(server: Server, asset_id: str, job_type: str) -> str:
    body = json.dumps({"job_type": job_type, "payload": {"asset_id": asset_id}, "retry_delay_seconds": 0}).encode()
    return str(server.call("POST", "/projects/p/jobs", body)["id"])


def wait_for(server: Server, job_id: str, status: str) -> dict[str, Any]:
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        job: dict[str, Any] = server.call("GET", f"/projects/p/jobs/{job_id}")
        if job["status"] == status:
            return job
        assert job["status"] not in ("failed", "cancelled"), job["logs"]
        time.sleep(0.05)
    raise AssertionError(job)


def test_a_worker_runs_what_the_server_takes_in(server: Server, lesson: Path) -> None:
    asset_id = server.upload("p", lesson)["asset_id"]
    jobs = [enqueue(server, asset_id, "ingest") for _ in range(5)]
    assert server.call("GET", f"/projects/p/jobs/{jobs[0]}")["status"] == "queued"
    worker = start_worker(server)
    try:
        states = [wait_for(server, job_id, "completed") for job_id in jobs]
        assert [state["attempts"] for state in states] == [1] * 5
    finally:
        assert stop_worker(worker) == 0


def test_a_second_server_on_one_storage_says_so_and_ends(server: Server) -> None:
    own = {"STORAGE_ROOT": str(server.folder), "LOG_FILE": "", "PORT": "0"}
    own["DATABASE_URL"] = f"sqlite:///{server.folder / 'app.db'}"
    done = subprocess.run(
        [sys.executable, str(ROOT / "server.py")],
        cwd=ROOT,
        env=os.environ | own,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Another server uses" in done.stderr
