"""Every route of the app, asked by everybody: what its operation says is done, and a refusal changes nothing."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.client import HTTPResponse
from typing import Any
from unittest.mock import Mock

import apsw
import pytest

from benchmarks.running import LESSON
from handlers.access import LEVELS
from handlers.app import make_app
from handlers.operations import Access, Operation, find_operation
from quizsys.config import read_settings
from tests.guarded import OTHER, OWN, PEOPLE, Guarded, run_guarded
from tests.sharing import Device, prepare, publish, share
from tests.wire import check_refusal, connect, form, head, part, upload

NOBODY = ("stranger", "garbage", "expired", "revoked")
EVERYBODY = ("admin", *PEOPLE, "stranger", "garbage")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
# Written at any time, by anybody: not what a refusal could have changed.
OUR_OWN = ("audit", "tokens", "sqlite_sequence")


@dataclass(frozen=True)
class Door:
    method: str
    path: str
    said: Operation


def list_doors() -> list[Door]:
    app = make_app(Mock(settings=read_settings({}, dotenv=None)))
    doors = []
    for route in app.router.routes():
        assert route.resource is not None
        said = find_operation(route)
        assert said is not None
        doors.append(Door(route.method, route.resource.canonical, said))
    return doors


DOORS = list_doors()


def is_let_in(door: Door, who: str) -> bool:
    if door.said.access is Access.PUBLIC:
        return True
    if who in NOBODY:
        return False
    asker = PEOPLE.get(who, {"role": "admin"})
    if LEVELS[asker["role"]] < door.said.access:
        return False
    if "projects" not in asker:
        return True
    return OWN in asker["projects"] if "{project_id}" in door.path else door.said.every_project


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with run_guarded(tmp_path_factory.mktemp("access")) as running:
        for who, wanted in PEOPLE.items():
            running.add(who, **wanted)
        running.expire("expired")
        assert running.call("admin", "DELETE", f"/tokens/{running.ids['revoked']}").status == 204
        running.add("spare", role="viewer")
        deadline = time.monotonic() + 5
        while running.call("expired", "GET", "/me").status != 401 and time.monotonic() < deadline:
            time.sleep(0.02)
        yield running


@pytest.fixture(scope="module")
def things(guarded: Guarded) -> dict[str, str]:
    """Real things in OWN, so that a door that opens too far is seen."""
    answer = upload(guarded.server, OWN, part(LESSON.read_bytes()), **guarded.headers("admin"))
    asset_id = answer.json()["asset_id"]
    job = guarded.post("admin", f"/projects/{OWN}/jobs", {"job_type": "ingest", "payload": {"asset_id": asset_id}})
    quiz_id = guarded.post("admin", f"/projects/{OWN}/videos/{asset_id}/quizzes", {}).json()["id"]
    wanted = {"kind": "open", "stem": "Why?"}
    question = guarded.post("admin", f"/projects/{OWN}/quizzes/{quiz_id}/questions", wanted)
    return {
        "project_id": OWN,
        "asset_id": asset_id,
        "job_id": job.json()["id"],
        "quiz_id": quiz_id,
        "question_id": question.json()["id"],
        "token_id": guarded.ids["spare"],
        **take_quiz(guarded),
        "position": "0",
        "version": "1",
    }


def take_quiz(guarded: Guarded) -> dict[str, str]:
    """What a learner leaves at a link. Its token opens the public doors to whoever has a learner's key."""
    (quiz_id,) = prepare(guarded.server.folder, partial(publish, asset_id="taken", project_id=OWN))
    (link,) = prepare(guarded.server.folder, partial(share, quiz_id, project_id=OWN))
    device = Device(guarded.server, link["token"])
    attempt = device.start()
    return {"link_id": link["id"], "attempt_id": attempt["id"], "learner_id": attempt["learner_id"]}


def fill(door: Door, things: dict[str, str], guarded: Guarded) -> str:
    path = re.sub(r"{(\w+)}", lambda name: things.get(name[1], "00000000-0000-7000-8000-000000000000"), door.path)
    return f"{path}?token={guarded.tokens['admin']}" if door.path == "/login" else path


def knock(guarded: Guarded, method: str, path: str, **headers: object) -> tuple[int, str]:
    """The status, and the error's code; the rest is not read: a stream has no end."""
    more: dict[str, object] = {"content_length": 2, "content_type": "application/json"} if method in UNSAFE else {}
    # From the address bar: nobody changes by a link whose token he has.
    more |= {"sec_fetch_site": "none"} if path.startswith("/login") else {}
    with connect(guarded.server) as connection:
        connection.sendall(head(method, path, **(headers | more)) + (b"{}" if method in UNSAFE else b""))
        response = HTTPResponse(connection, method=method)
        response.begin()
        is_read = response.status in (401, 403) and method != "HEAD"
        return response.status, json.loads(response.read())["code"] if is_read else ""


