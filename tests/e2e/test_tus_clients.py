"""Clients that people use, against a real server: tus-js-client (of browsers and Node), tuspy, aiotus."""

import hashlib
import io
import itertools
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiotus
import pytest
from tusclient.client import TusClient

from benchmarks.running import Server, free_port, start_server, stop_server
from benchmarks.uploads import MEGABYTE, pad_lesson
from tests.faults.test_killed import kill_server
from tests.tus_wire import wait_until
from tests.wire import call

CLIENTS = Path(__file__).parent.parent / "clients"
LIMIT_BYTES = 200 * MEGABYTE
METADATA = {"filename": "lesson.mp4", "filetype": "video/mp4"}
needs_node = pytest.mark.skipif(
    shutil.which("node") is None or not (CLIENTS / "node_modules").exists(),
    reason="needs Node.js and its packages: install nodejs and npm, then make test",
)
_numbers = itertools.count()


@pytest.fixture
def project() -> str:
    return f"clients-{next(_numbers)}"


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Large enough to be sent in many pieces."""
    target = tmp_path_factory.mktemp("long") / "lesson.mp4"
    pad_lesson(target, 24 * MEGABYTE)
    return target


def endpoint(server: Server, project: str) -> str:
    return f"http://127.0.0.1:{server.port}/projects/{project}/uploads"


def start_node(server: Server, project: str, video: Path, **options: Any) -> "subprocess.Popen[bytes]":
    told = {"file": str(video), "endpoint": endpoint(server, project), "metadata": METADATA} | options
    command = ["node", "upload.mjs", json.dumps(told)]
    return subprocess.Popen(command, cwd=CLIENTS, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def end_node(process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err.decode()
    return dict(json.loads(out))


def check_one(server: Server, project: str, video: Path) -> str:
    """The project has this video and nothing else; its id."""
    (found,) = call(server, "GET", f"/projects/{project}/videos").json()
    assert found["checksum"] == hashlib.sha256(video.read_bytes()).hexdigest()
    assert found["original_filename"] == "lesson.mp4"
    assert [path.name for path in (server.folder / "uploads" / project).iterdir()] == [found["filename"]]
    return str(found["id"])


WAYS: dict[str, dict[str, Any]] = {
    "plain": {},
    "in chunks": {"chunkSize": 5 * MEGABYTE},
    "with the first bytes in the creation": {"uploadDataDuringCreation": True, "chunkSize": 7 * MEGABYTE},
    "all in the creation": {"uploadDataDuringCreation": True},
    "of a length told last": {"uploadLengthDeferred": True, "chunkSize": 5 * MEGABYTE, "from": "pipe"},
    "in parallel parts": {"parallelUploads": 4, "from": "file"},
    "by POST alone": {"overridePatchMethod": True, "chunkSize": 10 * MEGABYTE},
}


@needs_node
@pytest.mark.parametrize("way", WAYS)
def test_tus_js_client_uploads(server: Server, project: str, video: Path, way: str) -> None:
    told = end_node(start_node(server, project, video, **WAYS[way]))
    assert told["asset_id"] == check_one(server, project, video)
    assert call(server, "GET", "/" + told["url"].split("/", 3)[3]).json()["asset_id"] == told["asset_id"]


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[list[Server]]:
    """A server that may be killed, and another put in its place on the same port."""
    servers = [start_mortal(tmp_path, free_port())]
    yield servers
    stop_server(servers[-1])


def start_mortal(folder: Path, port: int) -> Server:
    return start_server(folder, PORT=port, WORKER_CONCURRENCY=0, UPLOAD_MAX_SIZE=LIMIT_BYTES)


@needs_node
@pytest.mark.parametrize("way", ["chunks", "parallel"])
def test_tus_js_client_goes_on_after_the_server_was_killed(mortal: list[Server], tmp_path: Path, way: str) -> None:
    video = tmp_path / "long.mp4"
    pad_lesson(video, 80 * MEGABYTE)
    ways = {"chunks": {}, "parallel": {"parallelUploads": 2}}
    client = start_node(mortal[0], "p", video, **{"chunkSize": MEGABYTE, "from": "file"}, **ways[way])
    uploads = tmp_path / "uploads" / "p"
    wait_until(lambda: sum(path.stat().st_size for path in uploads.glob("*.part")) > 4 * MEGABYTE)
    kill_server(mortal[0])
    assert client.poll() is None
    assert 0 < sum(path.stat().st_size for path in uploads.glob("*.part")) < video.stat().st_size
    mortal.append(start_mortal(tmp_path, mortal[0].port))
    assert end_node(client)["asset_id"] == check_one(mortal[1], "p", video)


@needs_node
def test_tus_js_client_is_told_why_a_file_is_refused(server: Server, project: str, tmp_path: Path) -> None:
    (tmp_path / "diary.mp4").write_text("Dear diary, this is no film.\n" * 50)
    process = start_node(server, project, tmp_path / "diary.mp4")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"Export the lesson as MP4" in err


@pytest.mark.parametrize("chunk_bytes", [24 * MEGABYTE, 5 * MEGABYTE])
@pytest.mark.parametrize("is_checked", [False, True])
def test_tuspy_uploads(server: Server, project: str, video: Path, chunk_bytes: int, is_checked: bool) -> None:
    client = TusClient(endpoint(server, project))
    with video.open("rb") as file:
        more = {"chunk_size": chunk_bytes, "metadata": METADATA, "upload_checksum": is_checked}
        sender = client.uploader(file_stream=file, **more)
        sender.upload()
        assert client.uploader(file_stream=file, url=sender.url).offset == video.stat().st_size
    asset_id = check_one(server, project, video)
    assert call(server, "GET", "/" + str(sender.url).split("/", 3)[3]).json()["asset_id"] == asset_id


async def test_aiotus_uploads(server: Server, project: str, video: Path) -> None:
    metadata = {name: value.encode() for name, value in METADATA.items()}
    with video.open("rb") as file:
        address = await aiotus.upload(endpoint(server, project), file, metadata, chunksize=MEGABYTE)
    assert address is not None
    check_one(server, project, video)
    assert dict(await aiotus.metadata(address)) == metadata


@pytest.fixture
def pieces(video: Path) -> list[io.BytesIO]:
    data = video.read_bytes()
    return [io.BytesIO(data[: 9 * MEGABYTE]), io.BytesIO(data[9 * MEGABYTE :])]


async def test_aiotus_uploads_in_parallel(server: Server, project: str, video: Path, pieces: list[io.BytesIO]) -> None:
    metadata = {name: value.encode() for name, value in METADATA.items()}
    address = await aiotus.upload_multiple(endpoint(server, project), pieces, metadata, chunksize=MEGABYTE)
    assert address is not None
    check_one(server, project, video)
