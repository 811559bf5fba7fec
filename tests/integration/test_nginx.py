"""A real nginx with deploy/nginx.conf in front of a real server: nothing that works without it breaks."""

import io
import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from tusclient.client import TusClient

from benchmarks.running import ROOT, Server, run_server
from tests.integration.test_heads import AMBIGUOUS, SECOND, read_all
from tests.wire import call, check_refusal, connect, form, head, part, read_answer, upload

SAMPLE = ROOT / "deploy" / "nginx.conf"
LIMIT_BYTES = 20_000_000
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
# nginx takes trailers without an end for the rest of the first request.
WAITS_FOR_MORE = {"trailers without an end"}
pytestmark = pytest.mark.skipif(NGINX is None, reason="needs nginx (Debian: nginx-light)")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_config(folder: Path, server_port: int, port: int) -> Path:
    """The sample with other ports and places, in the frame that Debian's nginx.conf is for it."""
    sample = SAMPLE.read_text()
    for ours, theirs in {
        "listen 80;": f"listen 127.0.0.1:{port};",
        "127.0.0.1:8000": f"127.0.0.1:{server_port}",
        "/var/log/nginx/quizsys.log": str(folder / "access.log"),
        "/var/log/nginx/quizsys.error.log": str(folder / "site.error.log"),
    }.items():
        assert sample.count(ours) == 1
        sample = sample.replace(ours, theirs)
    places = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    frame = f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;"
    path = folder / "nginx.conf"
    path.write_text(f"{frame}\nevents {{ }}\nhttp {{ {places}\n{sample} }}\n")
    return path


