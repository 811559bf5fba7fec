"""Jobs acknowledged a second, durably, enqueued by 32 clients over HTTP: on an empty queue, then on a full one.

    python -m benchmarks.jobs [--jobs 2000] [--clients 32] [--stored 20000] [--seats 0]

The jobs stay queued with --seats 0; with seats they are run meanwhile, at low priority, by the same machine.
Synchronous=FULL: an acknowledged job survives power loss.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Iterator
from typing import cast

import uvloop

from benchmarks.running import LESSON, Server, run_server

PROJECT = "bench"


async def enqueue(server: Server, asset_id: str, count: int, clients: int) -> float:
    """Enqueue `count` jobs over keep-alive connections; returns acknowledged jobs a second."""
    body = json.dumps({"job_type": "ingest", "payload": {"asset_id": asset_id}}).encode()
    head = f"POST /projects/{PROJECT}/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    left, loop = iter(range(count)), asyncio.get_running_loop()
    began = time.perf_counter()
    lines = [_Client(request, left, loop.create_future()) for _ in range(clients)]
    for line in lines:
        await loop.create_connection(lambda line=line: line, "127.0.0.1", server.port)  # type: ignore[misc]
    await asyncio.gather(*(line.done for line in lines))
    return count / (time.perf_counter() - began)


class _Client(asyncio.Protocol):
    """One keep-alive connection that sends the next request when it has the whole answer. Lean: it shares the cores."""

    def __init__(self, request: bytes, left: Iterator[int], done: "asyncio.Future[None]") -> None:
        self.request = request
        self.left = left
        self.done = done
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.send()

    def send(self) -> None:
        if next(self.left, None) is None:
            self.transport.close()
            self.done.set_result(None)
        else:
            self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found or len(body) < int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]):
            return
        self.buffer = b""
        if head.startswith(b"HTTP/1.1 201"):
            self.send()
        elif not self.done.done():
            self.done.set_exception(RuntimeError(head.decode()))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--stored", type=int, default=20_000)
    parser.add_argument("--seats", type=int, default=0)
    options = parser.parse_args()
    with run_server(WORKER_CONCURRENCY=options.seats, MAX_QUEUE_SIZE=10**6) as server:
        asset_id = server.upload(PROJECT, LESSON)["asset_id"]
        empty = [uvloop.run(enqueue(server, asset_id, options.jobs, options.clients)) for _ in range(3)]
        uvloop.run(enqueue(server, asset_id, max(0, options.stored - 3 * options.jobs), options.clients))
        full = [uvloop.run(enqueue(server, asset_id, options.jobs, options.clients)) for _ in range(3)]
    print(f"seats {options.seats}, {options.clients} clients, {options.jobs} jobs a run, three runs each")
    print("up to   6,000 stored: " + ", ".join(f"{rate:,.0f}/s" for rate in empty))
    print(f"with {options.stored:,} stored: " + ", ".join(f"{rate:,.0f}/s" for rate in full))


if __name__ == "__main__":
    main()
