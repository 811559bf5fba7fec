"""Quizzes in and out over the wire: a file taken in, every package downloaded, read and sent in again."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import apsw
import pytest

from benchmarks.running import Server, run_server
from quizsys.packages.shelf import FORMATS, SHELF
from tests.sheets import make_sheet
from tests.wire import Answer, call, check_refusal, form, part, send_json, upload

PROJECT = "packages"
ROOT = f"/projects/{PROJECT}/quizzes"
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with run_server(WORKER_CONCURRENCY=0, UPLOAD_IDLE_TIMEOUT_S=3) as running:
        yield running


@pytest.fixture(scope="module")
def asset_id(server: Server, small_video: bytes) -> str:
    return str(upload(server, PROJECT, part(small_video)).json()["asset_id"])


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A quiz of every kind as JSON, within the two seconds of the video."""
    path = tmp_path_factory.mktemp("source") / "quiz.json"
    sheet = make_sheet()
    items = [replace(item, start_s=0.5, end_s=1.0, pause_at_s=1.5) for item in sheet.items]
    # What is no number is told at the door.
    SHELF["json"].write(replace(sheet, items=tuple(item for item in items if item.answer != "several")), path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def quiz_id(server: Server, asset_id: str, source: bytes) -> str:
    answer = send(server, source, f"?asset_id={asset_id}", "application/json")
    assert answer.status == 201, answer
    report = answer.json()
    assert (len(report["created"]), report["problems"], report["is_new"]) == (13, [], True)
    return str(report["quiz_id"])


def send(server: Server, raw: bytes, query: str = "", kind: str = "text/plain") -> Answer:
    return call(server, "POST", f"{ROOT}/import{query}", raw, content_type=kind)


def fetch(server: Server, quiz_id: str, name: str, query: str = "?draft=true") -> Answer:
    return call(server, "GET", f"{ROOT}/{quiz_id}/packages/{name}{query}")


def read_quiz(server: Server, quiz_id: str) -> Any:
    return call(server, "GET", f"{ROOT}/{quiz_id}").json()


def test_what_was_taken_in_is_there(server: Server, quiz_id: str) -> None:
    quiz = read_quiz(server, quiz_id)
    assert quiz["title"] == "Light / Dark: plants"
    assert {question["origin"] for question in quiz["questions"]} == {"import"}
    assert {question["status"] for question in quiz["questions"]} == {"draft"}
    kinds = [question["kind"] for question in quiz["questions"]]
    assert kinds == [item.kind for item in make_sheet().items if item.answer != "several"]


@pytest.mark.parametrize("name", ["gift", "moodle", "json"])
def test_what_comes_back_unchanged_changes_nothing(server: Server, quiz_id: str, name: str) -> None:
    before = read_quiz(server, quiz_id)
    report = send(server, fetch(server, quiz_id, name).body, f"?quiz_id={quiz_id}&format={name}").json()
    assert (len(report["unchanged"]), report["created"], report["updated"], report["problems"]) == (13, [], [], [])
    assert read_quiz(server, quiz_id) == before


def test_a_question_changed_elsewhere_is_changed_here(server: Server, asset_id: str, source: bytes) -> None:
    quiz = json.loads(source) | {"id": "", "questions": json.loads(source)["questions"][3:5]}
    for question in quiz["questions"]:
        question["id"] = "elsewhere " + question["id"]
    first = send(server, json.dumps(quiz).encode(), f"?asset_id={asset_id}").json()
    text = fetch(server, first["quiz_id"], "gift").body.decode()
    changed = text.replace("right!", "right indeed!") + "\n\nA new one?{=yes ~no}\n"
    # Without a quiz's id: the video's quiz that knows these questions is meant.
    second = send(server, changed.encode(), f"?asset_id={asset_id}").json()
    assert second["quiz_id"] == first["quiz_id"]
    assert (second["is_new"], len(second["created"]), second["updated"]) == (False, 1, first["created"][:1])
    third = send(server, changed.encode(), f"?asset_id={asset_id}").json()
    assert (len(third["unchanged"]), third["created"], third["updated"]) == (3, [], [])
    after = read_quiz(server, first["quiz_id"])["questions"]
    assert [choice["feedback"] for choice in after[0]["choices"]] == ["wrong!", "right indeed!"]
    assert after[0]["evidence"]["quote"] == quiz["questions"][0]["evidence"]["quote"]
    assert after[2]["stem"] == "A new one?"


def test_every_package_is_what_its_list_says(server: Server, quiz_id: str) -> None:
    listed = call(server, "GET", f"{ROOT}/{quiz_id}/packages?draft=true").json()
    assert [one["format"] for one in listed] == [one.name for one in FORMATS]
    for one in listed:
        answer = fetch(server, quiz_id, one["format"])
        assert answer.status == 200, one
        assert answer.headers["content-type"].split(";")[0] == one["media_type"]
        extension = one["filename"].partition(".")[2]
        assert f"Light - Dark_ plants.{extension}" in answer.headers["content-disposition"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert int(answer.headers["content-length"]) == len(answer.body) > 6
        if one["media_type"] == "application/zip":
            assert zipfile.ZipFile(io.BytesIO(answer.body)).testzip() is None
    dropped = {one["format"]: [loss for loss in one["losses"] if loss["dropped"]] for one in listed}
    assert dropped["gift"] == dropped["moodle"] == dropped["csv"] == dropped["json"] == []


def test_nothing_is_left_on_the_disk(server: Server, quiz_id: str) -> None:
    assert fetch(server, quiz_id, "h5p").status == 200
    assert list((server.folder / "work").iterdir()) == []


def test_a_table_opens_without_running_anything(server: Server, quiz_id: str) -> None:
    rows = list(csv.DictReader(io.StringIO(fetch(server, quiz_id, "csv").body.decode("utf-8-sig"))))
    assert len(rows) == 13
    assert rows[0]["option 1"] == "'=a"
    assert [rows[7]["answer"], rows[7]["points"]] == ["3,14", "2.5"]
    assert rows[-1]["question"] == "ما هي عاصمة مصر؟"


def test_questions_link_to_their_moment(server: Server, quiz_id: str) -> None:
    for given, shown in (("https://v.example/x", "https://v.example/x#t=0.5"), ("https://v.example/?s={t}", "?s=0")):
        text = fetch(server, quiz_id, "moodle", f"?draft=true&video_url={given}").body.decode()
        assert f'{shown}"' in text.replace("&quot;", '"')
    refused = fetch(server, quiz_id, "moodle", "?draft=true&video_url=javascript:alert(1)")
    check_refusal(refused, 422, "invalid", "begins with https")


def test_a_draft_must_be_asked_for(server: Server, quiz_id: str) -> None:
    check_refusal(fetch(server, quiz_id, "gift", ""), 404, "not_found", "not published")
    check_refusal(fetch(server, quiz_id, "gift", "?version=7"), 404, "not_found", "no version 7")
    check_refusal(fetch(server, quiz_id, "gift", "?version=1&draft=true"), 422, "invalid", "not for both")
    check_refusal(fetch(server, quiz_id, "gift", "?version=0"), 422, "invalid")


def test_a_question_without_evidence_gets_it_from_the_lesson(server: Server, small_video: bytes) -> None:
    project = f"{PROJECT}-said"
    asset_id = upload(server, project, part(small_video)).json()["asset_id"]
    vtt = (
        b"WEBVTT\n\n00:00.000 --> 00:00.500\nWelcome to plants.\n\n"
        b"00:00.500 --> 00:01.500\nThe light reactions take place in the thylakoid membranes.\n"
    )
    place = f"/projects/{project}/videos/{asset_id}/transcript"
    assert call(server, "PUT", place, vtt, content_type="text/vtt").status == 200
    text = b"Where do the light reactions take place?{=thylakoid membranes ~stroma}\n\nWho wrote Hamlet?{=Marlowe ~Kyd}"
    sent = call(
        server, "POST", f"/projects/{project}/quizzes/import?asset_id={asset_id}", text, content_type="text/plain"
    )
    told = sent.json()
    assert {one["where"]: one["code"] for one in told["problems"]} == {
        "line 1": "proof_guessed",
        "line 3": "proof_missing",
    }
    first, second = call(server, "GET", f"/projects/{project}/quizzes/{told['quiz_id']}").json()["questions"]
    assert first["evidence"]["quote"] == "The light reactions take place in the thylakoid membranes."
    assert 0.4 <= first["evidence"]["start_s"] < first["evidence"]["end_s"] == first["pause_at_s"] <= 1.6
    assert (second["evidence"]["quote"], second["pause_at_s"]) == ("", pytest.approx(2, abs=0.2))
    again = call(
        server, "POST", f"/projects/{project}/quizzes/import?asset_id={asset_id}", text, content_type="text/plain"
    )
    assert (len(again.json()["unchanged"]), again.json()["problems"]) == (2, [])


def test_a_published_version_stays_as_it_was(server: Server, asset_id: str) -> None:
    made = send(server, b"Is it so?{TRUE}\n\nAnd this?{=yes ~no}", f"?asset_id={asset_id}").json()
    root, quiz_id = f"{ROOT}/{made['quiz_id']}", made["quiz_id"]
    approved = {"question_ids": made["created"][:1], "verdict": "approved"}
    assert send_json(server, f"{root}/review", approved).status == 200
    assert send_json(server, f"{root}/publish", {}).status == 200
    before = fetch(server, quiz_id, "gift", "?version=1").body
    assert (before.count(b"Is it so?"), before.count(b"And this?")) == (2, 0)
    assert json.loads(fetch(server, quiz_id, "json", "").body)["version"] == 1
    changed = send(server, before.replace(b"Is it so?", b"Is it?"), f"?quiz_id={quiz_id}").json()
    assert changed["updated"] == made["created"][:1]
    assert fetch(server, quiz_id, "gift", "?version=1").body == before
    assert fetch(server, quiz_id, "gift").body.count(b"And this?") == 2


def test_what_was_rejected_is_in_no_package(server: Server, asset_id: str) -> None:
    made = send(server, b"Rejected one?{TRUE}\n\nOpen one?{=yes ~no}", f"?asset_id={asset_id}").json()
    verdict = {"question_ids": made["created"][:1], "verdict": "rejected", "reason": "too easy"}
    assert send_json(server, f"{ROOT}/{made['quiz_id']}/review", verdict).status == 200
    body = fetch(server, made["quiz_id"], "gift").body
    assert (body.count(b"Rejected one?"), body.count(b"Open one?")) == (0, 2)
    # Taken in again, it stays rejected as long as it says the same.
    send(server, b"Rejected one?{TRUE}", f"?asset_id={asset_id}")
    assert fetch(server, made["quiz_id"], "gift").body == body


def test_a_large_file_is_taken_in_whole(server: Server, asset_id: str) -> None:
    text = "\n\n".join(f"Question {number}?{{=yes ~no #not so}}" for number in range(100))
    report = send(server, text.encode(), f"?asset_id={asset_id}").json()
    assert (len(report["created"]), report["problems"]) == (100, [])
    again = send(server, text.encode(), f"?asset_id={asset_id}").json()
    assert (again["quiz_id"], len(again["unchanged"])) == (report["quiz_id"], 100)
    assert fetch(server, report["quiz_id"], "pdf").status == 200


def test_the_key_can_be_left_out_of_what_is_printed(server: Server, quiz_id: str) -> None:
    assert len(fetch(server, quiz_id, "html", "?draft=true&key=false").body) < len(fetch(server, quiz_id, "html").body)
    check_refusal(fetch(server, quiz_id, "gift", "?draft=true&key=false"), 422, "invalid", "html, pdf")


def test_the_slide_on_show_goes_along(server: Server, asset_id: str, quiz_id: str) -> None:
    picture = server.folder / "thumbnails" / "slide.jpg"
    picture.write_bytes(JPEG)
    with apsw.Connection(str(server.folder / "app.db")) as db:
        db.set_busy_timeout(5000)
        columns = "(asset_id, position, start_s, end_s, confidence, title, text, thumbnail_path)"
        row = (asset_id, 0, 0.0, 2.0, 1.0, "First <slide>", "", "thumbnails/slide.jpg")
        db.execute(f"INSERT INTO scenes {columns} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    try:
        text = fetch(server, quiz_id, "moodle").body.decode()
        assert text.count("/9j/4AAQSkZJRgABAQAAAQABAAD/2Q==") == 13
        assert "First &lt;slide&gt;" in fetch(server, quiz_id, "chapters").body.decode()
        report = send(server, text.encode(), f"?quiz_id={quiz_id}").json()
        assert (len(report["unchanged"]), report["problems"]) == (13, [])
    finally:
        picture.unlink()
    # A picture that is gone is no reason to refuse the rest.
    assert fetch(server, quiz_id, "moodle").status == 200


def test_problems_are_told_with_their_place(server: Server, asset_id: str) -> None:
    text = b"Only a description.\n\n// a comment\nGood?{=yes ~no}\n\nBroken?{=yes ~no\n\nNone right?{~a ~b}\n\nF?{#x}\n"
    report = send(server, text, f"?asset_id={asset_id}").json()
    assert len(report["created"]) == 1
    told = {problem["where"]: problem["code"] for problem in report["problems"]}
    assert told == {"line 1": "not_a_question", "line 6": "braces", "line 8": "not_askable", "line 10": "no_number"}


@pytest.mark.parametrize(
    ("raw", "kind", "says"),
    [
        (b"", "text/plain", "no question"),
        (b"\xff\xfe\x00", "text/plain", ""),
        (b"Just words.", "text/plain", "no answers in braces"),
        (b"<quiz><question type='cloze'/></quiz>", "application/xml", "several gaps"),
        (b"<html></html>", "application/xml", "not Moodle's"),
        (b"<quiz>", "application/xml", "no XML"),
        (b'<!DOCTYPE q [<!ENTITY a "b">]><quiz>&a;</quiz>', "application/xml", "document type"),
        (b'<?xml version="1.0" encoding="nonsense"?><quiz/>', "application/xml", "no XML"),
        (b"[]", "application/json", "no quiz of ours"),
        (b'{"questions": 3}', "application/json", "no quiz of ours"),
        (b"[" * 100_000, "application/json", "JSON"),
        (b'{"questions": [{"kind": "open", "stem": 3}]}', "application/json", "stem should be a text"),
        (json.dumps({"questions": [{}] * 501}).encode(), "application/json", "more than 500"),
        (b"x?{=y ~z}\n\n" * 501, "text/plain", "more than 500"),
    ],
)
def test_a_file_that_is_none_is_refused(server: Server, asset_id: str, raw: bytes, kind: str, says: str) -> None:
    check_refusal(send(server, raw, f"?asset_id={asset_id}", kind), 422, "invalid", says)


def test_a_file_may_come_as_a_form(server: Server, asset_id: str) -> None:
    body = form(part(b"By form?{TRUE}", filename=b"questions.txt"))
    report = send(server, body, f"?asset_id={asset_id}", "multipart/form-data; boundary=mark-of-a-form").json()
    assert len(report["created"]) == 1
    empty = form(part(b"x", name=b"other"))
    refused = send(server, empty, f"?asset_id={asset_id}", "multipart/form-data; boundary=mark-of-a-form")
    check_refusal(refused, 422, "invalid")


def test_where_it_goes_must_be_said(server: Server) -> None:
    unknown = "00000000-0000-7000-8000-000000000000"
    check_refusal(send(server, b"x?{TRUE}"), 400, "bad_request", "asset_id")
    check_refusal(send(server, b"x?{TRUE}", f"?asset_id={unknown}"), 404, "not_found")
    check_refusal(send(server, b"x?{TRUE}", f"?quiz_id={unknown}"), 404, "not_found")
    check_refusal(send(server, b"x?{TRUE}", "?format=word"), 422, "invalid", "'gift'")
    check_refusal(call(server, "GET", f"{ROOT}/{unknown}/packages/gift?draft=true"), 404, "not_found")
    check_refusal(call(server, "GET", f"{ROOT}/{unknown}/packages/word"), 404, "not_found", "gift, moodle")


def test_too_large_a_file_is_refused(server: Server, asset_id: str) -> None:
    check_refusal(send(server, b" " * (16 * 1024 * 1024 + 1), f"?asset_id={asset_id}"), 413, "too_large")
