"""Ends what would never end, so that a slow text fails its test instead of holding the whole run up."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


class Hung(BaseException):
    """No Exception: nobody may catch it as some error of the text's."""


def _give_up(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise Hung


@contextmanager
def bounded(most_s: float) -> Iterator[None]:
    """Raises Hung in the block after so much time of the processor, also from within a regular expression."""
    before = signal.signal(signal.SIGVTALRM, _give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, most_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
