"""Places where a test may end or hinder this process: `FAULT=POINT:N[:WHAT]` in its environment, at the Nth pass.

    FAULT=job_worked:2              kill -9 when a job's result is there for the second time
    FAULT=commit.create_job:1:stop  SIGSTOP between a new job's rows and their commit
    FAULT=file_synced:1:ENOSPC      an OSError instead

WHAT is `kill` (the default), `stop`, `exit` or the name of an errno. Each process counts for itself, seats too.
Without FAULT, as always but in tests, a checkpoint is a call that compares one thing.
"""

import errno
import itertools
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """What happens at the `number`th pass of `point`."""

    point: str
    number: int
    what: str = "kill"
    _passes: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def note(self, name: str) -> None:
        """Raises OSError, or does not return, if this is the pass."""
        # Threads pass too; `next` of a count is atomic.
        if name == self.point and next(self._passes) == self.number:
            self.strike()

    def strike(self) -> None:
        match self.what:
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "stop":
                os.kill(os.getpid(), signal.SIGSTOP)
            case "exit":
                os._exit(1)
            case _:
                code = getattr(errno, self.what)
                raise OSError(code, os.strerror(code))


def read_fault(text: str) -> Fault | None:
    """None for nothing. Raises ValueError for what is no fault."""
    if not text:
        return None
    point, number, *more = text.split(":")
    what = "".join(more) or "kill"
    if what not in ("kill", "stop", "exit") and what not in errno.errorcode.values():
        raise ValueError(f"FAULT={text}: {what} is neither kill, stop, exit nor the name of an errno")
    return Fault(point, int(number), what)


FAULT = read_fault(os.environ.get("FAULT", ""))


def checkpoint(name: str) -> None:
    """A place between two steps that a crash may part. Raises OSError if a test wants it."""
    if FAULT is not None:
        FAULT.note(name)
