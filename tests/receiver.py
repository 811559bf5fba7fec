"""A receiver of webhooks on loopback, as good or as bad as a test wants, and a judge of signatures written from the
Standard Webhooks specification alone."""

import base64
import hashlib
import hmac
import http.server
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

WAIT_S = 20


@dataclass(frozen=True)
class Message:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def json(self) -> Any:
        return json.loads(self.body)


Respond = Callable[[http.server.BaseHTTPRequestHandler, int], None]


def accept(handler: http.server.BaseHTTPRequestHandler, _number: int) -> None:
    answer(handler, 200, b"thanks")


def answer(handler: http.server.BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@dataclass
class Receiver:
    """`respond(handler, number)` answers the message with that number, counted from 1."""

    port: int = 0
    respond: Respond = accept
    messages: list[Message] = field(default_factory=list)
    _came: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def wait(self, count: int) -> list[Message]:
        """The messages, once there are so many."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.messages) >= count, WAIT_S), f"only {len(self.messages)} came"
            return list(self.messages)

    def take(self, message: Message) -> int:
        with self._came:
            self.messages.append(message)
            self._came.notify_all()
            return len(self.messages)


@contextmanager
def receive(respond: Respond = accept, port: int = 0) -> Iterator[Receiver]:
    receiver = Receiver(respond=respond)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            number = receiver.take(Message(self.path, headers, body))
            try:
                receiver.respond(self, number)
            except OSError:
                # The sender has had enough.
                self.close_connection = True

        def log_message(self, *_args: object) -> None:
            pass

    class Listener(http.server.ThreadingHTTPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, *_args: object) -> None:
            pass

    with Listener(("127.0.0.1", port), Handler) as listener:
        receiver.port = listener.server_port
        thread = threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            listener.shutdown()
            thread.join()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def check_signature(message: Message, *secrets: str) -> None:
    """Each secret has signed it, and it is fresh."""
    seconds = message.headers["webhook-timestamp"]
    assert abs(time.time() - int(seconds)) < 300
    given = message.headers["webhook-signature"].split(" ")
    signed = b".".join((message.id.encode(), seconds.encode(), message.body))
    for secret in secrets:
        assert secret.startswith("whsec_")
        key = base64.b64decode(secret[len("whsec_") :])
        right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert f"v1,{right}" in given
    assert len(given) == len(secrets)
