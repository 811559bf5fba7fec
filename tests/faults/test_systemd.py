"""A server as systemd sees it: what it says from start to end, and how it ends when a part of it has died."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.running import ROOT

LIMIT_S = 40


class Systemd:
    """Starts a program and hears it."""

    def __init__(self, folder: Path, wire: socket.socket) -> None:
        self.folder = folder
        self.wire = wire

    @contextmanager
    def start(self, *program: str, **settings: str) -> Iterator["subprocess.Popen[str]"]:
        own = {
            "STORAGE_ROOT": str(self.folder),
            "DATABASE_URL": f"sqlite:///{self.folder}/app.db",
            "LOG_FILE": "",
            "HOST": "127.0.0.1",
            "PORT": "0",
            "AUTH_REQUIRED": "false",
            "WORKER_CONCURRENCY": "1",
            "NOTIFY_SOCKET": str(self.folder / "notify"),
            "WATCHDOG_USEC": "600000",
            "FATAL": str(self.folder / "fatal"),
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, *program]
        with subprocess.Popen(
            command, cwd=ROOT, env=os.environ | own | settings, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def hear(self, word: str) -> dict[str, str]:
        """The next message that has `word`, others passed over."""
        while True:
            said = dict(line.split("=", 1) for line in self.wire.recv(4096).decode().splitlines())
            if word in said:
                return said


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Systemd]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.bind(str(tmp_path / "notify"))
        wire.settimeout(LIMIT_S)
        yield Systemd(tmp_path, wire)


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_it_is_told_of_the_start_of_life_and_of_the_stop(systemd: Systemd, command: str) -> None:
    with systemd.start("server.py", command) as process:
        assert systemd.hear("READY")["STATUS"]
        for _ in range(3):
            assert systemd.hear("WATCHDOG") == {"WATCHDOG": "1"}
        process.send_signal(signal.SIGTERM)
        assert int(systemd.hear("STOPPING")["EXTEND_TIMEOUT_USEC"]) > 20_000_000
        assert process.wait(LIMIT_S) == 0


def test_a_worker_tells_its_own_metrics_and_works_without_if_the_port_is_taken(systemd: Systemd) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with systemd.start("server.py", "worker", WORKER_METRICS_PORT=str(port)):
        systemd.hear("READY")
        with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            names = {family.name for family in text_string_to_metric_families(answer.read().decode())}
        assert "quizsys_commit_duration_seconds" in names
        with systemd.start("server.py", "worker", WORKER_METRICS_PORT=str(port)):
            systemd.hear("READY")


def test_a_server_whose_writer_died_says_so_and_ends(systemd: Systemd) -> None:
    with systemd.start("tests/faults/dying_server.py") as process:
        systemd.hear("READY")
        (systemd.folder / "fatal").touch()
        while "database writer" not in systemd.hear("STATUS")["STATUS"]:
            pass
        assert process.wait(LIMIT_S) == 70
        assert process.stderr is not None
        told = process.stderr.read()
        assert "the thread writer ended" in told
        assert "the database writer ended by itself" in told
