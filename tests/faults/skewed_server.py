"""A real server whose clock of the day is as many seconds ahead as the file SKEW says. Run by test_clock.py.

Its steady clock goes on as it is; under libfaketime Python's sleep fails.
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from quizsys import clock


def skewed_now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=int(Path(os.environ["SKEW"]).read_text()))


if __name__ == "__main__":
    # Before anybody takes it by its name.
    clock.utc_now = skewed_now
    import server

    sys.exit(server.main())
