"""All that only SQLite understands: pragmas, the cross-process wake-up, full-text search, backup.

The driver is APSW because it brings its own SQLite: Debian 12's 3.40.1 can corrupt
a file that two processes checkpoint.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
from peewee import Database
from playhouse.apsw_ext import APSWDatabase

WAL_RESET_FIXED = (3, 51, 3)
BUSY_TIMEOUT_MS = 5000
PRAGMAS = {
    "journal_mode": "wal",
    "busy_timeout": BUSY_TIMEOUT_MS,
    "foreign_keys": 1,
    "journal_size_limit": 64 * 1024 * 1024,
    "mmap_size": 0,
}


class _Database(APSWDatabase):  # type: ignore[misc]
    def _add_conn_hooks(self, conn: apsw.Connection) -> None:
        # Peewee's migration history binds a datetime, which APSW alone does not take.
        conn.convert_binding = lambda _cursor, _place, value: str(value)
        super()._add_conn_hooks(conn)


def open_database(path: Path, durability: str) -> Database:
    """A database on `path`; each thread connects for itself. `durability`: `full` (survives power loss) or `normal`."""
    pragmas = {**PRAGMAS, "synchronous": durability}
    return _Database(
        str(path), pragmas=pragmas, lock_type="IMMEDIATE", autoconnect=False, timeout=BUSY_TIMEOUT_MS / 1000
    )


def library_version() -> str:
    return str(apsw.sqlite_lib_version())


def library_is_sound() -> bool:
    """False where two processes that checkpoint one file can corrupt it (the WAL-reset bug, SQLite before 3.51.3)."""
    return tuple(int(part) for part in library_version().split(".")) >= WAL_RESET_FIXED


def data_version(db: Database) -> int:
    """A number that changes when another connection has committed, and not by commits of this thread's own."""
    return int(db.execute_sql("PRAGMA data_version").fetchone()[0])


def is_in_transaction(db: Database) -> bool:
    """False once SQLite has given up the transaction by itself, as after an input/output error."""
    return bool(db.connection().in_transaction)


def is_busy(error: BaseException) -> bool:
    """Whether another process held the lock for longer than we wait."""
    return any(isinstance(link, apsw.BusyError) for link in _chain(error))


def is_full(error: BaseException) -> bool:
    """Whether the disk, or the file's allowed size, is full."""
    return any(isinstance(link, apsw.FullError) for link in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and all that led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def back_up(db: Database, target: Path) -> None:
    """Write a consistent copy to `target`, also while others write; it is replaced only when complete."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    db.execute_sql("VACUUM INTO ?", (str(part),))
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power loss."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def create_search_index(db: Database) -> None:
    # Its columns cannot be indexed, so whose row is whose stands in a table beside it.
    db.execute_sql("CREATE TABLE spoken_rows (id INTEGER PRIMARY KEY, asset_id TEXT NOT NULL, source TEXT NOT NULL)")
    db.execute_sql("CREATE INDEX spoken_rows_asset ON spoken_rows (asset_id, source)")
    db.execute_sql(
        "CREATE VIRTUAL TABLE spoken USING fts5(text, project_id UNINDEXED, asset_id UNINDEXED, start_s UNINDEXED,"
        " end_s UNINDEXED, source UNINDEXED, tokenize = 'porter unicode61 remove_diacritics 2')"
    )


def index_text(db: Database, project_id: str, asset_id: str, source: str, rows: list[tuple[float, float, str]]) -> None:
    """Make `rows` (start_s, end_s, text) of an asset findable, in place of what `source` (speech, slide) had."""
    unindex_text(db, asset_id, source)
    for start_s, end_s, text in rows:
        db.execute_sql("INSERT INTO spoken_rows (asset_id, source) VALUES (?, ?)", (asset_id, source))
        db.execute_sql(
            "INSERT INTO spoken (rowid, text, project_id, asset_id, start_s, end_s, source)"
            " VALUES (last_insert_rowid(), ?, ?, ?, ?, ?, ?)",
            (text, project_id, asset_id, start_s, end_s, source),
        )


def unindex_text(db: Database, asset_id: str, source: str | None = None) -> None:
    """Forget what is findable of an asset, of one source or of all."""
    where, values = ("AND source = ?", [source]) if source else ("", [])
    rows = f"SELECT id FROM spoken_rows WHERE asset_id = ? {where}"
    db.execute_sql(f"DELETE FROM spoken WHERE rowid IN ({rows})", (asset_id, *values))
    db.execute_sql(f"DELETE FROM spoken_rows WHERE asset_id = ? {where}", (asset_id, *values))


def search_text(db: Database, project_id: str, words: list[str], limit: int) -> list[dict[str, Any]]:
    """Best matches first; every word must occur. Each has `asset_id`, `start_s`, `end_s`, `source`, `snippet`."""
    query = " ".join('"' + word.replace('"', '""') + '"' for word in words)
    rows = db.execute_sql(
        "SELECT asset_id, start_s, end_s, source, snippet(spoken, 0, '[', ']', '...', 16) FROM spoken"
        " WHERE spoken MATCH ? AND project_id = ? ORDER BY rank LIMIT ?",
        (query, project_id, limit),
    ).fetchall()
    return [dict(zip(("asset_id", "start_s", "end_s", "source", "snippet"), row, strict=True)) for row in rows]
