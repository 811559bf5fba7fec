"""The pool with real processes: calls, progress, limits, replacement, waiting, closing."""

import asyncio
import os
import socket
import time
from pathlib import Path

import pytest
from seats import (
    LOOPS,
    count_up,
    describe_walls,
    exit_softly,
    fail,
    get_pid,
    grow,
    is_gone,
    make_big,
    measure,
    open_pool,
    play,
    raise_unpicklable,
    read_pid,
    remember,
    return_poison,
    return_unpicklable,
    run,
    sleep_reporting,
    wait_for,
)

from media.errors import MediaError
from media.pool import MediaPool
from media.seat_errors import PoolClosed, SeatError, Stalled, TimedOut


def test_a_seat_keeps_its_process_warm() -> None:
    async def scene() -> None:
        async with open_pool() as pool:
            assert await run(pool, remember, 1) == [1]
            assert await run(pool, remember, 2) == [1, 2]

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


def test_a_pool_without_seats_starts_and_closes() -> None:
    async def scene() -> None:
        async with open_pool(0) as pool:
            assert pool.free_seats == 0

    asyncio.run(scene())


@pytest.mark.parametrize("loop", LOOPS)
def test_progress_arrives_in_order_and_ends_at_the_end(loop: str) -> None:
    async def scene() -> None:
        seen: list[float] = []
        async with open_pool() as pool:
            await run(pool, count_up, 20, on_progress=seen.append)
        assert seen == sorted(set(seen))
        assert 3 < len(seen) < 20
        assert (seen[0], seen[-1]) == (0.0, 100.0)

    play(loop, scene())


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
        assert walls["nice"] == min(19, os.nice(0) + 7)
        assert walls["oom"] == 500
        assert walls["no_new_privs"]
        assert walls["session"]
        assert len([name for name in walls["files"] if name.startswith("socket:")]) == 1

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


@pytest.mark.parametrize("loop", LOOPS)
def test_close_ends_what_runs_and_what_waits(tmp_path: Path, loop: str) -> None:
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

    play(loop, scene())
