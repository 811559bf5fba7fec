"""The parts that run jobs, put together in order and taken apart in reverse: store, presence, pool, scheduler.

The server, the standalone worker and the `quiz` command each have one.
"""

import fcntl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from loguru import logger

from media.pool import MediaPool
from quizsys.config import Settings
from quizsys.db import Store, migrate
from quizsys.ids import new_id
from quizsys.liveness import Presence
from quizsys.scheduler import Scheduler
from quizsys.sqlite import open_database
from quizsys.storage import Storage
from quizsys.tasks import make_tasks


@dataclass(frozen=True)
class Engine:
    settings: Settings
    store: Store
    storage: Storage
    pool: MediaPool
    scheduler: Scheduler


@asynccontextmanager
async def run_engine(settings: Settings) -> AsyncIterator[Engine]:
    """A migrated store and a scheduler at work; at the end running jobs are drained and nothing is left running."""
    storage = Storage(settings.storage_root.absolute())
    storage.prepare()
    apply_migrations(settings)
    async with AsyncExitStack() as stack:
        presence = Presence(storage.run, new_id())
        stack.callback(presence.leave)
        store = Store(settings.database_url, durability=settings.database_durability)
        await store.open()
        stack.push_async_callback(store.close)
        pool = MediaPool(settings.worker_concurrency, stall_s=settings.job_stall_s)
        stack.push_async_callback(pool.close)
        await pool.start()
        scheduler = Scheduler(store, pool, storage, make_tasks(settings), settings, presence)
        await scheduler.start()
        stack.push_async_callback(scheduler.drain)
        yield Engine(settings, store, storage, pool, scheduler)


def apply_migrations(settings: Settings) -> list[str]:
    """Bring the database to the present shape; returns what was applied. Processes that start at once take turns."""
    path: Path = settings.database_url
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(path.name + ".migrate.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        db = open_database(path, settings.database_durability)
        with db.connection_context():
            applied = migrate(db)
    for name in applied:
        logger.info("migration {} applied", name)
    return applied
