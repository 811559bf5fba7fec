"""Each setting of the seed has its effect on a real server."""

import itertools
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from benchmarks.running import LESSON, Server, run_server, start_server, stop_server
from media.ffmpeg import ffmpeg_binary
from tests.wire import Answer, call, check_refusal, send_json


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server without seats on which all that is cheap to set is set."""
    folder = tmp_path_factory.mktemp("renamed")
    settings = {
        **{"APP_NAME": 'Prüfstand "1"', "APP_VERSION": "7.8.9", "DEBUG": "on", "LOG_LEVEL": "WARNING"},
        **{"LOG_FILE": folder / "deep" / "down.log", "DATABASE_URL": f"sqlite:///{folder / 'data' / 'own.db'}"},
        **{"JOB_MAX_ATTEMPTS": 5, "JOB_RETRY_DELAY_SECONDS": 0.25, "WORKER_CONCURRENCY": 0, "MAX_QUEUE_SIZE": 2},
        **{"QUEUE_WAIT_S": 1, "STORAGE_ROOT": folder / "files"},
    }
    server = start_server(folder, **settings)
    yield server
    stop_server(server)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds that no browser plays."""
    target = tmp_path_factory.mktemp("film") / "film.avi"
    source = ["-f", "lavfi", "-i", "testsrc=s=640x360:r=25:d=6", "-f", "lavfi", "-i", "sine=d=6", "-c:v", "mpeg4"]
    subprocess.run([ffmpeg_binary(), "-v", "error", *source, "-c:a", "mp3", str(target)], check=True, timeout=60)
    return target


def ask(server: Server, video: str) -> Answer:
    return send_json(server, "/projects/p/jobs", {"job_type": "ingest", "payload": {"asset_id": video}})


def test_name_version_and_debug_are_told(renamed: Server) -> None:
    info = call(renamed, "GET", "/info").json()
    assert info == {"name": 'Prüfstand "1"', "version": "7.8.9", "debug": True}


def test_it_listens_where_it_is_told(renamed: Server) -> None:
    listening = [
        found.laddr for found in psutil.Process(renamed.process.pid).net_connections() if found.status == "LISTEN"
    ]
    assert [(place.ip, place.port) for place in listening] == [("127.0.0.1", renamed.port)]


def test_files_database_and_log_lie_where_they_are_told(renamed: Server) -> None:
    renamed.upload("places", LESSON)
    found = {str(path.relative_to(renamed.folder)) for path in renamed.folder.glob("*/*")}
    assert {"files/uploads", "files/metadata", "data/own.db", "deep/down.log"} <= found
    assert not (renamed.folder / "uploads").exists()


def test_the_log_tells_only_what_is_asked_for(renamed: Server) -> None:
    call(renamed, "GET", "/projects/%20/videos")
    log = (renamed.folder / "deep" / "down.log").read_text()
    assert " WARNING " in log
    assert " INFO " not in log


def test_jobs_are_tried_as_often_and_as_late_as_is_told(renamed: Server) -> None:
    video = renamed.upload("p", LESSON)["asset_id"]
    job = ask(renamed, video).json()
    assert (job["max_attempts"], job["retry_delay_seconds"]) == (5, 0.25)
    assert call(renamed, "POST", f"/projects/p/jobs/{job['id']}/cancel").status == 202


def test_a_full_queue_makes_a_job_wait_and_then_refuses_it(renamed: Server) -> None:
    video = renamed.upload("p", LESSON)["asset_id"]
    jobs = [ask(renamed, video).json()["id"] for _ in range(2)]
    began_s = time.monotonic()
    refused = ask(renamed, video)
    check_refusal(refused, 503, "queue_full", "Try again")
    assert refused.headers["retry-after"].isdigit()
    assert time.monotonic() - began_s >= 1
    assert len(call(renamed, "GET", "/projects/p/jobs?status=queued").json()) == 2
    with ThreadPoolExecutor(1) as waiting:
        late = waiting.submit(ask, renamed, video)
        time.sleep(0.3)
        call(renamed, "POST", f"/projects/p/jobs/{jobs[0]}/cancel")
        assert late.result().status == 201
    for job in call(renamed, "GET", "/projects/p/jobs?status=queued").json():
        call(renamed, "POST", f"/projects/p/jobs/{job['id']}/cancel")


def list_commands(server: Server) -> Iterator[list[str]]:
    """The command lines of its ffmpegs."""
    for child in psutil.Process(server.process.pid).children(recursive=True):
        try:
            command = child.cmdline()
        except psutil.NoSuchProcess:
            continue
        if "-progress" in command and "walled.py" not in " ".join(command):
            yield command


def count_states(server: Server) -> dict[str, int]:
    jobs = call(server, "GET", "/projects/p/jobs").json()
    return {state: len([job for job in jobs if job["status"] == state]) for state in ("queued", "running", "completed")}


def test_copies_threads_and_jobs_at_a_time_are_as_told(film: Path) -> None:
    with run_server(WORKER_CONCURRENCY=2, FFMPEG_THREADS=3, VIDEO_OUTPUT_FORMAT="webm") as server:
        video = server.upload("p", film)["asset_id"]
        for _ in range(3):
            assert ask(server, video).status == 201
        commands: list[list[str]] = []
        most, deadline_s = 0, time.monotonic() + 120
        while (states := count_states(server))["completed"] < 3 and time.monotonic() < deadline_s:
            commands += list_commands(server)
            most = max(most, states["running"])
            time.sleep(0.05)
        assert most == 2
        assert commands
        for command in commands:
            told = {value for name, value in itertools.pairwise(command) if name in ("-threads", "-threads:v")}
            assert told == {"3"}, command
        check_webm(server, video)


def check_webm(server: Server, video: str) -> None:
    found: dict[str, Any] = call(server, "GET", f"/projects/p/videos/{video}").json()
    assert found["rendition_path"] == f"processed/p/{found['filename'].removesuffix('.avi')}.web.webm"
    content = call(server, "GET", f"/projects/p/videos/{video}/content", range="bytes=0-3")
    assert (content.status, content.headers["content-type"], content.body) == (206, "video/webm", b"\x1a\x45\xdf\xa3")
    assert call(server, "DELETE", f"/projects/p/videos/{video}").status == 204
    assert [path for path in (server.folder / "processed").rglob("*") if path.is_file()] == []


def test_copies_are_mp4_unless_told(server: Server, film: Path) -> None:
    video = server.upload("copies", film)["asset_id"]
    job = send_json(server, "/projects/copies/jobs", {"job_type": "ingest", "payload": {"asset_id": video}}).json()
    deadline_s = time.monotonic() + 60
    while call(server, "GET", f"/projects/copies/jobs/{job['id']}").json()["status"] != "completed":
        assert time.monotonic() < deadline_s
        time.sleep(0.1)
    content = call(server, "GET", f"/projects/copies/videos/{video}/content?download=true", range="bytes=4-7")
    assert (content.headers["content-type"], content.body) == ("video/mp4", b"ftyp")
    assert content.headers["content-disposition"].startswith('attachment; filename="film.mp4"')
