"""What must hold after every fault, whatever was killed: one function each, over the folder that a server used.

    check_all(folder, jobs=acknowledged)           stopped or killed, and settled: nothing runs, nothing is under way
    check_running(server, jobs=acknowledged)       the same beside a server that has come to rest

Each raises AssertionError. Ids that were acknowledged are given by the name of their table.
"""

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import psutil

from benchmarks.running import Server
from quizsys.retry import CRASH_LIMIT
from tests.wire import connect, head

QUEUED, RUNNING, COMPLETED, FAILED, CANCELLED = "queued", "running", "completed", "failed", "cancelled"
OVER = (COMPLETED, FAILED, CANCELLED)
# A line of a job's log -> from which states it may be written, and to which it leads.
STEPS: dict[str, tuple[tuple[str, ...], str]] = {
    "Job queued": (("",), QUEUED),
    "Job started": ((QUEUED,), RUNNING),
    "Job completed successfully": ((RUNNING,), COMPLETED),
    "Job failed; retry scheduled": ((RUNNING,), QUEUED),
    "Job failed": ((RUNNING, QUEUED), FAILED),
    "Job interrupted; given back": ((RUNNING,), QUEUED),
    "Recovered unfinished job": ((RUNNING,), QUEUED),
    "Job cancelled": ((RUNNING, QUEUED), CANCELLED),
    "Cancel requested": ((RUNNING,), RUNNING),
    "Priority changed": ((QUEUED,), QUEUED),
    "Job queued again": ((FAILED, CANCELLED), QUEUED),
}
OF_JOBS = "SELECT id FROM {} WHERE asset_id IN (SELECT asset_id FROM jobs WHERE job_type = '{}')"
CATEGORIES = ("uploads", "processed", "thumbnails", "exports", "music")
SETTLE_LIMIT_S = 180.0
PROCESS_LIMIT_S = 5.0
ANNOUNCE_LIMIT_S = 20.0


def check_all(folder: Path, **acknowledged: Collection[str]) -> None:
    """Nothing may run on `folder` any more."""
    check_no_process(folder)
    check_no_lock(folder)
    check_rest(folder, **acknowledged)


def check_running(server: Server, project: str = "p", **acknowledged: Collection[str]) -> None:
    """Once its jobs are over: see wait_until_settled."""
    check_announced(server, project)
    check_rest(server.folder, **acknowledged)


def check_rest(folder: Path, **acknowledged: Collection[str]) -> None:
    """What holds whether a server runs or not, if none of its jobs and uploads is under way."""
    check_acknowledged(folder, **acknowledged)
    check_states(folder)
    check_outbox(folder)
    check_over(folder)
    check_finished_once(folder)
    check_tries(folder)
    check_no_leftovers(folder)
    check_integrity(folder)
    check_files(folder)
    check_answers(folder)


def check_acknowledged(folder: Path, **ids: Collection[str]) -> None:
    """I1: what a client was told of is there. `jobs`, `assets`, `quizzes`, ... by id, `answers` by client_id."""
    for table, wanted in ids.items():
        column = "client_id" if table == "answers" else "id"
        there = [row[column] for row in read(folder, f"SELECT {column} FROM {table}")]
        assert set(wanted) - set(there) == set(), f"{table} that were acknowledged are lost"


def check_states(folder: Path) -> None:
    """I2: each job came to where it is by steps that there are; its log tells all of them."""
    for job in list_jobs(folder):
        *_, last = replay(job["logs"])
        assert (job["status"], job["tries"] - job["spent_tries"], job["crashes"]) == last, tell(job)


