"""A browser's way in: an address makes a cookie, which counts only for pages of ours; and what strangers may guess."""

import http.client
import json
import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from benchmarks.running import Server
from tests.guarded import GARBAGE, OWN, Guarded, run_guarded
from tests.wire import Answer, call, check_refusal, connect, exchange, head, read_answer, send_json

OURS, FOREIGN = "http://localhost:3000", "http://evil.example"
JOBS = f"/projects/{OWN}/jobs"
SOCKET = {
    "connection": "Upgrade",
    "upgrade": "websocket",
    "sec_websocket_version": 13,
    "sec_websocket_key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with run_guarded(tmp_path_factory.mktemp("login"), AUTH_FAILURES_PER_MINUTE=5, TRUSTED_PROXIES="127.0.0.2") as made:
        made.add("editor", role="editor")
        made.add("short", role="viewer", days=1)
        yield made


def cookie(guarded: Guarded, who: str = "editor") -> dict[str, str]:
    return {"cookie": f"theme=dark; quizsys_token={guarded.tokens[who]}"}


def log_in(guarded: Guarded, token: str, **headers: object) -> Answer:
    return call(guarded.server, "GET", f"/login?token={token}", **headers)


def test_the_address_makes_a_cookie_that_no_script_can_read(guarded: Guarded) -> None:
    answer = log_in(guarded, guarded.tokens["editor"])
    assert (answer.status, answer.headers["location"]) == (303, "/docs")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    (made,) = SimpleCookie(answer.headers["set-cookie"]).values()
    assert (made.value, made["path"], made["samesite"]) == (guarded.tokens["editor"], "/", "Lax")
    assert made["httponly"]
    assert not made["secure"]
    assert guarded.tokens["editor"].encode() not in answer.body
    me = call(guarded.server, "GET", "/me", cookie=f"quizsys_token={made.value}")
    assert (me.status, me.json()["name"]) == (200, "editor")


def test_a_cookie_lives_no_longer_than_its_token(guarded: Guarded) -> None:
    (made,) = SimpleCookie(log_in(guarded, guarded.tokens["short"]).headers["set-cookie"]).values()
    assert 86_000 < int(made["max-age"]) <= 86_400


def ask_from(guarded: Guarded, source: str, path: str, headers: dict[str, str]) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", guarded.server.port, source_address=(source, 0), timeout=20)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response


@pytest.mark.parametrize(("source", "is_secure"), [("127.0.0.1", False), ("127.0.0.2", True)])
def test_only_a_proxy_of_ours_is_believed_that_it_is_https(guarded: Guarded, source: str, is_secure: bool) -> None:
    path = f"/login?token={guarded.tokens['editor']}"
    response = ask_from(guarded, source, path, {"X-Forwarded-Proto": "https"})
    assert ("Secure" in (response.getheader("Set-Cookie") or "")) is is_secure


def test_by_https_no_neighbour_can_plant_a_cookie(guarded: Guarded) -> None:
    """One that other.school.example sets for all of school.example looks, when it comes, as if it were ours."""
    https = {"X-Forwarded-Proto": "https"}
    signed_in = ask_from(guarded, "127.0.0.2", f"/login?token={guarded.tokens['editor']}", https)
    made = signed_in.getheader("Set-Cookie") or ""
    # What browsers ask for before they take this name: RFC 6265bis, 4.1.3.2.
    assert made.startswith("__Host-quizsys_token=")
    assert {"Secure", "Path=/", "HttpOnly"} <= set(made.split("; "))
    assert "domain" not in made.lower()
    own, planted = f"__Host-quizsys_token={guarded.tokens['editor']}", f"quizsys_token={guarded.tokens['short']}"
    for sent in (f"{own}; {planted}", f"{planted}; {own}"):
        shown = ask_from(guarded, "127.0.0.2", "/me", https | {"Cookie": sent})
        assert (shown.status, shown.getheader("Set-Cookie")) == (200, None)
    assert ask_from(guarded, "127.0.0.2", "/me", https | {"Cookie": planted}).status == 401
    assert ask_from(guarded, "127.0.0.2", "/me", https | {"Cookie": own}).status == 200


@pytest.mark.parametrize("query", ["", "?token=", "?token=%00", "?token=" + "x" * 5000, f"?token={GARBAGE}"])
def test_a_bad_address_makes_no_cookie(guarded: Guarded, query: str) -> None:
    answer = call(guarded.server, "GET", "/login" + query)
    assert answer.status in (401, 429)
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "value",
    [
        *("", ";;;", "quizsys_token", "quizsys_token=", 'quizsys_token="', "quizsys_token=ü; a=b", "quizsys_token=\t;"),
        *("quizsys_token=" + "x" * 7000, "a=b; " * 1000, "quizsys_token={token}x", "xquizsys_token={token}"),
    ],
)
def test_a_cookie_that_is_none_lets_nobody_in(guarded: Guarded, value: str) -> None:
    answer = call(guarded.server, "GET", "/me", cookie=value.replace("{token}", guarded.tokens["editor"]))
    assert answer.status in (401, 429)


