"""Tokens by API and by command: the same rules, felt at once by a server that runs, and no server without an admin."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.running import start_server, stop_server
from tests.guarded import OWN, Guarded, run_command, run_guarded
from tests.wire import call, check_refusal

TOKEN = re.compile(r"qsys_[A-Za-z0-9_-]{43}")


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with run_guarded(tmp_path_factory.mktemp("tokens")) as running:
        yield running


def who_is(guarded: Guarded, token: str) -> Any:
    answer = call(guarded.server, "GET", "/me", authorization=f"Bearer {token}")
    return answer.json() if answer.status == 200 else answer.status


def test_a_token_says_who_it_is(guarded: Guarded) -> None:
    token = guarded.add("Ann", role="editor", projects=["b", OWN, "b"], days=7)
    me = who_is(guarded, token)
    until = datetime.fromisoformat(me.pop("expires_at"))
    assert timedelta(days=6) < until - datetime.now(UTC) <= timedelta(days=7)
    expected = {"token_id": guarded.ids["Ann"], "name": "Ann", "role": "editor", "projects": ["b", OWN]}
    assert me == expected


@pytest.mark.parametrize(
    ("wanted", "place", "says"),
    [
        ({"name": None}, ["name"], "string"),
        ({"name": ""}, ["name"], "at least 1"),
        ({"name": "x" * 101}, ["name"], "at most 100"),
        ({"name": "a\nb"}, ["name"], "control"),
        ({"role": "king"}, ["role"], "'admin', 'editor' or 'viewer'"),
        ({"role": None}, ["role"], "null"),
        ({"projects": []}, ["projects"], "at least one"),
        ({"projects": "p"}, ["projects"], ""),
        ({"projects": ["ok", "../x"]}, ["projects", 1], "letters, digits"),
        ({"projects": ["ok", 5]}, ["projects", 1], "string"),
        ({"projects": ["p"], "role": "admin"}, ["projects"], "all projects"),
        ({"days": 0}, ["days"], "greater"),
        ({"days": 10**9}, ["days"], "less"),
        ({"days": 1.5}, ["days"], "integer"),
    ],
)
def test_a_token_that_makes_no_sense_is_not_made(
    guarded: Guarded, wanted: dict[str, Any], place: list[Any], says: str
) -> None:
    before = guarded.call("admin", "GET", "/tokens").json()
    answer = guarded.post("admin", "/tokens", {"name": "x", "role": "viewer"} | wanted)
    check_refusal(answer, 422, "invalid", says)
    assert answer.json()["detail"][0]["loc"] == ["body", *place]
    assert guarded.call("admin", "GET", "/tokens").json() == before


def test_a_token_is_told_once(guarded: Guarded) -> None:
    made = guarded.post("admin", "/tokens", {"name": "once", "role": "viewer"})
    assert made.headers["cache-control"] == "no-store"
    assert TOKEN.fullmatch(made.json()["token"])
    row = next(row for row in guarded.call("admin", "GET", "/tokens").json() if row["name"] == "once")
    assert row == {key: value for key, value in made.json().items() if key != "token"}


def test_a_revoked_token_is_refused_by_the_time_that_the_admin_hears_of_it(guarded: Guarded) -> None:
    token = guarded.add("gone", role="viewer")
    assert who_is(guarded, token)["name"] == "gone"
    path = f"/tokens/{guarded.ids['gone']}"
    assert guarded.call("admin", "DELETE", path).status == 204
    assert who_is(guarded, token) == 401
    first = next(row for row in guarded.call("admin", "GET", "/tokens").json() if row["name"] == "gone")
    assert guarded.call("admin", "DELETE", path).status == 204
    assert first["revoked_at"]
    assert first in guarded.call("admin", "GET", "/tokens").json()


@pytest.mark.parametrize("token_id", ["nobody", "00000000-0000-7000-8000-000000000000", "%00", "x" * 3000, "'--"])
def test_a_token_that_is_not_there_cannot_be_revoked(guarded: Guarded, token_id: str) -> None:
    check_refusal(guarded.call("admin", "DELETE", f"/tokens/{token_id}"), 404, "not_found", "no such token")


def test_the_last_admin_stays(guarded: Guarded) -> None:
    """Neither an expired nor a revoked admin counts as another one."""
    own_id = guarded.call("admin", "GET", "/me").json()["token_id"]
    guarded.add("late", role="admin", days=1)
    guarded.expire("late")
    guarded.add("second", role="admin")
    assert guarded.call("admin", "DELETE", f"/tokens/{guarded.ids['second']}").status == 204
    answer = guarded.call("admin", "DELETE", f"/tokens/{own_id}")
    check_refusal(answer, 409, "conflict", "last admin token. Make another")
    assert guarded.call("admin", "GET", "/me").status == 200
    guarded.add("third", role="admin")
    assert guarded.call("third", "DELETE", f"/tokens/{own_id}").status == 204
    assert guarded.call("admin", "GET", "/me").status == 401
    guarded.tokens["admin"] = guarded.tokens["third"]


def test_a_command_is_felt_by_the_server_that_runs(guarded: Guarded) -> None:
    words = (
        "token",
        "create",
        "--name",
        "By hand",
        "--role",
        "viewer",
        "--project",
        "p",
        "--project",
        "q",
        "--days",
        "9",
    )
    made = run_command(guarded.server.folder, *words)
    assert made.returncode == 0
    token = made.stdout.strip()
    assert TOKEN.fullmatch(token)
    assert token not in made.stderr
    assert wait_for(lambda: who_is(guarded, token) != 401)
    me = who_is(guarded, token)
    assert (me["name"], me["role"], me["projects"]) == ("By hand", "viewer", ["p", "q"])
    shown = run_command(guarded.server.folder, "token", "list")
    (line,) = [line for line in shown.stdout.splitlines() if line.endswith("By hand")]
    assert line.split()[:4] == [me["token_id"], "viewer", token[:11], "good"]
    gone = run_command(guarded.server.folder, "token", "revoke", me["token_id"])
    assert (gone.returncode, gone.stdout) == (0, f"By hand ({token[:11]}...) is revoked.\n")
    assert wait_for(lambda: who_is(guarded, token) == 401)


def wait_for(is_so: Any, limit_s: float = 5) -> bool:
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("revoke", "nobody"), "There is no such token"),
        (("create", "--name", "", "--role", "viewer"), "--name takes"),
        (("create", "--name", "a\nb", "--role", "viewer"), "--name takes"),
        (("create", "--name", "x", "--role", "viewer", "--days", "0"), "--days takes"),
        (("create", "--name", "x", "--role", "viewer", "--project", ".."), "A project id is"),
        (("create", "--name", "x", "--role", "admin", "--project", "p"), "all projects"),
    ],
)
def test_a_command_says_what_is_wrong(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    done = run_command(tmp_path, "token", *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ")
    assert says in done.stderr


def test_the_first_start_prints_the_way_in_once(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    told = []
    for _ in range(2):
        server = start_server(tmp_path, AUTH_REQUIRED="true", WORKER_CONCURRENCY=0)
        try:
            told.append(capfd.readouterr().out)
            found = re.search(r"http://localhost:(\d+)(/login\?token=qsys_\S+)", told[0])
            assert found
            if len(told) == 1:
                assert int(found[1]) == server.port
            answer = call(server, "GET", found[2])
            assert answer.status == 303
            cookie = answer.headers["set-cookie"].split(";")[0]
            assert call(server, "GET", "/me", cookie=cookie).json()["role"] == "admin"
        finally:
            assert stop_server(server) == 0
    assert "login" not in told[1]
    token = found[2].split("=")[1]
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or token.encode() not in path.read_bytes(), path


def test_a_server_without_walls_says_so_at_every_start(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for times in (1, 2):
        server = start_server(tmp_path, AUTH_REQUIRED="false", WORKER_CONCURRENCY=0)
        me = call(server, "GET", "/me")
        assert stop_server(server) == 0
        assert me.json() == {"token_id": None, "name": "anyone", "role": "admin", "projects": None, "expires_at": None}
        log = (tmp_path / "app.log").read_text()
        assert log.count("AUTH_REQUIRED=false: everybody who reaches this port may do everything.") == times
        assert log.count("WARNING") >= times
    assert "login" not in capfd.readouterr().out


def test_a_use_is_written_down_late_but_not_lost(tmp_path: Path) -> None:
    with run_guarded(tmp_path) as first:
        first.add("used", role="viewer")
        first.add("unused", role="viewer")
        first.call("used", "GET", "/me")
    lines = run_command(tmp_path, "token", "list").stdout.splitlines()
    day = datetime.now(UTC).strftime("%Y-")
    assert [day in line for line in lines if line.endswith((" used", "unused"))] == [False, True]
