"""`server.py restore FILE`: a backup in the place of the database, checked first; what was there is kept aside."""

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from peewee import Database, fn

from media.checkpoints import checkpoint
from quizsys import sqlite
from quizsys.clock import utc_now
from quizsys.config import Settings
from quizsys.db import MIGRATIONS_TABLE, compare_migrations, migrate
from quizsys.engine import migration_lock, restoring_path
from quizsys.errors import Unfit
from quizsys.identity import MARKER, read_marker, write_marker
from quizsys.liveness import hold_alone, list_alive
from quizsys.models.assets import Asset
from quizsys.models.base import database
from quizsys.models.events import Event
from quizsys.services.assets import list_known_paths
from quizsys.services.facts import STORAGE_ID, find_fact, set_fact
from quizsys.storage import Storage
from quizsys.sweep import bring_back

# Streams resume by event ids: those given out since the backup must not come again for other events.
EVENT_LEAP = 10**9


def run_restore(settings: Settings, options: argparse.Namespace) -> int:
    """Refuses while a server or worker runs, and before it has touched anything if the backup is no good."""
    storage = Storage(settings.storage_root.absolute())
    target = settings.database_url.absolute()
    try:
        storage.prepare()
        with _all_stopped(target, storage):
            _check_file(options.file, target)
            aside, known = _put_in_place(options.file, target, storage)
            returned = bring_back(storage, known)
    except (Unfit, OSError, *sqlite.FILE_ERRORS) as error:
        print(f"error: nothing was restored. {error}", file=sys.stderr)
        return 1
    missing = [path for path in sorted(known) if not storage.path(path).exists()]
    _tell(options.file, aside, returned, missing)
    return 0


def _check_file(file: Path, target: Path) -> None:
    """Raises Unfit for what is no file, or is one that a restore moves or removes."""
    if file.exists() and not file.is_file():
        raise Unfit(f"{file} is no file. Take one that 'server.py backup' wrote.")
    for part in [*_list_parts(target), *_list_parts(restoring_path(target))]:
        if file.exists() and part.exists() and file.samefile(part):
            raise Unfit(f"{file} is the database itself, or belongs to it. Take a file that 'server.py backup' wrote.")


def _put_in_place(file: Path, target: Path, storage: Storage) -> tuple[Path | None, set[str]]:
    """Returns where the former database is kept, and the relative paths of the new one's files."""
    copy = restoring_path(target)
    try:
        _copy(file, copy)
        known = _make_ready(copy, storage)
        checkpoint("restore_ready")
        aside = _set_aside(target)
        checkpoint("restore_cleared")
        copy.replace(target)
        checkpoint("restore_placed")
        sqlite.sync_folder(target.parent)
        return aside, known
    finally:
        # With nothing in its place it stays: its presence keeps a server from beginning anew.
        if target.exists():
            _remove(copy)


def _tell(file: Path, aside: Path | None, returned: int, missing: list[str]) -> None:
    print(f"restored {file}" + (f"; what was there is kept as {aside}" if aside else ""))
    if returned:
        print(f"{returned} files came back from lost/")
    for path in missing:
        print(f"missing: {path}. Copy it from the backup of the files.")
    print("Tokens that were revoked since the backup are valid again: look through them.")


