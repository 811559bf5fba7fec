"""Heads of requests that a proxy and a server could understand in two ways, and hosts that are none: all are refused.

Behind each stands a second request. Were the end of the first in doubt, it would be answered too.
"""

import socket
from http.client import HTTPResponse

import pytest

from benchmarks.running import Server
from tests.wire import Answer, call, check_refusal, connect, exchange, head, send_json

JOBS = "/projects/heads/jobs"
POST = f"POST {JOBS} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n".encode()
SECOND = b"GET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n"
NOTHING = b"0\r\n\r\n"
CHUNKED = POST + b"transfer-encoding: chunked\r\n\r\n"

AMBIGUOUS = {
    "length and chunks": POST + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n" + NOTHING,
    "chunks and length": POST + b"transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n" + NOTHING,
    "chunked, then identity": POST + b"transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n" + NOTHING,
    "identity, then chunked": POST + b"transfer-encoding: identity\r\ntransfer-encoding: chunked\r\n\r\n" + NOTHING,
    "chunked twice": POST + b"transfer-encoding: chunked, chunked\r\n\r\n" + NOTHING,
    "gzip and chunked": POST + b"transfer-encoding: gzip, chunked\r\n\r\n" + NOTHING,
    "chunked and gzip": POST + b"transfer-encoding: chunked, gzip\r\n\r\n" + NOTHING,
    "nearly chunked": POST + b"transfer-encoding: xchunked\r\n\r\n" + NOTHING,
    "chunked in quotes": POST + b'transfer-encoding: "chunked"\r\n\r\n' + NOTHING,
    "chunked behind a vertical tab": POST + b"transfer-encoding: \x0bchunked\r\n\r\n" + NOTHING,
    "a space before the colon": POST + b"transfer-encoding : chunked\r\n\r\n" + NOTHING,
    "chunked on the next line": POST + b"transfer-encoding:\r\n chunked\r\n\r\n" + NOTHING,
    "chunks in HTTP/1.0": CHUNKED.replace(b"/1.1", b"/1.0") + NOTHING,
    "two lengths": POST + b"content-length: 5\r\ncontent-length: 6\r\n\r\n123456",
    "one length twice": POST + b"content-length: 6\r\ncontent-length: 6\r\n\r\n123456",
    "a list of lengths": POST + b"content-length: 6, 6\r\n\r\n123456",
    "a length with a sign": POST + b"content-length: +6\r\n\r\n123456",
    "a length in hex": POST + b"content-length: 0x6\r\n\r\n123456",
    "a length with an underscore": POST + b"content-length: 1_0\r\n\r\n1234567890",
    "no number as a length": POST + b"content-length: \r\n\r\n",
    "a length beyond all numbers": POST + b"content-length: 99999999999999999999999\r\n\r\n1",
    "the last number as a length": POST + b"content-length: 18446744073709551615\r\n\r\n1",
    "a folded header": POST + b"x: y\r\n  content-length: 5\r\ncontent-length: 2\r\n\r\n{}",
    "line feeds alone": POST.replace(b"\r\n", b"\n") + b"content-length: 2\n\n{}",
    "one line feed alone": POST + b"x: y\ncontent-length: 2\r\n\r\n{}",
    "a carriage return alone": POST + b"x: y\rcontent-length: 2\r\n\r\n{}",
    "NUL in a value": POST + b"x: a\0b\r\ncontent-length: 2\r\n\r\n{}",
    "NUL in a name": POST + b"x\0: a\r\ncontent-length: 2\r\n\r\n{}",
    "a control character": POST + b"x: a\x01b\r\ncontent-length: 2\r\n\r\n{}",
    "a space in a name": POST + b"x y: a\r\ncontent-length: 2\r\n\r\n{}",
    "a header without a colon": POST + b"xy\r\ncontent-length: 2\r\n\r\n{}",
    "a header without a name": POST + b": x\r\ncontent-length: 2\r\n\r\n{}",
    "a chunk's size that is none": CHUNKED + b"zz\r\n{}\r\n" + NOTHING,
    "a negative chunk": CHUNKED + b"-1\r\n{}\r\n" + NOTHING,
    "a chunk's size with a sign of hex": CHUNKED + b"0x2\r\n{}\r\n" + NOTHING,
    "a chunk beyond all numbers": CHUNKED + b"FFFFFFFFFFFFFFFF2\r\n{}\r\n" + NOTHING,
    "a chunk's size and a space": CHUNKED + b"2 \r\n{}\r\n" + NOTHING,
    "a chunk's size and a line feed": CHUNKED + b"2\n{}\r\n" + NOTHING,
    "a chunk without its end": CHUNKED + b"2\r\n{}" + NOTHING,
    "a line feed in an extension": CHUNKED + b'2;a="x\n"\r\n{}\r\n' + NOTHING,
    "trailers that are heads": CHUNKED + b"2\r\n{}\r\n0\r\ncontent-length: 50\r\n\r\n",
    "trailers without an end": CHUNKED + b"2\r\n{}\r\n0\r\n" + b"x: y\r\n" * 10_000,
    "no host": b"GET /health HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /health HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
    "a host with a path": b"GET /health HTTP/1.1\r\nhost: a/b?c#d\r\n\r\n",
    "a host with a user": b"GET /health HTTP/1.1\r\nhost: user:password@a\r\n\r\n",
    "a host with a space": b"GET /health HTTP/1.1\r\nhost: a b\r\n\r\n",
    "a host that is markup": b'GET /health HTTP/1.1\r\nhost: "><script>\r\n\r\n',
    "a host with an endless port": b"GET /health HTTP/1.1\r\nhost: a:999999\r\n\r\n",
    "a space before the first header": b"GET /health HTTP/1.1\r\n host: a\r\n\r\n",
    "tabs in the first line": b"GET\t/health\tHTTP/1.1\r\nhost: a\r\n\r\n",
    "HTTP/1.2": b"GET /health HTTP/1.2\r\nhost: a\r\n\r\n",
    "the start of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "an address of a file": b"GET file:///etc/passwd HTTP/1.1\r\nhost: a\r\n\r\n",
    "an address without a host": b"GET http:///health HTTP/1.1\r\nhost: a\r\n\r\n",
    "an address with a broken host": b"GET http://[::1/health HTTP/1.1\r\nhost: a\r\n\r\n",
    "an address with an endless port": b"GET http://a:99999/health HTTP/1.1\r\nhost: a\r\n\r\n",
}