def replay(logs: list[dict[str, Any]]) -> Iterator[tuple[str, int, int]]:
    """Where a job stands after each line: status, tries and crashes since it was queued by hand."""
    status, tries, crashes = "", 0, 0
    for number, line in enumerate(logs):
        before, after = STEPS[line["message"]]
        assert status in before, f"{status} -> {after}: {[line['message'] for line in logs[: number + 1]]}"
        is_dependency = line["details"].get("code") == "dependency_failed"
        assert after != FAILED or is_dependency == (status == QUEUED), line
        status = after
        if line["message"] == "Job queued again":
            tries = crashes = 0
        tries += {"Job started": 1, "Job interrupted; given back": -1}.get(line["message"], 0)
        crashes += line["level"] == "ERROR" and line["details"].get("code") == "crashed"
        yield status, tries, crashes


def check_outbox(folder: Path) -> None:
    """I2 and I7: the outbox tells the same steps as the jobs' logs, each once, in their order, up to the last one."""
    jobs = {job["id"]: job for job in list_jobs(folder)}
    told: dict[str, list[dict[str, Any]]] = {job_id: [] for job_id in jobs}
    for event in read(folder, "SELECT job_id, snapshot FROM events WHERE snapshot IS NOT NULL ORDER BY id"):
        told.setdefault(event["job_id"], []).append(json.loads(event["snapshot"]))
    for job_id, job in jobs.items():
        # A new job is told without a snapshot.
        lengths = [len(snapshot["logs"]) for snapshot in told[job_id]]
        assert lengths == list(range(2, len(job["logs"]) + 1)), f"{lengths} lines were told: {tell(job)}"
        steps = list(replay(job["logs"]))
        for length, snapshot in zip(lengths, told[job_id], strict=True):
            assert snapshot["logs"] == job["logs"][:length], tell(job)
            assert (snapshot["status"], snapshot["attempts"]) == steps[length - 1][:2], tell(job)


def check_over(folder: Path) -> None:
    """Nothing is stuck: every job has ended, and held by nobody."""
    for job in list_jobs(folder):
        assert job["status"] in OVER, f"stuck: {tell(job)}"
        assert (job["owner"], job["lease_until_at"]) == (None, None), tell(job)


def check_finished_once(folder: Path) -> None:
    """I3: one end each time a job was queued, and one result for each job that says it has one."""
    jobs = list_jobs(folder)
    for job in jobs:
        begun = 1 + sum(line["message"] == "Job queued again" for line in job["logs"])
        ended = sum(STEPS[line["message"]][1] in OVER for line in job["logs"])
        assert ended == begun - (job["status"] not in OVER), tell(job)
    done = [job for job in jobs if job["status"] == COMPLETED]
    for asset in read(folder, "SELECT id, metadata FROM assets"):
        maker = json.loads(asset["metadata"]).get("job_id")
        assert maker in {None, *(job["id"] for job in done)}, f"{asset['id']} is of job {maker}, which is not finished"
    # Others than jobs may have written those of videos that no job heard or questioned.
    made = [job["result"]["quiz_id"] for job in done if is_quiz_maker(job)]
    written = read(folder, OF_JOBS.format("quizzes", "quiz_generation") + " AND generator != ''")
    assert len(set(made)) == len(made)
    assert {row["id"] for row in written} - set(made) == set(), "a quiz that no finished job made"
    heard = read(folder, OF_JOBS.format("transcripts", "transcription") + " AND source = 'machine'")
    assert len(heard) <= sum(job["job_type"] == "transcription" for job in done)


def is_quiz_maker(job: dict[str, Any]) -> bool:
    return job["job_type"] == "quiz_generation" and "quiz_id" not in job["payload"]


def check_tries(folder: Path) -> None:
    """I4: no job was tried, or crashed, more often than it may."""
    for job in list_jobs(folder):
        assert 0 <= job["tries"] - job["spent_tries"] <= job["max_tries"], tell(job)
        assert job["crashes"] <= CRASH_LIMIT, tell(job)
        assert all(0 <= tries <= job["max_tries"] for _, tries, _ in replay(job["logs"])), tell(job)


