"""A machine writes more for a quiz that people have worked on, and changes nothing that they wrote."""

import json
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from benchmarks.running import LESSON, Server, run_server
from tests.wire import call, check_refusal, part, send_json, upload

P = "/projects/teach"
SAID = (
    "Good morning everyone, and welcome back to biology.",
    "Right, so photosynthesis is the process by which plants use the energy of light to make sugar.",
    "A stack of thylakoids is called a granum.",
    "The fluid that surrounds the thylakoids is called the stroma.",
    "The light reactions take place in the membranes, while the Calvin cycle takes place in the stroma.",
    "Finally, what limits the rate of photosynthesis?",
    "The three main limiting factors are light intensity, carbon dioxide concentration and temperature.",
    "If it gets too hot, the enzymes lose their shape, and the rate falls.",
    "When a pigment absorbs a photon, one of its electrons is raised to a higher energy level.",
    "Now, what happens when a plant runs out of water?",
    "In a drought, a plant closes its stomata to save water, and that also cuts off its carbon dioxide.",
    "The pores in the surface of a leaf are called stomata.",
    "The enzyme that fixes carbon dioxide is called rubisco.",
    "The green pigment that absorbs light is called chlorophyll.",
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with run_server(WORKER_CONCURRENCY=1, METADATA_EXPORT="false") as running:
        yield running


@pytest.fixture(scope="module")
def video(server: Server) -> str:
    asset_id = str(upload(server, "teach", part(LESSON.read_bytes())).json()["asset_id"])
    times = [f"00:{s // 60:02}:{s % 60:02}.000" for n in range(len(SAID)) for s in (10 * n, 10 * n + 7)]
    cues = [f"{start} --> {end}" for start, end in zip(times[::2], times[1::2], strict=True)]
    body = "WEBVTT\n\n" + "\n".join(f"{cue}\n{text}\n" for cue, text in zip(cues, SAID, strict=True))
    answer = call(server, "PUT", f"{P}/videos/{asset_id}/transcript", body.encode(), content_type="text/vtt")
    assert answer.status == 200, answer
    return asset_id


def finish(server: Server, job: dict[str, Any]) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        job = call(server, "GET", f"{P}/jobs/{job['id']}").json()
        if job["status"] in ("completed", "failed"):
            return job
        time.sleep(0.05)
    raise AssertionError(job)


@pytest.fixture
def quiz(server: Server, video: str) -> str:
    """The path of a quiz with three questions of the generator's."""
    wanted = {"job_type": "quiz_generation", "payload": {"asset_id": video, "questions": 3}}
    job = finish(server, send_json(server, f"{P}/jobs", wanted).json())
    assert job["status"] == "completed", job
    return f"{P}/quizzes/{job['result']['quiz_id']}"


def read(server: Server, quiz: str) -> list[dict[str, Any]]:
    return list(call(server, "GET", quiz).json()["questions"])


def ask(server: Server, path: str, **options: Any) -> dict[str, Any]:
    answer = send_json(server, path, options)
    assert answer.status == 202, answer
    job = finish(server, answer.json())
    assert job["status"] == "completed", job
    return dict(job["result"])


def edit(server: Server, quiz: str, question: dict[str, Any], **values: Any) -> dict[str, Any]:
    body = {**values, "base_revision": question["revision"]}
    answer = call(
        server,
        "PATCH",
        f"{quiz}/questions/{question['id']}",
        json.dumps(body).encode(),
        content_type="application/json",
    )
    assert answer.status == 200, answer
    return dict(answer.json())


def test_a_question_is_written_anew_and_can_be_had_back(server: Server, quiz: str) -> None:
    before = read(server, quiz)
    old = before[0]
    assert send_json(server, f"{quiz}/questions/{old['id']}/approve", {}).status == 200
    result = ask(server, f"{quiz}/questions/{old['id']}/regenerate")
    assert (result["questions"], result["note"]) == (1, "")
    now = read(server, quiz)
    assert [question["id"] for question in now] == [question["id"] for question in before]
    assert now[1:] == before[1:]
    new = now[0]
    assert new["stem"] not in {question["stem"] for question in before}
    assert new["status"] == "draft"
    assert {field["by"] for field in new["provenance"].values()} == {"machine"}
    back = send_json(server, f"{quiz}/undo", {}).json()["questions"][0]
    assert (back["stem"], back["status"]) == (old["stem"], "approved")


def test_what_was_there_before_does_not_come_round_again(server: Server, quiz: str) -> None:
    question, seen = read(server, quiz)[0], set()
    for _ in range(3):
        seen.add(question["stem"])
        result = ask(server, f"{quiz}/questions/{question['id']}/regenerate")
        question = read(server, quiz)[0]
        if result["note"]:
            assert question["stem"] in seen
            break
        assert question["stem"] not in seen


def test_what_a_person_wrote_survives(server: Server, quiz: str) -> None:
    one, other = read(server, quiz)[:2]
    edited = edit(server, quiz, one, stem="What do I call it in my own words?")
    result = ask(server, f"{quiz}/questions/{one['id']}/regenerate")
    now = read(server, quiz)[0]
    assert now["stem"] == "What do I call it in my own words?"
    assert now["provenance"]["stem"]["by"] == "human"
    if result["questions"] == 0:
        assert "stem" in result["note"]
        assert now == edited
    # Beside the core, other fields stay while the question is another one.
    edit(server, quiz, other, pause_at_s=150, points=3, chapter="My own")
    assert ask(server, f"{quiz}/questions/{other['id']}/regenerate")["questions"] == 1
    new = read(server, quiz)[1]
    assert new["stem"] != other["stem"]
    assert (new["pause_at_s"], new["points"], new["chapter"]) == (150, 3, "My own")
    assert [name for name, made in new["provenance"].items() if made["by"] == "human"] == [
        *("points", "pause_at_s", "chapter")
    ]
    assert [doubt["code"] for doubt in new["warnings"]] == ["pause_misplaced"]


def test_gaps_are_filled_with_what_was_never_asked(server: Server, quiz: str) -> None:
    before = read(server, quiz)
    assert send_json(server, f"{quiz}/questions/{before[0]['id']}/reject", {"reason": "dull"}).status == 200
    assert call(server, "DELETE", f"{quiz}/questions/{before[1]['id']}").status == 204
    # Nor does what a question was before.
    assert ask(server, f"{quiz}/questions/{before[2]['id']}/regenerate")["questions"] == 1
    kept = read(server, quiz)
    result = ask(server, f"{quiz}/fill", questions=2)
    assert result["questions"] == 2
    now = read(server, quiz)
    assert [question for question in now if question["id"] in {old["id"] for old in kept}] == kept
    new = now[len(kept) :]
    assert len(new) == 2
    assert not {question["stem"] for question in new} & {question["stem"] for question in before}
    pauses = sorted(question["pause_at_s"] for question in now if question["status"] != "rejected")
    assert all(later - earlier >= 8 for earlier, later in pairwise(pauses))
    assert len(send_json(server, f"{quiz}/undo", {}).json()["questions"]) == len(kept)


def test_what_cannot_be_written_anew_is_told(server: Server, quiz: str, video: str) -> None:
    question = read(server, quiz)[0]["id"]
    check_refusal(send_json(server, f"{quiz}/questions/nobody/regenerate", {}), 404, "not_found", "Question not found")
    check_refusal(send_json(server, f"{quiz}/fill", {"questions": 0}), 422, "invalid")
    check_refusal(send_json(server, f"{quiz}/fill", {"generator": "magic"}), 422, "invalid")
    for payload in ({"quiz_id": 5}, {"quiz_id": "nobody"}, {"quiz_id": quiz.rsplit("/", 1)[1], "question_id": [1]}):
        wanted = {"job_type": "quiz_generation", "payload": {"asset_id": video} | payload, "max_attempts": 1}
        job = finish(server, send_json(server, f"{P}/jobs", wanted).json())
        assert (job["status"], job["error_code"]) == ("failed", "not_found"), job
    send_json(server, f"{quiz}/archive", {})
    for path in (f"{quiz}/fill", f"{quiz}/questions/{question}/regenerate"):
        check_refusal(send_json(server, path, {}), 409, "conflict", "archived")