def test_a_foreign_link_does_not_put_anybody_under_another_name(guarded: Guarded) -> None:
    here = cookie(guarded)
    # A neighbour's page (`same-site`) is foreign too, and by plain http browsers do not say whose link it was.
    for site in ({"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}, {}):
        answer = log_in(guarded, guarded.tokens["short"], **site, **here)
        check_refusal(answer, 403, "forbidden", "sign out")
        assert "set-cookie" not in answer.headers
    assert log_in(guarded, guarded.tokens["editor"], sec_fetch_site="cross-site", **here).status == 303
    assert log_in(guarded, guarded.tokens["short"], sec_fetch_site="cross-site").status == 303
    assert log_in(guarded, guarded.tokens["short"], sec_fetch_site="none", **here).status == 303


def test_logging_out_takes_the_cookie_away(guarded: Guarded) -> None:
    own = {"origin": f"http://127.0.0.1:{guarded.server.port}", "host": f"127.0.0.1:{guarded.server.port}"}
    raw = f"POST /logout HTTP/1.1\r\nhost: {own['host']}\r\norigin: {own['origin']}\r\ncontent-length: 0\r\n"
    raw += f"connection: close\r\ncookie: quizsys_token={guarded.tokens['editor']}\r\n\r\n"
    answer = exchange(guarded.server, raw.encode())
    assert answer.status == 204
    (gone,) = SimpleCookie(answer.headers["set-cookie"]).values()
    assert (gone.value, gone["max-age"]) == ("", "0")
    assert call(guarded.server, "GET", "/logout").status == 405


@pytest.mark.parametrize(
    ("headers", "is_let_in"),
    [
        ({}, False),
        ({"x_requested_with": "fetch"}, True),
        ({"origin": OURS}, True),
        ({"origin": FOREIGN}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://127.0.0.1"}, True),
        ({"origin": "http://127.0.0.1.evil.example"}, False),
        ({"origin": "http://127.0.0.1:1"}, False),
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "none"}, True),
        ({"sec_fetch_site": "same-site", "origin": FOREIGN}, False),
        ({"sec_fetch_site": "cross-site", "origin": "http://127.0.0.1"}, False),
        ({"sec_fetch_site": "same-site", "origin": OURS}, True),
        ({"sec_fetch_site": "cross-site", "x_requested_with": "fetch"}, False),
    ],
)
def test_a_cookie_changes_things_only_for_pages_of_ours(
    guarded: Guarded, headers: dict[str, str], is_let_in: bool
) -> None:
    """The test's Host is 127.0.0.1, without a port."""
    answer = send_json(guarded.server, JOBS, {}, **cookie(guarded), **headers)
    assert answer.status == (422 if is_let_in else 403), answer
    if not is_let_in:
        check_refusal(answer, 403, "forbidden", "another site")
    # Reading is what CORS guards, and a token in a header comes from no foreign page.
    assert call(guarded.server, "GET", JOBS, **cookie(guarded), **headers).status == 200
    bearer = {"authorization": f"Bearer {guarded.tokens['editor']}"}
    assert send_json(guarded.server, JOBS, {}, **cookie(guarded), **bearer, **headers).status == 422


def open_socket(guarded: Guarded, path: str, **headers: object) -> int:
    raw = head("GET", path, **SOCKET, **headers).replace(b"connection: close\r\n", b"")
    with connect(guarded.server) as connection:
        connection.sendall(raw)
        return read_status(connection.recv(4096))


def read_status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.fixture(scope="module")
def job_id(guarded: Guarded, lesson: Path) -> str:
    bearer = {"authorization": f"Bearer {guarded.tokens['editor']}"}
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n' + lesson.read_bytes()
    kind = "multipart/form-data; boundary=x"
    video = call(
        guarded.server, "POST", f"/projects/{OWN}/videos", body + b"\r\n--x--\r\n", content_type=kind, **bearer
    )
    job = {"job_type": "ingest", "payload": {"asset_id": video.json()["asset_id"]}}
    return str(send_json(guarded.server, JOBS, job, **bearer).json()["id"])


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 101), ({"origin": OURS}, 101), ({"origin": "http://127.0.0.1"}, 101), ({"origin": FOREIGN}, 403)],
)
def test_a_websocket_with_a_cookie_is_for_pages_of_ours(
    guarded: Guarded, job_id: str, headers: dict[str, str], status: int
) -> None:
    path = f"{JOBS}/{job_id}/ws"
    assert open_socket(guarded, path, **cookie(guarded), **headers) == status
    # Whoever has the token itself proves it from anywhere.
    assert open_socket(guarded, f"{path}?access_token={guarded.tokens['editor']}", **headers) == 101
    assert open_socket(guarded, path, authorization=f"Bearer {guarded.tokens['editor']}", **headers) == 101
    assert open_socket(guarded, path, **headers) == 401


