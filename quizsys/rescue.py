"""What a process does for the others beside its own jobs: takes back what dead ones held, removes what they left."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from quizsys.clock import Backsteps, monotonic_s
from quizsys.db import Store
from quizsys.liveness import list_alive
from quizsys.services import claims
from quizsys.services.schedules import heed_clock
from quizsys.storage import Storage, is_abandoned

Key = tuple[str, int]


@dataclass(eq=False)
class Rescuer:
    """`owner` is this process. A lease counts as over only if it was also seen unrenewed for `lease_s` from here.

    The clock of the day may jump, and then all leases look over to whoever comes first.
    """

    store: Store
    storage: Storage
    owner: str
    lease_s: float
    _seen: dict[Key, tuple[datetime, float]] = field(default_factory=dict)
    _looked_s: float = 0.0
    _backsteps: Backsteps = field(default_factory=Backsteps)

    async def look(self) -> None:
        if self._backsteps.take():
            await self.store.run(heed_clock)
        alive = await asyncio.to_thread(list_alive, self.storage.run)
        fresh = self._note(await self.store.read(claims.list_leases), monotonic_s())
        await self.store.run(claims.rescue_jobs, alive | {self.owner}, fresh)
        await self._sweep_scratch()

    def _note(self, leases: dict[Key, datetime], now_s: float) -> set[Key]:
        """The tries whose leases were renewed lately, as far as is known here."""
        # Whatever kept us from looking, a stop or a locked database, may have kept others from renewing.
        known = self._seen if now_s - self._looked_s < self.lease_s else {}
        self._looked_s = now_s
        self._seen = {key: (until, now_s) for key, until in leases.items()}
        self._seen |= {key: seen for key, seen in known.items() if leases.get(key) == seen[0]}
        return {key for key, (_, since_s) in self._seen.items() if now_s - since_s < self.lease_s}

    async def _sweep_scratch(self) -> None:
        """Remove what dead tries left. Folders are listed before rows: a new try's row is older than its folder."""
        folders = await asyncio.to_thread(lambda: list(self.storage.work.iterdir()))
        running = await self.store.read(claims.list_running_tries)
        for folder in folders:
            if folder.name not in running and is_abandoned(folder):
                await asyncio.to_thread(self.storage.remove, self.storage.relative(folder))
