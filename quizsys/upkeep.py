"""`migrate` and `backup`: what an operator does to the database by hand."""

import argparse
import sys
from pathlib import Path

from peewee import Database

from quizsys.clock import utc_now
from quizsys.config import Settings
from quizsys.db import MIGRATIONS_TABLE
from quizsys.engine import apply_migrations, lock_path, restoring_path, told_as_unfit
from quizsys.errors import Unfit
from quizsys.models.facts import Fact
from quizsys.services.facts import LAST_BACKUP_AT, set_fact
from quizsys.sqlite import FILE_ERRORS, back_up, open_database

SQLITE_MAGIC = b"SQLite format 3\0"


def run_migrate(settings: Settings, _options: argparse.Namespace) -> int:
    try:
        with told_as_unfit():
            applied = apply_migrations(settings)
    except Unfit as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print("\n".join(f"applied {name}" for name in applied) or "The database is up to date.")
    return 0


def run_backup(settings: Settings, options: argparse.Namespace) -> int:
    """A whole, consistent copy, also while a server writes."""
    if not settings.database_url.exists():
        print(f"error: there is no database at {settings.database_url}. Check DATABASE_URL.", file=sys.stderr)
        return 1
    db = open_database(settings.database_url, settings.database_durability)
    target: Path = options.file.absolute()
    try:
        _check_target(target, settings.database_url.absolute())
        with db.connection_context():
            if not db.table_exists(MIGRATIONS_TABLE):
                raise Unfit(f"{settings.database_url} is no database of quizsys. Check DATABASE_URL.")
            back_up(db, target)
            note_backup(db)
    except Unfit as error:
        print(f"error: no backup was made. {error}", file=sys.stderr)
        return 1
    except BlockingIOError:
        print(f"error: no backup was made. Another one is being written to {options.file}.", file=sys.stderr)
        return 1
    except (*FILE_ERRORS, OSError) as error:
        print(f"error: no backup was made ({error}). Check that {target.parent} can be written.", file=sys.stderr)
        return 1
    print(f"{options.file}: {target.stat().st_size} bytes")
    return 0


def _check_target(target: Path, database_file: Path) -> None:
    """Only an older backup is replaced. Raises Unfit for anything else that is there."""
    if not _is_text(target):
        raise Unfit("The file's name is no UTF-8, which SQLite needs. Name another file.")
    if target.is_dir() or not target.name:
        raise Unfit(f"{target} is a folder. Name a file in it.")
    if target.parent.resolve() == database_file.parent.resolve() and target.name in _list_own_names(database_file):
        raise Unfit(f"{target} is the database itself, or belongs to it. Name another file.")
    if target.exists() and not (target.is_file() and _is_replaceable(target)):
        raise Unfit(f"{target} is there already and is no database. Name another file.")
    if target.exists() and target.samefile(database_file):
        raise Unfit(f"{target} is the database itself. Name another file.")


def _is_text(path: Path) -> bool:
    try:
        return bool(str(path).encode())
    except UnicodeEncodeError:
        return False


def _list_own_names(database_file: Path) -> set[str]:
    """The names of the files that belong to the database, beside it."""
    restoring = restoring_path(database_file).name
    ends = ("", "-wal", "-shm", "-journal")
    return {name + end for name in (database_file.name, restoring) for end in ends} | {lock_path(database_file).name}


def _is_replaceable(target: Path) -> bool:
    with target.open("rb") as present:
        return present.read(len(SQLITE_MAGIC)) in (b"", SQLITE_MAGIC)


def note_backup(db: Database) -> None:
    """So that metrics can tell of a backup that has not come for long."""
    # One from before the first start of a new version is the best of all.
    if db.table_exists(Fact._meta.table_name):
        with db.bind_ctx((Fact,)), db.atomic():
            set_fact(LAST_BACKUP_AT, utc_now().isoformat())
