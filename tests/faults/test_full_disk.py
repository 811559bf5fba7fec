"""Full disks: nothing is acknowledged that is not kept, nothing half is left, and all goes on once there is room.

The files have one small disk, the database has another.
"""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from benchmarks.running import Server, start_server, stop_server
from media.ffmpeg import ffmpeg_binary
from tests.faults.full_disk import MEGABYTE, Disk, mount_disk
from tests.faults.invariants import check_all
from tests.faults.test_restore import command
from tests.tus_wire import begin, create, offset, part_path, patch, start_patch, wait_until
from tests.wire import FORM, Answer, call, check_refusal, connect, form, head, part, read_answer, send_json

FILES_MB, DATABASE_MB = 130, 8
CLIP_S = 3
HALF = 12 * MEGABYTE
FOLDERS = ("uploads", "processed", "thumbnails", "exports", "work")


@dataclass(frozen=True)
class Place:
    """A server, the disk of its files, the disk of its database, a video that is there, and one that comes."""

    server: Server
    files: Disk
    database: Disk
    asset_id: str
    coming: bytes = field(repr=False)

    def list_files(self) -> list[str]:
        found = [path for name in FOLDERS for path in (self.files.folder / name).rglob("*") if path.is_file()]
        return sorted(path.relative_to(self.files.folder).as_posix() for path in found)

    def enqueue(self, job_type: str, payload: dict[str, Any]) -> str:
        answer = send_json(self.server, "/projects/p/jobs", {"job_type": job_type, "payload": payload})
        assert answer.status == 201, answer
        return str(answer.json()["id"])

    def get_job(self, job_id: str) -> dict[str, Any]:
        job: dict[str, Any] = call(self.server, "GET", f"/projects/p/jobs/{job_id}").json()
        return job

    def wait_for(self, job_id: str, *statuses: str) -> dict[str, Any]:
        wait_until(lambda: self.get_job(job_id)["status"] in statuses, 30)
        return self.get_job(job_id)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, lesson: Path, small_video: bytes) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("full")
    clip = folder / "clip.avi"
    recipe = ["-t", str(CLIP_S), "-vf", "scale=320:-2", "-c:v", "mpeg4", "-c:a", "mp3"]
    subprocess.run([ffmpeg_binary(), "-v", "error", "-i", str(lesson), *recipe, str(clip)], check=True)
    with mount_disk(folder / "files", FILES_MB) as files, mount_disk(folder / "database", DATABASE_MB) as database:
        settings = {"DATABASE_URL": f"sqlite:///{database.folder}/app.db", "WORKER_CONCURRENCY": 1}
        (files.folder / "app.db").symlink_to(database.folder / "app.db")
        server = start_server(files.folder, JOB_RETRY_DELAY_SECONDS=0, **settings)
        try:
            told = {"content_type": "video/x-msvideo"}
            given = call(server, "POST", "/projects/p/videos?filename=a.avi", clip.read_bytes(), **told)
            yield Place(server, files, database, given.json()["asset_id"], pad(small_video))
            files.fill()
            database.fill()
        finally:
            assert stop_server(server) == 0
        check_all(files.folder)


@pytest.fixture
def place(whole: Place) -> Iterator[Place]:
    yield whole
    whole.files.free()
    whole.database.free()


def pad(video: bytes) -> bytes:
    """The same video with a box of nothing at its end: twice HALF."""
    rest = 2 * HALF - len(video)
    return video + rest.to_bytes(4, "big") + b"free" + bytes(rest - 8)


def send_form(place: Place) -> Answer:
    body = form(part(place.coming))
    return send_into(place, head("POST", "/projects/p/videos", content_length=len(body), content_type=FORM), body)


def send_raw(place: Place) -> Answer:
    told = {"content_length": len(place.coming), "content_type": "video/mp4"}
    return send_into(place, head("POST", "/projects/p/videos?filename=a.mp4", **told), place.coming)


