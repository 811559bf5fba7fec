"""Analytics over HTTP: what a teacher's client gets while learners answer, and what it is told when it asks wrongly."""

from functools import partial
from typing import Any

import pytest

from benchmarks.running import Server
from quizsys.ids import new_id
from tests.document import Document
from tests.sharing import Device, answer_right, prepare, publish, share
from tests.wire import call, check_refusal

PROJECT = "counted"


@pytest.fixture(scope="module")
def taken(server: Server) -> dict[str, Any]:
    """A quiz that two learners took by its link: one knew everything, one left after the first question."""
    (quiz_id,) = prepare(server.folder, partial(publish, asset_id=new_id(), project_id=PROJECT))
    (link,) = prepare(server.folder, partial(share, quiz_id, PROJECT, shuffle=False))
    for name in ("=1+1", "Ben"):
        device = Device(server, link["token"])
        asked = [question for question in device.start(name)["questions"] if question["kind"] != "open"]
        for question in asked if name == "=1+1" else asked[:1]:
            assert device.send(question, answer_right(question), elapsed_ms=3000).status in (200, 201)
    return {"root": f"/projects/{PROJECT}/quizzes/{quiz_id}/analytics", "link_id": link["id"]}


def test_a_class_is_told_as_the_document_says(server: Server, taken: dict[str, Any]) -> None:
    given = call(server, "GET", taken["root"] + f"?link_id={taken['link_id']}&version=1")
    assert given.status == 200
    told = given.json()
    assert (told["learners"], told["attempts"], told["finished"]) == (2, 2, 0)
    assert [question["learners"] for question in told["questions"] if question["kind"] != "open"] == [2] + 6 * [1]
    document = Document(server.call("GET", "/openapi.json"))
    document.check("get", "/projects/{project_id}/quizzes/{quiz_id}/analytics", given)


def test_learners_come_in_pages(server: Server, taken: dict[str, Any]) -> None:
    first = call(server, "GET", taken["root"] + "/learners?limit=1")
    assert [learner["name"] for learner in first.json()] == ["=1+1"]
    following = first.headers["link"].partition(">")[0].strip("<")
    second = call(server, "GET", following)
    assert [learner["name"] for learner in second.json()] == ["Ben"]
    assert "link" not in second.headers
    check_refusal(call(server, "GET", taken["root"] + "/learners?cursor=nonsense"), 422, "invalid", "no place in this")


def test_a_table_is_a_file_that_runs_nothing(server: Server, taken: dict[str, Any]) -> None:
    given = call(server, "GET", taken["root"] + "/learners.csv")
    assert given.headers["content-type"] == "text/csv; charset=utf-8"
    assert given.headers["content-disposition"] == 'attachment; filename="learners.csv"'
    assert ",'=1+1," in given.body.decode("utf-8-sig")


@pytest.mark.parametrize(
    ("asked", "status", "code", "says"),
    [
        ("?version=0", 422, "invalid", "greater"),
        ("?version=one", 422, "invalid", "integer"),
        ("?version=7", 404, "not_found", "no version 7"),
        ("?link_id=00000000-0000-7000-8000-000000000000", 404, "not_found", "no such link"),
        ("?link_id=" + "x" * 5000, 422, "invalid", "36"),
        ("/secrets.csv", 404, "not_found", "questions, options"),
    ],
)
def test_what_is_asked_wrongly_is_told(
    server: Server, taken: dict[str, Any], asked: str, status: int, code: str, says: str
) -> None:
    check_refusal(call(server, "GET", taken["root"] + asked), status, code, says)
