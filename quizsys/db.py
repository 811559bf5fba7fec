"""The store: one writer thread with group commit, a few reader threads, one more for what takes long.

A service is a plain function over the models. `store.run` gives it a transaction of its own and resolves after the
commit; many waiting ones share one commit, each in its savepoint, so that one's failure is not the others'.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, Protocol, TypeVar, cast

from loguru import logger
from peewee import Database, DatabaseError
from playhouse.migrations import Runner

from media import checkpoints
from quizsys import logs, metrics, sqlite
from quizsys.clock import monotonic_s
from quizsys.errors import Code, QuizsysError
from quizsys.models.base import Row, database

P = ParamSpec("P")
T = TypeVar("T")
BATCH_LIMIT = 256
WATCH_INTERVAL_S = 0.05
MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATIONS_TABLE = "schema_migration"
QUEUE, EVENTS, TOKENS, HOOKS = "queue", "events", "tokens", "hooks"
TOPICS = (QUEUE, EVENTS, TOKENS, HOOKS)
_batch = threading.local()


class Rider(Protocol):
    """Writes what belongs to a request's change in the change's own transaction; `done` once that is committed.

    It goes with the first service that succeeds in the context where it is RIDER; `outcome` is what that returned.
    """

    done: bool

    def ride(self, outcome: Any) -> None: ...


RIDER: ContextVar[Rider | None] = ContextVar("rider", default=None)


def announce(topic: str) -> None:
    """Inside a transaction: tell this topic's listeners once it has been committed."""
    _batch.topics.add(topic)


def add_last(model: type[Row], **values: Any) -> None:
    """Inside a transaction: insert this row at its end, in one statement with the others of its kind."""
    _batch.rows.setdefault(model, []).append(model.pack(values))


def memo() -> dict[str, int]:
    """Inside a transaction: what earlier ones of this process found. Forgotten when another process has written."""
    return cast(dict[str, int], _batch.memo)


def log_commit(job_id: str, message: str) -> None:
    """Inside a transaction: write this line to the log once it has been committed."""
    _batch.lines.append((_batch.context, job_id, message))


@dataclass(eq=False)
class _Write:
    call: partial[Any]
    future: asyncio.Future[Any]
    # Carries the request's id into the log lines that its commit writes.
    context: Context