def read_all(server: Server, raw: bytes) -> bytes:
    """Everything that comes until the server closes the connection."""
    with connect(server) as connection:
        connection.sendall(raw)
        received = b""
        try:
            while more := connection.recv(65536):
                received += more
        except ConnectionResetError:
            pass
        return received


@pytest.mark.parametrize("kind", AMBIGUOUS)
def test_what_can_be_understood_in_two_ways_is_refused_with_all_that_follows(server: Server, kind: str) -> None:
    received = read_all(server, AMBIGUOUS[kind] + SECOND)
    assert received.startswith(b"HTTP/1.1 400 ") or received.startswith(b"HTTP/1.0 400 "), received
    assert b'"code":"bad_request"' in received
    assert received.count(b"HTTP/1.") == 1, received


@pytest.mark.parametrize("version", ["0.9", "2.0"])
def test_other_versions_are_refused(server: Server, version: str) -> None:
    received = read_all(server, f"GET /health HTTP/{version}\r\nhost: a\r\n\r\n".encode())
    assert b" 400 " in received.partition(b"\r\n")[0]
    assert b"HTTP/1.1" in received


@pytest.mark.parametrize("host", ["a", "a.example:8000", "127.0.0.1:80", "[::1]:8000", "[2001:db8::1]", "", "xn--a:"])
def test_every_host_that_is_one_is_taken(server: Server, host: str) -> None:
    assert exchange(server, f"GET /health HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n".encode()).status == 200


