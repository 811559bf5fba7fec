"""Nothing that a seat started outlives the seat, and no seat outlives the server."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from small_server import encode_for_ever

from media.pool import MediaPool
from media.seat_errors import SeatDied

ROOT = Path(__file__).parents[2]
SECRET = "sk-do-not-tell"


def list_programs_on(folder: Path) -> list[psutil.Process]:
    found = psutil.process_iter(["cmdline"])
    return [process for process in found if any(str(folder) in word for word in process.info["cmdline"] or [])]


def all_end(processes: list[psutil.Process], within_s: float) -> bool:
    """A zombie has ended: when its new parent reads its exit code is not ours to say."""
    end = time.monotonic() + within_s
    while any(is_alive(process) for process in processes) and time.monotonic() < end:
        time.sleep(0.01)
    return not any(is_alive(process) for process in processes)


def is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def server(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("small_server.py")), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OPENAI_API_KEY": SECRET},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "working\n"
        yield process
        process.kill()


def test_a_killed_server_leaves_no_process(server: "subprocess.Popen[str]") -> None:
    children = psutil.Process(server.pid).children(recursive=True)
    commands = [" ".join(child.cmdline()) for child in children]
    assert sum("resource_tracker" in command for command in commands) == 1
    assert sum("forkserver" in command for command in commands) == 4  # itself and three seats
    assert sum("film.ts" in command for command in commands) == 1
    assert len(children) == 6
    os.kill(server.pid, signal.SIGKILL)
    assert all_end(children, within_s=2)


def test_the_terminals_signals_stop_no_work(server: "subprocess.Popen[str]") -> None:
    assert server.stdin is not None
    assert server.stdout is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        os.killpg(server.pid, number)
    server.stdin.write("\n")
    server.stdin.flush()
    assert server.stdout.readline() == "5 False False 0\n"


def test_a_closed_pool_leaves_no_process(server: "subprocess.Popen[str]") -> None:
    assert server.stdin is not None
    children = psutil.Process(server.pid).children(recursive=True)
    server.stdin.write("\n\n")
    server.stdin.flush()
    server.wait(10)
    assert all_end(children, within_s=2)


def test_no_child_holds_the_servers_secrets(server: "subprocess.Popen[str]") -> None:
    children = psutil.Process(server.pid).children(recursive=True)
    assert len(children) == 6
    assert SECRET in psutil.Process(server.pid).environ().values()
    for child in children:
        assert SECRET not in child.environ().values()


async def start_encoding(pool: MediaPool, target: Path) -> tuple["asyncio.Task[None]", list[psutil.Process]]:
    seat = await pool.acquire()
    encoding = asyncio.create_task(seat.run(encode_for_ever, target))
    encoding.add_done_callback(lambda _: pool.release(seat))
    await asyncio.to_thread(wait_until_there, target)
    return encoding, list_programs_on(target.parent)


def wait_until_there(path: Path) -> None:
    end = time.monotonic() + 20
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.02)


def test_a_cancelled_task_takes_its_ffmpeg_along(tmp_path: Path) -> None:
    async def scene() -> None:
        pool = MediaPool(1)
        await pool.start()
        encoding, programs = await start_encoding(pool, tmp_path / "film.ts")
        assert len(programs) == 1
        encoding.cancel()
        with pytest.raises(asyncio.CancelledError):
            await encoding
        assert all_end(programs, within_s=2)
        await pool.close()

    asyncio.run(scene())


def test_a_killed_seat_takes_its_ffmpeg_along(tmp_path: Path) -> None:
    async def scene() -> None:
        pool = MediaPool(1)
        await pool.start()
        encoding, programs = await start_encoding(pool, tmp_path / "film.ts")
        assert len(programs) == 1
        pid = pool.seats[0].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(SeatDied):
            await encoding
        assert all_end(programs, within_s=2)
        await pool.close()

    asyncio.run(scene())
