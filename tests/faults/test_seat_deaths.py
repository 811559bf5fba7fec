"""Seats that are killed, crash, or are cancelled: one task fails and nothing else."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from seats import (
    LOOPS,
    describe_walls,
    die_of,
    die_while_answering,
    exit_hard,
    get_pid,
    goes_within,
    is_gone,
    measure,
    open_pool,
    play,
    read_pid,
    run,
    start_a_child,
    touch_nothing,
    wait_for,
    wait_gone,
)

from media.pool import Seat
from media.seat_errors import SeatDied


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


@pytest.mark.parametrize("loop", LOOPS)
def test_a_killed_seat_fails_alone(tmp_path: Path, loop: str) -> None:
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

    play(loop, scene())


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


@pytest.mark.parametrize("loop", LOOPS)
def test_cancel_kills_the_process_and_its_children(tmp_path: Path, loop: str) -> None:
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

    play(loop, scene())


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