class Store:
    """Where everything is kept. Open it from the event loop that will use it; `close` waits for what was accepted."""

    def __init__(self, path: Path, *, durability: str = "full", readers: int = 2) -> None:
        self.db: Database = sqlite.open_database(path, durability)
        self._writes: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._listeners: dict[str, list[Callable[[], None]]] = {topic: [] for topic in TOPICS}
        self._readers = ThreadPoolExecutor(readers, "reader", initializer=self._connect)
        self._slow_reader = ThreadPoolExecutor(1, "slow-reader", initializer=self._connect)
        self._writer = threading.Thread(target=self._write_forever, name="writer", daemon=True)
        self._closed = False
        self.turned_s = monotonic_s()

    async def open(self) -> None:
        """Start the threads. Raises what connecting raises."""
        database.initialize(self.db)
        self._loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = self._loop.create_future()
        self._ready = ready
        self._writer.start()
        await ready

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._writes.put(None)
        await asyncio.to_thread(self._writer.join)
        for readers in (self._readers, self._slow_reader):
            await asyncio.to_thread(readers.shutdown)

    @property
    def is_writing(self) -> bool:
        """Whether the writer thread lives, or was told to end. `turned_s` is when it last began a turn."""
        return self._closed or self._writer.is_alive()

    def listen(self, topic: str, call: Callable[[], None]) -> None:
        """Call `call` on the loop after each commit that announced `topic`, here or in another process."""
        self._listeners[topic].append(call)

    async def run(self, service: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a service in a transaction; returns after the commit. Raises `busy` if another process holds the lock."""
        if self._closed:
            raise QuizsysError(Code.SHUTTING_DOWN, "The server is stopping. Try again in a moment.", retry_after_s=5)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._writes.put(_Write(partial(service, *args, **kwargs), future, copy_context()))
        return cast(T, await future)

    async def read(self, service: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a service that only reads, and soon ends, on one snapshot, beside the writer."""
        return await self._read_in(self._readers, partial(service, *args, **kwargs))

    async def read_slowly(self, service: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """As `read`, for what may take long: one at a time, so that those who read a little never wait for it."""
        return await self._read_in(self._slow_reader, partial(service, *args, **kwargs))

    async def _read_in(self, readers: ThreadPoolExecutor, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(readers, self._read, call)

    def _connect(self) -> None:
        self.db.connect(reuse_if_open=True)

    def _read(self, call: Callable[[], T]) -> T:
        try:
            with self.db.transaction("DEFERRED"):
                return call()
        except sqlite.FILE_ERRORS as error:
            told = _translate(error)
            if told is error:
                raise
            raise told from error

    def _write_forever(self) -> None:
        try:
            self._connect()
            seen = sqlite.data_version(self.db)
        except Exception as error:
            self._loop.call_soon_threadsafe(self._ready.set_exception, error)
            return
        self._loop.call_soon_threadsafe(self._ready.set_result, None)
        _batch.memo = {}
        while (batch := self._take_batch()) is not None:
            self.turned_s = monotonic_s()
            if batch:
                self._commit(batch)
                metrics.COMMIT_S.observe(monotonic_s() - self.turned_s)
                metrics.COMMIT_WRITES.observe(len(batch))
            now = self._safe_version(seen)
            if now != seen:
                seen = now
                _batch.memo.clear()
                self._loop.call_soon_threadsafe(self._tell, set(self._listeners))
        self.db.close()

    def _safe_version(self, seen: int) -> int:
        try:
            return sqlite.data_version(self.db)
        except DatabaseError as error:
            logs.log_trouble("cannot watch the database for other processes", _translate(error))
            return seen

    def _take_batch(self) -> list[_Write] | None:
        """What is waiting, at most BATCH_LIMIT; empty when nothing came for a while; None at the end."""
        try:
            first = self._writes.get(timeout=WATCH_INTERVAL_S)
        except queue.Empty:
            return []
        batch: list[_Write] = []
        while first is not None:
            batch.append(first)
            if len(batch) == BATCH_LIMIT or self._writes.empty():
                return batch
            first = self._writes.get()
        if not batch:
            return None
        self._writes.put(None)
        return batch

    def _commit(self, batch: list[_Write], *, guarded: bool = False) -> None:
        """All in one transaction; if one write fails, all again, each in a savepoint, so that only that one fails.

        Savepoints cost as much as a small write, and few writes fail: the first pass goes without.
        """
        _batch.topics, _batch.lines, _batch.rows = set(), [], {}
        try:
            with self.db.transaction():
                outcomes = [self._attempt(write) if guarded else self._call(write) for write in batch]
                _add_rows()
                _pass("commit", batch)
        except Exception as error:
            if not guarded and not sqlite.is_busy(error):
                return self._commit(batch, guarded=True)
            # A full disk makes SQLite undo the whole transaction, the neighbours' writes too: each tries alone.
            if sqlite.is_full(error) and len(batch) > 1:
                for write in batch:
                    self._commit([write], guarded=True)
                return None
            _batch.topics, _batch.lines = set(), []
            outcomes = [_Failure(_translate(error))] * len(batch)
        _pass("committed", batch)
        self._loop.call_soon_threadsafe(self._resolve, batch, outcomes, _batch.topics)
        if _batch.lines:
            logs.log_commit(_batch.lines)
        return None

    def _call(self, write: _Write) -> Any:
        _batch.context = write.context
        outcome = write.call()
        rider = write.context.get(RIDER)
        if rider is not None and not rider.done:
            rider.ride(outcome)
        return outcome

    def _attempt(self, write: _Write) -> Any:
        topics, lines = set(_batch.topics), list(_batch.lines)
        try:
            with self.db.savepoint():
                outcome = self._call(write)
                _add_rows()
                return outcome
        except Exception as error:
            # SQLite has undone more than the savepoint, or the disk is full: nothing in this transaction can stand.
            if sqlite.is_full(error) or not sqlite.is_in_transaction(self.db):
                raise
            _batch.topics, _batch.lines, _batch.rows = topics, lines, {}
            return _Failure(_translate(error))

    def _resolve(self, batch: list[_Write], outcomes: list[Any], topics: set[str]) -> None:
        for write, outcome in zip(batch, outcomes, strict=True):
            rider = write.context.get(RIDER)
            if rider is not None and not isinstance(outcome, _Failure):
                rider.done = True
            if write.future.done():
                continue
            if isinstance(outcome, _Failure):
                write.future.set_exception(outcome.error)
            else:
                write.future.set_result(outcome)
        self._tell(topics)

    def _tell(self, topics: set[str]) -> None:
        for topic in topics:
            for call in self._listeners[topic]:
                call()


def _add_rows() -> None:
    for model, rows in _batch.rows.items():
        model.add_packed(rows)
    _batch.rows = {}


def _pass(word: str, batch: list[_Write]) -> None:
    """Each commit is two checkpoints for each of its services: `commit.create_job`, `committed.create_job`."""
    if checkpoints.FAULT is not None:
        for write in batch:
            checkpoints.checkpoint(f"{word}.{getattr(write.call.func, '__name__', '')}")


@dataclass(frozen=True)
class _Failure:
    error: Exception


def _translate(error: Exception) -> Exception:
    if sqlite.is_busy(error):
        return QuizsysError(Code.BUSY, "The database is busy. Try again in a few seconds.", retry_after_s=2)
    if sqlite.is_full(error):
        return QuizsysError(Code.STORAGE_FULL, "The disk is full. Free some space, then try again.")
    if sqlite.is_failing(error):
        logger.error("the database cannot be read or written: {}", error)
        return QuizsysError(Code.STORAGE_FULL, "The server's disk is failing. Ask its operator to look at it.")
    return error


def migrate(db: Database) -> list[str]:
    """Apply the missing migrations, each in a transaction, and return their names. Needs an open connection."""
    runner, applied = Runner(db, str(MIGRATIONS)), []
    for missing in compare_migrations(db)[0]:
        applied += runner.up(missing)
        checkpoints.checkpoint("migrated")
    return applied


def compare_migrations(db: Database) -> tuple[list[str], list[str]]:
    """Those that the database lacks, and those that it has from a newer quizsys. Needs an open connection."""
    status = Runner(db, str(MIGRATIONS)).status()
    return [found.name for found in status if not found.applied], [found.name for found in status if not found.path]
