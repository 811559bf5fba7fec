"""A stream's line to a client that is late: what it keeps, in which order, and when it lets the client go."""

from types import SimpleNamespace
from typing import Any

import pytest

from handlers import lines
from handlers.lines import FULL_BYTES, SEND_TIMEOUT_S, Line, Lines
from quizsys.services.events import Snapshot


class Wire:
    """A transport whose client takes nothing unless it is told to."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.waiting_bytes = 0
        self.is_aborted = False

    def get_extra_info(self, _name: str) -> Any:
        return SimpleNamespace(setsockopt=lambda *_: None)

    def get_write_buffer_size(self) -> int:
        return self.waiting_bytes

    def is_closing(self) -> bool:
        return self.is_aborted

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def abort(self) -> None:
        self.is_aborted = True


@pytest.fixture
def now_s(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    moment = [100.0]
    monkeypatch.setattr(lines.clock, "monotonic_s", lambda: moment[0])
    return moment


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def line(wire: Wire) -> Line:
    made = Line(Lines(), lambda snapshot: snapshot.data, ends=False, heartbeat=b"beat")
    made.open(SimpleNamespace(transport=wire, protocol=SimpleNamespace()), 0)  # type: ignore[arg-type]
    return made


def tell(event_id: int, job_id: str = "a", *, is_final: bool = False) -> Snapshot:
    return Snapshot(event_id, job_id, "p", is_final, f"{job_id}{event_id}".encode())


def test_a_client_that_keeps_up_gets_everything_once_and_in_order(wire: Wire, line: Line) -> None:
    for event_id in (1, 2, 2, 1, 3):
        line.offer(tell(event_id))
    assert wire.written == [b"a1", b"a2", b"a3"]


@pytest.mark.usefixtures("now_s")
def test_for_a_late_client_the_newest_of_each_job_waits_in_the_order_of_ids(wire: Wire, line: Line) -> None:
    wire.waiting_bytes = FULL_BYTES + 1
    for event_id, job_id in ((1, "a"), (2, "b"), (3, "a"), (4, "c"), (5, "b")):
        line.offer(tell(event_id, job_id))
    line.beat()
    assert wire.written == []
    wire.waiting_bytes = FULL_BYTES
    line.catch_up()
    assert wire.written == [b"a3", b"c4", b"b5"]
    line.offer(tell(6))
    assert wire.written[-1] == b"a6"


def test_who_takes_nothing_is_let_go_and_who_takes_a_little_is_not(wire: Wire, line: Line, now_s: list[float]) -> None:
    wire.waiting_bytes = 3 * FULL_BYTES
    line.offer(tell(1))
    now_s[0] += SEND_TIMEOUT_S
    line.catch_up()
    wire.waiting_bytes -= 1
    now_s[0] += 1
    line.catch_up()
    now_s[0] += SEND_TIMEOUT_S
    line.catch_up()
    assert not wire.is_aborted
    now_s[0] += 1
    line.catch_up()
    assert wire.is_aborted
    assert line.ended.is_set()
    line.offer(tell(2))
    assert wire.written == []


@pytest.mark.usefixtures("now_s")
def test_who_is_behind_with_too_many_jobs_is_let_go(wire: Wire, line: Line) -> None:
    wire.waiting_bytes = FULL_BYTES + 1
    for number in range(lines.MOST_PENDING):
        line.offer(tell(number + 1, str(number)))
    assert not wire.is_aborted
    line.offer(tell(10**6, "one more"))
    assert wire.is_aborted


def test_a_jobs_line_ends_with_the_final_state_and_a_projects_does_not(wire: Wire, line: Line) -> None:
    line.offer(tell(1, is_final=True))
    assert not line.ended.is_set()
    ending = Line(Lines(), lambda snapshot: snapshot.data, ends=True)
    ending.open(SimpleNamespace(transport=wire, protocol=SimpleNamespace()), 0)  # type: ignore[arg-type]
    ending.offer(tell(1, is_final=True))
    assert ending.is_complete
    ending.offer(tell(2))
    assert wire.written == [b"a1", b"a1"]
