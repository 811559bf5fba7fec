"""Migrates a new database in FOLDER again and again, each time killed one statement later. Run by test_migrations.py.

    python killed_migrations.py FOLDER EVERY

Every EVERYth statement only. Prints how many were killed. Not in the tests' own process: it forks.
"""

import os
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

from quizsys import sqlite
from quizsys.db import MIGRATIONS, migrate

run_statement = sqlite._Database.execute_sql


def fork_and_migrate(path: Path, statements: int | None) -> bool:
    """Whether it came to the end; killed when it is about to run one statement more than it may."""
    child = os.fork()
    if child == 0:
        numbers = count(1)

        def run_or_die(self: Any, *args: Any, **options: Any) -> Any:
            if next(numbers) == statements:
                os.kill(os.getpid(), signal.SIGKILL)
            return run_statement(self, *args, **options)

        sqlite._Database.execute_sql = run_or_die
        db = sqlite.open_database(path, "normal")
        with db.connection_context():
            migrate(db)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFEXITED(status) or os.WTERMSIG(status) == signal.SIGKILL
    return os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0


def describe(path: Path) -> tuple[list[Any], list[Any]]:
    """The database's shape and the migrations it has. Raises AssertionError for what is broken."""
    db = sqlite.open_database(path, "normal")
    with db.connection_context():
        assert sqlite.list_faults(db) == []
        shape = db.execute_sql("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name").fetchall()
        return shape, db.execute_sql("SELECT name FROM schema_migration ORDER BY name").fetchall()


def main() -> None:
    folder, every = Path(sys.argv[1]), int(sys.argv[2])
    whole = folder / "whole.db"
    assert fork_and_migrate(whole, None)
    expected = describe(whole)
    assert len(expected[1]) == len(list(MIGRATIONS.glob("[0-9]*.py")))
    for killed, statements in enumerate(count(1, every)):
        path = folder / "torn.db"
        if fork_and_migrate(path, statements):
            print(killed)
            return
        assert fork_and_migrate(path, None), statements
        assert describe(path) == expected, statements
        for ending in ("", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)


if __name__ == "__main__":
    main()
