"""A backup taken under load, work after it, a kill, a restore: what the server then knows hangs together."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from benchmarks.running import ROOT, Server, start_server, stop_server

LIMIT_S = 90
QUEUED = 15


def command(folder: Path, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    own = {"STORAGE_ROOT": str(folder), "DATABASE_URL": f"sqlite:///{folder}/app.db", "LOG_FILE": ""} | more
    program = [sys.executable, str(ROOT / "server.py"), *words]
    return subprocess.run(program, cwd=ROOT, env=os.environ | own, capture_output=True, text=True, check=False)


def start(folder: Path) -> Server:
    return start_server(folder, WORKER_CONCURRENCY=1, MAX_QUEUE_SIZE=1000, JOB_RETRY_DELAY_SECONDS=0)


def enqueue(server: Server, asset_id: str, count: int) -> list[str]:
    body = json.dumps({"job_type": "ingest", "payload": {"asset_id": asset_id}, "max_attempts": 5}).encode()
    return [str(server.call("POST", "/projects/p/jobs", body)["id"]) for _ in range(count)]


def list_jobs(server: Server) -> dict[str, str]:
    jobs: list[dict[str, Any]] = server.call("GET", "/projects/p/jobs?limit=200")
    return {job["id"]: job["status"] for job in jobs}


def kill(server: Server) -> None:
    server.process.kill()
    server.process.wait()
    time.sleep(0.3)


@pytest.fixture
def used(tmp_path: Path, lesson: Path) -> Iterator[tuple[Server, str]]:
    """A server at work on a queue of its own, killed at the end."""
    server = start(tmp_path / "storage")
    asset_id = server.upload("p", lesson)["asset_id"]
    yield server, asset_id
    server.process.kill()
    server.process.wait()


def test_a_restored_server_knows_what_it_knew_and_finishes_it(used: tuple[Server, str], clip: Path) -> None:
    server, asset_id = used
    folder, backup = server.folder, server.folder.parent / "backup.db"
    before = enqueue(server, asset_id, QUEUED)
    assert command(folder, "backup", str(backup)).returncode == 0
    assert server.call("GET", "/health/details")["last_backup_at"]
    late = server.upload("p", clip)["asset_id"]
    after = enqueue(server, late, 2)
    newer = folder.parent / "newer.db"
    assert command(folder, "backup", str(newer)).returncode == 0
    kill(server)

    done = command(folder, "restore", str(backup))
    assert done.returncode == 0, done.stderr
    assert "is kept as" in done.stdout
    server = start(folder)
    try:
        deadline = time.monotonic() + LIMIT_S
        while set(list_jobs(server).values()) != {"completed"} and time.monotonic() < deadline:
            time.sleep(0.2)
        assert list_jobs(server) == dict.fromkeys(before, "completed")
        assert [video["id"] for video in server.call("GET", "/projects/p/videos")] == [asset_id]
        assert len(list((folder / "lost").rglob("*.avi"))) == 1
    finally:
        assert stop_server(server) == 0

    # There and back again: the file that the older backup did not know returns to its row.
    done = command(folder, "restore", str(newer))
    assert "came back" in done.stdout, done.stdout
    assert not list((folder / "lost").rglob("*.avi"))
    server = start(folder)
    try:
        assert {video["id"] for video in server.call("GET", "/projects/p/videos")} == {asset_id, late}
        assert set(after) <= set(list_jobs(server))
    finally:
        assert stop_server(server) == 0
    file = apsw.Connection(str(folder / "app.db"))
    assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    file.close()


def test_nothing_is_restored_under_a_running_server(used: tuple[Server, str]) -> None:
    server, _ = used
    backup = server.folder.parent / "backup.db"
    command(server.folder, "backup", str(backup))
    done = command(server.folder, "restore", str(backup))
    assert done.returncode == 1
    assert "A server uses" in done.stderr
    assert server.call("GET", "/health")["status"] == "healthy"


def test_a_broken_a_strange_or_a_newer_file_is_refused_and_all_stays(used: tuple[Server, str]) -> None:
    server, asset_id = used
    folder = server.folder
    good, bad = folder.parent / "good.db", folder.parent / "bad.db"
    command(folder, "backup", str(good))
    kill(server)
    present = (folder / "app.db").read_bytes()
    content = bytearray(good.read_bytes())
    content[8192:12288] = os.urandom(4096)
    bad.write_bytes(content)
    strange = apsw.Connection(str(folder.parent / "strange.db"))
    strange.execute("CREATE TABLE t (x)")
    strange.close()
    newer = apsw.Connection(str(good))
    newer.execute("INSERT INTO schema_migration (name, applied) VALUES ('9999_from_tomorrow', '2030-01-01')")
    newer.close()
    (folder.parent / "text.db").write_text("no database")
    for name, says in {
        "bad.db": "damaged",
        "strange.db": "no database of quizsys",
        "good.db": "newer version, with 9999",
        "text.db": "nothing was restored",
        "gone.db": "No such file",
    }.items():
        done = command(folder, "restore", str(folder.parent / name))
        assert (done.returncode, says in done.stderr) == (1, True), (name, done.stderr)
        assert "Traceback" not in done.stderr
    assert (folder / "app.db").read_bytes() == present
    assert not list(folder.glob("app.db.*restoring*"))
    server = start(folder)
    assert [video["id"] for video in server.call("GET", "/projects/p/videos")] == [asset_id]
    assert stop_server(server) == 0


def test_a_database_that_cannot_be_read_is_kept_with_its_log(tmp_path: Path) -> None:
    folder, backup = tmp_path / "storage", tmp_path / "backup.db"
    folder.mkdir()
    assert command(folder, "migrate").returncode == 0
    assert command(folder, "backup", str(backup)).returncode == 0
    (folder / "app.db").write_bytes(b"broken")
    (folder / "app.db-wal").write_bytes(b"log")
    done = command(folder, "restore", str(backup))
    assert done.returncode == 0, done.stderr
    [aside] = folder.glob("app.db.before-*[0-9]")
    assert aside.read_bytes() == b"broken"
    assert aside.with_name(aside.name + "-wal").read_bytes() == b"log"
    assert not (folder / "app.db-wal").exists()
    assert command(folder, "migrate").stdout == "The database is up to date.\n"


def test_rows_without_files_are_told(used: tuple[Server, str]) -> None:
    server, asset_id = used
    [upload] = (server.folder / "uploads" / "p").iterdir()
    assert "missing" not in command(server.folder, "check").stdout
    upload.unlink()
    done = command(server.folder, "check")
    assert (done.returncode, "1 of 1 stored files are missing" in done.stdout) == (0, True)
    assert upload.name in done.stdout
    assert server.call("GET", f"/projects/p/videos/{asset_id}")["id"] == asset_id


def test_a_database_runs_only_with_its_own_storage(used: tuple[Server, str], tmp_path: Path) -> None:
    server, _ = used
    kill(server)
    folder = server.folder
    for role in ("serve", "worker"):
        other = command(folder, role, STORAGE_ROOT=str(tmp_path / "other"))
        assert (other.returncode, "another folder" in other.stderr) == (1, True), other.stderr
        (tmp_path / "other").mkdir(exist_ok=True)
        (tmp_path / "other" / "storage.id").write_text("theirs")
        checked = command(folder, "check", STORAGE_ROOT=str(tmp_path / "other"))
        assert (checked.returncode, "of another storage" in checked.stdout) == (1, True), checked.stdout
        (tmp_path / "other" / "storage.id").unlink()
        new = command(folder, role, DATABASE_URL=f"sqlite:///{tmp_path}/new.db")
        assert (new.returncode, "The database is new" in new.stderr) == (1, True), new.stderr
    assert len(list((folder / "uploads" / "p").iterdir())) == 1


def test_pruning_by_hand_tells_first_and_works_beside_the_server(used: tuple[Server, str]) -> None:
    server, _ = used
    assert command(server.folder, "prune").stdout == "0 gone\n"
    [upload] = (server.folder / "uploads" / "p").iterdir()
    file = apsw.Connection(str(server.folder / "app.db"))
    file.execute("UPDATE assets SET updated_at = 0")
    file.close()
    told = command(server.folder, "prune", "--dry-run", UPLOAD_KEEP_DAYS="30").stdout
    assert upload.name in told
    assert told.endswith("1 would go\n")
    assert upload.exists()
    assert command(server.folder, "prune", UPLOAD_KEEP_DAYS="30").stdout.endswith("1 gone\n")
    assert not upload.exists()
    assert server.call("GET", "/projects/p/videos") == []
