"""A server for a trusted network asks for no token; the pages of others that people there open get in all the same."""

import pytest

from benchmarks.running import Server
from tests.wire import FORM, Answer, call, check_refusal, connect, exchange, form, head, part

JOBS = "/projects/open-door/jobs"
FOREIGN, OURS = "https://evil.example", "http://localhost:3000"
SOCKET = {"upgrade": "websocket", "sec_websocket_version": 13, "sec_websocket_key": "dGhlIHNhbXBsZSBub25jZQ=="}
PAGES = [
    ({"origin": FOREIGN}, False),
    ({"origin": "null"}, False),
    ({"origin": "http://127.0.0.1.evil.example"}, False),
    ({"origin": "http://127.0.0.1:1"}, False),
    ({"sec_fetch_site": "cross-site"}, False),
    ({"sec_fetch_site": "same-site", "origin": FOREIGN}, False),
    ({"sec_fetch_site": "cross-site", "origin": "http://127.0.0.1"}, False),
    ({"sec_fetch_site": "cross-site", "x_requested_with": "fetch"}, False),
    ({}, True),
    ({"sec_fetch_site": "same-origin"}, True),
    ({"origin": "http://127.0.0.1"}, True),
]


@pytest.mark.parametrize(("headers", "is_let_in"), PAGES)
def test_a_foreign_page_changes_nothing(server: Server, headers: dict[str, str], is_let_in: bool) -> None:
    """By what a form can send without asking first. The test's Host is 127.0.0.1, without a port."""
    tries = [
        call(server, "POST", f"{JOBS}/none/cancel", b"", **headers),
        call(server, "POST", "/projects/open-door/videos", form(part(b"x")), content_type=FORM, **headers),
        call(server, "POST", "/projects/open-door/quizzes/import", b"x", content_type="text/plain", **headers),
    ]
    if is_let_in:
        assert [answer.status for answer in tries] == [404, 415, 400]
    for answer in [] if is_let_in else tries:
        check_refusal(answer, 403, "forbidden", "another site")


@pytest.mark.parametrize(("headers", "is_let_in"), PAGES)
def test_a_foreign_page_follows_nothing(server: Server, headers: dict[str, str], is_let_in: bool) -> None:
    """No browser keeps it from reading what comes by a WebSocket."""
    raw = head("GET", "/projects/open-door/ws", **SOCKET, **headers)
    with connect(server) as connection:
        connection.sendall(raw.replace(b"connection: close\r\n", b"connection: upgrade\r\n"))
        assert connection.recv(4096).split(b" ", 2)[1] == (b"101" if is_let_in else b"403")


def test_what_a_page_may_not_read_is_left_to_its_browser(server: Server) -> None:
    answer = call(server, "GET", JOBS, origin=FOREIGN)
    assert answer.status == 200
    assert "access-control-allow-origin" not in answer.headers


def ask_by(server: Server, host: str, method: str = "GET", path: str = JOBS, **headers: object) -> Answer:
    raw = head(method, path, **headers).replace(b"host: 127.0.0.1\r\n", f"host: {host}\r\n".encode())
    return exchange(server, raw, method)


@pytest.mark.parametrize(
    "name",
    [
        *("rebound.example", "rebound.example:8000", "REBOUND.example", "rebound.example."),
        *("localhost.rebound.example", "localrebound.example", "x.quiz.school.example", "evilinternal.example"),
        *("xn--bcher-kva.example", "a.local.example", "127.0.0.1.nip.io", "127.0.0.1.rebound.example"),
    ],
)
def test_a_page_whose_name_was_made_to_mean_this_machine_gets_nothing(server: Server, name: str) -> None:
    """To its browser it is a page of ours (DNS rebinding): same origin, and by http no Sec-Fetch-Site."""
    page = {"origin": f"http://{name}"}
    tries = [
        ask_by(server, name),
        ask_by(server, name, "GET", "/projects"),
        ask_by(server, name, "POST", f"{JOBS}/none/cancel", **page, content_length=0),
        ask_by(server, name, "DELETE", "/projects/open-door/storage", sec_fetch_site="same-origin"),
        ask_by(server, name, "GET", "/projects/open-door/ws", **SOCKET, **page),
        ask_by(server, name, "GET", f"http://127.0.0.1{JOBS}"),
    ]
    for answer in tries:
        check_refusal(answer, 403, "forbidden", "HOST_NAMES")
    assert ask_by(server, name, "GET", "/health").status == 200


@pytest.mark.parametrize(
    "name",
    [
        *("127.0.0.1", "192.168.1.7:8000", "[::1]:8000", "localhost", "LOCALHOST:80", "quizsys:8000", "app.localhost"),
        *("schoolbox.local", "quiz.home.arpa", "quiz.corp.internal", "quiz.school.example", "QUIZ.school.example.:80"),
    ],
)
def test_addresses_local_names_and_those_of_the_settings_are_answered(server: Server, name: str) -> None:
    assert ask_by(server, name).status == 200
    assert ask_by(server, name, "POST", f"{JOBS}/none/cancel", origin=f"http://{name}", content_length=0).status == 404


def test_who_names_no_host_is_no_browser(server: Server) -> None:
    assert exchange(server, f"GET {JOBS} HTTP/1.0\r\n\r\n".encode(), "GET").status == 200
