"""Jobs as the contract has them, and what clients expect next to it: retry, restart, repeats, priorities, cancel."""

import json
import re
import secrets
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks.running import LESSON, Server, run_server
from quizsys.db import Store
from quizsys.ids import new_id
from quizsys.liveness import Presence
from quizsys.services import claims
from quizsys.services.claims import Claim, Failure
from tests.wire import Answer, call, check_refusal, send_json

PROJECT = "contract"
JOBS = f"/projects/{PROJECT}/jobs"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
KEYS = {
    **dict.fromkeys(("id", "project_id", "job_type", "status", "created_at", "updated_at"), str),
    **{"progress": float, "attempts": int, "max_attempts": int, "retry_delay_seconds": float, "logs": list},
    **{"payload": dict, "result": dict, "error_message": (str, type(None))},
}
QUEUED_LINE = ("INFO", "Job queued", {"max_attempts": 3, "retry_delay_seconds": 5.0})


@pytest.fixture(scope="module")
def idle() -> Iterator[Server]:
    """A server that runs no jobs: the tests play their tries."""
    with run_server(WORKER_CONCURRENCY=0, MAX_QUEUE_SIZE=10_000, QUEUE_WAIT_S=0) as running:
        yield running


@pytest.fixture(scope="module")
def video(idle: Server) -> str:
    return str(idle.upload(PROJECT, LESSON)["asset_id"])


@pytest.fixture
async def worker(idle: Server) -> Any:
    """A worker beside the server: it shares the database and shows that it lives."""
    presence, store = Presence(idle.folder / "run", new_id()), Store(idle.folder / "app.db")
    await store.open()
    yield Worker(store, presence.owner)
    await store.close()
    presence.leave()


class Worker:
    def __init__(self, store: Store, owner: str) -> None:
        self.store = store
        self.owner = owner

    async def claim(self) -> Claim:
        found = await self.store.run(claims.claim_job, self.owner, 60)
        assert found is not None
        return found

    async def fail(self, *, permanent: bool = True) -> None:
        await self.store.run(claims.fail_job, await self.claim(), Failure("bad", "It broke.", permanent), 1)

    async def complete(self) -> str:
        claim = await self.claim()
        await self.store.run(claims.complete_job, claim, {"found": 1})
        return claim.job_id


def create(server: Server, video: str, **more: object) -> dict[str, Any]:
    made = send_json(server, JOBS, {"job_type": "ingest", "payload": {"asset_id": video}} | more)
    assert made.status == 201, made
    return dict(made.json())


def read(server: Server, job_id: str) -> dict[str, Any]:
    return dict(call(server, "GET", f"{JOBS}/{job_id}").json())


def post(server: Server, job_id: str, what: str) -> Answer:
    return call(server, "POST", f"{JOBS}/{job_id}/{what}")


