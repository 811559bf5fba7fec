"""A real server whose seats do what a job's payload says under `poison`. Run by test_poisoned_jobs.py."""

import os
import resource
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import server
from quizsys import engine
from quizsys.calls import Call, Talk
from quizsys.services.claims import Claim
from quizsys.storage import Storage
from quizsys.tasks import Task, make_tasks
from tests import seats

ROOM_BYTES = 256 * 1024 * 1024


def take_too_much() -> None:
    """More memory than the system gives: as on a small machine."""
    own_bytes = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (own_bytes + ROOM_BYTES, most))
    try:
        bytearray(4 * ROOM_BYTES)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def die_among_threads() -> None:
    for _ in range(8):
        threading.Thread(target=threading.Event().wait, daemon=True).start()
    os.abort()


POISONS: dict[str, tuple[Any, ...]] = {
    "killed": (seats.die_of, signal.SIGKILL),
    "segfault": (seats.touch_nothing,),
    "abort": (die_among_threads,),
    "exit": (seats.exit_hard,),
    "killed while answering": (seats.die_while_answering,),
    "SystemExit": (seats.exit_softly,),
    "memory": (take_too_much,),
    "unpicklable result": (seats.return_unpicklable,),
    "result that does not unpickle": (seats.return_poison,),
    "unpicklable error": (seats.raise_unpicklable,),
}


def make_poisoned_tasks(*args: Any) -> dict[str, Task]:
    tasks = make_tasks(*args)
    healthy = tasks["ingest"]

    def prepare(claim: Claim, storage: Storage, scratch: Path) -> Call | Talk:
        if "poison" not in claim.payload:
            return healthy.prepare(claim, storage, scratch)
        function, *values = POISONS[claim.payload["poison"]]
        return Call(function, tuple(values), 1.0)

    return tasks | {"ingest": Task(prepare, healthy.apply, healthy.base_s, healthy.per_second)}


if __name__ == "__main__":
    engine.make_tasks = make_poisoned_tasks  # type: ignore[attr-defined]
    sys.exit(server.main())
