"""The store without its threads, for histories by the thousand: each write is a batch, committed here and now."""

from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from quizsys import db
from quizsys.models.base import database


class DirectStore(db.Store):
    def __init__(self, path: Path) -> None:
        super().__init__(path, durability="off")
        self._loop: Any = SimpleNamespace(call_soon_threadsafe=lambda call, *args: call(*args))
        database.initialize(self.db)
        self.start_anew()

    def start_anew(self) -> None:
        """Nothing is remembered, as by a new process."""
        self.stop()
        self._connect()
        db._batch.memo = {}

    def stop(self) -> None:
        self.db.close()

    def write(self, service: Callable[..., Any], *args: object) -> Any:
        done: Future[Any] = Future()
        self._commit([db._Write(partial(service, *args), done, copy_context())])  # type: ignore[arg-type]
        return done.result()

    def look(self, service: Callable[..., Any], *args: object) -> Any:
        return self._read(partial(service, *args))
