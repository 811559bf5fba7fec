"""The invariants see what they are there to see: a sound folder passes, and each harm done to it by hand is told."""

import fcntl
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from quizsys.services import claims, jobs
from quizsys.services.claims import Failure
from quizsys.services.files import record_files
from tests.faults import invariants
from tests.queueing import add_asset
from tests.sharing import prepare

GONE = str(uuid.UUID(int=0))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    (folder / "work").mkdir()
    (folder / "run").mkdir()
    video = folder / "uploads" / "p" / "asset.mp4"
    video.parent.mkdir(parents=True)
    video.write_bytes(b"")
    prepare(folder, add_asset, work)
    invariants.write(folder, f"UPDATE assets SET checksum = '{invariants.hash_of(video)}'")
    return folder


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    """One job that was tried twice, one that was cancelled, and a file."""
    return Path(shutil.copytree(sound, tmp_path / "storage"))


def work() -> None:
    record_files("p", "asset", {"uploads/p/asset.mp4": 0})
    for _ in range(2):
        jobs.insert_job(jobs.NewJob("p", "ingest", "asset", 3, 0.0, {"asset_id": "asset"}))
    first = claims.claim_job("me", 30)
    assert first is not None
    claims.fail_job(first, Failure("crashed", "It died.", crashed=True), 1)
    again = claims.claim_job("me", 30)
    assert again is not None
    claims.complete_job(again, {})
    jobs.request_cancel("p", next(job["id"] for job in jobs.list_jobs("p", ["queued"])))


def test_a_sound_folder_passes(folder: Path) -> None:
    known = {job["id"] for job in invariants.list_jobs(folder)}
    assert len(known) == 2
    invariants.check_all(folder, jobs=known, assets={"asset"})


HARMS = {
    "a job put back by no step": "UPDATE jobs SET status = 'completed' WHERE status = 'cancelled'",
    "a job left running": "UPDATE jobs SET status = 'running'",
    "an owner left": "UPDATE jobs SET owner = 'me'",
    "a step that was never logged": "UPDATE jobs SET logs = '[]'",
    "two ends": "UPDATE jobs SET logs = json_insert(logs, '$[#]', json_extract(logs, '$[#-1]'))",
    "a try too many": "UPDATE jobs SET max_tries = 1",
    "a crash that was not counted": "UPDATE jobs SET crashes = 0",
    "an end that was not told": "DELETE FROM events WHERE id = (SELECT MAX(id) FROM events)",
    "a step told twice": "INSERT INTO events (job_id, at, snapshot) SELECT job_id, at, snapshot FROM events",
    "an asset of no job's making": 'UPDATE assets SET metadata = \'{"job_id": "x"}\'',
    "a file that is gone": "UPDATE files SET path = 'uploads/p/b.mp4'",
    "another size": "UPDATE files SET size_bytes = 7",
    "other bytes": "UPDATE assets SET checksum = 'x'",
    "a deletion half done": "UPDATE files SET is_doomed = 1",
}


@pytest.mark.parametrize("statement", HARMS.values(), ids=HARMS.keys())
def test_harm_to_a_row_is_seen(folder: Path, statement: str) -> None:
    invariants.write(folder, statement)
    with pytest.raises((AssertionError, ValueError)):
        invariants.check_all(folder)


def test_what_was_acknowledged_must_be_there(folder: Path) -> None:
    with pytest.raises(AssertionError, match="are lost"):
        invariants.check_all(folder, jobs=[GONE])


def leave_scratch(folder: Path) -> None:
    (folder / "work" / "job.1.me").mkdir()


def leave_half(folder: Path) -> None:
    (folder / "uploads" / "p" / "x.part").touch()


def leave_unknown(folder: Path) -> None:
    (folder / "exports" / "p").mkdir(parents=True)
    (folder / "exports" / "p" / "film.mp4").touch()


def break_page(folder: Path) -> None:
    with (folder / "app.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 2048)


@pytest.mark.parametrize("leave", [leave_scratch, leave_half, leave_unknown, break_page])
def test_harm_to_a_file_is_seen(folder: Path, leave: Callable[[Path], None]) -> None:
    leave(folder)
    with pytest.raises((AssertionError, apsw.Error)):
        invariants.check_all(folder)


def test_a_lock_and_a_process_are_seen(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invariants, "PROCESS_LIMIT_S", 0.5)
    with (folder / "server.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(AssertionError, match="still held"):
            invariants.check_no_lock(folder)
    with subprocess.Popen([sys.executable, "-c", "input()", str(folder)], stdin=subprocess.PIPE) as process:
        with pytest.raises(AssertionError):
            invariants.check_no_process(folder)
        process.kill()
    invariants.check_no_process(folder)