def list_all(guarded: Guarded) -> dict[str, Any]:
    """Every row and every file, but what is written at any time."""
    folder = guarded.server.folder
    with apsw.Connection(str(folder / "app.db"), flags=apsw.SQLITE_OPEN_READONLY) as db:
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {name: list(db.execute(f'SELECT * FROM "{name}"')) for name in names if name not in OUR_OWN}
        rows["live tokens"] = list(db.execute("SELECT id FROM tokens WHERE revoked_at IS NULL"))
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    return {**rows, "files": [name for name in files if not name.startswith(("app.", "run/"))]}


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_may_not_is_refused_and_nothing_happens(guarded: Guarded, things: dict[str, str], who: str) -> None:
    closed = [door for door in DOORS if not is_let_in(door, who)]
    assert closed or who == "admin"
    before = list_all(guarded)
    wanted = (401, "unauthorized") if who in NOBODY else (403, "forbidden")
    wrong = []
    for door in closed:
        status, code = knock(guarded, door.method, fill(door, things, guarded), **guarded.headers(who))
        if status != wanted[0] or code != ("" if door.method == "HEAD" else wanted[1]):
            wrong.append((door.method, door.path, status, code))
    assert wrong == []
    assert list_all(guarded) == before


@pytest.mark.parametrize("who", EVERYBODY[::-1])
def test_who_may_is_let_in(guarded: Guarded, things: dict[str, str], who: str) -> None:
    wrong = []
    for door in DOORS:
        if is_let_in(door, who):
            status, code = knock(guarded, door.method, fill(door, things, guarded), **guarded.headers(who))
            if status in (401, 403, 500):
                wrong.append((door.method, door.path, status, code))
    assert wrong == []


@pytest.mark.parametrize("who", ["viewer", "viewer of own"])
def test_who_may_read_may_read_by_an_address_too(guarded: Guarded, things: dict[str, str], who: str) -> None:
    """An EventSource, a video and a browser's WebSocket cannot send headers."""
    for door in DOORS:
        if door.method != "GET" or door.said.access is not Access.VIEWER or not is_let_in(door, who):
            continue
        path = f"{fill(door, things, guarded)}?access_token={guarded.tokens[who]}"
        assert knock(guarded, "GET", path)[0] not in (401, 403), door.path


def test_a_good_request_of_the_wrong_one_changes_nothing(guarded: Guarded) -> None:
    asset_id = upload(guarded.server, OWN, part(LESSON.read_bytes()), **guarded.headers("admin")).json()["asset_id"]
    before = list_all(guarded)
    job = {"job_type": "ingest", "payload": {"asset_id": asset_id}}
    for who, status in (("viewer", 403), ("viewer of own", 403), ("editor of other", 403), ("stranger", 401)):
        assert guarded.post(who, f"/projects/{OWN}/jobs", job).status == status
        assert guarded.call(who, "DELETE", f"/projects/{OWN}/videos/{asset_id}").status == status
        assert upload(guarded.server, OWN, part(b"x"), **guarded.headers(who)).status == status
        assert guarded.post(who, "/tokens", {"name": "me too", "role": "admin"}).status == status
    assert list_all(guarded) == before


def test_a_token_for_some_projects_says_nothing_of_others(guarded: Guarded) -> None:
    """Whether another project exists is not told: neither by the answer nor by its words."""
    there, not_there = (
        guarded.call("editor of own", "GET", f"/projects/{name}/videos") for name in (OTHER, "never-heard-of")
    )
    assert there.json()["detail"] == not_there.json()["detail"]
    for path in (f"/projects/{OWN}%2f..%2f{OTHER}/videos", f"/projects/{OTHER}/../{OTHER}/jobs", "/projects/OWN/jobs"):
        assert guarded.call("editor of own", "GET", path).status in (400, 403, 404)


def test_what_is_open_to_tokens_for_some_projects_shows_only_those(guarded: Guarded, things: dict[str, str]) -> None:
    assert things
    assert upload(guarded.server, OTHER, part(LESSON.read_bytes()), **guarded.headers("admin")).status == 201
    doors = [door for door in DOORS if door.said.every_project and door.method == "GET"]
    assert {"/me", "/projects"} <= {door.path for door in doors}
    seen = {}
    for who in ("viewer", "viewer of own"):
        bodies = [guarded.call(who, "GET", f"{door.path}?q=photosynthesis").body for door in doors]
        seen[who] = any(f'"{OTHER}"'.encode() in body for body in bodies)
    assert seen == {"viewer": True, "viewer of own": False}