def check_no_process(folder: Path) -> None:
    """I5: nothing that the server started is left, nor what that started."""
    deadline_s = time.monotonic() + PROCESS_LIMIT_S
    while (left := list(list_processes(folder))) and time.monotonic() < deadline_s:
        time.sleep(0.05)
    assert left == []


def list_processes(folder: Path) -> Iterator[psutil.Process]:
    """Those that name the folder in their command or environment, but this one."""
    for process in psutil.process_iter():
        try:
            words = [*process.cmdline(), *process.environ().values()]
        except psutil.Error:
            # Also a zombie: it has ended.
            continue
        if process.pid != os.getpid() and any(str(folder) in word for word in words):
            yield process


def check_no_lock(folder: Path) -> None:
    """I5: nobody holds a lock on any of the lock files."""
    for path in [*(folder / "run").glob("*"), *folder.glob("*.lock")]:
        with path.open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AssertionError(f"{path} is still held") from None


def check_no_leftovers(folder: Path) -> None:
    """I5: no scratch folder, no half file but those of uploads that may go on."""
    assert [path.name for path in (folder / "work").glob("*")] == []
    unfinished = read(folder, "SELECT id, project_id FROM uploads WHERE done_at IS NULL")
    live = {f"uploads/{row['project_id']}/{row['id']}.part" for row in unfinished}
    halves = {
        path.relative_to(folder).as_posix() for end in ("part", "poster", "new") for path in folder.rglob(f"*.{end}")
    }
    assert halves <= live, sorted(halves - live)


def check_integrity(folder: Path) -> None:
    """I6: the database is sound, its indexes and full-text indexes too."""
    check_pages(folder)
    with closing(apsw.Connection(str(folder / "app.db"))) as db:
        db.set_busy_timeout(10_000)
        for (name,) in list(db.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'")):
            db.execute(f"INSERT INTO {name}({name}) VALUES ('integrity-check')")


def check_pages(folder: Path) -> None:
    """As much of it as can be seen while somebody else holds the database's lock."""
    with closing(apsw.Connection(str(folder / "app.db"))) as db:
        db.set_busy_timeout(10_000)
        assert list(db.execute("PRAGMA integrity_check")) == [("ok",)]
        assert list(db.execute("PRAGMA foreign_key_check")) == []


def check_announced(server: Server, project: str) -> None:
    """I7: a client that saw nothing but the first event learns of every job's end."""
    wanted = {job["id"]: job["status"] for job in list_jobs(server.folder) if job["project_id"] == project}
    told: dict[str, str] = {}
    deadline_s = time.monotonic() + ANNOUNCE_LIMIT_S
    with connect(server) as connection, connection.makefile("rb") as lines:
        connection.settimeout(ANNOUNCE_LIMIT_S)
        connection.sendall(head("GET", f"/projects/{project}/events", last_event_id="0"))
        while told != wanted and time.monotonic() < deadline_s:
            name, _, data = lines.readline().partition(b": ")
            if name == b"data":
                job = json.loads(data)
                told[job["id"]] = job["status"]
    assert told == wanted


def check_files(folder: Path) -> None:
    """I8: the bytes that came are the bytes that are there; each file has its row, each row its file, each its size."""
    rows = {row["path"]: row for row in read(folder, "SELECT path, size_bytes, is_doomed FROM files")}
    assert [path for path, row in rows.items() if row["is_doomed"]] == [], "deleted, but not removed"
    for path, row in rows.items():
        assert measure(folder / path) == row["size_bytes"], path
    for asset in read(folder, "SELECT relative_path, checksum, rendition_path, thumbnail_path FROM assets"):
        assert hash_of(folder / asset["relative_path"]) == asset["checksum"], asset["relative_path"]
        made = [asset["relative_path"], asset["rendition_path"], asset["thumbnail_path"]]
        assert {path for path in made if path} <= rows.keys()
    for scene in read(folder, "SELECT thumbnail_path FROM scenes"):
        assert (folder / scene["thumbnail_path"]).is_file(), scene["thumbnail_path"]
    there = {path.relative_to(folder).as_posix() for name in CATEGORIES for path in folder.glob(f"{name}/*/*")}
    assert {path for path in there if not path.endswith(".part")} - rows.keys() == set(), "files that no row knows"


def measure(path: Path) -> int:
    """A file's size in bytes, a folder's with all in it; -1 if there is none."""
    if not path.exists():
        return -1
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_answers(folder: Path) -> None:
    """Each answer once, tries without a gap, and the attempt counts what is there."""
    for attempt in read(folder, "SELECT id, answered FROM attempts"):
        rows = read(
            folder,
            "SELECT question_id, client_id, try_number FROM answers WHERE attempt_id = ? ORDER BY id",
            attempt["id"],
        )
        assert len({row["client_id"] for row in rows}) == len(rows), f"doubled answers in {attempt['id']}"
        tries: dict[str, list[int]] = {}
        for row in rows:
            tries.setdefault(row["question_id"], []).append(row["try_number"])
        assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in tries.values()), tries
        assert attempt["answered"] == len(tries), attempt["id"]