def lines(job: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    assert all(set(line) == {"timestamp", "level", "message", "details"} for line in job["logs"])
    return [(line["level"], line["message"], line["details"]) for line in job["logs"]]


@pytest.fixture(autouse=True)
def _leave_nothing_queued(idle: Server) -> Iterator[None]:
    yield
    for job in call(idle, "GET", f"{JOBS}?status=queued&status=running").json():
        post(idle, job["id"], "cancel")


@pytest.mark.parametrize("given", [{}, {"max_attempts": None, "retry_delay_seconds": None, "unknown": [1]}])
def test_a_new_job_has_every_key_with_its_type_and_default(idle: Server, video: str, given: dict[str, object]) -> None:
    job = create(idle, video, **given)
    for key, kind in KEYS.items():
        assert isinstance(job[key], kind), key
    assert (job["status"], job["progress"], job["attempts"], job["result"]) == ("queued", 0.0, 0, {})
    assert (job["max_attempts"], job["retry_delay_seconds"], job["error_message"]) == (3, 5.0, None)
    assert lines(job) == [QUEUED_LINE]
    for moment in (job["created_at"], job["updated_at"], job["logs"][0]["timestamp"]):
        assert MOMENT.fullmatch(moment)
    assert read(idle, job["id"]) == job


def test_numbers_as_text_are_taken_and_the_payload_comes_back_as_it_was(idle: Server, video: str) -> None:
    payload = {"asset_id": video, "deep": [{"x": [1.5, None, True, "\u00e9\u0000"]}], "large": 2**80}
    job = create(idle, video, max_attempts="2", retry_delay_seconds="0.5", payload=payload)
    assert (job["max_attempts"], job["retry_delay_seconds"], job["payload"]) == (2, 0.5, payload)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_what_is_no_number_is_refused_and_the_list_goes_on_working(idle: Server, video: str, number: str) -> None:
    for body in (
        f'{{"job_type":"ingest","payload":{{"asset_id":"{video}","x":{number}}}}}',
        f'{{"job_type":"ingest","payload":{{"asset_id":"{video}"}},"retry_delay_seconds":{number}}}',
    ):
        check_refusal(send_json(idle, JOBS, body.encode()), 422, "invalid")
    assert call(idle, "GET", JOBS).status == 200


async def test_the_life_of_a_job_is_told_line_by_line(idle: Server, video: str, worker: Worker) -> None:
    job_id = create(idle, video, max_attempts=2, retry_delay_seconds=0)["id"]
    first = await worker.claim()
    started = read(idle, job_id)
    assert (started["status"], started["attempts"], started["progress"]) == ("running", 1, 0.0)
    await worker.store.run(claims.set_progress, first, 40.0)
    assert read(idle, job_id)["progress"] == 40.0
    await worker.store.run(claims.fail_job, first, Failure("bad", "It broke."), 1)
    again = read(idle, job_id)
    assert (again["status"], again["error_message"]) == ("queued", "It broke.")
    await worker.claim()
    second = read(idle, job_id)
    assert (second["attempts"], second["progress"], second["result"], second["error_message"]) == (2, 0.0, {}, None)
    await worker.store.run(claims.complete_job, Claim(**vars(first) | {"tries": 2}), {"found": 1})
    done = read(idle, job_id)
    assert (done["status"], done["progress"], done["result"]) == ("completed", 100.0, {"found": 1})
    failure = {"attempt": 1, "code": "bad", "error": "It broke."}
    assert lines(done) == [
        ("INFO", "Job queued", {"max_attempts": 2, "retry_delay_seconds": 0.0}),
        ("INFO", "Job started", {"attempt": 1, "max_attempts": 2}),
        ("ERROR", "Job failed; retry scheduled", failure),
        ("INFO", "Job started", {"attempt": 2, "max_attempts": 2}),
        ("INFO", "Job completed successfully", {}),
    ]


async def test_the_last_failure_is_final_and_says_why(idle: Server, video: str, worker: Worker) -> None:
    job_id = create(idle, video, max_attempts=1)["id"]
    await worker.fail(permanent=False)
    failed = read(idle, job_id)
    assert (failed["status"], failed["error_message"]) == ("failed", "It broke.")
    assert lines(failed)[-1][:2] == ("ERROR", "Job failed")


def test_another_projects_job_is_not_found(idle: Server, video: str) -> None:
    job_id = create(idle, video)["id"]
    for path in (f"/projects/elsewhere/jobs/{job_id}", f"{JOBS}/nobody"):
        check_refusal(call(idle, "GET", path), 404, "not_found", "Job not found")
        for what in ("cancel", "retry", "restart"):
            check_refusal(call(idle, "POST", f"{path}/{what}"), 404, "not_found", "Job not found")
        check_refusal(change(idle, path, {"priority": 1}), 404, "not_found", "Job not found")


async def test_cancel_is_obeyed_in_every_state_and_twice(idle: Server, video: str, worker: Worker) -> None:
    queued = create(idle, video)["id"]
    for _ in range(2):
        answer = post(idle, queued, "cancel")
        assert (answer.status, answer.json()["status"]) == (202, "cancelled")
    assert [line[1] for line in lines(read(idle, queued))] == ["Job queued", "Job cancelled"]
    running = create(idle, video)["id"]
    claim = await worker.claim()
    for _ in range(2):
        answer = post(idle, running, "cancel")
        assert (answer.status, answer.json()["status"]) == (202, "running")
    await worker.store.run(claims.cancel_held, claim)
    assert post(idle, running, "cancel").json()["status"] == "cancelled"
    assert [line[1] for line in lines(read(idle, running))].count("Cancel requested") == 1
    failed, completed = create(idle, video)["id"], create(idle, video)["id"]
    await worker.fail()
    await worker.complete()
    for job_id in (failed, completed):
        before = read(idle, job_id)
        assert post(idle, job_id, "cancel").json() == before


async def test_a_retry_by_hand_gives_all_tries_again_and_keeps_the_log(
    idle: Server, video: str, worker: Worker
) -> None:
    job_id = create(idle, video, max_attempts=2, retry_delay_seconds=0)["id"]
    await worker.fail(permanent=False)
    await worker.fail(permanent=False)
    before = read(idle, job_id)
    assert (before["status"], before["attempts"]) == ("failed", 2)
    answer = post(idle, job_id, "retry")
    assert answer.status == 202
    again = answer.json()
    assert (again["status"], again["attempts"], again["max_attempts"]) == ("queued", 0, 2)
    assert (again["progress"], again["error_message"], again["error_code"]) == (0.0, None, None)
    assert again["logs"][:-1] == before["logs"]
    assert lines(again)[-1] == ("INFO", "Job queued again", {"max_attempts": 2, "retry_delay_seconds": 0.0})
    await worker.fail(permanent=False)
    assert read(idle, job_id)["status"] == "queued"
    assert await worker.complete() == job_id
    assert read(idle, job_id)["attempts"] == 2


async def test_only_what_failed_or_was_cancelled_can_be_retried(idle: Server, video: str, worker: Worker) -> None:
    job_id = create(idle, video)["id"]
    for what in ("retry", "restart"):
        check_refusal(post(idle, job_id, what), 409, "conflict", "queued")
    claim = await worker.claim()
    for what in ("retry", "restart"):
        check_refusal(post(idle, job_id, what), 409, "conflict", "running")
    await worker.store.run(claims.complete_job, claim, {})
    for what in ("retry", "restart"):
        check_refusal(post(idle, job_id, what), 409, "conflict", "completed")
    cancelled = create(idle, video)["id"]
    post(idle, cancelled, "cancel")
    assert post(idle, cancelled, "retry").json()["status"] == "queued"
    assert await worker.complete() == cancelled


async def test_a_late_result_of_a_try_before_the_retry_does_not_count(idle: Server, video: str, worker: Worker) -> None:
    job_id = create(idle, video, max_attempts=1)["id"]
    first = await worker.claim()
    await worker.store.run(claims.fail_job, first, Failure("bad", "It broke."), 1)
    post(idle, job_id, "retry")
    second = await worker.claim()
    assert second.tries == first.tries + 1
    with pytest.raises(claims.Fenced):
        await worker.store.run(claims.complete_job, first, {})
    await worker.store.run(claims.complete_job, second, {})


def upload_other(server: Server) -> str:
    """The id of a video like no other: the same one would be recognised."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "other.mp4"
        path.write_bytes(LESSON.read_bytes() + b"\0\0\0\x10free" + secrets.token_bytes(8))
        return str(server.upload(PROJECT, path)["asset_id"])


def make_chain(server: Server) -> list[dict[str, Any]]:
    """The four jobs of a new video."""
    asset_id = upload_other(server)
    answer = call(server, "POST", f"/projects/{PROJECT}/videos/{asset_id}/quiz")
    assert answer.status == 202
    return list(answer.json()["jobs"])


def states(server: Server, chain: list[dict[str, Any]]) -> list[str]:
    return [read(server, job["id"])["status"] for job in chain]


async def test_a_chain_restarts_from_its_failed_step(idle: Server, worker: Worker) -> None:
    chain = make_chain(idle)
    assert await worker.complete() == chain[0]["id"]
    await worker.fail()
    assert states(idle, chain) == ["completed", "failed", "failed", "failed"]
    check_refusal(post(idle, chain[3]["id"], "restart"), 409, "conflict", chain[1]["id"])
    check_refusal(post(idle, chain[2]["id"], "retry"), 409, "conflict", chain[1]["id"])
    answer = post(idle, chain[1]["id"], "restart")
    assert answer.status == 202
    assert [job["id"] for job in answer.json()] == [job["id"] for job in chain[1:]]
    assert states(idle, chain) == ["completed", "queued", "queued", "queued"]
    assert [await worker.complete() for _ in range(3)] == [job["id"] for job in chain[1:]]
    assert states(idle, chain) == ["completed"] * 4


async def test_a_retried_step_alone_leaves_the_rest_to_a_restart(idle: Server, worker: Worker) -> None:
    chain = make_chain(idle)
    post(idle, chain[0]["id"], "cancel")
    assert states(idle, chain) == ["cancelled", "failed", "failed", "failed"]
    post(idle, chain[0]["id"], "retry")
    assert states(idle, chain) == ["queued", "failed", "failed", "failed"]
    assert post(idle, chain[1]["id"], "restart").status == 202
    assert [await worker.complete() for _ in range(4)] == [job["id"] for job in chain]


async def test_asking_for_a_quiz_again_takes_up_what_is_there(idle: Server, worker: Worker) -> None:
    chain = make_chain(idle)
    path = f"/projects/{PROJECT}/videos/{chain[0]['asset_id']}/quiz"
    await worker.fail()
    post(idle, chain[0]["id"], "restart")
    assert [job["id"] for job in call(idle, "POST", path).json()["jobs"]] == [job["id"] for job in chain]
    await worker.fail()
    anew = call(idle, "POST", path).json()["jobs"]
    assert [job["job_type"] for job in anew] == [job["job_type"] for job in chain]
    assert not {job["id"] for job in anew} & {job["id"] for job in chain}


async def test_a_job_of_a_deleted_video_cannot_be_retried(idle: Server, worker: Worker) -> None:
    asset_id = upload_other(idle)
    job_id = create(idle, asset_id)["id"]
    await worker.fail()
    assert call(idle, "DELETE", f"/projects/{PROJECT}/videos/{asset_id}").status == 204
    for what in ("retry", "restart"):
        check_refusal(post(idle, job_id, what), 409, "conflict", "Upload it again")


def change(server: Server, path: str, body: object) -> Answer:
    raw = json.dumps(body).encode()
    return call(server, "PATCH", path, raw, content_type="application/json")


async def test_the_greatest_priority_comes_first_then_the_oldest(idle: Server, video: str, worker: Worker) -> None:
    plain, low, high, second = (create(idle, video, priority=number)["id"] for number in (None, -100, 100, "0"))
    moved = change(idle, f"{JOBS}/{second}", {"priority": 50})
    assert (moved.status, moved.json()["priority"]) == (200, 50)
    assert lines(moved.json())[-1] == ("INFO", "Priority changed", {"priority": 50})
    assert change(idle, f"{JOBS}/{second}", {"priority": 50}).json() == moved.json()
    assert [await worker.complete() for _ in range(4)] == [high, second, plain, low]
    check_refusal(change(idle, f"{JOBS}/{low}", {"priority": 1}), 409, "conflict", "completed")


@pytest.mark.parametrize("body", [{}, {"priority": None}, {"priority": 101}, {"priority": -101}, {"priority": "x"}, []])
def test_a_priority_out_of_its_scale_is_refused(idle: Server, video: str, body: object) -> None:
    job_id = create(idle, video)["id"]
    check_refusal(change(idle, f"{JOBS}/{job_id}", body), 422, "invalid")
    assert read(idle, job_id)["priority"] == 0


def test_a_full_queue_refuses_a_retry_and_changes_nothing() -> None:
    with run_server(WORKER_CONCURRENCY=0, MAX_QUEUE_SIZE=4, QUEUE_WAIT_S=0) as small:
        chain = make_chain(small)
        post(small, chain[0]["id"], "cancel")
        others = [create(small, chain[0]["asset_id"])["id"] for _ in range(2)]
        answer = post(small, chain[0]["id"], "restart")
        check_refusal(answer, 503, "queue_full")
        assert answer.headers["retry-after"]
        assert states(small, chain) == ["cancelled", "failed", "failed", "failed"]
        post(small, others[0], "cancel")
        assert post(small, chain[0]["id"], "retry").status == 202


@contextmanager
def counting(server: Server) -> Iterator[list[int]]:
    """How many jobs the block makes."""
    before = len(call(server, "GET", JOBS).json())
    made: list[int] = []
    yield made
    made.append(len(call(server, "GET", JOBS).json()) - before)


def test_a_repeat_with_the_same_key_gets_the_first_answer(idle: Server, video: str) -> None:
    key, body = new_id(), {"job_type": "ingest", "payload": {"asset_id": video}}
    with counting(idle) as made:
        first = send_json(idle, JOBS, body, idempotency_key=key)
        call(idle, "POST", f"{JOBS}/{first.json()['id']}/cancel")
        again = send_json(idle, JOBS, body | {"max_attempts": None}, idempotency_key=key)
    assert made == [1]
    assert (again.status, again.body) == (first.status, first.body) == (201, first.body)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["content-type"] == "application/json"
    assert "idempotency-replayed" not in first.headers


def test_a_key_counts_for_one_request_of_one_project(idle: Server, video: str) -> None:
    key, body = new_id(), {"job_type": "ingest", "payload": {"asset_id": video}}
    assert send_json(idle, JOBS, body, idempotency_key=key).status == 201
    for other in (body | {"max_attempts": 1}, body | {"job_type": "transcription"}):
        answer = send_json(idle, JOBS, other, idempotency_key=key)
        check_refusal(answer, 422, "invalid", "key of its own")
        assert answer.json()["detail"][0]["loc"] == ["header", "Idempotency-Key"]
    quiz = f"/projects/{PROJECT}/videos/{video}/quiz"
    check_refusal(call(idle, "POST", quiz, idempotency_key=key), 422, "invalid", "key of its own")
    asset_id = idle.upload("another", LESSON)["asset_id"]
    body = {"job_type": "ingest", "payload": {"asset_id": asset_id}}
    assert send_json(idle, "/projects/another/jobs", body, idempotency_key=key).status == 201


def test_a_refusal_is_not_kept(idle: Server, video: str) -> None:
    key, body = new_id(), {"job_type": "ingest", "payload": {"asset_id": "nobody"}}
    check_refusal(send_json(idle, JOBS, body, idempotency_key=key), 422, "invalid", "no such video")
    body["payload"] = {"asset_id": video}
    assert send_json(idle, JOBS, body, idempotency_key=key).status == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "\u00e9"])
def test_a_key_that_is_none_is_refused(idle: Server, video: str, key: str) -> None:
    body = {"job_type": "ingest", "payload": {"asset_id": video}}
    with counting(idle) as made:
        check_refusal(send_json(idle, JOBS, body, idempotency_key=key), 422, "invalid", "visible ASCII")
    assert made == [0]


def test_repeats_at_the_same_time_make_one_job(idle: Server, video: str) -> None:
    key, body, answers = new_id(), {"job_type": "ingest", "payload": {"asset_id": video}}, []

    def ask() -> None:
        answers.append(send_json(idle, JOBS, body, idempotency_key=key))

    with counting(idle) as made:
        threads = [threading.Thread(target=ask) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert made == [1]
    assert {(answer.status, answer.body) for answer in answers} == {(201, answers[0].body)}
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1


def test_a_repeated_wish_for_a_quiz_makes_one_chain(idle: Server) -> None:
    asset_id, key = upload_other(idle), new_id()
    path = f"/projects/{PROJECT}/videos/{asset_id}/quiz"
    first = send_json(idle, path, {"questions": 3}, idempotency_key=key)
    for job in first.json()["jobs"]:
        post(idle, job["id"], "cancel")
    again = send_json(idle, path, {"questions": 3}, idempotency_key=key)
    assert (again.status, again.body, again.headers["idempotency-replayed"]) == (202, first.body, "true")
    check_refusal(send_json(idle, path, {"questions": 4}, idempotency_key=key), 422, "invalid")
