"""Workers that share a queue while one is killed and one is stopped (SIGSTOP): every job is finished once."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from benchmarks.running import Server, start_server, stop_server
from tests.faults import invariants
from tests.faults.test_worker import start_worker, stop_worker
from tests.tus_wire import wait_until

LEASE_S = "3"
FENCED = re.compile("this try no longer counts job_id=([0-9a-f-]+)")
LIMIT_S = 60
MOST_JOB_S = 1


@pytest.fixture
def workers() -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Those that begun; none outlives its test."""
    begun: list[subprocess.Popen[bytes]] = []
    yield begun
    for worker in begun:
        worker.kill()
        worker.wait()


@pytest.fixture
def server(tmp_path: Path, small_video: bytes, workers: list["subprocess.Popen[bytes]"]) -> Iterator[Server]:
    """One that runs no jobs, with a video."""
    folder = tmp_path / "storage"
    folder.mkdir()
    running = start_server(folder, WORKER_CONCURRENCY=0, MAX_QUEUE_SIZE=1000, LEASE_S=LEASE_S, METADATA_EXPORT="false")
    (tmp_path / "small.mp4").write_bytes(small_video)
    running.upload("p", tmp_path / "small.mp4")
    yield running
    for worker in workers:
        worker.kill()
    if running.process.poll() is None:
        stop_server(running)


def enqueue(server: Server, count: int) -> set[str]:
    (video,) = server.call("GET", "/projects/p/videos")
    body = {"job_type": "ingest", "payload": {"asset_id": video["id"]}, "retry_delay_seconds": 0}
    return {server.call("POST", "/projects/p/jobs", json.dumps(body).encode())["id"] for _ in range(count)}


def begin(server: Server, name: str, **settings: str) -> "subprocess.Popen[bytes]":
    return start_worker(server, LEASE_S=LEASE_S, LOG_FILE=str(server.folder.parent / f"{name}.log"), **settings)


def read_log(server: Server, name: str) -> str:
    return (server.folder.parent / f"{name}-worker.log").read_text()


def wait_until_stopped(server: Server, worker: "subprocess.Popen[bytes]") -> None:
    """By its fault, but not in the midst of a commit: then nobody could write until it goes on."""
    wait_until(lambda: is_stopped(worker), LIMIT_S)
    while is_locked(server.folder):
        os.kill(worker.pid, signal.SIGCONT)
        time.sleep(0.05)
        os.kill(worker.pid, signal.SIGSTOP)


def is_stopped(worker: "subprocess.Popen[bytes]") -> bool:
    return Path(f"/proc/{worker.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def list_recovered(folder: Path) -> set[str]:
    told = {job["id"]: {line["message"] for line in job["logs"]} for job in invariants.list_jobs(folder)}
    return {job_id for job_id, messages in told.items() if "Recovered unfinished job" in messages}


def is_locked(folder: Path) -> bool:
    with closing(apsw.Connection(str(folder / "app.db"))) as db:
        db.set_busy_timeout(2000)
        try:
            db.execute("BEGIN IMMEDIATE")
        except apsw.BusyError:
            return True
        db.execute("ROLLBACK")
        return False


def finish(server: Server, jobs: set[str], *workers: "subprocess.Popen[bytes]") -> None:
    """All that is queued, by these workers; all holds, while they run and after."""
    invariants.wait_until_settled(server.folder, LIMIT_S)
    assert [stop_worker(worker) for worker in workers] == [0] * len(workers)
    invariants.check_running(server, jobs=jobs)
    assert {job["status"] for job in invariants.list_jobs(server.folder)} == {"completed"}
    assert stop_server(server) == 0
    invariants.check_all(server.folder, jobs=jobs)


@pytest.mark.parametrize(
    ("killed_at", "stopped_at", "count"),
    [
        ("committed.claim_job:2", "job_moved:1:stop", 5),
        *(
            pytest.param(killed_at, stopped_at, 500, marks=pytest.mark.soak)
            for killed_at in ("seat_given_work:40", "job_worked:40", "commit.finish:40", "committed.finish:40")
            for stopped_at in ("committed.claim_job:40:stop", "job_worked:40:stop")
        ),
    ],
)
def test_each_job_is_finished_once_by_whoever_lives(
    server: Server, workers: list["subprocess.Popen[bytes]"], killed_at: str, stopped_at: str, count: int
) -> None:
    jobs = enqueue(server, count)
    killed, stopped = begin(server, "killed", FAULT=killed_at), begin(server, "stopped", FAULT=stopped_at)
    workers += [killed, stopped]
    assert killed.wait(LIMIT_S) == -signal.SIGKILL
    wait_until_stopped(server, stopped)
    workers.append(begin(server, "living"))
    left = "SELECT 1 FROM jobs WHERE status != 'completed'"
    wait_until(lambda: not invariants.read(server.folder, left), LIMIT_S + count * MOST_JOB_S)
    os.kill(stopped.pid, signal.SIGCONT)
    finish(server, jobs, *workers[1:])
    recovered, fenced = list_recovered(server.folder), set(FENCED.findall(read_log(server, "stopped")))
    assert recovered
    assert fenced <= recovered
    # What the killed one left; nothing, if it was killed between two jobs.
    assert len(recovered - fenced) <= 1


@pytest.mark.soak
def test_a_worker_stopped_in_a_commit_holds_writers_up_and_loses_nothing(
    server: Server, workers: list["subprocess.Popen[bytes]"]
) -> None:
    """It holds the database's lock: who wants to write is told to come again, who reads is not held up."""
    jobs = enqueue(server, 3)
    workers.append(begin(server, "stopped", FAULT="commit.finish:1:stop"))
    wait_until(lambda: is_stopped(workers[0]), LIMIT_S)
    try:
        began_s = time.monotonic()
        assert len(server.call("GET", "/projects/p/jobs")) == 3
        assert time.monotonic() - began_s < 4
        with pytest.raises(RuntimeError, match="503"):
            enqueue(server, 1)
    finally:
        os.kill(workers[0].pid, signal.SIGCONT)
    jobs |= enqueue(server, 1)
    finish(server, jobs, *workers)