def take_golden(folder: Path, asset_id: str) -> dict[str, str]:
    """I8: what was made of a video, hashed but for ids and times of day: the same, however often it was begun."""
    queries = {
        "scenes": "SELECT position, start_s, end_s, title, text FROM scenes WHERE asset_id = ? ORDER BY position",
        "speech": "SELECT position, start_s, end_s, text, words FROM segments WHERE transcript_id IN "
        "(SELECT id FROM transcripts WHERE asset_id = ?) ORDER BY position",
        "questions": "SELECT position, kind, stem, choices, answer, quote, evidence_start_s FROM questions "
        "WHERE quiz_id IN (SELECT id FROM quizzes WHERE asset_id = ?) ORDER BY position",
    }
    rows = {name: read(folder, query, asset_id) for name, query in queries.items()}
    return {name: hashlib.sha256(json.dumps(found).encode()).hexdigest() for name, found in rows.items()}


def wait_until_settled(folder: Path, limit_s: float = SETTLE_LIMIT_S) -> None:
    """Until every job has ended and the scratch folders are gone."""
    deadline_s = time.monotonic() + limit_s
    busy = "SELECT id, status, logs FROM jobs WHERE status IN ('queued', 'running')"
    while read(folder, busy) or list((folder / "work").iterdir()):
        if time.monotonic() > deadline_s:
            raise AssertionError(f"not settled: {read(folder, busy)} {list((folder / 'work').iterdir())}")
        time.sleep(0.1)


def list_jobs(folder: Path) -> list[dict[str, Any]]:
    jobs = read(folder, "SELECT * FROM jobs ORDER BY id")
    return [job | {name: json.loads(job[name]) for name in ("logs", "payload", "result")} for job in jobs]


def tell(job: dict[str, Any]) -> str:
    lines = [f"{line['message']} {line['details']}" for line in job["logs"]]
    return f"{job['job_type']} {job['id']} {job['status']} {job['tries']}-{job['spent_tries']}: {lines}"


def read(folder: Path, query: str, *values: str) -> list[dict[str, Any]]:
    with closing(apsw.Connection(str(folder / "app.db"))) as db:
        db.set_busy_timeout(10_000)
        db.row_trace = lambda cursor, row: dict(zip((name for name, *_ in cursor.get_description()), row, strict=True))
        return list(db.execute(query, values))


def count(folder: Path, table: str) -> int:
    return int(read(folder, f"SELECT COUNT(*) AS count FROM {table}")[0]["count"])


def write(folder: Path, *statements: str) -> None:
    """As somebody would who harms the database, or mends it, by hand."""
    with closing(apsw.Connection(str(folder / "app.db"))) as db:
        for statement in statements:
            db.execute(statement)
