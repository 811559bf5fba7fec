"""What systemd hears: read from a real socket."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from quizsys.notifier import Notifier, take_notifier


@pytest.fixture(params=["path", "abstract"])
def ear(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    place = str(tmp_path / "notify") if request.param == "path" else f"@quizsys-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(place.replace("@", "\0", 1))
        listener.settimeout(5)
        yield place, listener


def test_each_word_is_a_line(ear: tuple[str, socket.socket]) -> None:
    place, listener = ear
    Notifier(place).tell(ready=1, status="serving at port 8000")
    assert listener.recv(4096) == b"READY=1\nSTATUS=serving at port 8000"


def test_a_stop_asks_for_the_time_that_it_may_take(ear: tuple[str, socket.socket]) -> None:
    place, listener = ear
    Notifier(place).tell_stopping(600)
    words = dict(line.split("=", 1) for line in listener.recv(4096).decode().splitlines())
    assert words["STOPPING"] == "1"
    assert int(words["EXTEND_TIMEOUT_USEC"]) > 600_000_000


def test_nobody_listening_is_no_error(tmp_path: Path) -> None:
    Notifier().tell(ready=1)
    Notifier(str(tmp_path / "gone")).tell(ready=1)


def test_the_address_is_taken_out_of_the_environment() -> None:
    environment = {"NOTIFY_SOCKET": "@a", "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid()), "HOME": "/"}
    assert take_notifier(environment) == Notifier("@a", 30.0)
    assert environment == {"HOME": "/"}


@pytest.mark.parametrize("words", [{"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "soon"}, {}])
def test_a_watchdog_for_another_process_or_for_none_is_left_alone(words: dict[str, str]) -> None:
    assert take_notifier(words) == Notifier("", None)
