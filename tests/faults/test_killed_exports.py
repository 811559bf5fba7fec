"""kill -9 while an export runs: it starts over, is finished once, and what the dead try left is gone."""

import json
import time
from pathlib import Path

import psutil
import pytest
from test_killed import folder, kill_server, start, wait_for

from benchmarks.running import LESSON, Server, stop_server

__all__ = ["folder"]


def list_files(folder: Path) -> list[str]:
    names = ("work", "processed", "exports", "thumbnails", "lost")
    return sorted(path.relative_to(folder).as_posix() for name in names for path in (folder / name).rglob("*.*"))


def wait_until_swept(folder: Path) -> None:
    """The try's folder goes after the job's end is told."""
    deadline_s = time.monotonic() + 20
    while any((folder / "work").iterdir()) and time.monotonic() < deadline_s:
        time.sleep(0.05)


def find_ffmpeg(server: Server) -> psutil.Process | None:
    family = psutil.Process(server.process.pid).children(recursive=True)
    return next((process for process in family if "ffmpeg" in process.name()), None)


@pytest.mark.parametrize("victim", ["server", "ffmpeg"])
def test_a_killed_export_starts_over_cleanly(folder: Path, victim: str) -> None:
    server = start(folder)
    try:
        asset_id = server.upload("p", LESSON)["asset_id"]
        payload = {
            "clips": [{"asset_id": asset_id, "in_point": 1, "out_point": 21}],
            "resolution": "540p",
            "proxy_resolution": None,
            "generate_thumbnails": False,
        }
        job_id = server.call(
            "POST", "/projects/p/jobs", json.dumps({"job_type": "export", "payload": payload}).encode()
        )["id"]
        wait_for(server, job_id, ("running",))
        while (ffmpeg := find_ffmpeg(server)) is None:
            pass
        if victim == "ffmpeg":
            ffmpeg.kill()
        else:
            kill_server(server)
            server = start(folder)
        job = wait_for(server, job_id, ("completed",))
        assert job["attempts"] == 2
        made = job["result"]["timeline"]
        videos = server.call("GET", "/projects/p/videos")
        assert [video["id"] for video in videos] == [asset_id, made["asset_id"]]
        wait_until_swept(folder)
        assert list_files(folder) == sorted([made["relative_path"], *(video["thumbnail_path"] for video in videos)])
    finally:
        stop_server(server)
