"""Hostile clients by the thousand, with the server's own limits: what the short tests do to small ones. `-m soak`."""

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest

from benchmarks.running import LESSON, Server, run_server
from handlers.serve import SILENCE_LIMIT_S
from tests.bystander import MEGABYTE, Watched, bystander
from tests.integration.test_streams import count_connections, open_small, open_socket, say
from tests.tus_wire import wait_until
from tests.wire import call, connect, head

pytestmark = [pytest.mark.soak]
IDLE = 5000
DEAF = 200
DEAF_LIMIT_S = 60
SLOW_S = 40
SLOW_CONNECTIONS = 1000
HANG_LIMIT_S = 20


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with run_server(WORKER_CONCURRENCY=0) as running:
        yield running
        assert " ERROR " not in (running.folder / "app.log").read_text()


@pytest.fixture(autouse=True)
def _nobody_stays(server: Server) -> Iterator[None]:
    yield
    wait_until(lambda: count_connections(server) == 0, SILENCE_LIMIT_S + 30)


@pytest.fixture(scope="module")
def content(server: Server) -> str:
    return f"/projects/p/videos/{server.upload('p', LESSON)['asset_id']}/content"


def tell(name: str, seen: Watched) -> None:
    """With `-s` on the console."""
    print(
        f"\n{name}: {len(seen.waits_s)} others' requests, median {seen.median_s * 1000:.0f} ms,"
        f" p99 {seen.p99_s * 1000:.0f} ms, longest {max(seen.waits_s) * 1000:.0f} ms,"
        f" {seen.most_files} files open, {seen.grown_bytes / MEGABYTE:.0f} MB more"
    )


def test_five_thousand_idle_connections_hinder_nobody_and_end(server: Server) -> None:
    with bystander(server) as seen:
        idle = [connect(server) for _ in range(IDLE)]
        for connection in idle[::2]:
            connection.sendall(b"GET /health HTTP/1.1\r\nhost: a\r\n")
        assert count_connections(server) > IDLE / 2
        wait_until(lambda: count_connections(server) < 10, SILENCE_LIMIT_S + 30)
        for connection in idle:
            connection.close()
    tell("5,000 idle connections", seen)
    seen.check(most_grown_bytes=200 * MEGABYTE, most_wait_s=HANG_LIMIT_S)


def test_who_takes_nothing_of_a_video_is_let_go(server: Server, content: str) -> None:
    with bystander(server) as seen:
        deaf = [open_small(server) for _ in range(DEAF)]
        for connection in deaf:
            connection.sendall(head("GET", content))
        # Whose buffers the kernel fills only when others have gone is let go a minute later.
        wait_until(lambda: count_connections(server) < 10, DEAF_LIMIT_S + 180)
        for connection in deaf:
            connection.close()
    tell("200 deaf connections", seen)
    seen.check(most_grown_bytes=400 * MEGABYTE, most_wait_s=HANG_LIMIT_S)


SLOW = {
    "heads": ["-H"],
    "bodies": ["-B", "-t", "POST", "-s", "8192"],
    "readers": ["-X", "-w", "512", "-y", "1024", "-n", "5", "-z", "32", "-k", "3"],
}


@pytest.mark.parametrize("kind", SLOW)
def test_slowhttptest_does_not_close_the_server_to_others(server: Server, content: str, kind: str) -> None:
    if (tool := shutil.which("slowhttptest")) is None:
        pytest.skip("needs slowhttptest (Debian: slowhttptest)")
    path = {"bodies": "/projects/p/jobs", "readers": content}.get(kind, "/health")
    pressure = ["-c", str(SLOW_CONNECTIONS), "-r", "200", "-i", "5", "-l", str(SLOW_S), "-p", "3"]
    command = [tool, *SLOW[kind], *pressure, "-u", f"http://127.0.0.1:{server.port}{path}"]
    with bystander(server) as seen:
        subprocess.run(command, check=False, capture_output=True, timeout=SLOW_S + 60)
    tell(f"slow {kind}", seen)
    seen.check(most_grown_bytes=600 * MEGABYTE, most_wait_s=HANG_LIMIT_S)
    wait_until(lambda: count_connections(server) < 10, 90)


def test_twenty_sockets_that_never_stop_talking(server: Server) -> None:
    """Each comes back as soon as it has been let go."""
    flood, over_s = say(1, b"") * 2000, time.monotonic() + 20
    with bystander(server) as seen:
        while time.monotonic() < over_s:
            talkers: list[socket.socket] = []
            for _ in range(20):
                talkers.append(open_socket(server, "/projects/p/ws")[0])
            for connection in talkers * 3:
                with contextlib.suppress(OSError):
                    connection.sendall(flood)
            for connection in talkers:
                connection.close()
    tell("20 talkers", seen)
    seen.check(most_grown_bytes=100 * MEGABYTE, most_wait_s=HANG_LIMIT_S)


def test_ranges_by_the_thousand_cost_one_answer(server: Server, content: str) -> None:
    wanted = "bytes=" + ",".join(f"{n}-{n + 9}" for n in range(0, 7000, 10))
    with bystander(server) as seen:
        for _ in range(50):
            answer = call(server, "GET", content, range=wanted)
            assert (answer.status, len(answer.body)) == (200, LESSON.stat().st_size)
    tell("ranges", seen)
    seen.check(most_grown_bytes=100 * MEGABYTE, most_wait_s=HANG_LIMIT_S)
