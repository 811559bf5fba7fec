"""What must live in a process that serves or works: looked at every second, told to systemd, and ended when dead.

A dead writer or loop cannot be mended from inside, and a process without it only looks alive. The data bears an end
at any moment, so the process ends and its supervisor starts a new one. A writer that is stuck (a disk that hangs) is
not ended from here: only the watchdog's silence tells.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from loguru import logger

from quizsys.clock import monotonic_s
from quizsys.db import Store
from quizsys.engine import Engine
from quizsys.notifier import Notifier

LOOK_INTERVAL_S = 1.0
STUCK_S = 30.0
EXIT_CODE = 70


def list_dead(engine: Engine, *others: tuple[str, bool]) -> list[str]:
    """What has ended although nobody asked for it; `others` are (name, whether it lives)."""
    parts = [("the database writer", engine.store.is_writing), *engine.scheduler.list_loops(), *others]
    return [name for name, lives in parts if not lives]


def is_stuck(store: Store) -> bool:
    """Whether the writer is at one batch for too long."""
    return monotonic_s() - store.turned_s > STUCK_S


@asynccontextmanager
async def keep_watch(
    notifier: Notifier, store: Store, find_dead: Callable[[], list[str]], end: Callable[[int], object] = os._exit
) -> AsyncIterator[None]:
    """Within the block: tell the watchdog while all is alive, and end the process when something is dead."""
    watch = asyncio.create_task(_watch(notifier, store, find_dead, end), name="vitals")
    try:
        yield
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch


async def _watch(
    notifier: Notifier, store: Store, find_dead: Callable[[], list[str]], end: Callable[[int], object]
) -> None:
    interval_s = min(LOOK_INTERVAL_S, (notifier.watchdog_s or LOOK_INTERVAL_S * 3) / 3)
    was_stuck = False
    while True:
        if dead := find_dead():
            sentence = f"{' and '.join(dead)} ended by itself; this process ends so that a new one takes over"
            logger.critical(sentence)
            notifier.tell(status=sentence)
            end(EXIT_CODE)
            return
        if (stuck := is_stuck(store)) != was_stuck:
            was_stuck = stuck
            logger.error("the database writer is stuck: does the disk answer?") if stuck else logger.info("it writes")
        if notifier.watchdog_s is not None and not stuck:
            notifier.tell(watchdog=1)
        await asyncio.sleep(interval_s)
