"""SIGTERM while jobs are posted, run and watched: nothing acknowledged is lost, nothing ends twice, all are told."""

import http.client
import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from benchmarks.running import LESSON, Server, start_server, stop_server
from tests.integration.test_streams import CLOSE, FRAME, open_socket, read_messages
from tests.wire import connect, head

JOBS = "/projects/stopped/jobs"
POSTING, WATCHING = 12, 12
LOAD_S = 3.0
DRAIN_S = 6
# The grace time, and what closing down takes on a busy machine.
EXIT_LIMIT_S = DRAIN_S + 14
END_LIMIT_S = 120
FINAL = ("completed", "failed", "cancelled")


@dataclass
class Load:
    """Clients that post and watch until the server goes away; what they were told."""

    server: Server
    video: str
    acknowledged: list[str] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    ends: list[object] = field(default_factory=list)
    unclean: list[str] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        with closing(self.connect()) as connection:
            watched = self.post(connection)
        works = [self.post_for_ever] * POSTING
        works += [lambda: self.watch_events(watched), lambda: self.watch_socket(watched)] * (WATCHING // 2)
        self.threads = [threading.Thread(target=work, daemon=True) for work in works]
        for thread in self.threads:
            thread.start()

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)

    def post(self, connection: http.client.HTTPConnection, job_type: str = "ingest") -> str:
        body = json.dumps({"job_type": job_type, "payload": {"asset_id": self.video}, "retry_delay_seconds": 0})
        connection.request("POST", JOBS, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        raw = response.read()
        if response.status != 201:
            self.refused.append(response.status)
            raise ConnectionError
        self.acknowledged.append(json.loads(raw)["id"])
        return self.acknowledged[-1]

    def post_for_ever(self) -> None:
        """Until it is refused or cut off, as by a server that stops."""
        with closing(self.connect()) as connection, suppress(OSError, http.client.HTTPException):
            while True:
                self.post(connection)
                time.sleep(0.02)

    def watch_events(self, job_id: str) -> None:
        """Streams of whatever job is the newest, until one ends without a final state: the server is stopping."""
        try:
            while True:
                with connect(self.server) as connection:
                    connection.sendall(head("GET", f"{JOBS}/{job_id}/events"))
                    response = http.client.HTTPResponse(connection, method="GET")
                    response.begin()
                    frames = FRAME.findall(response.read().decode())
                    response.close()
                last = json.loads(frames[-1][1])["status"] if frames else "none"
                if last not in FINAL:
                    self.ends.append(last)
                    return
                job_id = self.acknowledged[-1]
        except http.client.IncompleteRead:
            self.unclean.append("a stream was cut off")
        except (OSError, http.client.HTTPException, AssertionError):
            return

    def watch_socket(self, job_id: str) -> None:
        try:
            while True:
                with connect(self.server) as connection:
                    _, rest = open_socket(self.server, f"{JOBS}/{job_id}/ws", connection)
                    code = self.read_code(connection, rest)
                if code != 1000:
                    self.ends.append(code)
                    return
                job_id = self.acknowledged[-1]
        except (OSError, AssertionError, pytest.fail.Exception):
            return

    def read_code(self, connection: Any, rest: bytes) -> int:
        for opcode, content in read_messages(connection, rest):
            if opcode == CLOSE:
                return int.from_bytes(content[:2])
        self.unclean.append("a socket was cut off")
        return 0


def start(folder: Path) -> Server:
    return start_server(folder, WORKER_CONCURRENCY=2, MAX_QUEUE_SIZE=100_000, DRAIN_S=DRAIN_S)


@pytest.fixture
def loaded(tmp_path: Path) -> Iterator[Load]:
    server = start(tmp_path)
    load = Load(server, str(server.upload("stopped", LESSON)["asset_id"]))
    try:
        load.start()
        time.sleep(LOAD_S)
        yield load
    finally:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait()


def read_jobs(server: Server) -> dict[str, dict[str, Any]]:
    return {job["id"]: job for job in server.call("GET", JOBS)}


def wait_until_done(server: Server) -> None:
    deadline = time.monotonic() + END_LIMIT_S
    while server.call("GET", f"{JOBS}?status=queued&status=running&limit=1") and time.monotonic() < deadline:
        time.sleep(0.3)
    assert server.call("GET", f"{JOBS}?status=queued&status=running") == []


def test_a_stop_under_load_loses_nothing_and_ends_nothing_twice(loaded: Load, tmp_path: Path) -> None:
    began_s = time.monotonic()
    loaded.server.process.send_signal(signal.SIGTERM)
    assert loaded.server.process.wait(60) == 0
    assert time.monotonic() - began_s < EXIT_LIMIT_S
    for thread in loaded.threads:
        thread.join(20)
        assert not thread.is_alive()
    assert len(loaded.acknowledged) > POSTING
    assert loaded.unclean == []
    assert set(loaded.refused) <= {503}
    assert [end for end in loaded.ends if end in ("queued", "running")]
    assert {end for end in loaded.ends if isinstance(end, int)} <= {1001}
    again = start(tmp_path)
    try:
        kept = read_jobs(again)
        assert set(loaded.acknowledged) - set(kept) == set()
        assert {job["status"] for job in kept.values()} & {"failed", "cancelled"} == set()
        # The many that are left would run for minutes: some of them show that they do.
        for job_id in sorted(job_id for job_id, job in kept.items() if job["status"] == "queued")[3:]:
            again.call("POST", f"{JOBS}/{job_id}/cancel")
        wait_until_done(again)
        for job in read_jobs(again).values():
            messages = [line["message"] for line in job["logs"]]
            endings = [message for message in messages if message in ("Job completed successfully", "Job cancelled")]
            assert len(endings) == 1, messages
            assert job["status"] in ("completed", "cancelled")
            assert "Recovered unfinished job" not in messages
        assert not list((tmp_path / "work").iterdir())
    finally:
        assert stop_server(again) == 0
