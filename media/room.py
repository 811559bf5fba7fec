"""How much memory a foreign file may cost: a wall around the libraries that read it.

Two kilobytes can claim an index of gigabytes, and a megabyte of zeros, well packed, fills as much.
"""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from media.errors import MediaError

OPEN_BYTES = 512 << 20
"""To open a file: the index of twelve hours takes a third of it."""

WORK_BYTES = 1 << 30
"""To decode it: a decoder may hold 17 pictures, of 53 MB each at 8K."""

MODEL_BYTES = 2 << 30
"""To decode it while a model listens or reads."""

_PAGE_BYTES = resource.getpagesize()


@contextmanager
def limited_room(most_bytes: int) -> Iterator[None]:
    """Within it, this process cannot hold more than `most_bytes` above what it holds at the start; all threads count.

    Raises MediaError `too_demanding` for an allocation that failed; many libraries tell of damage instead.
    """
    before = resource.getrlimit(resource.RLIMIT_DATA)
    known = [limit for limit in before if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min([_held_bytes() + most_bytes, *known]), before[1]))
    try:
        yield
    except MemoryError as error:
        raise MediaError("too_demanding", _TOO_DEMANDING, tail=str(error)) from error
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _held_bytes() -> int:
    """What RLIMIT_DATA counts: memory that can be written and is shared with no other process."""
    return int(Path("/proc/self/statm").read_text().split()[5]) * _PAGE_BYTES


_TOO_DEMANDING = "This file asks for more memory than one may. Export it anew in a usual format and size."