def send_into(place: Place, headers: bytes, body: bytes) -> Answer:
    """Half of the body, and the rest when the disk has become full."""
    with connect(place.server) as connection:
        connection.sendall(headers + body[:HALF])
        wait_until(lambda: any(name.endswith(".part") for name in place.list_files()))
        place.files.fill()
        connection.sendall(body[HALF:])
        return read_answer(connection)


@pytest.mark.parametrize("send", [send_form, send_raw])
def test_an_upload_that_meets_a_full_disk_is_refused_and_leaves_nothing(
    place: Place, send: Callable[[Place], Answer]
) -> None:
    before = place.list_files()
    check_refusal(send(place), 507, "storage_full", "full")
    assert place.list_files() == before
    assert call(place.server, "GET", "/projects/p/videos").status == 200
    ready = call(place.server, "GET", "/health/ready")
    assert (ready.status, ready.json()["reasons"]) == (503, ["disk_full"])


def test_a_resumable_upload_goes_on_from_what_was_told(place: Place) -> None:
    server, body = place.server, place.coming
    address = begin(server, "p", len(body))
    assert patch(server, address, 0, body[:1000]).status == 204
    with start_patch(server, address, 1000, body[1000:HALF], len(body) - 1000) as connection:
        wait_until(lambda: part_path(server, address).stat().st_size > 1000)
        place.files.fill()
        connection.sendall(body[HALF:])
        check_refusal(read_answer(connection, "PATCH"), 507, "storage_full")
    assert offset(server, address) == 1000
    check_refusal(create(server, "p", 10), 507, "storage_full")
    place.files.free()
    assert patch(server, address, 1000, body[1000:-1]).status == 204
    place.files.fill()
    check_refusal(patch(server, address, len(body) - 1, body[-1:]), 507, "storage_full")
    place.files.free()
    last = patch(server, address, len(body) - 1, body[-1:])
    assert last.status == 204
    asset = call(server, "GET", f"/projects/p/videos/{last.headers['quizsys-asset-id']}").json()
    assert (place.files.folder / asset["relative_path"]).read_bytes() == body
    assert call(server, "DELETE", f"/projects/p/videos/{asset['id']}").status == 204


@contextmanager
def seats_held(server: Server) -> Iterator[None]:
    """What is begun meanwhile runs only after the block."""
    family = psutil.Process(server.process.pid).children(recursive=True)
    for process in family:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in family:
            os.kill(process.pid, signal.SIGCONT)


def payload_of(place: Place, job_type: str) -> dict[str, Any]:
    clip = {"asset_id": place.asset_id, "in_point": 0, "out_point": 1}
    return {"clips": [clip], "resolution": "540p"} if job_type == "export" else {"asset_id": place.asset_id}


SLOW = pytest.param("scene_detection", marks=pytest.mark.soak)


@pytest.mark.parametrize("job_type", ["ingest", "export", SLOW])
def test_a_job_that_meets_a_full_disk_is_done_once_there_is_room(place: Place, job_type: str) -> None:
    with seats_held(place.server):
        job_id = place.enqueue(job_type, payload_of(place, job_type))
        place.wait_for(job_id, "running")
        place.files.fill()
    waiting = place.wait_for(job_id, "queued", "failed")
    assert (waiting["status"], waiting["attempts"]) == ("queued", 1)
    assert [line["details"]["code"] for line in waiting["logs"] if line["level"] == "ERROR"] == ["disk_full"]
    place.files.free()
    done = place.wait_for(job_id, "completed", "failed")
    assert (done["status"], done["attempts"]) == ("completed", 2)
    wait_until(lambda: not any("work/" in name or ".part" in name for name in place.list_files()))


