"""A cancel in every state that a job can be in: it is over within two seconds, stays so, and nothing is left of it."""

import json
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from benchmarks.running import LESSON, Server, start_server, stop_server
from tests.faults import invariants
from tests.faults.test_worker import start_worker, stop_worker
from tests.tus_wire import wait_until
from tests.wire import Answer, call, part, upload

LIMIT_S = 2.0
WAIT_S = 60.0
Worker = subprocess.Popen[bytes]
OVER = invariants.OVER
FILM = {"resolution": "540p", "proxy_resolution": None, "generate_thumbnails": False}
WORDS = "A granum is a stack of thylakoids. The stroma is the fluid around it. Light splits water in the thylakoids."


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One seat, so that what comes second waits."""
    folder = tmp_path_factory.mktemp("cancelled")
    server = start_server(folder, WORKER_CONCURRENCY=1, JOB_RETRY_DELAY_SECONDS=0, MAX_QUEUE_SIZE=1000)
    yield server
    invariants.wait_until_settled(folder)
    invariants.check_running(server)
    assert stop_server(server) == 0
    invariants.check_all(folder)


@pytest.fixture(scope="module")
def video(busy: Server) -> str:
    """The lesson, with words, so that each step may begin at once."""
    asset_id = str(busy.upload("p", LESSON)["asset_id"])
    lines = [f"00:{second:02}.000 --> 00:{second + 4:02}.000\n{WORDS}" for second in range(0, 55, 5)]
    path = f"/projects/p/videos/{asset_id}/transcript"
    told = call(busy, "PUT", path, "\n\n".join(["WEBVTT", *lines]).encode(), content_type="text/vtt")
    assert told.status == 200, told
    return asset_id


@pytest.fixture(scope="module")
def film(busy: Server, clip: Path) -> str:
    """No browser plays it, so that its ingest is ffmpeg's work."""
    return str(busy.upload("p", clip)["asset_id"])


def post(server: Server, job_type: str, asset_id: str, to_s: float = 50, **more: Any) -> str:
    payload: dict[str, Any] = {"asset_id": asset_id}
    if job_type == "export":
        payload = FILM | {"clips": [{"asset_id": asset_id, "in_point": 1, "out_point": to_s}]}
    body = json.dumps({"job_type": job_type, "payload": payload, **more}).encode()
    return str(server.call("POST", "/projects/p/jobs", body)["id"])


def see(server: Server, job_id: str) -> dict[str, Any]:
    job: dict[str, Any] = server.call("GET", f"/projects/p/jobs/{job_id}")
    return job


def cancel(server: Server, job_id: str) -> Answer:
    return call(server, "POST", f"/projects/p/jobs/{job_id}/cancel", b"")


def wait_for(server: Server, job_id: str, *statuses: str) -> dict[str, Any]:
    wait_until(lambda: see(server, job_id)["status"] in statuses, WAIT_S)
    return see(server, job_id)


def family(server: Server) -> list[psutil.Process]:
    return psutil.Process(server.process.pid).children(recursive=True)


def has_ffmpeg(server: Server) -> bool:
    for process in family(server):
        try:
            if "ffmpeg" in process.name() and process.status() != psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            continue
    return False


def is_gone(server: Server, job_id: str) -> bool:
    """Its state is told, its programs have ended, its scratch folder is empty."""
    is_over = see(server, job_id)["status"] == "cancelled"
    return is_over and not has_ffmpeg(server) and not list((server.folder / "work").glob(f"{job_id}.*"))


def check_cancel(server: Server, job_id: str) -> None:
    began_s = time.monotonic()
    assert cancel(server, job_id).status == 202
    wait_until(lambda: is_gone(server, job_id), WAIT_S)
    assert time.monotonic() - began_s < LIMIT_S
    assert see(server, job_id)["result"] == {}
    # Again, as an impatient client does.
    assert cancel(server, job_id).status == 202
    assert [line["message"] for line in see(server, job_id)["logs"]].count("Job cancelled") == 1


@pytest.mark.parametrize("step", ["scene_detection", "transcription", "quiz_generation"])
def test_a_step_that_runs(busy: Server, video: str, step: str) -> None:
    job_id = post(busy, step, video)
    wait_for(busy, job_id, "running")
    check_cancel(busy, job_id)


@pytest.mark.parametrize("step", ["ingest", "export"])
def test_a_step_whose_ffmpeg_runs(busy: Server, video: str, film: str, step: str) -> None:
    job_id = post(busy, step, film if step == "ingest" else video)
    wait_until(lambda: has_ffmpeg(busy), WAIT_S)
    check_cancel(busy, job_id)


