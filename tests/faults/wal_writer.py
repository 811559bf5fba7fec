"""Writes rows and asks for checkpoints for SECONDS, as the store's driver does; prints how many were committed.

python wal_writer.py FILE SECONDS NAME
"""

import sys
import time
from pathlib import Path

from quizsys.sqlite import is_busy, open_database


def main() -> None:
    file, seconds, name = Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
    db = open_database(file, "normal")
    written, end_s = 0, time.monotonic() + seconds
    with db.connection_context():
        db.execute_sql("CREATE TABLE IF NOT EXISTS rows (writer TEXT, number INTEGER, filling TEXT)")
        while time.monotonic() < end_s:
            try:
                with db.atomic():
                    db.execute_sql("INSERT INTO rows VALUES (?, ?, ?)", (name, written, "x" * 300))
                written += 1
                if written % 7 == 0:
                    db.execute_sql(f"PRAGMA wal_checkpoint({('PASSIVE', 'RESTART', 'TRUNCATE')[written % 3]})")
            except Exception as error:
                if not is_busy(error):
                    raise
    print(written)


if __name__ == "__main__":
    main()
