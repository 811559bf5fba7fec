"""A job live from a real server: frames, ends, reconnects; and clients that stop listening, talk nonsense or vanish."""

import base64
import json
import re
import signal
import socket
import struct
import time
from collections.abc import Iterator
from http.client import HTTPResponse
from typing import Any

import psutil
import pytest

from benchmarks.running import LESSON, Server, run_server
from tests.tus_wire import wait_until
from tests.wire import call, check_refusal, connect, head, send_json

PROJECT = "streams"
JOBS = f"/projects/{PROJECT}/jobs"
FRAME = re.compile(r"id: (\d+)\ndata: (\{[^\n]*\})\n\n")
FINAL = ("completed", "failed", "cancelled")
TEXT, CLOSE, PING = 1, 8, 9
EXIT_LIMIT_S = 5
# Less than any heartbeat: a stream that ought to have ended fails its test instead of holding it for ever.
QUIET_LIMIT_S = 14


@pytest.fixture(scope="module")
def video(server: Server) -> str:
    return str(server.upload(PROJECT, LESSON)["asset_id"])


@pytest.fixture
def idle() -> Iterator[Server]:
    """A server that runs no jobs: they wait until they are cancelled."""
    with run_server(WORKER_CONCURRENCY=0) as running:
        yield running


def start_job(server: Server, video: str, **payload: object) -> str:
    made = send_json(server, JOBS, {"job_type": "ingest", "payload": {"asset_id": video} | payload})
    assert made.status == 201, made
    return str(made.json()["id"])


