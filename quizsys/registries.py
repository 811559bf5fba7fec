"""`metadata/video_assets.json` and `metadata/jobs.json`: what the seed kept its state in, as an export for old tools.

Written after changes, but never for more than a small share of the time: the more there is, the more seldom.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from loguru import logger

from quizsys.clock import monotonic_s
from quizsys.db import Store
from quizsys.errors import QuizsysError
from quizsys.services.registries import list_asset_entries, list_job_entries, read_version
from quizsys.storage import Storage, commit

LOOK_INTERVAL_S = 1.0
# After a change it is waited for a pause, but not for ever.
LONGEST_WAIT_S = 30.0
QUIET_SHARE, BUSY_SHARE = 2, 10
# After each batch it rests for so many times as long as that took.
REST = 15
LAST_LIMIT_S = 5.0
Entries = Callable[[str], list[tuple[str, bytes]]]
FILES: dict[str, Entries] = {"video_assets.json": list_asset_entries, "jobs.json": list_job_entries}


@dataclass
class Registries:
    """`written` is the version of what the files tell; `seen` the newest one, since `seen_s`; `dirty_s` the first."""

    store: Store
    storage: Storage
    written: tuple[Any, ...] = ()
    seen: tuple[Any, ...] = ()
    seen_s: float = 0.0
    dirty_s: float = 0.0
    ended_s: float = field(default_factory=monotonic_s)
    took_s: float = 0.0

    async def look(self) -> None:
        """Write the files if there is something new, and either a pause or a long time since."""
        version, now_s = await self.store.read(read_version), monotonic_s()
        if version == self.written:
            return
        if self.seen == self.written:
            self.dirty_s = now_s
        if version != self.seen:
            self.seen, self.seen_s = version, now_s
            is_due = now_s - self.dirty_s >= max(LONGEST_WAIT_S, BUSY_SHARE * self.took_s)
        else:
            is_due = now_s - self.ended_s >= QUIET_SHARE * self.took_s
        if is_due:
            await self.write()

    async def write(self, rest: float = REST) -> None:
        version, began_s = await self.store.read(read_version), monotonic_s()
        for name, entries in FILES.items():
            await self._write_file(self.storage.root / "metadata" / name, entries, rest)
        self.written = self.seen = version
        self.ended_s = monotonic_s()
        self.took_s = self.ended_s - began_s

    async def write_last(self) -> None:
        """At the stop, so that the files tell how it was left."""
        try:
            async with asyncio.timeout(LAST_LIMIT_S):
                if await self.store.read(read_version) != self.written:
                    await self.write(rest=0)
        except TimeoutError:
            logger.warning("metadata/*.json is behind: there was no time to write it")
        except (OSError, QuizsysError) as error:
            logger.warning("metadata/*.json is behind: {}", error)

    async def _write_file(self, target: Path, entries: Entries, rest: float) -> None:
        part = target.with_suffix(".part")
        # One of a killed server may have no right to be written any more.
        part.unlink(missing_ok=True)
        try:
            await self._fill(part, entries, rest)
            part.chmod(0o444)
            await asyncio.to_thread(commit, part, target)
        finally:
            # Also when a stop breaks it off: the last one, at a full disk, may not come as far as this file.
            part.unlink(missing_ok=True)

    async def _fill(self, part: Path, entries: Entries, rest: float) -> None:
        with part.open("wb") as file:
            after, count, began_s = "", 0, monotonic_s()
            while batch := await self.store.read(entries, after):
                await asyncio.to_thread(_append, file, [text for _, text in batch], count)
                after, count = batch[-1][0], count + len(batch)
                await asyncio.sleep(rest * (monotonic_s() - began_s))
                began_s = monotonic_s()
            file.write(b"\n]\n" if count else b"[]\n")


def _append(file: BinaryIO, texts: list[bytes], before: int) -> None:
    """As the standard library's indent=2 would write one array; `before` entries are in it already."""
    indented = [b"  " + text.replace(b"\n", b"\n  ") for text in texts]
    file.write((b",\n" if before else b"[\n") + b",\n".join(indented))
