"""Streams of a job and of a project over HTTP: the frames' exact form, every state, resumption, those who stall."""

import asyncio
import json
import re
import socket
import struct
import time
from collections.abc import Iterator
from http.client import HTTPResponse
from typing import Any

import psutil
import pytest

from benchmarks.running import LESSON, Server, run_server
from quizsys.clock import utc_now
from quizsys.db import Store
from quizsys.ids import new_id
from quizsys.liveness import Presence
from quizsys.models.events import Event
from quizsys.services import claims, events
from quizsys.services.claims import Failure
from tests.integration.test_streams import CLOSE, cut_message, open_socket, read_messages
from tests.wire import call, check_refusal, connect, head, send_json

BLOCK = re.compile(r"(?:id: (\d+)\n)?data: (\{[^\n]*\})\n\n|id: (\d+)\n\n|: [a-z]+\n\n")
QUIET_LIMIT_S = 14


@pytest.fixture(scope="module")
def idle() -> Iterator[Server]:
    """A server that runs no jobs: the tests play their tries."""
    with run_server(WORKER_CONCURRENCY=0, MAX_QUEUE_SIZE=10_000) as running:
        yield running


class Place:
    """A project of its own with a video, and a worker beside the server."""

    def __init__(self, server: Server, store: Store, owner: str) -> None:
        self.server = server
        self.store = store
        self.owner = owner
        self.path = f"/projects/p-{owner}"
        self.video = server.upload(f"p-{owner}", LESSON)["asset_id"]

    def create(self, **more: object) -> str:
        body = {"job_type": "ingest", "payload": {"asset_id": self.video} | more, "retry_delay_seconds": 0}
        return str(send_json(self.server, f"{self.path}/jobs", body).json()["id"])

    def cancel(self, job_id: str) -> None:
        assert call(self.server, "POST", f"{self.path}/jobs/{job_id}/cancel").status == 202

    async def claim(self) -> claims.Claim:
        found = await self.store.run(claims.claim_job, self.owner, 60)
        assert found is not None
        return found


@pytest.fixture
async def place(idle: Server) -> Any:
    presence, store = Presence(idle.folder / "run", new_id()), Store(idle.folder / "app.db")
    await store.open()
    made = Place(idle, store, presence.owner)
    yield made
    for job in call(idle, "GET", f"{made.path}/jobs?status=queued").json():
        made.cancel(job["id"])
    await store.close()
    presence.leave()


class Stream:
    """An open stream, read block by block."""

    def __init__(self, server: Server, path: str, http: bytes = b"HTTP/1.1", **headers: object) -> None:
        self.connection = connect(server)
        self.connection.settimeout(QUIET_LIMIT_S)
        self.connection.sendall(head("GET", path, **headers).replace(b"HTTP/1.1", http))
        self.response = HTTPResponse(self.connection, method="GET")
        self.response.begin()
        self.headers = {name.lower(): value for name, value in self.response.getheaders()}

    def read_block(self) -> str:
        """The next block with its empty line; empty at the end."""
        block = b""
        while not block.endswith(b"\n\n"):
            line = self.response.readline()
            if not line:
                return block.decode()
            block += line
        return block.decode()

    def read_job(self) -> tuple[int | None, dict[str, Any]]:
        """The next job and its id; comments and ids alone are passed over."""
        while True:
            found = BLOCK.fullmatch(self.read_block())
            assert found
            if found[2]:
                return int(found[1]) if found[1] else None, json.loads(found[2])

    def close(self) -> None:
        self.response.close()
        self.connection.close()


@pytest.fixture
def streams() -> Iterator[list[Stream]]:
    opened: list[Stream] = []
    yield opened
    for stream in opened:
        stream.close()


def read_all(stream: Stream) -> list[str]:
    return list(iter(stream.read_block, ""))


async def play(place: Place, job_id: str) -> None:
    """Every state that there is, one straight after the other."""
    for number in range(2):
        claim = await place.claim()
        assert claim.job_id == job_id
        await place.store.run(claims.set_progress, claim, 10.0 + number)
        if number == 0:
            await place.store.run(claims.fail_job, claim, Failure("bad", "It broke."), 1)
    await place.store.run(claims.complete_job, claim, {"found": 1})


