"""What a seat does, without a process: reports, errors, secrets, signs of life."""

import pickle
import socket

import pytest

from media import seat
from media.errors import MediaError
from media.pool import Pulse
from media.progress import Report
from media.seat import PERCENT, Reporter, call, list_secrets
from media.seat_errors import DiskFull, PoolClosed, SeatDied, SeatError, Stalled, TimedOut


def add(first: int, second: int) -> int:
    return first + second


def fail_with_sentence() -> None:
    raise MediaError("no_audio", "Add sound.", retryable=True, tail="last line")


def fail_with_bug() -> None:
    raise KeyError("the bug")


def leave() -> None:
    raise SystemExit(3)


def fill_disk() -> None:
    raise OSError(28, "No space left on device")


def fail_unpicklable() -> None:
    raise MediaError("local", "A tail is text.", tail=lambda: 0)  # type: ignore[arg-type]


def make_unpicklable() -> object:
    return lambda: 0


def say_half(report: Report) -> str:
    report(50)
    return "done"


def run_here(function: object, *args: object) -> tuple[bool, object]:
    answer: tuple[bool, object] = pickle.loads(call(pickle.dumps((function, args))))
    return answer


@pytest.mark.parametrize("kind", [SeatError, SeatDied, TimedOut, Stalled, PoolClosed, DiskFull])
def test_every_failure_pickles_and_stays_what_it_is(kind: type[SeatError]) -> None:
    again = pickle.loads(pickle.dumps(kind("the log's part")))
    assert type(again) is kind
    assert (again.code, again.tail, again.retryable) == (kind.code, "the log's part", True)
    assert str(again) == kind.sentence
    assert "log's part" not in str(again)


def test_failures_have_codes_of_their_own() -> None:
    kinds = [SeatError, SeatDied, TimedOut, Stalled, PoolClosed, DiskFull]
    assert len({kind.code for kind in kinds}) == len(kinds)


def test_call_returns_the_result() -> None:
    assert run_here(add, 2, 3) == (True, 5)


def test_media_error_keeps_all_four_parts() -> None:
    succeeded, error = run_here(fail_with_sentence)
    assert not succeeded
    assert isinstance(error, MediaError)
    assert (error.code, error.sentence, error.retryable, error.tail) == ("no_audio", "Add sound.", True, "last line")


@pytest.mark.parametrize("function", [fail_with_bug, leave, fail_unpicklable, make_unpicklable])
def test_anything_else_is_a_seat_error_with_the_traceback(function: object) -> None:
    succeeded, error = run_here(function)
    assert not succeeded
    assert type(error) is SeatError
    assert "Traceback" in error.tail


def test_full_disk_is_told_apart() -> None:
    assert type(run_here(fill_disk)[1]) is DiskFull


def test_garbage_instead_of_a_call_is_answered() -> None:
    succeeded, error = pickle.loads(call(b"no pickle"))
    assert not succeeded
    assert type(error) is SeatError


def test_report_goes_to_the_function_that_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with near, far:
        monkeypatch.setattr(seat, "_wire", far)
        assert run_here(say_half) == (True, "done")
        assert PERCENT.unpack(near.recv(100)) == (50.0,)


def test_reports_are_few_but_the_last_is_never_lost() -> None:
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with near, far:
        near.setblocking(False)
        report = Reporter(far)
        for percent in range(101):
            report(percent)
        assert PERCENT.unpack(near.recv(100)) == (0.0,)
        assert PERCENT.unpack(near.recv(100)) == (100.0,)
        with pytest.raises(BlockingIOError):
            near.recv(100)


def test_report_never_waits_for_a_server_that_does_not_read() -> None:
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with near, far:
        far.setblocking(False)
        report = Reporter(far)
        for _ in range(100_000):
            report(100)


def test_report_outlives_the_server() -> None:
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    near.close()
    with far:
        Reporter(far)(1)


def test_secrets_are_known_by_name() -> None:
    secret = ["OPENAI_API_KEY", "DATABASE_URL", "SMTP_PASSWORD", "aws_secret_access_key", "HF_TOKEN", "SENTRY_DSN"]
    harmless = ["PATH", "FFMPEG_BINARY", "TOKENIZERS_PARALLELISM", "KEYBOARD", "OMP_NUM_THREADS", "HF_HOME"]
    assert list_secrets(dict.fromkeys(secret + harmless, "")) == secret


def test_pulse_passes_on_what_rises_and_nothing_else() -> None:
    seen: list[float] = []
    pulse = Pulse(seen.append)
    for percent in [0.0, 10.0, 5.0, 10.0, float("nan"), 20.0, 130.0, 140.0]:
        pulse.beat(percent)
    assert seen == [0.0, 10.0, 20.0, 100.0]
