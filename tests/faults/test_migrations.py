"""Migrations and backups that are killed in their midst: the next run finds a whole database and finishes."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.running import ROOT
from tests.faults.test_restore import command


@pytest.mark.parametrize("every", [17, pytest.param(1, marks=pytest.mark.soak)])
def test_a_migration_killed_at_any_statement_is_finished_by_the_next_run(tmp_path: Path, every: int) -> None:
    program = [sys.executable, str(ROOT / "tests" / "faults" / "killed_migrations.py"), str(tmp_path), str(every)]
    done = subprocess.run(program, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 100 // every


@pytest.mark.soak
def test_a_killed_backup_leaves_the_last_one_and_the_next_one_is_whole(tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    assert command(tmp_path, "migrate").returncode == 0
    assert command(tmp_path, "backup", str(backup)).returncode == 0
    last = backup.read_bytes()
    killed = command(tmp_path, "backup", str(backup), FAULT="backup_written:1")
    assert killed.returncode == -9
    assert backup.read_bytes() == last
    assert command(tmp_path, "backup", str(backup)).returncode == 0
    assert list(tmp_path.glob("*.part")) == []
    restored = command(tmp_path, "restore", str(backup))
    assert (restored.returncode, restored.stdout.startswith(f"restored {backup}")) == (0, True), restored.stderr