def read_job(server: Server, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = call(server, "GET", f"{JOBS}/{job_id}").json()
    return found


def finish_job(server: Server, video: str) -> str:
    """The id of a job that has completed."""
    job_id = start_job(server, video)
    read_events(server, job_id)
    return job_id


def open_events(server: Server, job_id: str, **headers: object) -> tuple[socket.socket, HTTPResponse]:
    connection = connect(server)
    connection.settimeout(QUIET_LIMIT_S)
    connection.sendall(head("GET", f"{JOBS}/{job_id}/events", **headers))
    response = HTTPResponse(connection, method="GET")
    response.begin()
    return connection, response


def read_events(server: Server, job_id: str, **headers: object) -> list[tuple[int, dict[str, Any]]]:
    """All frames of a stream until the server ends it, and nothing but frames."""
    connection, response = open_events(server, job_id, **headers)
    with connection:
        assert response.status == 200
        text = response.read().decode()
    # The heartbeat is one for all: it may fall into the shortest stream.
    assert FRAME.sub("", text).replace(": ping\n\n", "") == ""
    return [(int(number), json.loads(data)) for number, data in FRAME.findall(text)]


def open_socket(server: Server, path: str, connection: socket.socket | None = None) -> tuple[socket.socket, bytes]:
    """A WebSocket, and what came behind the handshake."""
    connection = connection or connect(server)
    connection.settimeout(QUIET_LIMIT_S)
    upgrade = {"upgrade": "websocket", "sec_websocket_version": 13}
    upgrade["sec_websocket_key"] = base64.b64encode(b"sixteen bytes in").decode()
    connection.sendall(head("GET", path, **upgrade).replace(b"connection: close", b"connection: upgrade"))
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(4096) or pytest.fail(f"no handshake: {received!r}")
    answer, _, rest = received.partition(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 101 "), answer
    return connection, rest


def read_messages(connection: socket.socket, received: bytes) -> Iterator[tuple[int, bytes]]:
    """(opcode, content) of each message until the server closes the connection."""
    while True:
        while (message := cut_message(received)) is not None:
            opcode, content, received = message
            yield opcode, content
        more = connection.recv(65536)
        if not more:
            assert received == b""
            return
        received += more


def cut_message(received: bytes) -> tuple[int, bytes, bytes] | None:
    if len(received) < 2:
        return None
    size, start = received[1] & 127, 2
    if size >= 126:
        start = 4 if size == 126 else 10
        size = int.from_bytes(received[2:start])
    if len(received) < start + size:
        return None
    return received[0] & 15, received[start : start + size], received[start + size :]


def say(opcode: int, content: bytes) -> bytes:
    """A message as clients send it: masked, here with zeros."""
    size = len(content)
    told = bytes([0x80 | size]) if size < 126 else b"\xff" + struct.pack(">Q", size)
    return bytes([0x80 | opcode]) + told + bytes(4) + content


def test_a_stream_starts_with_the_present_and_ends_after_the_final_state(server: Server, video: str) -> None:
    job_id = start_job(server, video)
    frames = read_events(server, job_id)
    numbers, states = [number for number, _ in frames], [job["status"] for _, job in frames]
    assert numbers == sorted(set(numbers))
    assert states[0] in ("queued", "running", "completed")
    assert [state in FINAL for state in states] == [False] * (len(states) - 1) + [True]
    assert frames[-1][1] == read_job(server, job_id)
    assert frames[-1][1]["status"] == "completed"


def test_a_stream_has_the_headers_that_clients_and_proxies_need(server: Server, video: str) -> None:
    connection, response = open_events(server, finish_job(server, video))
    with connection:
        headers = {name.lower(): value for name, value in response.getheaders()}
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["cache-control"] == "no-cache"
    assert headers["x-accel-buffering"] == "no"
    assert headers["transfer-encoding"] == "chunked"


def test_a_change_reaches_every_watcher_by_both_ways(idle: Server) -> None:
    video = str(idle.upload(PROJECT, LESSON)["asset_id"])
    job_id = start_job(idle, video)
    streams = [open_events(idle, job_id) for _ in range(3)]
    sockets = [open_socket(idle, f"{JOBS}/{job_id}/ws") for _ in range(3)]
    assert call(idle, "POST", f"{JOBS}/{job_id}/cancel").status == 202
    for connection, response in streams:
        with connection:
            states = [json.loads(data)["status"] for _, data in FRAME.findall(response.read().decode())]
        assert states[-1] == "cancelled"
        assert set(states[:-1]) <= {"queued"}
    for connection, rest in sockets:
        with connection:
            *messages, (opcode, content) = read_until_close(connection, rest)
        assert (opcode, content[:2]) == (CLOSE, struct.pack(">H", 1000))
        assert json.loads(messages[-1][1]) == read_job(idle, job_id)
        assert [json.loads(data)["status"] for _, data in messages[:-1]] in (["queued"], [])


def read_until_close(connection: socket.socket, rest: bytes) -> list[tuple[int, bytes]]:
    """All messages up to the closing one, which is answered."""
    messages = []
    for opcode, content in read_messages(connection, rest):
        messages.append((opcode, content))
        if opcode == CLOSE:
            connection.sendall(say(CLOSE, content))
            break
    return messages


def test_a_reconnect_that_has_seen_the_end_is_told_to_stop(server: Server, video: str) -> None:
    job_id = finish_job(server, video)
    ((last, job),) = read_events(server, job_id)
    assert job["status"] == "completed"
    for seen in (last, last + 1, 10**17):
        connection, response = open_events(server, job_id, last_event_id=seen)
        with connection:
            assert (response.status, response.read()) == (204, b"")
    for seen in (last - 1, 0, -1, "", "junk", "9" * 50, "\u0664\u0662", "1e9", "None"):
        assert read_events(server, job_id, last_event_id=seen) == [(last, job)]


def test_a_reconnect_before_the_end_gets_the_present_state(idle: Server) -> None:
    job_id = start_job(idle, str(idle.upload(PROJECT, LESSON)["asset_id"]))
    connection, response = open_events(idle, job_id, last_event_id=10**6)
    with connection:
        frame = response.readline() + response.readline() + response.readline()
    assert json.loads(FRAME.fullmatch(frame.decode()).group(2))["status"] == "queued"


@pytest.mark.parametrize("way", ["events", "ws"])
def test_an_unknown_job_is_refused_before_the_stream(server: Server, video: str, way: str) -> None:
    upgrade = {"upgrade": "websocket", "sec_websocket_version": 13, "sec_websocket_key": "c2l4dGVlbiBieXRlcyBpbg=="}
    elsewhere = f"/projects/elsewhere/jobs/{finish_job(server, video)}"
    for path in (f"{JOBS}/nobody", elsewhere):
        check_refusal(call(server, "GET", f"{path}/{way}"), 404, "not_found", "Job not found")
        check_refusal(call(server, "GET", f"{path}/{way}", **upgrade), 404, "not_found", "Job not found")
    check_refusal(call(server, "GET", f"/projects/../jobs/x/{way}"), 400, "bad_project_id")


def test_a_socket_starts_with_the_present_and_closes_after_the_final_state(server: Server, video: str) -> None:
    job_id = start_job(server, video)
    connection, rest = open_socket(server, f"{JOBS}/{job_id}/ws")
    with connection:
        *messages, (opcode, content) = read_until_close(connection, rest)
        assert connection.recv(1) == b""
    assert (opcode, content[:2]) == (CLOSE, struct.pack(">H", 1000))
    assert {kind for kind, _ in messages} == {TEXT}
    states = [json.loads(data)["status"] for _, data in messages]
    assert [state in FINAL for state in states] == [False] * (len(states) - 1) + [True]
    assert json.loads(messages[-1][1]) == read_job(server, job_id)


def test_a_plain_request_for_a_socket_is_refused(server: Server, video: str) -> None:
    path = f"{JOBS}/{finish_job(server, video)}/ws"
    check_refusal(call(server, "GET", path), 400, "bad_request", "upgrade")
    odd = {"upgrade": "websocket", "connection": "upgrade", "sec_websocket_version": 7, "sec_websocket_key": "x"}
    check_refusal(call(server, "GET", path, **odd), 400, "bad_request")


JUNK = {
    "words": say(TEXT, b"hello") * 1000,
    "no UTF-8": say(TEXT, b"\xff\xfe"),
    "a ping": say(PING, b"are you there"),
    "an unknown kind": say(3, b"x"),
    "an unmasked message": b"\x81\x05hello",
    "more than 64 kB": say(TEXT, b"x" * 70_000),
    "the promise of a terabyte": b"\x81\xff" + struct.pack(">Q", 2**40) + bytes(4) + b"x" * 1000,
    "an endless row of pieces": (b"\x01" + say(TEXT, b"x" * 60_000)[1:]) + (b"\x00" + say(0, b"x" * 60_000)[1:]) * 20,
    "HTTP": b"GET /health HTTP/1.1\r\nhost: a\r\n\r\n" * 10,
    "a close with half a code": say(CLOSE, b"\x03"),
    "a close with a forbidden code": say(CLOSE, struct.pack(">H", 1005)),
}


def leave_by_reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def count_connections(server: Server) -> int:
    found = psutil.Process(server.process.pid).net_connections("tcp")
    return sum(connection.status not in ("LISTEN", "TIME_WAIT") for connection in found)


def stop(server: Server) -> float:
    """Seconds until the server has ended by itself; it must say 0 and log no error."""
    began_s = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(60) == 0
    taken_s = time.monotonic() - began_s
    assert " ERROR " not in (server.folder / "app.log").read_text()
    return taken_s


def test_clients_that_talk_nonsense_or_vanish_leave_nothing_behind(idle: Server) -> None:
    video = str(idle.upload(PROJECT, LESSON)["asset_id"])
    job_id = start_job(idle, video)
    path = f"{JOBS}/{job_id}/ws"
    wait_until(lambda: count_connections(idle) == 0)
    for junk in JUNK.values():
        connection, _ = open_socket(idle, path)
        try:
            connection.sendall(junk)
        except ConnectionError:
            pass
        leave_by_reset(connection)
        open_socket(idle, path)[0].close()
        open_events(idle, job_id)[0].close()
        leave_by_reset(open_events(idle, job_id)[0])
    wait_until(lambda: count_connections(idle) == 0)
    assert call(idle, "GET", "/health").status == 200
    assert stop(idle) < EXIT_LIMIT_S


@pytest.mark.parametrize("junk", JUNK)
def test_a_socket_survives_or_closes_but_never_hangs(server: Server, video: str, junk: str) -> None:
    path = f"{JOBS}/{finish_job(server, video)}/ws"
    connection, rest = open_socket(server, path)
    with connection:
        try:
            connection.sendall(JUNK[junk])
            *_, (opcode, _) = read_until_close(connection, rest)
            assert opcode == CLOSE
        except ConnectionResetError:
            pass
    assert call(server, "GET", "/health").status == 200


def open_small(server: Server) -> socket.socket:
    """A connection that takes only a few bytes unless it is read."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(20)
    connection.connect(("127.0.0.1", server.port))
    return connection


def test_the_server_ends_quickly_with_open_and_with_dead_streams(idle: Server) -> None:
    video = str(idle.upload(PROJECT, LESSON)["asset_id"])
    job_id = start_job(idle, video, ballast="x" * 900_000)
    open_ones = [open_events(idle, job_id) for _ in range(3)]
    sockets = [open_socket(idle, f"{JOBS}/{job_id}/ws") for _ in range(3)]
    deaf = [open_small(idle) for _ in range(6)]
    for number, connection in enumerate(deaf):
        if number % 2:
            open_socket(idle, f"{JOBS}/{job_id}/ws", connection)
        else:
            # Never read: 16 answers of 0.9 MB, then the stream, are more than any buffer between us holds.
            path = f"{JOBS}/{job_id}"
            keep = head("GET", path).replace(b"connection: close\r\n", b"")
            connection.sendall(keep * 16 + head("GET", path + "/events"))
    leave_by_reset(open_ones[0][0])
    sockets[0][0].close()
    silent = connect(idle)
    silent.sendall(b"GET /health HTTP/1.1\r\nho")
    time.sleep(0.5)
    assert stop(idle) < EXIT_LIMIT_S
    for connection in (silent, *deaf, *(one for one, _ in open_ones[1:]), *(one for one, _ in sockets[1:])):
        connection.close()


def test_a_client_that_never_reads_costs_others_nothing(server: Server, video: str) -> None:
    deaf = []
    job_id = start_job(server, video, ballast="x" * 900_000)
    for way in ("events", "ws"):
        connection = open_small(server)
        if way == "ws":
            open_socket(server, f"{JOBS}/{job_id}/ws", connection)
        else:
            connection.sendall(head("GET", f"{JOBS}/{job_id}/events"))
        deaf.append(connection)
    began_s = time.monotonic()
    assert read_events(server, job_id)[-1][1]["status"] == "completed"
    assert time.monotonic() - began_s < 30
    for connection in deaf:
        connection.close()