@pytest.mark.parametrize("http", [b"HTTP/1.1", b"HTTP/1.0"])
async def test_a_client_that_keeps_up_gets_every_state_however_quick(place: Place, http: bytes) -> None:
    job_id = place.create()
    stream = Stream(place.server, f"{place.path}/jobs/{job_id}/events", http)
    first = stream.read_block()
    await play(place, job_id)
    blocks = [first, *read_all(stream)]
    stream.close()
    assert all(re.fullmatch(r"id: \d+\ndata: \{[^\n]*\}\n\n", block) for block in blocks), blocks
    found = [BLOCK.fullmatch(block) for block in blocks]
    jobs = [json.loads(match[2]) for match in found if match]
    states = [(job["status"], job["attempts"]) for job in jobs]
    # Progress may be left out when the next change is there already.
    assert list(dict.fromkeys(states)) == [
        *(("queued", 0), ("running", 1), ("queued", 1), ("running", 2), ("completed", 2)),
    ]
    ids = [int(match[1]) for match in found if match]
    assert ids == sorted(set(ids))
    assert jobs[-1] == call(place.server, "GET", f"{place.path}/jobs/{job_id}").json()


async def test_every_state_comes_by_websocket_too(place: Place) -> None:
    job_id = place.create()
    connection, rest = open_socket(place.server, f"{place.path}/jobs/{job_id}/ws")
    messages = read_messages(connection, rest)
    first = next(messages)
    await play(place, job_id)
    told = [first]
    for message in messages:
        told.append(message)
        if message[0] == CLOSE:
            break
    connection.close()
    assert told[-1][1][:2] == struct.pack(">H", 1000)
    states = [json.loads(text)["status"] for _, text in told[:-1]]
    assert [state for number, state in enumerate(states) if state != states[number - 1] or not number] == [
        *("queued", "running", "queued", "running", "completed"),
    ]


async def test_a_large_job_comes_whole_to_its_end(place: Place) -> None:
    job_id = place.create(ballast="x" * 300_000)
    stream = Stream(place.server, f"{place.path}/jobs/{job_id}/events")
    await play(place, job_id)
    *_, last = read_all(stream)
    stream.close()
    found = BLOCK.fullmatch(last)
    assert found
    assert json.loads(found[2])["status"] == "completed"


async def test_a_projects_stream_starts_with_its_unfinished_jobs_and_never_ends(
    place: Place, streams: list[Stream]
) -> None:
    over, waiting = place.create(), place.create()
    place.cancel(over)
    stream = Stream(place.server, f"{place.path}/events")
    streams.append(stream)
    assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert stream.headers["cache-control"] == "no-cache"
    assert stream.headers["x-accel-buffering"] == "no"
    assert stream.read_block() == ": jobs\n\n"
    assert stream.read_job()[1]["id"] == waiting
    assert re.fullmatch(r"id: \d+\n\n", stream.read_block())
    place.cancel(waiting)
    number, job = stream.read_job()
    assert number
    assert (job["id"], job["status"]) == (waiting, "cancelled")
    born = place.create()
    assert stream.read_job()[1] == call(place.server, "GET", f"{place.path}/jobs/{born}").json()
    await play(place, born)
    states = []
    while not states or states[-1] != "completed":
        states.append(stream.read_job()[1]["status"])
    assert [state for place, state in enumerate(states) if not place or state != states[place - 1]] == [
        *("running", "queued", "running", "completed"),
    ]


def read_news(stream: Stream) -> str:
    """The next block but for the heartbeat, which is one for all and may come at any time."""
    while (block := stream.read_block()) == ": ping\n\n":
        pass
    return block


def test_a_projects_stream_tells_nothing_of_others(place: Place, streams: list[Stream]) -> None:
    stream = Stream(place.server, "/projects/nobodys/events")
    streams.append(stream)
    assert stream.read_block() == ": jobs\n\n"
    assert re.fullmatch(r"id: \d+\n\n", stream.read_block())
    place.cancel(place.create())
    stream.connection.settimeout(1)
    with pytest.raises(TimeoutError):
        read_news(stream)
    check_refusal(call(place.server, "GET", "/projects/../events"), 400, "bad_project_id")


