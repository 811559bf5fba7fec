"""How a running server is: what speaks against sending it requests, and everything that its operator may ask."""

import asyncio
import platform
import shutil
from dataclasses import dataclass, field
from typing import Any

from media.pool import MediaPool
from quizsys import sqlite
from quizsys.clock import monotonic_s
from quizsys.db import compare_migrations
from quizsys.engine import Engine
from quizsys.errors import QuizsysError
from quizsys.events import Hub
from quizsys.liveness import list_alive
from quizsys.sandbox import Sandbox, list_gaps
from quizsys.services.workload import Workload, read_workload
from quizsys.storage import RESERVE_BYTES
from quizsys.uploads import Desk
from quizsys.vitals import is_stuck, list_dead

COMMIT_LIMIT_S = 5.0
FRESH_S = 5.0


@dataclass(eq=False)
class Condition:
    """`is_draining` is set when the stop has begun."""

    engine: Engine
    hub: Hub
    desk: Desk
    is_draining: bool = False
    began_s: float = field(default_factory=monotonic_s)
    sandbox: Sandbox = field(init=False)
    _workload: tuple[float, Workload] | None = None

    def __post_init__(self) -> None:
        self.sandbox = Sandbox(self.desk.pool)

    def list_dead(self) -> list[str]:
        return list_dead(self.engine, ("the reader of events", self.hub.is_reading))

    async def list_faults(self) -> list[str]:
        """What keeps the server from working at all; a commit is tried. Words, not sentences."""
        if self.list_dead():
            return ["dead_part"]
        if is_stuck(self.engine.store):
            return ["writer_stuck"]
        try:
            async with asyncio.timeout(COMMIT_LIMIT_S):
                await self.engine.store.run(int)
        except TimeoutError:
            return ["writer_slow"]
        except QuizsysError as error:
            return [str(error.code)]
        return []

    async def list_objections(self) -> list[str]:
        """Why no new work should be sent here."""
        found = ["draining"] if self.is_draining else []
        found += await self.list_faults()
        if self.count_free_bytes() < RESERVE_BYTES:
            found.append("disk_full")
        if (await self.engine.store.read(compare_migrations, self.engine.store.db))[0]:
            found.append("migrations_missing")
        return found

    def count_free_bytes(self) -> int:
        """Where the files lie or where the database lies, whichever has less."""
        places = (self.engine.storage.root, self.engine.settings.database_url.parent)
        return min(shutil.disk_usage(place).free for place in places)

    def count_seats(self) -> dict[str, dict[str, int]]:
        """`total`, `busy` and `deaths` of each pool."""
        return {"jobs": _count_seats(self.engine.pool), "uploads": _count_seats(self.desk.pool)}

    async def read_workload(self) -> Workload:
        """At most FRESH_S old: scrapers may ask as often as they like."""
        now_s = monotonic_s()
        if self._workload is None or now_s - self._workload[0] > FRESH_S:
            self._workload = now_s, await self.engine.store.read(read_workload)
        return self._workload[1]

    async def describe(self) -> dict[str, Any]:
        """For the operator: no paths, no names of projects."""
        disk = shutil.disk_usage(self.engine.storage.root)
        work = await self.read_workload()
        alive = await asyncio.to_thread(list_alive, self.engine.storage.run)
        walls = await self.sandbox.look()
        return {
            "uptime_s": round(monotonic_s() - self.began_s, 1),
            "faults": await self.list_objections(),
            "versions": self._list_versions() | {"ffmpeg": await self.sandbox.read_version()},
            "walls": walls,
            "gaps": list_gaps(walls),
            "disk": {"total_bytes": disk.total, "used_bytes": disk.used, "free_bytes": disk.free},
            "queue": {"jobs": work.stored, "oldest_wait_s": round(work.oldest_wait_s, 1)},
            "seats": self.count_seats(),
            "workers": len(alive - {self.engine.scheduler.presence.owner}),
            "streams": self.hub.watchers,
            "last_backup_at": work.last_backup_at,
        }

    def _list_versions(self) -> dict[str, str]:
        return {
            "quizsys": self.engine.settings.app_version,
            "python": platform.python_version(),
            "sqlite": sqlite.library_version(),
            "speech_model": self.engine.settings.whisper_model or "bundled",
        }


def _count_seats(pool: MediaPool) -> dict[str, int]:
    seats = pool.seats
    busy = sum(seat.state == "running" for seat in seats)
    return {"total": len(seats), "busy": busy, "deaths": sum(seat.deaths for seat in seats)}
