"""Backup and restore with paths and files that bite: one sentence, and what was there is there still."""

import argparse
import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from benchmarks.running import ROOT
from quizsys.config import Settings, read_settings
from quizsys.liveness import hold_alone
from quizsys.restore import run_restore
from quizsys.upkeep import run_backup
from tests.faults.test_restore_killed import WRITE_AND_DIE, has_late

Command = Callable[[Settings, argparse.Namespace], int]


@pytest.fixture
def place(tmp_path: Path, empty_database: Path) -> Settings:
    """A storage with its database; beside it a good backup."""
    folder = tmp_path / "storage"
    folder.mkdir()
    env = {"STORAGE_ROOT": str(folder), "DATABASE_URL": f"sqlite:///{folder}/app.db"}
    shutil.copyfile(empty_database, folder / "app.db")
    shutil.copyfile(empty_database, tmp_path / "good.db")
    return read_settings(env, dotenv=None)


def run(command: Command, place: Settings, file: Path) -> int:
    return command(place, argparse.Namespace(file=file))


def check_refused(
    capsys: pytest.CaptureFixture[str], command: Command, place: Settings, file: Path, *says: str
) -> None:
    """In one sentence; the database is as it was."""
    before = place.database_url.read_bytes()
    assert run(command, place, file) == 1
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert all(part in told.err for part in says), told.err
    assert place.database_url.read_bytes() == before
    assert not list(place.database_url.parent.glob("app.db.before*"))


def make_thing(path: Path, kind: str, database_file: Path) -> None:
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "text":
        path.write_text("lecture notes")
    elif kind == "link to text":
        path.with_name("notes").write_text("lecture notes")
        path.symlink_to(path.with_name("notes"))
    elif kind == "link to the database":
        path.symlink_to(database_file)
    elif kind == "other name of the database":
        path.hardlink_to(database_file)
    elif kind == "link to a device":
        path.symlink_to("/dev/full")


KINDS = ("folder", "fifo", "text", "link to text", "link to the database", "other name of the database")