async def test_a_reconnect_gets_what_ended_meanwhile(place: Place, streams: list[Stream]) -> None:
    first, second = place.create(), place.create()
    stream = Stream(place.server, f"{place.path}/events")
    streams.append(stream)
    while not (mark := re.fullmatch(r"id: (\d+)\n\n", stream.read_block())):
        pass
    place.cancel(first)
    seen, job = stream.read_job()
    assert job["id"] == first
    stream.close()
    place.cancel(second)
    third = place.create()
    for last_id, expected in ((seen, [second, third]), (int(mark[1]), [first, second, third])):
        for by_query in (False, True):
            path, headers = f"{place.path}/events", {"last_event_id": last_id}
            again = Stream(
                place.server, f"{path}?last_event_id={last_id}" if by_query else path, **({} if by_query else headers)
            )
            streams.append(again)
            assert again.read_block() == ": jobs\n\n"
            found = [again.read_job() for _ in expected]
            assert [job["id"] for _, job in found] == expected
            assert [number for number, _ in found] == sorted(number or 0 for number, _ in found)


async def test_a_reconnect_from_too_long_ago_gets_all_jobs(place: Place, streams: list[Stream]) -> None:
    made = [place.create() for _ in range(3)]
    place.cancel(made[0])

    def forget() -> None:
        Event.update(at=utc_now() - 2 * events.KEPT).execute()
        events.prune_events()

    await place.store.run(forget)
    for seen in (1, 10**15):
        stream = Stream(place.server, f"{place.path}/events", last_event_id=seen)
        streams.append(stream)
        assert stream.read_block() == ": reset\n\n"
        assert [stream.read_job()[1]["id"] for _ in made] == made
        assert re.fullmatch(r"id: \d+\n\n", stream.read_block())


async def test_many_unfinished_jobs_come_in_pages_and_none_is_left_out(place: Place, streams: list[Stream]) -> None:
    made = [place.create() for _ in range(2 * events.PAGE_ROWS + 5)]
    stream = Stream(place.server, f"{place.path}/events")
    streams.append(stream)
    found = [stream.read_job() for _ in made]
    assert [job["id"] for _, job in found] == made
    assert [number for number, _ in found[:-1]] == [None] * (len(made) - 1)
    assert found[-1][0]


async def test_a_projects_socket_says_where_to_resume(place: Place) -> None:
    first, second = place.create(), place.create()
    connection, rest = open_socket(place.server, f"{place.path}/ws")
    start = [json.loads(text) for text in read_texts(connection, rest, 2)]
    connection.close()
    assert [job["id"] for job in start] == [first, second]
    assert start[0]["event_id"] is None
    place.cancel(first)
    connection, rest = open_socket(place.server, f"{place.path}/ws?last_event_id={start[1]['event_id']}")
    (text,) = read_texts(connection, rest, 1)
    connection.close()
    assert (json.loads(text)["id"], json.loads(text)["status"]) == (first, "cancelled")
    assert json.loads(text)["event_id"] > start[1]["event_id"]


def read_texts(connection: socket.socket, received: bytes, count: int) -> list[bytes]:
    texts = []
    while len(texts) < count:
        while (message := cut_message(received)) is None:
            received += connection.recv(65536) or pytest.fail("closed")
        texts.append(message[1])
        received = message[2]
    return texts


def test_a_quiet_stream_has_a_heartbeat(place: Place, streams: list[Stream]) -> None:
    for path in (f"{place.path}/jobs/{place.create()}/events", "/projects/quiet/events"):
        stream = Stream(place.server, path)
        stream.connection.settimeout(20)
        streams.append(stream)
    for stream in streams:
        while (block := stream.read_block()) != ": ping\n\n":
            assert BLOCK.fullmatch(block)


async def test_who_stalls_is_let_go_and_others_get_everything(place: Place, streams: list[Stream]) -> None:
    job_id = place.create(ballast="x" * 30_000)
    path = f"{place.path}/jobs/{job_id}/events"
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.connect(("127.0.0.1", place.server.port))
    deaf.sendall(head("GET", path))
    stream = Stream(place.server, path)
    streams.append(stream)
    claim = await place.claim()
    for percent in range(40):
        await place.store.run(claims.set_progress, claim, float(percent))
        while (found := stream.read_job()[1])["progress"] < percent or found["status"] != "running":
            pass
    deadline_s = time.monotonic() + 40
    while count_streams(place.server) > 1 and time.monotonic() < deadline_s:  # noqa: ASYNC110
        await asyncio.sleep(0.2)
    assert count_streams(place.server) == 1
    await place.store.run(claims.complete_job, claim, {})
    assert stream.read_job()[1]["status"] == "completed"
    deaf.close()


def count_streams(server: Server) -> int:
    """Connections that the server has open."""
    found = psutil.Process(server.process.pid).net_connections("tcp")
    return sum(connection.status == "ESTABLISHED" for connection in found)
