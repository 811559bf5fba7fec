"""Jobs that end their seat, or answer with what cannot be read: they alone are charged, and come to an end."""

from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.running import Server
from tests.faults.invariants import check_all, check_running, wait_until_settled
from tests.faults.poisoned_server import POISONS
from tests.faults.scripted import run_script
from tests.wire import call, send_json

MOST_TRIES = 3
DEADLY = ("killed", "segfault", "abort", "exit", "killed while answering")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("poisoned")
    with run_script("poisoned_server", folder, WORKER_CONCURRENCY=2, JOB_RETRY_DELAY_SECONDS=0) as running:
        yield running
    check_all(folder)


def post_job(server: Server, asset_id: str, **more: object) -> str:
    body = {"job_type": "ingest", "payload": {"asset_id": asset_id} | more, "max_attempts": MOST_TRIES}
    answer = send_json(server, "/projects/p/jobs", body)
    assert answer.status == 201, answer
    return str(answer.json()["id"])


def test_only_the_poisoned_job_is_charged_and_it_comes_to_an_end(server: Server, small_video: bytes) -> None:
    told = {"content_type": "video/mp4"}
    asset_id = call(server, "POST", "/projects/p/videos?filename=a.mp4", small_video, **told).json()["asset_id"]
    poisoned, healthy = {}, []
    for number, poison in enumerate(POISONS):
        poisoned[poison] = post_job(server, asset_id, poison=poison)
        if number % 3 == 0:
            healthy.append(post_job(server, asset_id))
    wait_until_settled(server.folder)
    jobs = {job["id"]: job for job in call(server, "GET", "/projects/p/jobs?limit=100").json()}
    assert {(jobs[job_id]["status"], jobs[job_id]["attempts"]) for job_id in healthy} == {("completed", 1)}
    for poison, job_id in poisoned.items():
        job = jobs[job_id]
        expected = ("failed", "crashed", 2) if poison in DEADLY else ("failed", "internal", MOST_TRIES)
        assert (job["status"], list_codes(job)[-1], job["attempts"]) == expected, (poison, job["logs"])
        assert len(list_codes(job)) == job["attempts"]
        assert "object" not in job["error_message"]
        assert "Error" not in job["error_message"]
    check_running(server, jobs=list(jobs), assets=[asset_id])


def list_codes(job: dict[str, Any]) -> list[str]:
    return [line["details"]["code"] for line in job["logs"] if line["level"] == "ERROR"]
