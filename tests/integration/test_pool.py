"""The pool with real processes. The functions below run in its seats."""

import asyncio
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
import uvloop

from media.errors import MediaError
from media.pool import MediaPool, Seat
from media.progress import Report
from media.seat_errors import PoolClosed, SeatDied, SeatError, Stalled, TimedOut

_kept: list[int] = []
_ballast: list[bytes] = []


def remember(number: int) -> list[int]:
    _kept.append(number)
    return _kept


def get_pid() -> int:
    return os.getpid()


def wait_for(folder: Path, name: str) -> str:
    (folder / f"{name}.pid").write_text(str(os.getpid()))
    while not (folder / f"{name}.go").exists():
        time.sleep(0.01)
    return name


def sleep_reporting(seconds: float, report: Report) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        report(1)
        time.sleep(0.02)


def count_up(steps: int, report: Report) -> int:
    for step in range(steps + 1):
        report(100 * step / steps)
        time.sleep(0.03)
    return steps


def die_of(number: int) -> None:
    os.kill(os.getpid(), number)


def touch_nothing() -> None:
    import ctypes

    ctypes.string_at(0)


def exit_hard() -> None:
    os._exit(7)


def exit_softly() -> None:
    raise SystemExit(3)


def fail() -> None:
    raise MediaError("no_audio", "Add sound.", tail="the tool's words")


def return_unpicklable() -> object:
    return lambda: 0


class Poison:
    """Pickles, but not back."""

    def __reduce__(self) -> tuple[object, ...]:
        return int, ("not a number",)


def return_poison() -> object:
    return Poison()


def raise_unpicklable() -> None:
    class LocalError(Exception):
        pass

    raise LocalError(lambda: 0)


