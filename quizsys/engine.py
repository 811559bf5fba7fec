"""The parts that run jobs, put together in order and taken apart in reverse: store, presence, pool, scheduler.

The server, the standalone worker and the `quiz` command each have one.
"""

import fcntl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from loguru import logger

from media.pool import MediaPool
from quizsys.config import Settings
from quizsys.db import Store, compare_migrations, migrate
from quizsys.errors import QuizsysError, Unfit
from quizsys.identity import bind_storage
from quizsys.ids import new_id
from quizsys.liveness import Presence
from quizsys.sandbox import make_fence
from quizsys.scheduler import Scheduler
from quizsys.sqlite import FILE_ERRORS, is_busy, is_failing, is_full, open_database
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
    """A migrated store and a scheduler at work; at the end running jobs are drained and nothing is left running.

    Raises Unfit for a database that is not this storage's.
    """
    storage = Storage(settings.storage_root.absolute())
    async with AsyncExitStack() as stack:
        with told_as_unfit():
            storage.prepare()
            # Before the migrations: a restore looks who is present while it holds their lock.
            presence = Presence(storage.run, new_id())
            stack.callback(presence.leave)
            apply_migrations(settings)
            store = Store(settings.database_url, durability=settings.database_durability)
            await store.open()
            stack.push_async_callback(store.close)
            await store.run(bind_storage, storage.root)
        fence = make_fence(storage, settings.whisper_model)
        pool = MediaPool(settings.worker_concurrency, stall_s=settings.job_stall_s, fence=fence)
        stack.push_async_callback(pool.close)
        await pool.start()
        scheduler = Scheduler(store, pool, storage, make_tasks(settings, store), settings, presence)
        await scheduler.start()
        stack.push_async_callback(scheduler.drain)
        yield Engine(settings, store, storage, pool, scheduler)


@contextmanager
def told_as_unfit() -> Iterator[None]:
    """A disk that is full or failing, or a database that somebody else holds, is told in a sentence."""
    try:
        yield
    except QuizsysError as error:
        raise Unfit(error.sentence) from error
    except (OSError, *FILE_ERRORS) as error:
        if isinstance(error, OSError) or is_full(error) or is_failing(error) or is_busy(error):
            raise Unfit(f"The storage or its database cannot be used: {error}. Look at their disk.") from error
        raise


def apply_migrations(settings: Settings) -> list[str]:
    """Bring the database to the present shape; returns what was applied. Processes that start at once take turns."""
    path: Path = settings.database_url
    path.parent.mkdir(parents=True, exist_ok=True)
    with migration_lock(path):
        if restoring_path(path).exists() and not path.exists():
            raise Unfit(f"A restore of {path} was cut off. Run it again; what was there lies beside it as .before-*.")
        db = open_database(path, settings.database_durability)
        with db.connection_context():
            if newer := compare_migrations(db)[1]:
                raise Unfit(f"The database is of a newer version, with {newer[0]}. Install that version.")
            applied = migrate(db)
    for name in applied:
        logger.info("migration {} applied", name)
    return applied


def restoring_path(path: Path) -> Path:
    """Where a restore makes the database ready that will stand at `path`."""
    return path.with_name(path.name + ".restoring")


def lock_path(path: Path) -> Path:
    """Whoever changes the shape of the database at `path`, or puts another in its place, holds this file."""
    return path.with_name(path.name + ".migrate.lock")


@contextmanager
def migration_lock(path: Path) -> Iterator[None]:
    """Nobody else changes the shape of the database at `path` within the block."""
    with lock_path(path).open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield
