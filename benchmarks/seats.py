"""How long a call to a media seat takes, how soon a killed seat is back, and how soon its ffmpeg is gone.

python -m benchmarks.seats [--rounds 20]
"""

import argparse
import asyncio
import contextlib
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import ffmpeg
import psutil

from media.ffmpeg import file_url, generated_input, run_ffmpeg
from media.pool import MediaPool, Seat
from media.progress import Report


def encode_for_ever(target: Path, report: Report) -> None:
    """Write a moving picture in real time; ends by a kill."""
    output = ffmpeg.output(generated_input("testsrc=s=320x180,realtime"), file_url(target), f="mpegts")
    run_ffmpeg(output, duration_s=1e9, report=report)


async def measure_call_ms(pool: MediaPool) -> float:
    """One empty call on a warm seat."""
    seat = await pool.acquire()
    began = time.perf_counter()
    await seat.run(os.getpid)
    took_ms = (time.perf_counter() - began) * 1000
    pool.release(seat)
    return took_ms


async def measure_rebuild_ms(pool: MediaPool) -> float:
    """From kill -9 of a free seat to the result of the next call."""
    pid = pool.seats[0].pid
    assert pid is not None
    began = time.perf_counter()
    os.kill(pid, signal.SIGKILL)
    while pool.seats[0].pid in (pid, None):  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    await measure_call_ms(pool)
    return (time.perf_counter() - began) * 1000


async def measure_cancel_ms(pool: MediaPool, folder: Path) -> float:
    """From the cancellation of a task to the end of its ffmpeg."""
    seat = await pool.acquire()
    work = await _start_encoding(seat, folder)
    programs = _list_programs_on(folder)
    assert programs
    began = time.perf_counter()
    work.cancel()
    await asyncio.wait([work])
    _wait_until_ended(programs)
    took_ms = (time.perf_counter() - began) * 1000
    pool.release(seat)
    return took_ms


def measure_server_kill_ms(folder: Path) -> float:
    """From kill -9 of a process with two seats at work to the end of all it had started."""
    command = [sys.executable, "-m", "benchmarks.seats", "--serve", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        server.stdout.readline()
        children = psutil.Process(server.pid).children(recursive=True)
        began = time.perf_counter()
        server.kill()
        _wait_until_ended(children)
        return (time.perf_counter() - began) * 1000


async def _start_encoding(seat: Seat, folder: Path) -> "asyncio.Task[None]":
    target = folder / f"{time.monotonic_ns()}.ts"
    work = asyncio.create_task(seat.run(encode_for_ever, target))
    while not target.exists():  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    return work


def _list_programs_on(folder: Path) -> list[psutil.Process]:
    found = psutil.process_iter(["cmdline"])
    return [process for process in found if any(str(folder) in word for word in process.info["cmdline"] or [])]


def _wait_until_ended(processes: list[psutil.Process]) -> None:
    """A zombie has ended: when init reads its exit code is the system's affair."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            while process.status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.001)


async def _serve(folder: Path) -> None:
    pool = MediaPool(2)
    await pool.start()
    work = [await _start_encoding(await pool.acquire(), folder) for _ in range(2)]
    print("working", flush=True)
    await asyncio.wait(work)


async def _measure(rounds: int, folder: Path) -> None:
    pool = MediaPool(1)
    began = time.perf_counter()
    await pool.start()
    print(f"start of the pool, with its forkserver: {(time.perf_counter() - began) * 1000:.0f} ms")
    _tell("one empty call", [await measure_call_ms(pool) for _ in range(rounds * 10)])
    _tell("kill -9 of a seat to its next result", [await measure_rebuild_ms(pool) for _ in range(rounds)])
    _tell("cancel to the end of ffmpeg", [await measure_cancel_ms(pool, folder) for _ in range(rounds)])
    await pool.close()


def _tell(what: str, took_ms: list[float]) -> None:
    print(f"{what}: median {statistics.median(took_ms):.1f} ms, worst of {len(took_ms)} {max(took_ms):.1f} ms")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20, help="kills and cancels to measure (default 20)")
    parser.add_argument("--serve", metavar="FOLDER", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(_serve(options.serve))
        return
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(options.rounds, Path(folder)))
        _tell("kill -9 of the server to the end of all", [measure_server_kill_ms(Path(folder)) for _ in range(5)])


if __name__ == "__main__":
    main()
