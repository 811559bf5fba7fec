"""Clients that take their time, talk without end or never listen: they are let go, and others notice little of them."""

import contextlib
import gzip
import io
import socket
import time
from collections.abc import Iterator
from http.client import HTTPResponse

import psutil
import pytest

from benchmarks.running import LESSON, Server, run_server
from tests.bystander import bystander
from tests.integration.test_streams import (
    PING,
    TEXT,
    count_connections,
    leave_by_reset,
    open_small,
    open_socket,
    say,
)
from tests.tus_wire import wait_until
from tests.wire import call, check_refusal, connect, exchange, head, read_answer

MOST = 60
HEAD_S = 1.0
TAKE_S = 1.0
MANY = 30
LIMIT_S = 20


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    limits = {"HEAD_TIMEOUT_S": HEAD_S, "DOWNLOAD_IDLE_TIMEOUT_S": TAKE_S, "MAX_CONNECTIONS": MOST}
    with run_server(WORKER_CONCURRENCY=0, UPLOAD_IDLE_TIMEOUT_S=1, **limits) as running:
        yield running
        assert " ERROR " not in (running.folder / "app.log").read_text()


@pytest.fixture(scope="module")
def content(server: Server) -> str:
    """The path of a video's bytes."""
    return f"/projects/p/videos/{server.upload('p', LESSON)['asset_id']}/content"


@pytest.fixture(autouse=True)
def _nobody_stays(server: Server) -> Iterator[None]:
    """Whatever came, in the end no connection and no file is left open."""
    wait_until(lambda: count_connections(server) == 0)
    before = psutil.Process(server.process.pid).num_fds()
    yield
    wait_until(lambda: count_connections(server) == 0)
    wait_until(lambda: psutil.Process(server.process.pid).num_fds() <= before + 2)


def open_many(server: Server, raw: bytes, count: int = MANY) -> list[socket.socket]:
    opened = [connect(server) for _ in range(count)]
    for connection in opened:
        connection.sendall(raw)
    return opened


def hear_end(connection: socket.socket) -> bytes:
    """What comes until the server closes."""
    connection.settimeout(LIMIT_S)
    heard = b""
    with connection, contextlib.suppress(ConnectionResetError):
        while more := connection.recv(65536):
            heard += more
    return heard


def test_heads_that_drip_in_are_refused(server: Server) -> None:
    with bystander(server) as seen:
        dripping = open_many(server, b"GET /health HTTP/1.1\r\nhost: a\r\n")
        silent = open_many(server, b"GET /health HTTP/1.1\r\nho", 1)[0]
        over_s = time.monotonic() + HEAD_S * 3
        while time.monotonic() < over_s:
            for connection in dripping:
                with contextlib.suppress(OSError):
                    connection.sendall(b"x: y\r\n")
            time.sleep(HEAD_S / 5)
        answers = [hear_end(connection) for connection in dripping]
        check_refusal(read_answer(silent), 408, "timeout", "send it again")
        silent.close()
    # Who goes on sending into the closed connection may lose the answer.
    assert {answer[:13] for answer in answers} <= {b"HTTP/1.0 408 ", b""}
    seen.check()


def test_large_heads_are_refused_before_they_fill_the_memory(server: Server) -> None:
    lines = b"".join(b"x%d: " % number + b"y" * 8000 + b"\r\n" for number in range(100))
    with bystander(server) as seen:
        large = [connect(server) for _ in range(MANY)]
        for connection in large:
            with contextlib.suppress(OSError):
                connection.sendall(b"GET /health HTTP/1.1\r\nhost: a\r\n" + lines)
        time.sleep(HEAD_S / 2)
        for connection in large:
            connection.close()
    seen.check(most_grown_bytes=16 * 1024 * 1024)


def test_who_takes_nothing_of_an_answer_is_let_go(server: Server, content: str) -> None:
    with bystander(server) as seen:
        deaf = [open_small(server) for _ in range(MANY)]
        for connection in deaf:
            connection.sendall(head("GET", content))
        wait_until(lambda: count_connections(server) >= MANY)
        wait_until(lambda: count_connections(server) <= 2, LIMIT_S)
        for connection in deaf:
            connection.close()
    seen.check()
    assert seen.most_files > MANY


def test_who_takes_a_few_bytes_now_and_then_is_let_go(server: Server, content: str) -> None:
    with open_small(server) as connection:
        connection.sendall(head("GET", content))
        wait_until(lambda: bool(connection.recv(20)) and count_connections(server) == 0, LIMIT_S)


def test_who_listens_slowly_but_steadily_gets_all(server: Server, content: str) -> None:
    with open_small(server) as connection:
        connection.sendall(head("GET", content, range="bytes=0-499999"))
        response = HTTPResponse(connection, method="GET")
        response.begin()
        received = b""
        while more := response.read(40_000):
            received += more
            time.sleep(TAKE_S / 6)
    assert received == LESSON.read_bytes()[:500_000]


