"""A polite client beside hostile ones: it goes on asking, and afterwards says how it fared and what the server took."""

import http.client
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

from benchmarks.running import Server

REST_S = 0.05
MEGABYTE = 1024 * 1024


@dataclass
class Watched:
    """What was seen while the hostile ones were at work."""

    waits_s: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    grown_bytes: int = 0
    most_files: int = 0

    @property
    def median_s(self) -> float:
        return statistics.median(self.waits_s)

    @property
    def p99_s(self) -> float:
        return sorted(self.waits_s)[int(len(self.waits_s) * 0.99)]

    def check(self, *, most_grown_bytes: int = 64 * MEGABYTE, most_wait_s: float = 5) -> None:
        """Everybody else was served, each within a hang limit, and memory stayed flat."""
        assert self.failures == []
        assert self.waits_s
        assert max(self.waits_s) < most_wait_s
        assert self.grown_bytes < most_grown_bytes


@contextmanager
def bystander(server: Server, path: str = "/projects/p/jobs") -> Iterator[Watched]:
    """Asks for `path` on a new connection each time until the block ends, at least once before and after."""
    seen, is_over = Watched(), threading.Event()
    process = psutil.Process(server.process.pid)
    before_bytes = process.memory_info().rss
    ask(server, path, seen)

    def go_on() -> None:
        while not is_over.wait(REST_S):
            ask(server, path, seen)
            seen.grown_bytes = max(seen.grown_bytes, process.memory_info().rss - before_bytes)
            seen.most_files = max(seen.most_files, process.num_fds())

    asking = threading.Thread(target=go_on)
    asking.start()
    try:
        yield seen
    finally:
        is_over.set()
        asking.join()
        ask(server, path, seen)


def ask(server: Server, path: str, seen: Watched) -> None:
    began_s = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            seen.failures.append(str(answer.status))
    except OSError as error:
        seen.failures.append(repr(error))
    finally:
        connection.close()
    seen.waits_s.append(time.monotonic() - began_s)
