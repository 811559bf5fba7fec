"""kill -9 in the midst of a restore: what was there is whole, under one name or the other, and a repeat succeeds."""

import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from tests.faults import invariants
from tests.faults.test_restore import command
from tests.sharing import prepare, publish

RESTORING = ("restore_ready", "restore_kept", "restore_clearing", "restore_cleared", "restore_placed")
LATE = "INSERT INTO facts (name, value) VALUES ('late', '1')"
# As a killed server leaves it: the row is in the write-ahead log alone.
WRITE_AND_DIE = f"""
import apsw, os, sys
db = apsw.Connection(sys.argv[1])
db.execute("PRAGMA journal_mode = wal")
db.execute({LATE!r})
os.kill(os.getpid(), 9)
"""


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder with a backup beside it, and a row that came later."""
    folder = tmp_path_factory.mktemp("storage")
    prepare(folder, publish)
    backup = folder.with_suffix(".backup")
    assert command(folder, "backup", str(backup)).returncode == 0
    done = subprocess.run([sys.executable, "-c", WRITE_AND_DIE, str(folder / "app.db")], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    return folder, backup


def has_late(file: Path) -> bool:
    """Looked at as it is, not where it is: to open a database changes it."""
    with closing(apsw.Connection(":memory:")) as target, closing(apsw.Connection(str(file))) as source:
        with target.backup("main", source, "main") as copying:
            copying.step()
        return bool(list(target.execute("SELECT 1 FROM facts WHERE name = 'late'")))


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(f"{point}:{number}", marks=() if point == "restore_clearing" and number == 1 else pytest.mark.soak)
        for point in RESTORING
        for number in (1, 2)
        if number == 1 or point == "restore_clearing"
    ],
)
def test_a_restore_killed_anywhere_loses_nothing(used: tuple[Path, Path], tmp_path: Path, fault: str) -> None:
    source, backup = used
    folder = tmp_path / "storage"
    folder.mkdir()
    for path in source.glob("*"):
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    killed = command(folder, "restore", str(backup), FAULT=fault)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    if (folder / "app.db").exists():
        assert has_late(folder / "app.db") == (fault != "restore_placed:1")
    else:
        refused = command(folder, "migrate")
        assert refused.returncode == 1
        assert "Run it again" in refused.stderr
    if not fault.startswith("restore_ready"):
        [aside] = (path for path in folder.glob("app.db.before-*") if path.name[-1].isdigit())
        assert has_late(aside)
        aside.rename(folder / "kept")
    again = command(folder, "restore", str(backup))
    assert again.returncode == 0, again.stderr
    assert not has_late(folder / "app.db")
    assert not list(folder.glob("*.restoring*"))
    invariants.check_integrity(folder)
