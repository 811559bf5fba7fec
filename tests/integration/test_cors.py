"""Pages of the origins that CORS_ORIGINS names may call the API, also when it refuses; others get no leave."""

import http.client

import pytest

from benchmarks.running import Server

OURS, FOREIGN = "http://localhost:3000", "http://evil.example"


def ask(server: Server, method: str, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    found = {name.lower(): value for name, value in response.getheaders()}
    text = response.read().decode()
    connection.close()
    return response.status, found, text


@pytest.mark.parametrize(("path", "status"), [("/health", 200), ("/nowhere", 404), ("/projects/%20/videos", 400)])
def test_an_allowed_page_may_read_every_answer(server: Server, path: str, status: int) -> None:
    found, headers, _ = ask(server, "GET", path, Origin=OURS)
    assert found == status
    assert headers["access-control-allow-origin"] == OURS
    assert headers["access-control-allow-credentials"] == "true"
    assert headers["vary"] == "Origin"


def test_a_foreign_page_gets_an_answer_without_leave_to_read_it(server: Server) -> None:
    status, headers, _ = ask(server, "GET", "/health", Origin=FOREIGN)
    assert status == 200
    assert "access-control-allow-origin" not in headers


def test_a_preflight_says_what_may_be_sent(server: Server) -> None:
    asked = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "x-mine, content-type"}
    status, headers, text = ask(server, "OPTIONS", "/projects/p/jobs", Origin=OURS, **asked)
    assert (status, text) == (200, "OK")
    assert headers["access-control-allow-methods"] == "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
    assert headers["access-control-allow-headers"] == "x-mine, content-type"
    assert headers["access-control-max-age"] == "600"
    assert headers["access-control-allow-origin"] == OURS


def test_a_foreign_preflight_is_refused(server: Server) -> None:
    status, _, text = ask(server, "OPTIONS", "/projects/p/jobs", Origin=FOREIGN, Access_Control_Request_Method="POST")
    assert (status, text) == (400, "Disallowed CORS origin")
