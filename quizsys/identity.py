"""Which storage a database describes: the same id stands in the database and in a file of the storage.

With another folder than before, all videos would be without their files; with another database, all files without
their rows, and set aside. Neither process starts like that.
"""

from pathlib import Path

from quizsys.errors import Unfit
from quizsys.ids import new_id
from quizsys.models.assets import Asset
from quizsys.services.facts import STORAGE_ID, find_fact, set_fact

MARKER = "storage.id"


def bind_storage(root: Path) -> None:
    """A service: hold database and storage together from now on. Raises Unfit if they do not belong together."""
    marked, known = read_marker(root), find_fact(STORAGE_ID)
    if known is None:
        if marked is not None and not Asset.select().exists() and any(root.glob("uploads/*/*")):
            raise Unfit(
                f"The database is new, but {root} has files of another one. Set DATABASE_URL to that,"
                f" or remove {root / MARKER} to begin anew; the files are then put into {root / 'lost'}."
            )
        set_fact(STORAGE_ID, marked or write_marker(root, new_id()))
    elif marked is None:
        raise Unfit(
            f"The database belongs to another folder than {root}. Set STORAGE_ROOT to that,"
            f" or write {known} into {root / MARKER} if its files are here now."
        )
    elif marked != known:
        raise Unfit(f"The database and {root} do not belong together. Set STORAGE_ROOT or DATABASE_URL to its own.")


def read_marker(root: Path) -> str | None:
    try:
        return (root / MARKER).read_text().strip() or None
    except FileNotFoundError:
        return None


def write_marker(root: Path, storage_id: str) -> str:
    (root / MARKER).write_text(storage_id + "\n")
    return storage_id