def make_big(size: int) -> bytes:
    return random.Random(1).randbytes(1000) * (size // 1000)


def die_while_answering() -> None:
    """Half of the answer's first piece is on its way to the server when the process ends."""

    def send_half(self: Connection, piece: bytes) -> None:
        os.write(self.fileno(), piece[: len(piece) // 2])
        os.kill(os.getpid(), signal.SIGKILL)

    Connection._send = send_half  # type: ignore[attr-defined]


def measure(data: bytes) -> int:
    return len(data)


def grow(size: int) -> int:
    _ballast.append(b"x" * size)
    return os.getpid()


def describe_walls() -> dict[str, Any]:
    status = Path("/proc/self/status").read_text()
    return {
        "nice": os.nice(0),
        "oom": int(Path("/proc/self/oom_score_adj").read_text()),
        "no_new_privs": "NoNewPrivs:\t1" in status,
        "session": os.getsid(0) == os.getpid(),
        "secrets": [name for name in os.environ if "SECRET" in name],
        "files": [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()],
    }


def start_a_child(folder: Path) -> None:
    plain = subprocess.Popen(["sleep", "60"])
    (folder / "plain.pid").write_text(str(plain.pid))
    plain.wait()


@asynccontextmanager
async def open_pool(seats: int = 1, **options: Any) -> AsyncIterator[MediaPool]:
    pool = MediaPool(seats, **options)
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


async def run(pool: MediaPool, function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    seat = await pool.acquire()
    try:
        return await seat.run(function, *args, **options)
    finally:
        pool.release(seat)


async def read_pid(path: Path) -> int:
    return await asyncio.to_thread(wait_for_pid, path)


def wait_for_pid(path: Path) -> int:
    while not (path.exists() and path.read_text()):
        time.sleep(0.01)
    return int(path.read_text())


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


async def wait_gone(pid: int) -> bool:
    return await asyncio.to_thread(goes_within, pid, 2.0)


def goes_within(pid: int, limit_s: float) -> bool:
    end = time.monotonic() + limit_s
    while not is_gone(pid) and time.monotonic() < end:
        time.sleep(0.01)
    return is_gone(pid)


@pytest.fixture(params=["asyncio", "uvloop"])
def play(request: pytest.FixtureRequest) -> Callable[[Awaitable[None]], None]:
    factory = uvloop.new_event_loop if request.param == "uvloop" else asyncio.new_event_loop

    def play_on_loop(scene: Any) -> None:
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(scene)

    return play_on_loop


def test_a_seat_keeps_its_process_warm() -> None:
    async def scene() -> None:
        async with open_pool() as pool:
            assert await run(pool, remember, 1) == [1]
            assert await run(pool, remember, 2) == [1, 2]

    asyncio.run(scene())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_a_signal_ends_one_task_and_names_itself(number: signal.Signals) -> None:
    async def scene() -> None:
        async with open_pool() as pool:
            with pytest.raises(SeatDied) as caught:
                await run(pool, die_of, number)
            assert number.name in caught.value.tail
            assert await run(pool, measure, b"four") == 4
            assert pool.seats[0].deaths == 1

    asyncio.run(scene())


@pytest.mark.parametrize("function", [touch_nothing, exit_hard])
def test_a_crash_is_a_death(function: Callable[[], None]) -> None:
    async def scene() -> None:
        async with open_pool() as pool:
            with pytest.raises(SeatDied):
                await run(pool, function)
            assert await run(pool, measure, b"four") == 4

    asyncio.run(scene())


def test_a_killed_seat_fails_alone(tmp_path: Path, play: Callable[[Any], None]) -> None:
    async def scene() -> None:
        async with open_pool(2) as pool:
            victim = asyncio.create_task(run(pool, wait_for, tmp_path, "victim"))
            neighbour = asyncio.create_task(run(pool, wait_for, tmp_path, "neighbour"))
            await read_pid(tmp_path / "neighbour.pid")
            os.kill(await read_pid(tmp_path / "victim.pid"), signal.SIGKILL)
            with pytest.raises(SeatDied):
                await victim
            assert await run(pool, measure, b"four") == 4
            assert not neighbour.done()
            (tmp_path / "neighbour.go").touch()
            assert await neighbour == "neighbour"

    play(scene())


def test_a_seat_killed_while_free_is_replaced_and_nobody_fails() -> None:
    async def scene() -> None:
        async with open_pool() as pool:
            pid = pool.seats[0].pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            assert await wait_gone(pid)
            assert await run(pool, get_pid) != pid

    asyncio.run(scene())


def test_a_seat_killed_between_acquire_and_run_does_not_fail_the_task() -> None:
    async def scene() -> None:
        async with open_pool() as pool:
            seat = await pool.acquire()
            pid = pool.seats[0].pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            assert goes_within(pid, 2.0)  # on the loop: it has not looked at the wire yet
            assert await seat.run(get_pid) != pid
            pool.release(seat)

    asyncio.run(scene())


def test_the_functions_own_error_costs_no_process() -> None:
    async def scene() -> None:
        async with open_pool() as pool:
            pid = await run(pool, get_pid)
            with pytest.raises(MediaError) as caught:
                await run(pool, fail)
            assert (caught.value.code, caught.value.tail) == ("no_audio", "the tool's words")
            for function in (exit_softly, return_unpicklable, raise_unpicklable, return_poison):
                with pytest.raises(SeatError) as internal:
                    await run(pool, function)
                assert internal.value.code == "internal"
            assert await run(pool, get_pid) == pid

    asyncio.run(scene())


def test_a_call_that_does_not_pickle_is_refused() -> None:
    async def scene() -> None:
        async with open_pool() as pool:
            with pytest.raises(SeatError):
                await run(pool, lambda: 0)
            assert await run(pool, measure, b"four") == 4

    asyncio.run(scene())


def test_big_arguments_and_results_pass() -> None:
    async def scene() -> None:
        async with open_pool() as pool:
            result = await run(pool, make_big, 50_000_000)
            assert len(result) == 50_000_000
            assert await run(pool, measure, result) == 50_000_000

    asyncio.run(scene())


def test_a_kill_in_the_middle_of_a_result_wedges_nothing() -> None:
    async def scene() -> None:
        async with open_pool() as pool:
            with pytest.raises(SeatDied):
                await asyncio.wait_for(run(pool, die_while_answering), 5)
            assert await asyncio.wait_for(run(pool, measure, b"four"), 5) == 4

    asyncio.run(scene())


def test_a_kill_in_the_middle_of_a_big_argument_wedges_nothing() -> None:
    async def scene() -> None:
        async with open_pool() as pool:
            pid = pool.seats[0].pid
            assert pid is not None
            os.kill(pid, signal.SIGSTOP)
            task = asyncio.create_task(run(pool, measure, bytes(50_000_000)))
            await asyncio.sleep(0.2)
            os.kill(pid, signal.SIGKILL)
            with pytest.raises(SeatDied):
                await asyncio.wait_for(task, 5)
            assert await asyncio.wait_for(run(pool, measure, b"four"), 5) == 4

    asyncio.run(scene())


def test_a_pool_without_seats_starts_and_closes() -> None:
    async def scene() -> None:
        async with open_pool(0) as pool:
            assert pool.free_seats == 0

    asyncio.run(scene())


def test_progress_arrives_in_order_and_ends_at_the_end(play: Callable[[Any], None]) -> None:
    async def scene() -> None:
        seen: list[float] = []
        async with open_pool() as pool:
            await run(pool, count_up, 20, on_progress=seen.append)
        assert seen == sorted(set(seen))
        assert 3 < len(seen) < 20
        assert (seen[0], seen[-1]) == (0.0, 100.0)

    play(scene())


def test_progress_that_waited_behind_a_busy_loop_is_not_lost() -> None:
    async def scene() -> None:
        seen: list[float] = []

        def keep_the_loop_busy(percent: float) -> None:
            if not seen:
                time.sleep(1)
            seen.append(percent)

        async with open_pool() as pool:
            await run(pool, count_up, 20, on_progress=keep_the_loop_busy)
        assert seen[-1] == 100.0

    asyncio.run(scene())


def test_cancel_kills_the_process_and_its_children(tmp_path: Path, play: Callable[[Any], None]) -> None:
    async def scene() -> None:
        async with open_pool() as pool:
            task = asyncio.create_task(run(pool, start_a_child, tmp_path))
            grandchild = await read_pid(tmp_path / "plain.pid")
            pid = pool.seats[0].pid
            assert pid is not None
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert is_gone(pid)
            assert await wait_gone(grandchild)
            assert await run(pool, get_pid) != pid
            assert pool.seats[0].deaths == 0

    play(scene())


def test_time_limit_kills_in_spite_of_progress() -> None:
    async def scene() -> None:
        async with open_pool() as pool:
            pid = await run(pool, get_pid)
            with pytest.raises(TimedOut):
                await run(pool, sleep_reporting, 30, time_limit_s=0.3)
            assert is_gone(pid)
            assert await run(pool, measure, b"four") == 4

    asyncio.run(scene())


def test_silence_is_a_stall_and_a_report_is_not(tmp_path: Path) -> None:
    async def scene() -> None:
        async with open_pool(stall_s=1.0) as pool:
            await run(pool, sleep_reporting, 1.5)
            with pytest.raises(Stalled):
                await run(pool, wait_for, tmp_path, "never")
            assert is_gone(int((tmp_path / "never.pid").read_text()))

    asyncio.run(scene())


def test_a_seat_is_replaced_after_its_tasks() -> None:
    async def scene() -> None:
        async with open_pool(recycle_after=2) as pool:
            pids = [await run(pool, get_pid) for _ in range(5)]
            assert pids[0] == pids[1]
            assert pids[2] == pids[3]
            assert len(set(pids)) == 3

    asyncio.run(scene())


def test_a_seat_that_has_grown_is_replaced() -> None:
    async def scene() -> None:
        async with open_pool(max_rss_bytes=300_000_000) as pool:
            small = await run(pool, grow, 1000)
            assert await run(pool, grow, 400_000_000) == small
            assert await run(pool, get_pid) != small

    asyncio.run(scene())


def test_a_limit_below_an_empty_process_does_not_rebuild_for_ever() -> None:
    async def scene() -> None:
        async with open_pool(max_rss_bytes=1) as pool:
            assert await run(pool, measure, b"four") == 4
            assert await run(pool, measure, b"four") == 4

    asyncio.run(scene())


def test_a_seat_stands_behind_its_walls() -> None:
    async def scene() -> None:
        with socket.create_server(("127.0.0.1", 0)):
            async with open_pool(nice=7) as pool:
                walls = await run(pool, describe_walls)
        assert walls["nice"] == os.nice(0) + 7
        assert walls["oom"] == 500
        assert walls["no_new_privs"]
        assert walls["session"]
        assert len([name for name in walls["files"] if name.startswith("socket:")]) == 1

    asyncio.run(scene())


def test_signals_of_the_terminal_do_not_reach_a_seat(tmp_path: Path) -> None:
    async def scene() -> None:
        async with open_pool() as pool:
            task = asyncio.create_task(run(pool, wait_for, tmp_path, "deaf"))
            pid = await read_pid(tmp_path / "deaf.pid")
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                os.kill(pid, number)
            (tmp_path / "deaf.go").touch()
            assert await task == "deaf"

    asyncio.run(scene())


def test_who_waits_gets_the_seat_that_is_given_back() -> None:
    async def scene() -> None:
        async with open_pool() as pool:
            seat = await pool.acquire()
            assert pool.free_seats == 0
            waiting = asyncio.create_task(pool.acquire())
            await asyncio.sleep(0.01)
            assert not waiting.done()
            pool.release(seat)
            assert await waiting is seat
            pool.release(seat)
            assert pool.free_seats == 1

    asyncio.run(scene())


def test_a_cancelled_wait_loses_no_seat() -> None:
    async def scene() -> None:
        async with open_pool() as pool:
            seat = await pool.acquire()
            waiting = asyncio.create_task(pool.acquire())
            await asyncio.sleep(0.01)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            pool.release(seat)
            assert await run(pool, measure, b"four") == 4

    asyncio.run(scene())


def test_a_wait_cancelled_during_a_rebuild_loses_no_seat() -> None:
    async def scene() -> None:
        async with open_pool() as pool:
            pid = pool.seats[0].pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            assert await wait_gone(pid)
            waiting = asyncio.create_task(pool.acquire())
            await asyncio.sleep(0.001)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert await asyncio.wait_for(run(pool, measure, b"four"), 10) == 4

    asyncio.run(scene())


def test_a_seat_is_used_by_who_holds_it_and_given_back_once() -> None:
    async def scene() -> None:
        async with open_pool() as pool:
            seat = await pool.acquire()
            pool.release(seat)
            with pytest.raises(ValueError, match="free"):
                pool.release(seat)
            with pytest.raises(ValueError, match="free"):
                await seat.run(get_pid)

    asyncio.run(scene())


def test_close_ends_what_runs_and_what_waits(tmp_path: Path, play: Callable[[Any], None]) -> None:
    async def scene() -> None:
        pool = MediaPool(1)
        await pool.start()
        running = asyncio.create_task(run(pool, wait_for, tmp_path, "never"))
        pid = await read_pid(tmp_path / "never.pid")
        waiting = [asyncio.create_task(pool.acquire()) for _ in range(3)]
        await asyncio.sleep(0.01)
        await pool.close()
        assert is_gone(pid)
        results = await asyncio.gather(running, *waiting, return_exceptions=True)
        assert [type(result) for result in results] == [PoolClosed] * 4
        await pool.close()
        with pytest.raises(PoolClosed):
            await pool.acquire()

    play(scene())


def test_a_dead_forkserver_is_replaced_and_its_seats_know_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_SECRET", "do not tell")

    async def scene() -> None:
        async with open_pool(2) as pool:
            seat: Seat = await pool.acquire()
            forkserver = await seat.run(os.getppid)
            pids = [info.pid for info in pool.seats]
            os.kill(forkserver, signal.SIGKILL)
            for pid in pids:
                assert pid is not None
                assert await wait_gone(pid)
            pool.release(seat)
            assert (await run(pool, describe_walls))["secrets"] == []

    asyncio.run(scene())
