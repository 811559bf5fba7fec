"""The walls around seats: what they may open of this storage, and which walls stand, told to the operator."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from loguru import logger

from media.errors import MediaError
from media.ffmpeg import ffmpeg_binary, read_version
from media.pool import MediaPool
from media.reach import Fence, reach_of_seat
from media.standing_walls import look_at_walls
from quizsys.storage import CATEGORIES, Storage

T = TypeVar("T")
TOOLS_LIMIT_S = 30.0
TELL_AFTER_S = 1.0
NO_LANDLOCK = "the kernel has no Landlock; it is in Linux 5.13 and newer, if `lsm=` does not leave it out"
WHY = {
    "files_fenced": NO_LANDLOCK,
    "no_network": "a speech model is fetched by its name, or the kernel lets no ordinary process leave the network",
    "is_not_root": "the server runs as root; give it a user of its own, as deploy/quizsys.service does",
    "system_calls_filtered": "we have a filter for x86_64 and aarch64 only; deploy/quizsys.service has one",
    "is_nice": "the server itself was started nice",
}
"""What is known of the cause where a wall does not stand."""


def make_fence(storage: Storage, model: str = "") -> Fence:
    """Seats read the files of projects and write in `work/`; the database and the log are out of their reach.

    `model` is a speech model's folder, which is then read, or a name, which is then fetched and kept.
    """
    folder = Path(model).absolute() if model and Path(model).is_dir() else None
    is_fetched = bool(model) and folder is None
    readable = [*(storage.root / name for name in CATEGORIES), *([folder] if folder else [])]
    rules = reach_of_seat(readable, storage.work, _find_ffmpeg(), [find_model_cache()] if is_fetched else [])
    return Fence(rules, str(storage.work), networked=is_fetched)


def _find_ffmpeg() -> str:
    """Empty without one: the start-up checks say so."""
    try:
        return ffmpeg_binary()
    except MediaError:
        return ""


def find_model_cache() -> Path:
    """Where fetched speech models are kept, as the library that fetches them has it."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("HF_HOME") or cache / "huggingface")


@dataclass(eq=False)
class Sandbox:
    """The walls around the seats of a pool and around their ffmpeg, asked of a seat once: kernels do not change."""

    pool: MediaPool
    walls: dict[str, dict[str, bool]] = field(default_factory=dict)
    version: str = ""

    async def look(self) -> dict[str, dict[str, bool]]:
        """By place, wall by wall, whether it stands; nothing when the seat cannot tell."""
        self.walls = self.walls or await self._ask(look_at_walls, {})
        return self.walls

    async def read_version(self) -> str:
        """Of ffmpeg; empty when it cannot tell."""
        self.version = self.version or await self._ask(read_version, "")
        return self.version

    async def _ask(self, function: Callable[[], T], otherwise: T) -> T:
        seat = await self.pool.acquire()
        try:
            return await seat.run(function, time_limit_s=TOOLS_LIMIT_S)
        except Exception:
            logger.exception("the walls around a seat, or its tools, cannot be looked at")
            return otherwise
        finally:
            self.pool.release(seat)

    async def tell(self) -> None:
        """Log which walls stand, and which do not and why."""
        walls = await self.look()
        for place, found in walls.items():
            logger.info("walls around {}: {}", place, ", ".join(name for name, stands in found.items() if stands))
        if gaps := list_gaps(walls):
            logger.warning("walls that do not stand: {}", "; ".join(gaps))


def list_gaps(walls: dict[str, dict[str, bool]]) -> list[str]:
    """Each wall that does not stand, and why as far as that is known."""
    missing = [(place, name) for place, found in walls.items() for name, stands in found.items() if not stands]
    return [f"{name} around {place} ({WHY.get(name, 'the system refused it')})" for place, name in missing]


@asynccontextmanager
async def telling(sandbox: Sandbox) -> AsyncIterator[None]:
    """Within the block the log is told of the walls, once the start is over; nobody waits for that."""

    async def tell_soon() -> None:
        await asyncio.sleep(TELL_AFTER_S)
        await sandbox.tell()

    task = asyncio.create_task(tell_soon(), name="walls")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
