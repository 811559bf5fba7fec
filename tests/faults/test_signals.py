"""The signals that end a server: one drains it, as long as it may take; a second one ends it at once."""

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from benchmarks.running import Server, start_server
from media.ffmpeg import ffmpeg_binary
from tests.faults import invariants
from tests.tus_wire import wait_until

LIMIT_S = 60
GIVEN_BACK, RECOVERED, COMPLETED = (
    "Job interrupted; given back",
    "Recovered unfinished job",
    "Job completed successfully",
)


@pytest.fixture
def short_clip(clip: Path, tmp_path: Path) -> Path:
    target = tmp_path / "short.avi"
    command = [ffmpeg_binary(), "-v", "error", "-i", str(clip), "-t", "5", "-c", "copy", str(target)]
    subprocess.run(command, check=True, timeout=60)
    return target


def start(folder: Path, drain_s: int) -> Server:
    return start_server(folder, WORKER_CONCURRENCY=1, JOB_RETRY_DELAY_SECONDS=0, DRAIN_S=drain_s)


def begin_job(server: Server, asset_id: str) -> str:
    """The id of one that is running."""
    body = {"job_type": "ingest", "payload": {"asset_id": asset_id}}
    job_id = str(server.call("POST", "/projects/p/jobs", json.dumps(body).encode())["id"])
    wait_until(lambda: server.call("GET", f"/projects/p/jobs/{job_id}")["status"] == "running", LIMIT_S)
    return job_id


def end(server: Server, *signals: signal.Signals) -> int:
    """Returns the exit code."""
    for number in signals:
        server.process.send_signal(number)
        time.sleep(0.3)
    return server.process.wait(LIMIT_S)


def read_messages(folder: Path, job_id: str) -> list[str]:
    (job,) = (job for job in invariants.list_jobs(folder) if job["id"] == job_id)
    return [line["message"] for line in job["logs"]][2:]


def test_each_way_to_stop_a_server_keeps_its_jobs(tmp_path: Path, short_clip: Path) -> None:
    folder = tmp_path / "storage"
    server = start(folder, LIMIT_S)
    asset_id = server.upload("p", short_clip)["asset_id"]
    in_time = begin_job(server, asset_id)
    assert end(server, signal.SIGINT) == 0
    assert read_messages(folder, in_time) == [COMPLETED]

    server = start(folder, 0)
    too_long = begin_job(server, asset_id)
    assert end(server, signal.SIGTERM) == 0
    assert read_messages(folder, too_long) == [GIVEN_BACK]

    server = start(folder, LIMIT_S)
    wait_until(lambda: server.call("GET", f"/projects/p/jobs/{too_long}")["status"] == "running", LIMIT_S)
    assert end(server, signal.SIGTERM, signal.SIGTERM) == 128 + signal.SIGTERM
    invariants.check_no_process(folder)

    server = start(folder, LIMIT_S)
    invariants.wait_until_settled(folder, LIMIT_S)
    invariants.check_running(server, jobs={in_time, too_long}, assets={asset_id})
    assert end(server, signal.SIGTERM) == 0
    invariants.check_all(folder, jobs={in_time, too_long}, assets={asset_id})
    assert read_messages(folder, too_long)[1:] == ["Job started", RECOVERED, "Job started", COMPLETED]
