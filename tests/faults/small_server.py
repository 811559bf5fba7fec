"""A server as far as the pool goes: seats at work until somebody ends it. Run by test_orphans.py.

python small_server.py FOLDER
"""

import asyncio
import signal
import sys
from pathlib import Path

import ffmpeg

from media.ffmpeg import file_url, generated_input, run_ffmpeg
from media.pool import MediaPool
from media.progress import Report


def encode_for_ever(target: Path, report: Report) -> None:
    output = ffmpeg.output(generated_input("testsrc=s=320x180,realtime"), file_url(target), f="mpegts")
    run_ffmpeg(output, duration_s=1000, report=report)


def hold_the_interpreter_lock(sign: Path) -> None:
    sign.touch()
    sum(range(10**13))


def add(first: int, second: int) -> int:
    return first + second


async def serve(folder: Path) -> None:
    pool = MediaPool(seats=3)
    await pool.start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    seats = [await pool.acquire() for _ in range(2)]
    encoding = asyncio.create_task(seats[0].run(encode_for_ever, folder / "film.ts"))
    counting = asyncio.create_task(seats[1].run(hold_the_interpreter_lock, folder / "counting"))
    while not ((folder / "film.ts").exists() and (folder / "counting").exists()):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    print("working", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    idle = await pool.acquire()
    print(await idle.run(add, 2, 3), encoding.done(), counting.done(), pool.free_seats, flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await pool.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