@pytest.mark.parametrize("kind", [*KINDS, "link to a device"])
def test_a_backup_replaces_nothing_but_a_backup(
    place: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    target = tmp_path / "target"
    make_thing(target, kind, place.database_url)
    before = target.lstat()
    check_refused(capsys, run_backup, place, target, "no backup was made", "Name a")
    after = target.lstat()
    assert (after.st_mode, after.st_ino, after.st_size) == (before.st_mode, before.st_ino, before.st_size)


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal", ".restoring", ".restoring-wal", ".migrate.lock"])
def test_a_backup_is_none_of_the_databases_own_files(
    place: Settings, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    """As its own write-ahead log it would be played into it."""
    own = place.database_url.with_name("app.db" + ending)
    check_refused(capsys, run_backup, place, own, "the database itself")
    beside = place.database_url.parent / ".." / place.database_url.parent.name / own.name
    check_refused(capsys, run_backup, place, beside, "the database itself")


@pytest.mark.parametrize("target", ["/", ".", "", "/proc/nothing.db", "missing/x.db", "x" * 300, "\udcff.db"])
def test_a_backup_that_cannot_be_written_says_so(
    place: Settings, capsys: pytest.CaptureFixture[str], target: str
) -> None:
    check_refused(capsys, run_backup, place, Path(target), "no backup was made")


def test_a_restore_from_a_name_that_is_no_text_is_told(place: Settings, tmp_path: Path) -> None:
    """By the real command, whose screen takes UTF-8 alone."""
    source = tmp_path / "\udcff.db"
    shutil.copyfile(place.database_url, source)
    own = {"STORAGE_ROOT": str(place.storage_root), "DATABASE_URL": f"sqlite:///{place.database_url}", "LOG_FILE": ""}
    command = [sys.executable, str(ROOT / "server.py"), "restore", str(source)]
    utf8 = {"PYTHONIOENCODING": "utf-8:strict"}
    done = subprocess.run(command, cwd=ROOT, env=os.environ | own | utf8, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"\udcff.db; what was there is kept as" in done.stdout


def test_an_older_backup_and_an_empty_file_are_replaced(place: Settings, tmp_path: Path) -> None:
    for target in (tmp_path / "good.db", tmp_path / "empty.db", place.database_url.with_name("app.db.bak")):
        target.touch()
        assert run(run_backup, place, target) == 0
        assert run(run_restore, place, target) == 0
    assert not list(tmp_path.rglob("*.backup-part"))


def test_what_is_no_database_of_ours_is_not_backed_up(
    place: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for content in (b"", b"text of another program"):
        place.database_url.write_bytes(content)
        assert run(run_backup, place, tmp_path / "copy.db") == 1
        assert "no backup was made" in capsys.readouterr().err
        assert not (tmp_path / "copy.db").exists()


def test_two_backups_at_once_do_not_take_each_others_half(
    place: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part = tmp_path / "good.db.backup-part"
    with part.open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        check_refused(capsys, run_backup, place, tmp_path / "good.db", "Another one is being written")
        assert part.exists()
    # As a killed one leaves it: no lock, some bytes.
    part.write_bytes(b"half")
    assert run(run_backup, place, tmp_path / "good.db") == 0


def test_a_link_planted_where_a_backup_is_written_is_not_followed(
    place: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "victim").write_text("kept")
    (tmp_path / "copy.db.backup-part").symlink_to(tmp_path / "victim")
    check_refused(capsys, run_backup, place, tmp_path / "copy.db", "no backup was made")
    assert (tmp_path / "victim").read_text() == "kept"


HARMS = {
    "trigger": ["CREATE TRIGGER bite AFTER INSERT ON events BEGIN DELETE FROM assets; END"],
    "view": ["CREATE VIEW v AS SELECT * FROM tokens"],
    "view for a table": ["ALTER TABLE tokens RENAME TO t", "CREATE VIEW tokens AS SELECT * FROM t"],
    "virtual table whose name is a statement": [
        """CREATE VIRTUAL TABLE "facts(name, value) VALUES ('hit', '1') --" USING fts5(x)"""
    ],
    "virtual table": ["CREATE VIRTUAL TABLE t USING fts5(x, content='tokens')"],
    "trigger that says it is a table": [
        "CREATE TRIGGER bite AFTER INSERT ON events BEGIN DELETE FROM assets; END",
        "PRAGMA writable_schema = 1",
        "UPDATE sqlite_master SET type = 'table' WHERE name = 'bite'",
    ],
    "table that is missing": ["DROP TABLE tokens"],
    "column of another name": ["ALTER TABLE tokens RENAME COLUMN name TO nam"],
    "column that is computed": ["ALTER TABLE tokens ADD COLUMN g AS (1)"],
    "migrations that are forgotten": ["DELETE FROM schema_migration"],
    "schema that is no SQL": [
        "PRAGMA writable_schema = 1",
        "UPDATE sqlite_master SET sql = 'CREATE TABLE tokens(x' WHERE name = 'tokens'",
    ],
    "schema that points elsewhere": [
        "PRAGMA writable_schema = 1",
        "UPDATE sqlite_master SET rootpage = 2 WHERE name = 'tokens'",
    ],
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_backup_that_would_bite_is_refused(
    place: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], harm: str
) -> None:
    with closing(apsw.Connection(str(tmp_path / "good.db"))) as backup:
        for statement in HARMS[harm]:
            backup.execute(statement)
    check_refused(capsys, run_restore, place, tmp_path / "good.db", "nothing was restored. The backup")


@pytest.mark.parametrize(
    "made_by", ["CREATE TABLE t (x)", "CREATE TABLE schema_migration (id, name, applied)", "CREATE TABLE assets (id)"]
)
def test_another_programs_database_is_refused(
    place: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], made_by: str
) -> None:
    with closing(apsw.Connection(str(tmp_path / "other.db"))) as other:
        other.execute(made_by)
    check_refused(capsys, run_restore, place, tmp_path / "other.db", "no database of quizsys")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_a_backup_that_was_cut_off_is_refused(
    place: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], share: float
) -> None:
    """At any place, also one byte before its end, which may be the last letter of what somebody wrote."""
    whole = (tmp_path / "good.db").read_bytes()
    (tmp_path / "good.db").write_bytes(whole[: round((len(whole) - 1) * share)])
    check_refused(capsys, run_restore, place, tmp_path / "good.db", "nothing was restored")
    pages = len(whole) // 4096
    (tmp_path / "good.db").write_bytes(whole[: round((pages - 1) * share) * 4096])
    check_refused(capsys, run_restore, place, tmp_path / "good.db", "nothing was restored")


@pytest.mark.parametrize("kind", ["folder", "fifo", "link to the database", "link to a device"])
def test_what_is_no_backup_is_not_even_read(
    place: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    make_thing(tmp_path / "file", kind, place.database_url)
    check_refused(capsys, run_restore, place, tmp_path / "file", "Take")


def test_what_a_killed_restore_left_is_not_removed_as_its_own_backup(
    place: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    left = place.database_url.with_name("app.db.restoring")
    shutil.copyfile(place.database_url, left)
    check_refused(capsys, run_restore, place, left, "the database itself")
    assert left.exists()


def test_a_second_restore_leaves_the_first_ones_copy_alone(
    place: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without it the first would end with no database at all, and the next server would begin a new one."""
    copy = place.database_url.with_name("app.db.restoring")
    copy.write_bytes(b"in the making")
    with hold_alone(place.storage_root / "server.lock") as held:
        assert held
        check_refused(capsys, run_restore, place, tmp_path / "good.db", "A server uses")
    assert copy.read_bytes() == b"in the making"


def test_a_database_that_was_set_aside_comes_back_with_its_log(place: Settings, tmp_path: Path) -> None:
    """What was written last is in the log alone, as a killed server leaves it."""
    done = subprocess.run([sys.executable, "-c", WRITE_AND_DIE, str(place.database_url)], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert run(run_restore, place, tmp_path / "good.db") == 0
    [aside] = (path for path in place.database_url.parent.glob("app.db.before-*") if path.name[-1].isdigit())
    content = aside.read_bytes()
    aside = aside.rename(tmp_path / "kept")
    next(place.database_url.parent.glob("app.db.before-*-wal")).rename(tmp_path / "kept-wal")
    assert run(run_restore, place, aside) == 0
    assert has_late(place.database_url)
    assert aside.read_bytes() == content
