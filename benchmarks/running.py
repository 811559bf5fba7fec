"""A real `server.py` for a measurement: on a free port and a folder of its own, ended at the end."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
LESSON = ROOT / "tests" / "data" / "lesson.mp4"
START_LIMIT_S = 60


@dataclass(frozen=True)
class Server:
    process: "subprocess.Popen[bytes]"
    port: int
    folder: Path

    def call(self, method: str, path: str, body: bytes = b"", content_type: str = "application/json") -> Any:
        """The answer's JSON. Raises RuntimeError for anything but a 2xx."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            connection.request(method, path, body, {"Content-Type": content_type} if body else {})
            response = connection.getresponse()
            raw = response.read()
        finally:
            connection.close()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status} {raw[:500]!r}")
        return json.loads(raw) if raw else None

    def upload(self, project: str, video: Path) -> Any:
        mark = "benchmark-boundary"
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{video.name}"\r\n\r\n'.encode()
        body = head + video.read_bytes() + f"\r\n--{mark}--\r\n".encode()
        return self.call("POST", f"/projects/{project}/videos", body, f"multipart/form-data; boundary={mark}")

    def rss_bytes(self) -> int:
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def family_rss_bytes(self) -> int:
        """The resident memory of the server and everything it started, shared pages counted once (PSS)."""
        total = 0
        for process in [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]:
            try:
                total += process.memory_full_info().pss
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return total


@contextmanager
def run_server(**settings: object) -> Iterator[Server]:
    """A server on a new folder, ended by SIGTERM, the folder removed."""
    with tempfile.TemporaryDirectory(prefix="quizsys-bench-") as name:
        server = start_server(Path(name), (), **settings)
        try:
            yield server
        finally:
            stop_server(server)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_server(folder: Path, before: Sequence[str] = (), /, **settings: object) -> Server:
    """A healthy server on a folder that may have been used before. Raises RuntimeError if it does not start.

    `before` are words to put before its command, of a program that makes way for it.
    """
    port = int(str(settings.get("PORT") or free_port()))
    own = {"HOST": "127.0.0.1", "PORT": port, "STORAGE_ROOT": folder, "LOG_FILE": folder / "app.log"}
    own["AUTH_REQUIRED"] = "false"
    own["DATABASE_URL"] = f"sqlite:///{folder / 'app.db'}"
    env = os.environ | {key: str(value) for key, value in (own | settings).items()}
    command = [*before, sys.executable, str(ROOT / "server.py")]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    server = Server(process, port, folder)
    wait_until_healthy(server)
    return server


def stop_server(server: Server) -> int:
    """End it by SIGTERM; returns its exit code."""
    server.process.send_signal(signal.SIGTERM)
    try:
        return server.process.wait(60)
    except subprocess.TimeoutExpired:
        server.process.kill()
        return server.process.wait()


def wait_until_healthy(server: Server) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            server.call("GET", "/health")
            return
        except OSError:
            time.sleep(0.05)
    stop_server(server)
    raise RuntimeError("the server did not start")