@contextmanager
def _all_stopped(target: Path, storage: Storage) -> Iterator[None]:
    """Nobody uses database and storage, and whoever starts now waits for the end of the block, or is refused."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        if not stack.enter_context(hold_alone(storage.root / "server.lock")):
            raise Unfit(f"A server uses {storage.root}. Stop it first.")
        stack.enter_context(migration_lock(target))
        if workers := len(list_alive(storage.run)):
            raise Unfit(f"{workers} workers use {storage.root}. Stop them first.")
        yield


def _copy(file: Path, copy: Path) -> None:
    """With its write-ahead log, if it was set aside with one: the newest is in there."""
    _remove(copy)
    for part, target in zip(_list_parts(file)[:2], _list_parts(copy)[:2], strict=True):
        if part == file or part.exists():
            shutil.copyfile(part, target)
            with target.open("rb") as written:
                os.fsync(written.fileno())


def _make_ready(copy: Path, storage: Storage) -> set[str]:
    """Check the copy and bring it to the present shape; returns the relative paths of its files. Raises Unfit."""
    db = sqlite.open_database(copy, "full")
    database.initialize(db)
    try:
        if sqlite.is_cut_off(copy):
            raise Unfit("The backup is damaged: its end is missing. Take another one.")
        with db.connection_context():
            _check_origin(db)
            migrate(db)
            _check_shape(db)
            with db.atomic():
                _take_over(storage)
            db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            return list_known_paths()
    except sqlite.FILE_ERRORS as error:
        if sqlite.is_full(error) or sqlite.is_failing(error):
            raise
        raise Unfit(f"The backup cannot be used: {error}. Take another one.") from error


def _check_origin(db: Database) -> None:
    """Before anything is written into it. Raises Unfit for what is damaged, not ours, or would act by itself."""
    if not (db.table_exists(MIGRATIONS_TABLE) and db.table_exists(Asset._meta.table_name)):
        raise Unfit("This is no database of quizsys. Take a file that 'server.py backup' wrote.")
    if strangers := sqlite.list_strangers(db):
        raise Unfit(f"The backup holds what quizsys did not put there: {strangers[0]!r}. Take another one.")
    if faults := sqlite.list_faults(db):
        raise Unfit(f"The backup is damaged: {faults[0]}. Take another one.")
    if newer := compare_migrations(db)[1]:
        raise Unfit(f"The backup is of a newer version, with {newer[0]}. Install that version first.")


def _check_shape(db: Database) -> None:
    """Raises Unfit unless, with all migrations, its tables are those of a new database."""
    new = sqlite.open_database(Path(":memory:"), "normal")
    with new.connection_context():
        migrate(new)
        wanted, has = sqlite.list_columns(new), sqlite.list_columns(db)
    ours = {table for table, *_ in wanted}
    for table, column, _ in sorted(wanted ^ has):
        if table in ours:
            raise Unfit(f"The backup's column {table}.{column} is not as quizsys makes it. Take another one.")


def _take_over(storage: Storage) -> None:
    """Make the copy the database of this storage. Raises Unfit if it is another's."""
    known, marked = find_fact(STORAGE_ID), read_marker(storage.root)
    if known and marked and known != marked:
        raise Unfit(
            f"The backup belongs to another storage than {storage.root}. Set STORAGE_ROOT to that,"
            f" or remove {storage.root / MARKER} if its files are here now."
        )
    if known and not marked:
        write_marker(storage.root, known)
    if marked and not known:
        set_fact(STORAGE_ID, marked)
    newest = Event.select(fn.MAX(Event.id)).scalar() or 0
    Event.insert(id=newest + EVENT_LEAP, job_id="", at=utc_now()).execute()


def _set_aside(target: Path) -> Path | None:
    """Keep what is there under another name, unopened: SQLite deletes the write-ahead log of a file that is broken.

    At no moment is there a file without its log, which has the newest of it, or a log that would be applied to another
    file: killed here, a restore leaves all as it was, or nothing in the place of the database, and no server starts.
    """
    there = [part for part in _list_parts(target) if part.exists()]
    aside = target.with_name(f"{target.name}.before-{utc_now():%Y%m%dT%H%M%S%f}")
    if target.exists():
        for part in there:
            os.link(part, part.with_name(part.name.replace(target.name, aside.name)))
        checkpoint("restore_kept")
    for part in there:
        part.unlink()
        checkpoint("restore_clearing")
    return aside if there[:1] == [target] else None


def _list_parts(database_file: Path) -> list[Path]:
    return [database_file.with_name(database_file.name + ending) for ending in ("", "-wal", "-shm")]


def _remove(copy: Path) -> None:
    for part in _list_parts(copy):
        part.unlink(missing_ok=True)
