"""A server killed while a message is on its way sends it again after its restart, under the same id."""

import http.server
import json
import os
import signal
import threading
from pathlib import Path

from benchmarks.running import start_server, stop_server
from tests.receiver import answer, receive

SETTINGS = {"WEBHOOK_ALLOW_PRIVATE": "true", "WEBHOOK_TIMEOUT_S": 1, "WORKER_CONCURRENCY": 0}


def test_a_message_on_its_way_survives_kill_9(tmp_path: Path) -> None:
    held = threading.Event()

    def respond(handler: http.server.BaseHTTPRequestHandler, number: int) -> None:
        if number == 1:
            held.wait(30)
        else:
            answer(handler, 200, b"")

    with receive(respond) as receiver:
        server = start_server(tmp_path, **SETTINGS)
        hook = server.call("POST", "/webhooks", json.dumps({"url": receiver.url}).encode())
        sent = server.call("POST", f"/webhooks/{hook['id']}/test", b"")
        receiver.wait(1)
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        held.set()
        again = start_server(tmp_path, **SETTINGS)
        try:
            first, second = receiver.wait(2)
        finally:
            assert stop_server(again) == 0
    assert first.id == second.id == sent["id"]
    assert first.body == second.body
