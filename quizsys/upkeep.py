"""`migrate` and `backup`: what an operator does to the database by hand."""

import argparse
import sys

from peewee import Database

from quizsys.clock import utc_now
from quizsys.config import Settings
from quizsys.engine import apply_migrations, told_as_unfit
from quizsys.errors import Unfit
from quizsys.models.facts import Fact
from quizsys.services.facts import LAST_BACKUP_AT, set_fact
from quizsys.sqlite import FILE_ERRORS, back_up, open_database


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
    try:
        with db.connection_context():
            back_up(db, options.file.absolute())
            note_backup(db)
    except (*FILE_ERRORS, OSError) as error:
        print(f"error: no backup was made ({error}). Check that {options.file.parent} can be written.", file=sys.stderr)
        return 1
    print(f"{options.file}: {options.file.stat().st_size} bytes")
    return 0


def note_backup(db: Database) -> None:
    """So that metrics can tell of a backup that has not come for long."""
    # One from before the first start of a new version is the best of all.
    if db.table_exists(Fact._meta.table_name):
        with db.bind_ctx((Fact,)), db.atomic():
            set_fact(LAST_BACKUP_AT, utc_now().isoformat())
