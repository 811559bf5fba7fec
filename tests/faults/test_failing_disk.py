"""A disk that cannot keep what was written (EIO): nothing of it is acknowledged, and later all goes on."""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.running import Server
from tests.faults.invariants import check_integrity
from tests.tus_wire import begin, offset, patch, wait_until
from tests.wire import FORM, call, check_refusal, form, part, send_json

MUCH = 5 * 1024 * 1024


@contextmanager
def failing(server: Server, *calls: str, error: str = "EIO") -> Iterator[None]:
    """These system calls fail in the server's own process, its seats left alone, for as long as the block lasts."""
    names = ",".join(calls)
    command = ["strace", "-q", "-f", "-e", f"trace={names}", "-e", f"inject={names}:error={error}", "-o", "/dev/null"]
    with subprocess.Popen([*command, "-p", str(server.process.pid)], stderr=subprocess.PIPE, text=True) as tracer:
        try:
            wait_until_traced(server, tracer)
            yield
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.wait(20)


def wait_until_traced(server: Server, tracer: "subprocess.Popen[str]") -> None:
    tasks = Path(f"/proc/{server.process.pid}/task")
    for _ in range(2000):
        if tracer.poll() is not None:
            assert tracer.stderr is not None
            pytest.skip(f"nothing can be traced here: {tracer.stderr.read().strip()}")
        traced = [f"TracerPid:\t{tracer.pid}\n" in (task / "status").read_text() for task in tasks.iterdir()]
        if all(traced):
            return
        signal.sigtimedwait([], 0.01)
    raise AssertionError("strace does not come to its threads")


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_what_the_disk_did_not_keep_is_not_acknowledged(server: Server, small_video: bytes) -> None:
    video = small_video + (8 + MUCH).to_bytes(4, "big") + b"free" + bytes(MUCH)
    told = {"content_type": "video/mp4"}
    asset_id = call(server, "POST", "/projects/failing/videos?filename=a.mp4", small_video, **told).json()["asset_id"]
    address = begin(server, "failing", len(video))
    assert patch(server, address, 0, video[:1000]).status == 204
    jobs, videos = (call(server, "GET", f"/projects/failing/{name}").body for name in ("jobs", "videos"))
    body = {"job_type": "ingest", "payload": {"asset_id": asset_id}}
    with failing(server, "fsync", "fdatasync"):
        for answer in (
            call(server, "POST", "/projects/failing/videos?filename=a.mp4", video, **told),
            call(server, "POST", "/projects/failing/videos", form(part(video)), content_type=FORM),
            patch(server, address, 1000, video[1000:]),
            *(send_json(server, "/projects/failing/jobs", body) for _ in range(5)),
        ):
            check_refusal(answer, 507, "storage_full", "failing")
    assert call(server, "GET", "/projects/failing/jobs").body == jobs
    assert call(server, "GET", "/projects/failing/videos").body == videos
    assert offset(server, address) == 1000
    assert "Input/output error" in (server.folder / "app.log").read_text()
    job_id = send_json(server, "/projects/failing/jobs", body).json()["id"]
    second_id = patch(server, address, 1000, video[1000:]).headers["quizsys-asset-id"]
    path = f"/projects/failing/jobs/{job_id}"
    wait_until(lambda: call(server, "GET", path).json()["status"] == "completed", 60)
    assert {video["id"] for video in call(server, "GET", "/projects/failing/videos").json()} == {asset_id, second_id}
    check_integrity(server.folder)