def start_nginx(folder: Path, config: Path) -> "subprocess.Popen[bytes]":
    assert NGINX is not None
    return subprocess.Popen([NGINX, "-p", str(folder), "-c", str(config), "-e", str(folder / "error.log")])


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server as it is reached through nginx."""
    folder = tmp_path_factory.mktemp("nginx")
    with run_server(WORKER_CONCURRENCY=1, UPLOAD_MAX_SIZE=LIMIT_BYTES, UPLOAD_IDLE_TIMEOUT_S=5) as server:
        port = free_port()
        config = write_config(folder, server.port, port)
        with start_nginx(folder, config) as nginx:
            try:
                wait_until_open(port)
                yield replace(server, port=port, folder=folder)
            finally:
                nginx.terminate()


def wait_until_open(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError("nginx does not listen")


@pytest.fixture(scope="module")
def asset(behind: Server, lesson: Path) -> str:
    answer = upload(behind, "p", part(lesson.read_bytes()))
    assert answer.status == 201, answer
    return str(answer.json()["asset_id"])


def enqueue(server: Server, asset_id: str) -> str:
    body = json.dumps({"job_type": "ingest", "payload": {"asset_id": asset_id}}).encode()
    return str(server.call("POST", "/projects/p/jobs", body)["id"])


def test_a_range_of_a_video_comes_as_it_lies_on_the_disk(behind: Server, asset: str, lesson: Path) -> None:
    path = f"/projects/p/videos/{asset}/content?original=true"
    answer = call(behind, "GET", path, range="bytes=100000-299999")
    size = lesson.stat().st_size
    assert (answer.status, answer.headers["content-range"]) == (206, f"bytes 100000-299999/{size}")
    assert answer.body == lesson.read_bytes()[100000:300000]
    assert call(behind, "GET", path).body == lesson.read_bytes()


def test_an_upload_reaches_the_server_before_it_is_whole(behind: Server) -> None:
    with connect(behind) as connection:
        size = 3_000_000
        request = head(
            "POST", "/projects/p/videos", content_length=size, content_type="multipart/form-data; boundary=x"
        )
        connection.sendall(request + b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n')
        connection.sendall(bytes(1_000_000))
        # Nothing more is sent: only a server that has the first part can say that the rest does not come.
        check_refusal(read_answer(connection), 408, "timeout")


def test_the_server_says_what_is_too_large(behind: Server) -> None:
    told = call(
        behind, "POST", "/projects/p/videos", None, content_length=10**9, content_type="multipart/form-data; boundary=x"
    )
    check_refusal(told, 413, "too_large", str(LIMIT_BYTES))
    sent = upload(behind, "p", part(bytes(LIMIT_BYTES + 100_000)))
    check_refusal(sent, 413, "too_large", str(LIMIT_BYTES))


async def test_live_events_come_at_once(behind: Server, asset: str) -> None:
    """The first is read, then the job is cancelled: a proxy that kept it back would wait for ever."""
    chain = [job["id"] for job in behind.call("POST", f"/projects/p/videos/{asset}/quiz")["jobs"]]
    address = f"http://127.0.0.1:{behind.port}/projects/p/jobs"
    patience = aiohttp.ClientTimeout(sock_read=10)
    async with (
        aiohttp.ClientSession(timeout=patience) as session,
        session.get(f"{address}/{chain[-1]}/events") as stream,
    ):
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        events = (json.loads(line[5:])["status"] async for line in stream.content if line.startswith(b"data:"))
        assert await anext(events) == "queued"
        for job_id in reversed(chain):
            await (await session.post(f"{address}/{job_id}/cancel")).read()
        assert [status async for status in events][-1] == "cancelled"


async def test_a_websocket_gets_through(behind: Server, asset: str) -> None:
    job_id = enqueue(behind, asset)
    url = f"http://127.0.0.1:{behind.port}/projects/p/jobs/{job_id}/ws"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as wire:
        states = [message.json()["status"] async for message in wire if message.type is aiohttp.WSMsgType.TEXT]
        assert states[-1] == "completed"
        assert wire.close_code == 1000


def test_a_resumable_upload_gets_through_in_pieces(behind: Server, lesson: Path) -> None:
    content = io.BytesIO(lesson.read_bytes())
    client = TusClient(f"http://127.0.0.1:{behind.port}/projects/tus/uploads")
    metadata = {"filename": "resumed.mp4", "filetype": "video/mp4"}
    uploader = client.uploader(file_stream=content, chunk_size=1_000_000, metadata=metadata)
    uploader.upload_chunk()
    assert uploader.url.startswith(f"http://127.0.0.1:{behind.port}/")
    again = client.uploader(file_stream=content, chunk_size=1_000_000, url=uploader.url)
    assert again.offset == 1_000_000
    again.upload()
    [video] = behind.call("GET", "/projects/tus/videos")
    assert video["size_bytes"] == lesson.stat().st_size


def test_a_trailing_slash_leads_to_the_same_host_and_port(behind: Server) -> None:
    answer = call(behind, "GET", "/projects/p/videos/")
    assert answer.status == 307
    assert answer.headers["location"] in ("/projects/p/videos", f"http://127.0.0.1:{behind.port}/projects/p/videos")


def test_a_connection_is_used_again_after_a_form(behind: Server) -> None:
    small = form(part(b"no video"))
    with connect(behind) as connection:
        for _ in range(2):
            request = head(
                "POST",
                "/projects/p/videos",
                content_length=len(small),
                content_type="multipart/form-data; boundary=mark-of-a-form",
            )
            connection.sendall(request.replace(b"connection: close\r\n", b"") + small)
            check_refusal(read_answer(connection), 415, "unsupported_media")


def count_unknown(server: Server) -> float:
    """Requests for paths that lead nowhere, as the server itself has counted them."""
    counted = call(server, "GET", "/metrics").body.decode()
    found = re.search(r'quizsys_http_requests_total{method="GET",route="none",status="404"} ([0-9.]+)', counted)
    return float(found[1]) if found else 0.0


def test_proxy_and_server_never_differ_over_where_a_request_ends(behind: Server) -> None:
    """Each of them saw the second request of a connection as one, or neither did."""
    before = count_unknown(behind)
    last = SECOND.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n")
    for kind, raw in AMBIGUOUS.items():
        if kind not in WAITS_FOR_MORE:
            read_all(behind, raw + last)
    seen = count_unknown(behind) - before
    assert (behind.folder / "access.log").read_text().count('"GET /smuggled" ') == seen > 0


def test_no_token_comes_into_the_log(behind: Server) -> None:
    call(behind, "GET", "/info?access_token=quizsys-secret-word")
    deadline = time.monotonic() + 5
    while "/info" not in (behind.folder / "access.log").read_text() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert '"GET /info" 200' in (behind.folder / "access.log").read_text()
    assert "secret-word" not in (behind.folder / "access.log").read_text()


def test_no_link_of_a_learner_comes_into_the_log(behind: Server) -> None:
    for path in ("/share/secret-link", "/share/secret-link/attempts?key=secret-key", "/%73hare//secret-link/x"):
        call(behind, "GET", path)
    call(behind, "GET", "/info/last")
    deadline = time.monotonic() + 5
    while "/info/last" not in (log := (behind.folder / "access.log").read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert '"GET /share/..." 404' in log
    assert '"GET /share/.../attempts" ' in log
    assert "secret-link" not in log
    assert "secret-key" not in log


def test_a_server_that_is_away_is_told_in_json(tmp_path: Path, behind: Server) -> None:
    port = free_port()
    config = write_config(tmp_path, free_port(), port)
    with subprocess.Popen(
        ["nginx", "-p", str(tmp_path), "-c", str(config), "-e", str(tmp_path / "error.log")]
    ) as nginx:
        wait_until_open(port)
        answer = call(replace(behind, port=port), "GET", "/health?access_token=secret-word")
        nginx.terminate()
    assert not [path for path in tmp_path.glob("*.log") if "secret-word" in path.read_text()]
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["code"] == "shutting_down"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
