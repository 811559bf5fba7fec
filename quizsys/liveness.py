"""Who is alive on this host: each process holds a lock on a file of its own, and the kernel frees it at death.

A stopped (SIGSTOP) process keeps its lock, so nobody takes its work while its lease lasts.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Presence:
    """This process's lock, held until `leave` or death. `owner` is its name in the jobs table."""

    def __init__(self, folder: Path, owner: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.owner = owner
        self._path = folder / f"{owner}.lock"
        unborn = folder / f"{owner}.new"
        self._handle = os.open(unborn, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Locked before it has its name: nobody ever sees it free while we live.
        unborn.rename(self._path)

    def leave(self) -> None:
        self._path.unlink(missing_ok=True)
        os.close(self._handle)


@contextmanager
def hold_alone(path: Path) -> Iterator[bool]:
    """Whether nobody else holds this file; if so, we do for as long as the block lasts."""
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def is_alive(folder: Path, owner: str) -> bool:
    """Whether the process that called itself `owner` still holds its lock. Removes the file of a dead one."""
    path = folder / f"{owner}.lock"
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        path.unlink(missing_ok=True)
        return False
    finally:
        os.close(handle)


def list_alive(folder: Path) -> set[str]:
    """The owners whose processes live."""
    owners = [path.stem for path in folder.glob("*.lock")]
    return {owner for owner in owners if is_alive(folder, owner)}