def test_refusals_say_what_helps(guarded: Guarded) -> None:
    jobs = f"/projects/{OWN}/jobs"
    for who, says in (
        ("stranger", "Authorization: Bearer"),
        ("garbage", "unknown"),
        ("expired", "expired"),
        ("revoked", "revoked"),
    ):
        answer = guarded.call(who, "GET", jobs)
        check_refusal(answer, 401, "unauthorized", says)
        assert answer.headers["www-authenticate"].startswith("Bearer")
    check_refusal(guarded.post("viewer", jobs, {}), 403, "forbidden", "role editor")
    check_refusal(guarded.call("editor of other", "GET", jobs), 403, "forbidden", "not for this project")
    check_refusal(guarded.call("editor of own", "GET", "/tokens"), 403, "forbidden", "role admin")


def test_what_is_not_there_is_told_without_a_token(guarded: Guarded) -> None:
    check_refusal(guarded.call("stranger", "GET", "/nowhere"), 404, "not_found")
    check_refusal(guarded.call("stranger", "PUT", "/health"), 405, "method_not_allowed")
    assert guarded.call("stranger", "GET", "/health/").status == 307


def test_an_allowed_page_can_read_a_refusal_and_ask_for_leave(guarded: Guarded) -> None:
    origin = "http://localhost:3000"
    for who, status in (("stranger", 401), ("viewer of other", 403)):
        answer = guarded.call(who, "GET", f"/projects/{OWN}/jobs", origin=origin)
        assert (answer.status, answer.headers["access-control-allow-origin"]) == (status, origin)
    asked = {"access_control_request_method": "POST", "access_control_request_headers": "authorization"}
    leave = guarded.call("stranger", "OPTIONS", f"/projects/{OWN}/jobs", origin=origin, **asked)
    assert (leave.status, leave.headers["access-control-allow-headers"]) == (200, "authorization")


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER    ", "  Bearer "])
def test_the_word_bearer_is_taken_in_any_case_and_with_spaces(guarded: Guarded, scheme: str) -> None:
    answer = guarded.call("stranger", "GET", "/me", authorization=scheme + guarded.tokens["viewer"] + "  ")
    assert (answer.status, answer.json()["name"]) == (200, "viewer")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer\t{token}",
        "Bearer{token}",
        "Bearer {token} {token}",
        "Bearer {token},{token}",
        'Bearer "{token}"',
        "Bearer {token}x",
        "Bearer {short}",
        "Basic {token}",
        "{token}",
        "Bearer %71sys",
        "Bearer ü{token}",
        "Bearer {token}\u200b",
        "Bearer " + "x" * 6000,
    ],
)
def test_a_token_that_is_not_quite_right_is_refused(guarded: Guarded, value: str) -> None:
    token = guarded.tokens["admin"]
    answer = guarded.call("stranger", "GET", "/me", authorization=value.format(token=token, short=token[:-1]))
    check_refusal(answer, 401, "unauthorized")
    assert token.encode() not in answer.body


@pytest.mark.parametrize("value", ["Bearer " + "x" * 100_000, "Bearer a\0b"])
def test_what_is_no_header_is_refused_below(guarded: Guarded, value: str) -> None:
    assert guarded.call("stranger", "GET", "/me", authorization=value).status in (400, 401)


def test_two_headers_are_one_too_many(guarded: Guarded) -> None:
    line = f"authorization: Bearer {guarded.tokens['admin']}"
    raw = f"GET /me HTTP/1.1\r\nhost: x\r\n{line}\r\n{line}\r\nconnection: close\r\n\r\n".encode()
    with connect(guarded.server) as connection:
        connection.sendall(raw)
        response = HTTPResponse(connection)
        response.begin()
        assert response.status in (400, 401)


def test_a_token_in_the_address_is_only_for_reading_and_kept_by_nobody(guarded: Guarded) -> None:
    query = f"?access_token={guarded.tokens['editor']}"
    answer = guarded.call("stranger", "GET", f"/me{query}")
    assert (answer.status, answer.headers["cache-control"]) == (200, "private")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert guarded.call("stranger", "HEAD", f"/me{query}").status == 200
    assert guarded.post("stranger", f"/projects/{OWN}/jobs{query}", {}).status == 401
    assert guarded.call("stranger", "DELETE", f"/projects/{OWN}/videos/x{query}").status == 401
    assert guarded.call("stranger", "GET", "/me?access_token=").status == 401
    # What the header says goes first.
    assert guarded.call("garbage", "GET", f"/me{query}").status == 401


def test_no_form_of_a_file_is_read_for_a_stranger(guarded: Guarded) -> None:
    """Refused by the headers, before a byte of the body: the client hears it, and no body is waited for."""
    size = len(form(part(LESSON.read_bytes())))
    start = head("POST", f"/projects/{OWN}/videos", content_length=size, content_type="multipart/form-data; boundary=x")
    with connect(guarded.server) as connection:
        connection.sendall(start)
        response = HTTPResponse(connection)
        response.begin()
        assert response.status == 401
