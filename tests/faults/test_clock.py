"""A clock of the day that jumps: no job is taken from who works on it, none starts early, none waits for the clock."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from benchmarks.running import Server
from quizsys.clock import utc_now
from quizsys.db import Store
from quizsys.models.jobs import Job
from quizsys.models.webhooks import Delivery
from quizsys.retry import next_try_at
from quizsys.services.schedules import heed_clock
from tests.faults.invariants import check_running, wait_until_settled
from tests.faults.scripted import run_script
from tests.faults.test_worker import start_worker, stop_worker
from tests.queueing import add_asset, enqueue
from tests.tus_wire import wait_until
from tests.wire import call, send_json

LEASE_S = 1
HOUR_S, DAY_S = 3600, 86400


class Clock:
    """The clock of the day as the server sees it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.jump(0)

    def jump(self, seconds: int) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self.file)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock")


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[Server]:
    settings = {"WORKER_CONCURRENCY": 0, "LEASE_S": LEASE_S, "SKEW": clock.file}
    with run_script("skewed_server", tmp_path / "server", **settings) as running:
        yield running


@contextmanager
def run_worker(server: Server) -> Iterator[psutil.Process]:
    """Its clock is right."""
    worker = start_worker(server, LEASE_S=str(LEASE_S))
    try:
        yield psutil.Process(worker.pid)
        assert stop_worker(worker) == 0
    finally:
        worker.kill()
        worker.wait()


def get_job(server: Server, job_id: str) -> dict[str, Any]:
    job: dict[str, Any] = call(server, "GET", f"/projects/p/jobs/{job_id}").json()
    return job


def post_job(server: Server, asset_id: str) -> str:
    answer = send_json(server, "/projects/p/jobs", {"job_type": "ingest", "payload": {"asset_id": asset_id}})
    return str(answer.json()["id"])


def wait_for_end(server: Server, job_id: str) -> None:
    wait_until(lambda: get_job(server, job_id)["status"] == "completed", 60)


def watch(server: Server, job_id: str) -> None:
    """It stays with who runs it while the server looks twice."""
    time.sleep(0.8 * LEASE_S)
    job = get_job(server, job_id)
    assert (job["status"], job["attempts"]) == ("running", 1), job["logs"]


def test_no_jump_takes_a_job_from_a_worker_or_makes_one_wait(server: Server, clock: Clock, small_video: bytes) -> None:
    told = {"content_type": "video/mp4"}
    asset_id = call(server, "POST", "/projects/p/videos?filename=a.mp4", small_video, **told).json()["asset_id"]
    with run_worker(server) as worker:
        wait_for_end(server, post_job(server, asset_id))
        seats = worker.children(recursive=True)
        for process in seats:
            process.suspend()
        held = post_job(server, asset_id)
        wait_until(lambda: get_job(server, held)["status"] == "running")
        for jump in (-HOUR_S, DAY_S, HOUR_S):
            clock.jump(jump)
            watch(server, held)
        early = post_job(server, asset_id)
        clock.jump(0)
        for process in seats:
            process.resume()
        wait_for_end(server, early)
        wait_until_settled(server.folder)
    assert [get_job(server, job_id)["attempts"] for job_id in (held, early)] == [1, 1]
    figures = call(server, "GET", "/metrics").body.decode()
    assert [line for line in figures.splitlines() if line.split()[-1].startswith("-")] == []
    check_running(server, jobs=[held, early], assets=[asset_id])


async def test_what_was_put_off_by_a_clock_ahead_waits_as_long_from_now(store: Store) -> None:
    ahead = utc_now() + timedelta(hours=1)
    await store.run(add_asset)
    waiting, soon = await enqueue(store, delay_s=100), await enqueue(store)
    planned_at = next_try_at(ahead, 1, 100, 1, 0)
    changes = {"updated_at": ahead, "run_at": planned_at}
    await store.run(Job.update(changes).where(Job.id == waiting).execute)
    late = {"created_at": utc_now(), "tried_at": ahead, "next_try_at": ahead + timedelta(seconds=30)}
    told = {"id": "d", "webhook_id": "w", "event": "e", "body": "", "status": "pending", "tries": 1}
    await store.run(Delivery(**told, **late).add)
    await store.run(heed_clock)
    await store.run(heed_clock)
    rows = {row.id: row.run_at for row in await store.read(lambda: list(Job.select()))}
    assert 98 < (rows[waiting] - utc_now()).total_seconds() <= 100
    assert rows[soon] <= utc_now()
    message = await store.read(Delivery.get_by_id, "d")
    assert 28 < (message.next_try_at - utc_now()).total_seconds() <= 30