def test_what_waits_for_a_seat_or_for_a_job_is_over_at_once(busy: Server, video: str, film: str) -> None:
    runs, waits = post(busy, "ingest", film), post(busy, "ingest", video)
    chain = busy.call("POST", f"/projects/p/videos/{film}/quiz")["jobs"]
    assert chain[0]["id"] == runs
    for job_id in (waits, chain[2]["id"]):
        assert cancel(busy, job_id).json()["status"] == "cancelled"
    # It needed the transcription.
    last = see(busy, chain[3]["id"])
    assert (last["status"], last["error_code"]) == ("failed", "dependency_failed")
    wait_for(busy, runs, "running")
    check_cancel(busy, runs)
    last = see(busy, chain[1]["id"])
    assert (last["status"], last["error_code"]) == ("failed", "dependency_failed")


def test_what_waits_for_its_next_try_is_over_at_once(busy: Server, film: str) -> None:
    job_id = post(busy, "ingest", film, retry_delay_seconds=3600)
    wait_until(lambda: has_ffmpeg(busy), WAIT_S)
    for process in family(busy):
        if "ffmpeg" in process.name():
            process.parent().kill()
    waiting = wait_for(busy, job_id, "queued")
    assert waiting["error_code"] == "crashed", waiting["logs"]
    assert cancel(busy, job_id).json()["status"] == "cancelled"
    check_cancel(busy, job_id)


def test_what_is_finished_stays_finished(busy: Server, video: str) -> None:
    job_id = post(busy, "ingest", video)
    done = wait_for(busy, job_id, *OVER)
    told = cancel(busy, job_id)
    assert (told.json()["status"], told.json()) == ("completed", done)


def test_jobs_cancelled_at_any_moment_are_cancelled_or_done(busy: Server, video: str) -> None:
    """The invariants say at the end that neither is half of it."""
    chance = random.Random(6)
    ends = []
    for _ in range(12):
        job_id = post(busy, "ingest", video)
        time.sleep(chance.uniform(0, 0.4))
        cancel(busy, job_id)
        ends.append(wait_for(busy, job_id, *OVER)["status"])
    assert set(ends) <= {"cancelled", "completed"}


@pytest.fixture(scope="module")
def seatless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("finishing")
    server = start_server(folder, WORKER_CONCURRENCY=0, LEASE_S=1, METADATA_EXPORT="false")
    yield server
    assert stop_server(server) == 0
    invariants.check_all(folder)


def is_stopped(worker: Worker) -> bool:
    return bool(psutil.Process(worker.pid).status() == psutil.STATUS_STOPPED)


@contextmanager
def stopped_worker(server: Server, step: str, asset_id: str, **settings: str) -> Iterator[tuple[Worker, str]]:
    """One that was stopped in a job which is then cancelled; and the job's id."""
    while True:
        job_id = post(server, step, asset_id, to_s=1.5)
        worker = start_worker(server, **settings)
        try:
            wait_until(partial(is_stopped, worker), WAIT_S)
            told = cancel(server, job_id)
            if told.status == 202:
                assert told.json()["status"] == "running"
                yield worker, job_id
                return
            # It was stopped in a commit besides, and nobody can write.
            assert told.status == 503, told
        finally:
            worker.send_signal(signal.SIGCONT)
            assert stop_worker(worker) == 0
        wait_for(server, job_id, *OVER)


@pytest.mark.parametrize(
    ("step", "point", "is_late"),
    [
        ("ingest", "job_worked", False),
        ("export", "job_moved", True),
        pytest.param("ingest", "job_moved", False, marks=pytest.mark.soak),
        pytest.param("ingest", "job_moved", True, marks=pytest.mark.soak),
        pytest.param("export", "job_worked", True, marks=pytest.mark.soak),
        pytest.param("export", "job_moved", False, marks=pytest.mark.soak),
    ],
)
def test_what_is_just_being_finished(
    seatless: Server, small_video: bytes, step: str, point: str, is_late: bool
) -> None:
    """By a worker that stops there. `is_late`: until its lease is over, and somebody else has closed the job."""
    asset_id = upload(seatless, "p", part(small_video)).json()["asset_id"]
    with stopped_worker(seatless, step, asset_id, FAULT=f"{point}:1:stop", LEASE_S="3" if is_late else "60") as stopped:
        worker, job_id = stopped
        if is_late:
            assert wait_for(seatless, job_id, *OVER)["status"] == "cancelled"
        worker.send_signal(signal.SIGCONT)
        end = wait_for(seatless, job_id, *OVER)["status"]
        invariants.wait_until_settled(seatless.folder)
    assert end == "cancelled" if is_late else end in ("cancelled", "completed")
    # What a late ingest put beside its video is replaced by the next one and goes with the video.
    for video in seatless.call("GET", "/projects/p/videos"):
        seatless.call("DELETE", f"/projects/p/videos/{video['id']}")
    left = [path for name in invariants.CATEGORIES for path in (seatless.folder / name).rglob("*.*")]
    assert left == []
