"""The hub: a watcher always sees a job's final state, whenever it came."""

import asyncio
from typing import Any

from quizsys import events
from quizsys.db import Store
from quizsys.events import Hub
from quizsys.services import claims, jobs
from tests.queueing import add_asset, claim, enqueue


async def test_a_watcher_that_comes_during_a_read_misses_nothing(store: Store, monkeypatch: Any) -> None:
    """The read for an earlier watcher passes the final event before the newcomer is among those it looks for."""
    await store.run(add_asset)
    first, second = await enqueue(store), await enqueue(store)
    hub = Hub(store)
    await hub.start()
    early = asyncio.create_task(anext(hub.watch("p", first)))
    await early
    reading, go_on = asyncio.Event(), asyncio.Event()
    real = store.read

    async def slow(service: Any, *args: Any) -> Any:
        if service is events.read_changes and not reading.is_set():
            reading.set()
            await go_on.wait()
        return await real(service, *args)

    monkeypatch.setattr(store, "read", slow)
    keep = hub.watch("p", first)
    await anext(keep)
    await store.run(claims.set_progress, await claim(store), 50.0)
    await asyncio.wait_for(reading.wait(), 5)
    late = asyncio.create_task(_collect(hub, second))
    await asyncio.sleep(0.1)
    await store.run(jobs.request_cancel, "p", second)
    await asyncio.sleep(0.1)
    go_on.set()
    assert (await asyncio.wait_for(late, 5))[-1] == "cancelled"
    await keep.aclose()
    await hub.close()


async def _collect(hub: Hub, job_id: str) -> list[str]:
    return [snapshot.job["status"] async for snapshot in hub.watch("p", job_id)]
