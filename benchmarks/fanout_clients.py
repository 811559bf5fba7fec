"""Many SSE clients in one process, by epoll on plain sockets: cheap, for they share the cores with the server.

python -m benchmarks.fanout_clients PORT PATH COUNT [--stalled]

Says "connected", then waits for a line on its standard input and prints {event id: [moments of the last byte]}.
"""

import argparse
import json
import re
import select
import socket
import sys
import time
from collections import defaultdict

MARK = re.compile(rb"id: (\d+)\ndata: |\n\n")
LONGEST_MARK_BYTES = 40
READ_BYTES = 256 * 1024


class Client:
    """One connection. `event_id` is that of the frame that is arriving."""

    def __init__(self, port: int, request: bytes, *, stalled: bool) -> None:
        self.socket = socket.socket()
        if stalled:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect(("127.0.0.1", port))
        self.socket.sendall(request)
        self.socket.setblocking(False)
        self.tail = b""
        self.event_id: bytes | None = None
        self.frames = 0

    def take(self, data: bytes, received: dict[str, list[float]]) -> None:
        now = time.time()
        text = self.tail + data
        end = 0
        for mark in MARK.finditer(text):
            end = mark.end()
            if mark[1]:
                self.event_id = mark[1]
            elif self.event_id:
                received[self.event_id.decode()].append(now)
                self.event_id, self.frames = None, self.frames + 1
        self.tail = text[max(end, len(text) - LONGEST_MARK_BYTES) :]


def listen(clients: list[Client]) -> dict[str, list[float]]:
    """Read all of them until a line comes on standard input; says "connected" once each has a frame."""
    poll = select.epoll()
    by_number = {client.socket.fileno(): client for client in clients}
    for number in by_number:
        poll.register(number, select.EPOLLIN)
    poll.register(sys.stdin.fileno(), select.EPOLLIN)
    received: dict[str, list[float]] = defaultdict(list)
    waiting = len(clients)
    while True:
        for number, _ in poll.poll():
            if number == sys.stdin.fileno():
                return received
            client, had = by_number[number], by_number[number].frames
            try:
                data = client.socket.recv(READ_BYTES)
            except ConnectionError:
                data = b""
            if not data:
                poll.unregister(number)
                continue
            client.take(data, received)
            if client.frames and not had:
                waiting -= 1
                if not waiting:
                    print("connected", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("port", type=int)
    parser.add_argument("path")
    parser.add_argument("count", type=int)
    parser.add_argument("--stalled", action="store_true")
    options = parser.parse_args()
    request = f"GET {options.path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n".encode()
    clients = [Client(options.port, request, stalled=options.stalled) for _ in range(options.count)]
    if options.stalled:
        print("connected", flush=True)
        sys.stdin.readline()
    else:
        json.dump(listen(clients), sys.stdout)


if __name__ == "__main__":
    main()