def test_jobs_wait_for_room_instead_of_failing_one_after_another(place: Place) -> None:
    place.files.fill()
    ids = [place.enqueue("ingest", payload_of(place, "ingest")) for _ in range(3)]
    time.sleep(1)
    assert {place.get_job(job_id)["status"] for job_id in ids} == {"queued"}
    place.files.free()
    assert [place.wait_for(job_id, "completed", "failed")["attempts"] for job_id in ids] == [1, 1, 1]
    log = (place.files.folder / "app.log").read_text()
    assert log.count("no job is begun until there is room") <= 5


def test_a_full_database_takes_nothing_in_by_halves(place: Place) -> None:
    server, video = place.server, place.coming
    before, jobs = place.list_files(), call(server, "GET", "/projects/p/jobs").json()
    address = begin(server, "p", len(video))
    assert patch(server, address, 0, video[:-1]).status == 204
    place.database.fill()
    body = {"job_type": "ingest", "payload": {"asset_id": place.asset_id, "pad": "x" * 20_000}}
    for answer in [
        *[send_json(server, "/projects/p/jobs", body) for _ in range(20)],
        send_json(server, f"/projects/p/videos/{place.asset_id}/quiz", {}),
        create(server, "p", 10),
        call(server, "POST", "/projects/p/videos?filename=a.mp4", video, content_type="video/mp4"),
        call(server, "POST", "/projects/p/videos", form(part(video)), content_type=FORM),
        patch(server, address, len(video) - 1, video[-1:]),
        call(server, "DELETE", f"/projects/p/videos/{place.asset_id}"),
    ]:
        check_refusal(answer, 507, "storage_full", "full")
    assert call(server, "GET", "/projects/p/jobs").json() == jobs
    waiting = part_path(server, address).relative_to(place.files.folder)
    assert place.list_files() == sorted([*before, waiting.as_posix()])
    assert call(server, "GET", "/health/ready").json()["reasons"] == ["disk_full"]
    place.database.free()
    assert offset(server, address) == len(video)
    newest = call(server, "GET", "/projects/p/videos").json()[-1]
    assert (place.files.folder / newest["relative_path"]).read_bytes() == video
    assert call(server, "DELETE", f"/projects/p/videos/{newest['id']}").status == 204


def test_a_job_that_ends_while_the_database_is_full_is_closed_once_there_is_room(place: Place) -> None:
    with seats_held(place.server):
        job_id = place.enqueue("ingest", payload_of(place, "ingest"))
        place.wait_for(job_id, "running")
        place.database.fill()
    log = place.files.folder / "app.log"
    wait_until(lambda: "cannot write a job's end yet" in log.read_text())
    assert place.get_job(job_id)["status"] == "running"
    place.database.free()
    done = place.wait_for(job_id, "completed", "failed")
    assert (done["status"], done["attempts"]) == ("completed", 1)
    assert [line["message"] for line in done["logs"]].count("Job completed successfully") == 1
    assert "Traceback" not in log.read_text()


def test_a_backup_onto_a_full_disk_says_so_and_leaves_nothing(place: Place) -> None:
    place.files.fill()
    target = place.files.folder / "backup.db"
    database = f"sqlite:///{place.database.folder}/app.db"
    done = command(place.files.folder, "backup", str(target), DATABASE_URL=database)
    assert (done.returncode, "no backup was made" in done.stderr) == (1, True), done.stderr
    assert not list(place.files.folder.glob("backup.db*"))


COMMANDS = ("serve", *(pytest.param(name, marks=pytest.mark.soak) for name in ("worker", "migrate", "prune", "check")))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_finds_no_room_says_so_and_ends(tmp_path: Path, name: str) -> None:
    with mount_disk(tmp_path / "disk", 1) as disk:
        (disk.folder / "app.db").touch()
        (disk.folder / "storage.id").write_text("ours")
        disk.fill()
        done = command(disk.folder, name, PORT="0")
        assert done.returncode == 1
        assert re.search("full|I/O error", done.stdout + done.stderr)
        assert "Traceback" not in done.stderr
