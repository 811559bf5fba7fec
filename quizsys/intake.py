"""Who may send a file now: so many at a time, and together no more than the disk has room for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from quizsys.errors import Code, QuizsysError
from quizsys.storage import Storage

STEP_BYTES = 64 * 1024 * 1024
RETRY_AFTER_S = 5


class Intake:
    """The files that are arriving, each with the room that it was promised."""

    def __init__(self, storage: Storage, most: int) -> None:
        self._storage = storage
        self._most = most
        self._shares: set[Share] = set()

    @contextmanager
    def admit(self, size_bytes: int) -> Iterator["Share"]:
        """A place and room for so much, or for what comes if that is 0. Raises `busy` or `storage_full`."""
        if len(self._shares) >= self._most:
            sentence = f"The server takes {self._most} uploads at a time. Try again in a few seconds."
            raise QuizsysError(Code.BUSY, sentence, retry_after_s=RETRY_AFTER_S)
        self.check_room(size_bytes)
        share = Share(self, size_bytes)
        self._shares.add(share)
        try:
            yield share
        finally:
            self._shares.discard(share)

    def check_room(self, size_bytes: int) -> None:
        """Raises `storage_full` if so much does not fit beside what was promised to others."""
        self._storage.check_room(size_bytes + sum(share.left_bytes for share in self._shares))


@dataclass(eq=False)
class Share:
    """The room that is promised to one upload, less what it has taken."""

    intake: Intake
    left_bytes: int

    def take(self, size_bytes: int) -> None:
        """For bytes that are about to be written. Raises `storage_full` if they were not promised and do not fit."""
        if size_bytes > self.left_bytes:
            self.intake.check_room(size_bytes + STEP_BYTES)
            self.left_bytes += size_bytes + STEP_BYTES
        self.left_bytes -= size_bytes
