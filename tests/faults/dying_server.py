"""A real server whose database writer ends by itself as soon as the file FATAL exists. Run by test_systemd.py."""

import os
import sys
from pathlib import Path
from typing import Any

import server
from quizsys.db import Store

take_batch = Store._take_batch


def take_or_die(store: Store) -> Any:
    if Path(os.environ["FATAL"]).exists():
        raise MemoryError("the test wants it")
    return take_batch(store)


if __name__ == "__main__":
    Store._take_batch = take_or_die  # type: ignore[method-assign]
    sys.exit(server.main())
