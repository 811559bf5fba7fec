"""A client that openapi-python-client makes from the document, against a real server: from a video to its quiz."""

import importlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from benchmarks.running import Server
from quizsys.schemas.results import RESULTS
from quizsys.services.chains import STEPS
from quizsys.services.versions import publish_quiz
from tests.document import Document
from tests.sharing import Device, answer_something, approve, prepare
from tests.wire import call

PACKAGE = "quizsys_made_client"
OCTETS = "application/octet-stream"
PROJECT = "made-client"
JOB_LIMIT_S = 600
NOBODY = "019aab3e-6c1f-7d52-9a43-0d3f4f5a6b7c"
# Without them, these find nothing.
QUERIES = {"/search": "?q=the", "/projects/{project_id}/search": "?q=the"}


@pytest.fixture(scope="module")
def api(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Imports a module of the made client by its name."""
    folder = tmp_path_factory.mktemp("client")
    document = server.call("GET", "/openapi.json")
    (folder / "openapi.json").write_text(json.dumps(document))
    config = {"post_hooks": [], "content_type_overrides": dict.fromkeys(list_binary_types(document), OCTETS)}
    (folder / "config.json").write_text(json.dumps(config))
    make_client(folder)
    sys.path.insert(0, str(folder))
    try:
        yield lambda name: importlib.import_module(f"{PACKAGE}.{name}")
    finally:
        sys.path.remove(str(folder))


def list_binary_types(document: dict[str, Any]) -> set[str]:
    """The types of bodies and answers that the generator does not know as bytes unless told."""
    operations = [described for methods in document["paths"].values() for described in methods.values()]
    bodies = [described.get("requestBody", {}) for described in operations]
    answers = [answer for described in operations for answer in described["responses"].values()]
    kinds = {kind for body in bodies for kind in body.get("content", {})}
    kinds |= {kind for answer in answers for kind in answer.get("content", {}) if kind.endswith("ndjson")}
    return kinds - {"application/json", "multipart/form-data", OCTETS}


def make_client(folder: Path) -> None:
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none", "--fail-on-warning"]
    command += ["--path", "openapi.json", "--config", "config.json", "--output-path", PACKAGE]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert "warning" not in done.stdout.lower(), done.stdout


@pytest.fixture(scope="module")
def client(server: Server, api: Any) -> Iterator[Any]:
    with api("client").Client(base_url=f"http://127.0.0.1:{server.port}", timeout=60) as opened:
        yield opened


@pytest.fixture(scope="module")
def things(server: Server, client: Any, api: Any, short_lesson: Path) -> dict[str, str]:
    """A video and all that is made of it, by the names that paths have for their ids."""
    file = api("types").File(BytesIO(short_lesson.read_bytes()), "Lesson.mp4", "video/mp4")
    form, options = api("models").FileForm(file), api("models").QuizOptions()
    uploaded = api("api.videos.create_video").sync(PROJECT, client=client, body=form)
    assert (uploaded.original_filename, uploaded.size_bytes) == ("Lesson.mp4", short_lesson.stat().st_size)
    chain = api("api.quizzes.request_quiz").sync(PROJECT, uploaded.asset_id, client=client, body=options)
    job = wait_for_job(api, client, chain.job_id)
    assert job.status == "completed", job.error_message
    result = api("models").QuizGenerationResult.from_dict(job.result.to_dict())
    server.call("POST", "/tokens", b'{"name": "class", "role": "viewer"}')
    # A switched off one for all projects; the other's receiver is nobody.
    server.call("POST", "/webhooks", b'{"url": "http://nobody.invalid/", "active": false}')
    hook = server.call("POST", f"/projects/{PROJECT}/webhooks", b'{"url": "http://nobody.invalid/"}')
    message = server.call("POST", f"/projects/{PROJECT}/webhooks/{hook['id']}/test")
    ids = {"asset_id": uploaded.asset_id, "job_id": chain.job_id, "quiz_id": result.quiz_id}
    ids |= {"webhook_id": hook["id"], "delivery_id": message["id"]}
    ids |= take_quiz(server, str(result.quiz_id))
    return {"project_id": PROJECT} | {name: str(value) for name, value in ids.items()}


def take_quiz(server: Server, quiz_id: str) -> dict[str, str]:
    """As a learner: starts, answers one question."""
    server.call("PATCH", f"/projects/{PROJECT}/quizzes/{quiz_id}", b'{"title": "Mine", "base_revision": 1}')
    prepare(server.folder, lambda: approve(quiz_id), lambda: publish_quiz(PROJECT, quiz_id, "Ada"))
    link = server.call("POST", f"/projects/{PROJECT}/quizzes/{quiz_id}/links")
    device = Device(server, link["token"])
    attempt = device.start()
    device.send(attempt["questions"][0], answer_something(attempt["questions"][0]))
    ids = {"link_id": link["id"], "link_token": link["token"], "attempt_id": attempt["id"]}
    return ids | {"learner_id": attempt["learner_id"], "learner_key": device.key}


def test_a_made_client_reads_the_quiz_of_its_video(client: Any, api: Any, things: dict[str, str]) -> None:
    quiz = api("api.quizzes.get_quiz").sync(PROJECT, things["quiz_id"], client=client)
    assert str(quiz.asset_id) == things["asset_id"]
    assert len(quiz.questions) > 0
    transcript = api("api.transcripts.get_transcript").sync(PROJECT, things["asset_id"], client=client)
    said = " ".join(segment.text for segment in transcript.segments)
    assert [question.stem for question in quiz.questions if question.evidence.quote not in said] == []


def test_every_list_and_thing_is_as_the_document_says(server: Server, things: dict[str, str]) -> None:
    document = Document(server.call("GET", "/openapi.json"))
    empty = []
    for path, status, kind in document.list_reads():
        if kind != "application/json" or path in ("/openapi.json",):
            continue
        where = re.sub(r"{(\w+)}", lambda name: things.get(name[1], NOBODY), path) + QUERIES.get(path, "")
        given = call(server, "GET", where, x_learner_key=things["learner_key"])
        document.check("get", path, given)
        if given.status == status and given.json() == []:
            empty.append(path)
    assert empty == []


@pytest.mark.usefixtures("things")
def test_every_result_is_as_the_document_says(server: Server) -> None:
    document = Document(server.call("GET", "/openapi.json"))
    jobs = call(server, "GET", f"/projects/{PROJECT}/jobs?status=completed").json()
    assert {job["job_type"] for job in jobs} == set(STEPS) <= set(RESULTS)
    for job in jobs:
        document.check_schema(RESULTS[job["job_type"]].__name__, job["result"])


def test_a_made_client_is_told_what_is_wrong(client: Any, api: Any) -> None:
    models = api("models")
    body = models.JobCreateRequest(job_type=models.JobCreateRequestJobType.INGEST, max_attempts=0)
    refused = api("api.jobs.create_job").sync(PROJECT, client=client, body=body)
    assert refused.code == "invalid"
    assert refused.detail[0].loc == ["body", "max_attempts"]
    unknown = api("api.jobs.get_job").sync(PROJECT, "019aab3e-6c1f-7d52-9a43-0d3f4f5a6b7c", client=client)
    assert (unknown.code, unknown.detail) == ("not_found", "Job not found")


def wait_for_job(api: Any, client: Any, job_id: object) -> Any:
    deadline = time.monotonic() + JOB_LIMIT_S
    while time.monotonic() < deadline:
        job = api("api.jobs.get_job").sync(PROJECT, job_id, client=client)
        if job.status in ("completed", "failed", "cancelled"):
            return job
        time.sleep(0.2)
    raise AssertionError(f"job {job_id} is still {job.status}")
