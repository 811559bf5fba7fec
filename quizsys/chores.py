"""What the server does now and then beside its requests: each in a loop of its own, until the server stops."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from quizsys.logs import log_trouble


@dataclass(frozen=True)
class Chore:
    """`do` runs first after one interval; a failure is logged and the next turn comes all the same."""

    name: str
    interval_s: float
    do: Callable[[], Awaitable[None]]


@asynccontextmanager
async def run_chores(*chores: Chore) -> AsyncIterator[None]:
    """At the end running turns are cancelled: a chore must bear being cut off."""
    loops = [asyncio.create_task(_repeat(chore), name=chore.name) for chore in chores]
    try:
        yield
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)


async def _repeat(chore: Chore) -> None:
    while True:
        await asyncio.sleep(chore.interval_s)
        try:
            await chore.do()
        except Exception as error:
            log_trouble(f"the chore {chore.name} failed; trying again in {chore.interval_s} s", error)