UPGRADES = {
    "HTTP/2": b"connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n",
    "anything": b"connection: upgrade\r\nupgrade: tcp\r\n",
    "a socket where there is none": b"connection: upgrade\r\nupgrade: websocket\r\n",
}


@pytest.mark.parametrize("kind", UPGRADES)
def test_an_upgrade_that_is_not_offered_is_passed_over(server: Server, kind: str) -> None:
    with connect(server) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nhost: a\r\n" + UPGRADES[kind] + b"\r\n")
        response = HTTPResponse(connection, method="GET")
        response.begin()
        assert (response.status, response.getheader("upgrade")) == (200, None)


def test_an_address_with_a_host_leads_nowhere_else(server: Server) -> None:
    raw = b"GET http://evil.example/health/ HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
    assert exchange(server, raw, "GET").headers["location"] == "/health"
    for path in (b"//evil.example/health/", b"/\\evil.example/health/", b"/%2f/evil.example/"):
        raw = b"GET " + path + b" HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
        check_refusal(exchange(server, raw, "GET"), 404, "not_found")


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "PURGE"])
def test_methods_that_nobody_needs_do_nothing_and_echo_nothing(server: Server, method: str) -> None:
    target = "a:443" if method == "CONNECT" else "/health"
    answer = exchange(server, f"{method} {target} HTTP/1.1\r\nhost: a:443\r\nx-mark: canary\r\n\r\n".encode())
    assert answer.status in (404, 405)
    assert b"canary" not in answer.body


def test_what_else_is_expected_is_passed_over(server: Server) -> None:
    check_refusal(send_json(server, JOBS, {}, expect="200-ok"), 422, "invalid")


def test_who_expects_is_invited_to_send_json(server: Server) -> None:
    with connect(server) as connection:
        raw = head("POST", JOBS, content_type="application/json", content_length=2, expect="100-continue")
        connection.sendall(raw)
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"{}")
        response = HTTPResponse(connection, method="POST")
        response.begin()
        assert response.status == 422


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "x-gzip", "gzip, gzip", "GZIP", "nonsense"])
def test_no_body_is_unpacked(server: Server, encoding: str) -> None:
    check_refusal(
        send_json(server, JOBS, b"x", content_encoding=encoding), 415, "unsupported_media", "Content-Encoding"
    )


TAKERS = ("/projects/heads/videos", "/projects/heads/assets", JOBS, "/share/x/attempts", "/projects/heads/webhooks")


@pytest.mark.parametrize("path", TAKERS)
def test_no_route_unpacks_its_body(server: Server, path: str) -> None:
    told = {"content_type": "multipart/form-data; boundary=x", "content_encoding": "gzip", "content_length": 10**6}
    check_refusal(call(server, "POST", path, **told), 415, "unsupported_media", "Content-Encoding")


def test_a_head_has_an_end(server: Server) -> None:
    long = b"GET /health HTTP/1.1\r\nhost: a\r\n" + b"".join(b"x%d: " % n + b"y" * 8000 + b"\r\n" for n in range(8))
    with connect(server) as connection:
        connection.sendall(long)
        response = HTTPResponse(connection, method="GET")
        response.begin()
        answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    check_refusal(answer, 400, "bad_request", "headers")


def test_a_client_that_asks_a_hundred_times_at_once_is_answered_as_often(server: Server) -> None:
    raw = (
        b"GET /health HTTP/1.1\r\nhost: a\r\n\r\n" * 99
        + b"GET /health HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
    )
    assert read_all(server, raw).count(b"HTTP/1.1 200 OK") == 100


def test_who_only_says_that_he_has_said_all_is_let_go(server: Server) -> None:
    with connect(server) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nhost")
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b""
