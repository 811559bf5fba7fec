"""All that only SQLite understands: pragmas, the cross-process wake-up, full-text search, backup.

The driver is APSW because it brings its own SQLite: Debian 12's 3.40.1 can corrupt
a file that two processes checkpoint.
"""

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw
from peewee import Database, DatabaseError
from playhouse.apsw_ext import APSWDatabase

from media.checkpoints import checkpoint

WAL_RESET_FIXED = (3, 51, 3)
BUSY_TIMEOUT_MS = 5000
# Around a hit in a snippet. No text that is kept holds either.
HIT, HIT_END = "\x02", "\x03"
_WITHOUT_MARKS = {ord(HIT): None, ord(HIT_END): None, 0: None}
SEARCHED = "spoken"
_PLAIN = re.compile(r"CREATE (?:TABLE|INDEX|UNIQUE INDEX) ")
# Peewee lets APSW's own errors through while rows are fetched.
FILE_ERRORS = (DatabaseError, apsw.Error)
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


def is_failing(error: BaseException) -> bool:
    """Whether the file could not be read or written: the disk reports errors, or has become read-only."""
    return any(isinstance(link, apsw.IOError | apsw.CantOpenError | apsw.ReadOnlyError) for link in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and all that led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def back_up(db: Database, target: Path) -> None:
    """Write a consistent copy to `target`, also while others write; it is replaced only when complete.

    Raises BlockingIOError if another process is at it.
    """
    part = target.with_name(target.name + ".backup-part")
    # Two at once would each take the other's half for its own whole.
    handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        try:
            os.truncate(handle, 0)
            db.execute_sql("VACUUM INTO ?", (str(part),))
            os.fsync(handle)
            checkpoint("backup_written")
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    finally:
        os.close(handle)
    sync_folder(target.parent)


def list_faults(db: Database) -> list[str]:
    """What is broken in the file, its full-text indexes included; empty if all is well."""
    try:
        found = [" ".join(str(row[0]).split()) for row in db.execute_sql("PRAGMA integrity_check(10)").fetchall()]
        if db.table_exists(SEARCHED):
            db.execute_sql(f"INSERT INTO {SEARCHED}({SEARCHED}) VALUES ('integrity-check')")
    except FILE_ERRORS as error:
        return [str(error)]
    return [] if found == ["ok"] else found


def list_strangers(db: Database) -> list[str]:
    """What acts by itself or stands for something else (triggers, views, virtual tables), beside the index of ours.

    By its words, not its type, which whoever wrote the file may have made up.
    """
    rows = db.execute_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    index = f"CREATE VIRTUAL TABLE {SEARCHED} USING fts5("
    return [name for name, sql in rows if not _PLAIN.match(sql) and not (name == SEARCHED and sql.startswith(index))]


def list_columns(db: Database) -> set[tuple[str, str, int]]:
    """Of all tables: table, column, and whether it is hidden or computed."""
    rows = db.execute_sql(
        "SELECT m.name, x.name, x.hidden FROM sqlite_master AS m JOIN pragma_table_xinfo(m.name) AS x"
        " WHERE m.type = 'table'"
    )
    return set(rows.fetchall())


def is_cut_off(file: Path) -> bool:
    """Whether the file ends before its last page does, which SQLite takes for zeros."""
    with file.open("rb") as database_file:
        head = database_file.read(18)
    # https://sqlite.org/fileformat.html, 1.3: the page's size stands at byte 16; 1 means 65536.
    page_bytes = int.from_bytes(head[16:18]) if len(head) == 18 else 0
    return file.stat().st_size % (65536 if page_bytes == 1 else page_bytes or 512) != 0


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power loss."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def create_search_index(db: Database) -> None:
    """The index as the first migration makes it."""
    # Its columns cannot be indexed, so whose row is whose stands in a table beside it.
    db.execute_sql("CREATE TABLE spoken_rows (id INTEGER PRIMARY KEY, asset_id TEXT NOT NULL, source TEXT NOT NULL)")
    db.execute_sql("CREATE INDEX spoken_rows_asset ON spoken_rows (asset_id, source)")
    db.execute_sql(
        "CREATE VIRTUAL TABLE spoken USING fts5(text, project_id UNINDEXED, asset_id UNINDEXED, start_s UNINDEXED,"
        " end_s UNINDEXED, source UNINDEXED, tokenize = 'porter unicode61 remove_diacritics 2')"
    )


def index_text(db: Database, project_id: str, asset_id: str, kind: str, rows: list[tuple[float, float, str]]) -> None:
    """Make `rows` (start_s, end_s, text) of an asset findable, in place of what `kind` (speech, slide) had."""
    unindex_text(db, asset_id, kind)
    scope = f"{_scope_token(project_id)} {_scope_token(asset_id)} {kind}"
    for start_s, end_s, text in rows:
        db.execute_sql("INSERT INTO spoken_rows (asset_id, source) VALUES (?, ?)", (asset_id, kind))
        db.execute_sql(
            "INSERT INTO spoken (rowid, text, scope, project_id, asset_id, start_s, end_s, kind)"
            " VALUES (last_insert_rowid(), ?, ?, ?, ?, ?, ?, ?)",
            (text.translate(_WITHOUT_MARKS), scope, project_id, asset_id, start_s, end_s, kind),
        )


def unindex_text(db: Database, asset_id: str, kind: str | None = None) -> None:
    """Forget what is findable of an asset, of one kind or of all."""
    where, values = ("AND source = ?", [kind]) if kind else ("", [])
    rows = f"SELECT id FROM spoken_rows WHERE asset_id = ? {where}"
    db.execute_sql(f"DELETE FROM spoken WHERE rowid IN ({rows})", (asset_id, *values))
    db.execute_sql(f"DELETE FROM spoken_rows WHERE asset_id = ? {where}", (asset_id, *values))


@dataclass(frozen=True)
class Sought:
    """What to search for: texts of which each must occur, word after word, the last one perhaps only begun.

    `projects` None: all of them. `asset_id` and `kind` (speech, slide) narrow it.
    """

    texts: tuple[str, ...]
    is_last_begun: bool
    projects: frozenset[str] | None = None
    asset_id: str | None = None
    kind: str | None = None


def search_text(db: Database, sought: Sought, limit: int, offset: int) -> list[dict[str, Any]]:
    """Best matches first: `project_id`, `asset_id`, `start_s`, `end_s`, `kind`, and `snippet`, where each hit stands
    between HIT and HIT_END."""
    rows = db.execute_sql(
        "SELECT project_id, asset_id, start_s, end_s, kind, snippet(spoken, 0, ?, ?, '…', 24) FROM spoken"
        " WHERE spoken MATCH ? ORDER BY rank, rowid LIMIT ? OFFSET ?",
        (HIT, HIT_END, _write_match(sought), limit, offset),
    ).fetchall()
    names = ("project_id", "asset_id", "start_s", "end_s", "kind", "snippet")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _write_match(sought: Sought) -> str:
    """Every text is quoted, so that none of it is read as FTS5's own language."""
    texts = [_quote(text) for text in sought.texts]
    if sought.is_last_begun:
        texts[-1] += " *"
    parts = [f"text : ({' AND '.join(texts)})"]
    if sought.projects is not None:
        parts.append(f"scope : ({' OR '.join(_quote(_scope_token(name)) for name in sorted(sought.projects))})")
    if sought.asset_id:
        parts.append(f"scope : {_quote(_scope_token(sought.asset_id))}")
    if sought.kind:
        parts.append(f"scope : {_quote(sought.kind)}")
    return " AND ".join(parts)


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _scope_token(name: str) -> str:
    """Digits: letters would be folded and stemmed, and two projects may differ in their case alone."""
    return str(int.from_bytes(hashlib.sha256(name.encode()).digest()[:20]))