def test_a_stream_ends_with_its_token(guarded: Guarded, job_id: str) -> None:
    """SSE and WebSocket, open while an admin revokes what let them in."""
    token = guarded.add("watcher", role="viewer")
    with connect(guarded.server) as events, connect(guarded.server) as socket:
        events.sendall(head("GET", f"{JOBS}/{job_id}/events?access_token={token}"))
        raw = head("GET", f"{JOBS}/{job_id}/ws", authorization=f"Bearer {token}", **SOCKET)
        socket.sendall(raw.replace(b"connection: close\r\n", b""))
        for connection in (events, socket):
            connection.settimeout(5)
            received = b""
            while b'"queued"' not in received:
                received += connection.recv(65536)
        assert guarded.call("admin", "DELETE", f"/tokens/{guarded.ids['watcher']}").status == 204
        for connection in (events, socket):
            while connection.recv(65536):
                pass
    assert call(guarded.server, "GET", "/me", authorization=f"Bearer {token}").status == 401


def guess(guarded: Guarded, source: str, **headers: str) -> http.client.HTTPResponse:
    return ask_from(guarded, source, "/me", {"Authorization": f"Bearer {GARBAGE}"} | headers)


def test_who_guesses_too_often_waits_and_nobody_else(guarded: Guarded) -> None:
    statuses = [guess(guarded, "127.0.0.9").status for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    assert int(guess(guarded, "127.0.0.9").getheader("Retry-After") or 0) in range(1, 13)
    assert guess(guarded, "127.0.0.8").status == 401
    # From the same address: a good token, and who has none.
    good = {"Authorization": f"Bearer {guarded.tokens['editor']}"}
    assert ask_from(guarded, "127.0.0.9", "/me", good).status == 200
    assert ask_from(guarded, "127.0.0.9", "/me", {}).status == 401
    assert ask_from(guarded, "127.0.0.9", "/health", {"Authorization": f"Bearer {GARBAGE}"}).status == 200


def test_addresses_behind_a_proxy_of_ours_are_told_apart(guarded: Guarded) -> None:
    """By the last address that a trusted proxy wrote, not by what the client claims before it."""
    for number in range(5):
        assert guess(guarded, "127.0.0.2", **{"X-Forwarded-For": f"1.1.1.{number}, 9.9.9.9"}).status == 401
    assert guess(guarded, "127.0.0.2", **{"X-Forwarded-For": "8.8.8.8, 9.9.9.9"}).status == 429
    assert guess(guarded, "127.0.0.2", **{"X-Forwarded-For": "9.9.9.9, 8.8.8.8"}).status == 401
    # Not a proxy of ours: what it says of others is its own invention.
    for number in range(5):
        assert guess(guarded, "127.0.0.7", **{"X-Forwarded-For": f"1.2.3.{number}"}).status == 401
    assert guess(guarded, "127.0.0.7", **{"X-Forwarded-For": "1.2.3.99"}).status == 429
    # One client has a whole /64.
    for number in range(5):
        assert guess(guarded, "127.0.0.2", **{"X-Forwarded-For": f"2001:db8::{number}"}).status == 401
    assert guess(guarded, "127.0.0.2", **{"X-Forwarded-For": "2001:db8::ffff"}).status == 429
    assert guess(guarded, "127.0.0.2", **{"X-Forwarded-For": "2001:db8:0:1::1"}).status == 401


def test_no_token_is_in_the_log_the_database_or_an_error(guarded: Guarded) -> None:
    secrets = list(guarded.tokens.values())
    server: Server = guarded.server
    for token in secrets:
        for raw in (
            head("GET", f"/nowhere?access_token={token}"),
            head("GET", f"/projects/%20/videos?access_token={token}"),
            head("GET", "/me", authorization=f"Bearer {token}\0"),
            f"GET /me?access_token={token} HTTP/9.9\r\n\r\n".encode(),
            f"GET /me\x01?access_token={token} HTTP/1.1\r\nhost: x\r\n\r\n".encode(),
            f"Bearer {token}\r\n\r\n".encode(),
            head("POST", f"{JOBS}?access_token={token}", content_length="x"),
        ):
            assert token.encode() not in exchange(server, raw, "GET").body
    told = b"".join(path.read_bytes() for path in server.folder.rglob("app.*") if path.is_file())
    assert b"qsys_..." in told
    for token in secrets:
        assert token.encode() not in told
        assert token[11:].encode() not in told
    assert re.search(rb"not understood", told)


def test_the_list_shows_how_tokens_start_and_no_more(guarded: Guarded) -> None:
    answer = guarded.call("admin", "GET", "/tokens")
    rows = {row["name"]: row for row in answer.json()}
    assert rows["editor"]["prefix"] == guarded.tokens["editor"][:11]
    assert not any(token.encode() in answer.body for token in guarded.tokens.values())
    assert "hash" not in json.dumps(answer.json())
    with connect(guarded.server) as connection:
        connection.sendall(head("HEAD", "/tokens", **guarded.headers("admin")))
        assert read_answer(connection, "HEAD").status == 200
