"""Two processes that write and checkpoint one database: what older SQLite libraries can break."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from benchmarks.running import ROOT

WRITERS = 3


@pytest.mark.parametrize("seconds", [1, pytest.param(60, marks=pytest.mark.soak)])
def test_processes_that_write_and_checkpoint_at_once_break_nothing(tmp_path: Path, seconds: int) -> None:
    file = tmp_path / "app.db"
    program = [sys.executable, str(ROOT / "tests" / "faults" / "wal_writer.py"), str(file), str(seconds)]
    told = {"env": {"PYTHONPATH": str(ROOT)}, "cwd": ROOT, "stdout": subprocess.PIPE, "text": True}
    writers = [subprocess.Popen([*program, str(number)], **told) for number in range(WRITERS)]  # type: ignore[call-overload]
    written = [int(writer.communicate(timeout=seconds + 60)[0]) for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    with closing(apsw.Connection(str(file))) as db:
        assert list(db.execute("PRAGMA integrity_check")) == [("ok",)]
        counted = dict(db.execute("SELECT writer, COUNT(DISTINCT number) FROM rows GROUP BY writer"))
    assert counted == {str(number): count for number, count in enumerate(written)}