def test_idle_connections_give_way_to_new_ones(server: Server) -> None:
    with bystander(server) as seen:
        idle = [connect(server) for _ in range(3 * MOST)]
        for _ in range(20):
            assert call(server, "GET", "/health").status == 200
        assert count_connections(server) <= MOST + 1
        for connection in idle:
            connection.close()
    seen.check()


def test_who_asked_before_is_let_go_after_those_who_never_did(server: Server) -> None:
    with connect(server) as known:
        polite = b"GET /health HTTP/1.1\r\nhost: a\r\n\r\n"
        known.sendall(polite)
        assert read_answer(known, "GET").status == 200
        idle = [connect(server) for _ in range(2 * MOST)]
        known.sendall(polite)
        assert read_answer(known, "GET").status == 200
        for connection in idle:
            connection.close()


def test_without_any_idle_one_a_newcomer_is_told_to_come_later(server: Server) -> None:
    told = head("POST", "/projects/p/jobs", content_type="application/json", content_length=10)
    busy = open_many(server, told + b"{", MOST)
    with connect(server) as connection:
        answer = read_answer(connection, "GET")
        check_refusal(answer, 503, "busy", "Try again")
        assert answer.headers["retry-after"] == "5"
    for connection in busy:
        check_refusal(read_answer(connection), 408, "timeout")
        connection.close()


FLOODS = {
    "empty words": say(TEXT, b"") * 5000,
    "words": say(TEXT, b"hello") * 5000,
    "pings": say(PING, b"x" * 100) * 500,
    "a packed word": b"\xc1\x85\0\0\0\0" + b"\x00" * 5,
    "a ping of 126 bytes": b"\x89\xfe\x00\x7e\0\0\0\0" + b"x" * 126,
    "a ping in pieces": b"\x09\x81\0\0\0\0x",
    "a piece of nothing": b"\x00\x81\0\0\0\0x" * 5000,
    "a piece, then a whole": b"\x01\x81\0\0\0\0x" + say(TEXT, b"x"),
    "pieces without an end": b"\x01\x80\0\0\0\0" + b"\x00\xfe\x10\x00\0\0\0\0" + bytes(4096),
}


@pytest.mark.parametrize("kind", FLOODS)
def test_who_talks_without_end_on_a_socket_is_let_go(server: Server, kind: str) -> None:
    with bystander(server) as seen:
        connection, _ = open_socket(server, "/projects/p/ws")
        over_s = time.monotonic() + LIMIT_S
        with contextlib.suppress(ConnectionError):
            while time.monotonic() < over_s:
                connection.sendall(FLOODS[kind])
                time.sleep(0.005)
        connection.close()
        assert time.monotonic() < over_s
    seen.check(most_grown_bytes=16 * 1024 * 1024)


def test_a_socket_is_opened_by_no_page_of_another_site(server: Server) -> None:
    ways = {"upgrade": "websocket", "sec_websocket_version": 13, "sec_websocket_key": "dGhlIHNhbXBsZSBub25jZQ=="}
    for foreign in ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec_fetch_site": "cross-site"}):
        raw = head("GET", "/projects/p/ws", **ways, **foreign).replace(b"connection: close", b"connection: upgrade")
        check_refusal(exchange(server, raw, "GET"), 403, "forbidden", "CORS_ORIGINS")
        check_refusal(call(server, "POST", "/projects/p/jobs/x/cancel", b"", **foreign), 403, "forbidden")
    for ours in ({}, {"origin": "http://127.0.0.1"}, {"sec_fetch_site": "same-origin"}):
        assert call(server, "POST", "/projects/p/jobs/x/cancel", b"", **ours).status == 404


def test_a_packed_body_is_never_unpacked(server: Server) -> None:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as file:
        file.write(bytes(50_000_000))
    told = {"content_type": "application/json", "content_encoding": "gzip"}
    with bystander(server) as seen:
        for path in ("/projects/p/jobs", "/nowhere"):
            answer = call(server, "POST", path, packed.getvalue(), **told)
            check_refusal(answer, 415, "unsupported_media")
    seen.check(most_grown_bytes=16 * 1024 * 1024)


def test_a_body_in_chunks_of_one_byte_holds_nobody_up(server: Server) -> None:
    told = head("POST", "/projects/p/jobs", content_type="application/json", transfer_encoding="chunked")
    with bystander(server) as seen:
        check_refusal(exchange(server, told + b"1\r\n \r\n" * 20_000 + b"0\r\n\r\n"), 422, "invalid")
    seen.check()


def test_an_endless_chunk_extension_ends_in_bounded_time(server: Server) -> None:
    told = head("POST", "/projects/p/jobs", content_type="application/json", transfer_encoding="chunked")
    with connect(server) as connection:
        connection.sendall(told + b"2;")
        heard = False
        over_s = time.monotonic() + LIMIT_S
        connection.settimeout(0.01)
        while not heard and time.monotonic() < over_s:
            connection.sendall(b"a" * 10_000)
            with contextlib.suppress(TimeoutError):
                heard = bool(connection.recv(1, socket.MSG_PEEK))
        connection.settimeout(LIMIT_S)
        check_refusal(read_answer(connection), 408, "timeout")
        leave_by_reset(connection)
