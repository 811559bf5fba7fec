"""Resumable uploads that are cut, and whose server is killed, at random but seeded places: all of it arrives."""

import hashlib
import http.client
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from benchmarks.running import Server, start_server, stop_server
from benchmarks.uploads import MEGABYTE, Watch, pad_lesson
from tests.faults.test_killed import kill_server
from tests.tus_wire import (
    NAMED,
    OFFSET_TYPE,
    ask,
    begin,
    create,
    offset,
    part_path,
    patch,
    reset,
    start_patch,
    wait_until,
)
from tests.wire import call, connect, head

SEND_BYTES = 256 * 1024


class Trial:
    """A server that can be killed and started again on the same folder."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder, self.settings = folder, {"WORKER_CONCURRENCY": 0} | settings
        self.server = start_server(folder, **self.settings)

    def kill(self) -> None:
        kill_server(self.server)

    def start(self) -> None:
        self.server = start_server(self.folder, **self.settings)

    def list_videos(self) -> list[dict[str, Any]]:
        return list(call(self.server, "GET", "/projects/p/videos").json())

    def list_files(self) -> list[str]:
        found = [path for name in ("uploads", "lost") for path in (self.folder / name).rglob("*") if path.is_file()]
        return [path.name for path in found]


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    running = Trial(tmp_path, DRAIN_S=1)
    yield running
    stop_server(running.server)


def send_until(server: Server, address: str, video: Path, start: int, end: int) -> None:
    """A PATCH that says it brings the rest, brings what comes before `end`, and is cut."""
    with video.open("rb") as file, start_patch(server, address, start, b"", video.stat().st_size - start) as connection:
        file.seek(start)
        for _ in range(start, end, SEND_BYTES):
            connection.sendall(file.read(min(SEND_BYTES, end - file.tell())))
        reset(connection)


def send_torn(trial: Trial, video: Path, seed: int) -> dict[str, int]:
    """Cut ten times, one of them by kill -9 of the server. Returns how far its memory grew, by its process id."""
    size_bytes = video.stat().st_size
    random_ = random.Random(seed)
    cuts = sorted(random_.randrange(size_bytes) for _ in range(10))
    killed_at = random_.choice(cuts)
    address = begin(trial.server, "p", size_bytes)
    grown: dict[str, int] = {}
    watch = Watch(trial.server)
    watch.start()
    for cut in cuts:
        start = offset(trial.server, address)
        assert start <= cut
        send_until(trial.server, address, video, start, cut)
        if cut == killed_at:
            watch.stopped.set()
            watch.join()
            grown["before"] = watch.peak_bytes - watch.before_bytes
            trial.kill()
            trial.start()
            watch = Watch(trial.server)
            watch.start()
    asset_id = send_rest(trial.server, address, video)
    watch.stopped.set()
    watch.join()
    assert [found["id"] for found in trial.list_videos()] == [asset_id]
    return grown | {"after": watch.peak_bytes - watch.before_bytes}


def send_rest(server: Server, address: str, video: Path) -> str:
    """In one PATCH; returns the asset's id."""
    start = offset(server, address)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(start), "Content-Type": OFFSET_TYPE}
    with video.open("rb") as file:
        file.seek(start)
        told = headers | {"Content-Length": str(video.stat().st_size - start)}
        connection.request("PATCH", address, file, told)
        response = connection.getresponse()
    assert response.status == 204, response.read()
    connection.close()
    return str(response.headers["Quizsys-Asset-Id"])


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_arrival(trial: Trial, video: Path) -> None:
    (found,) = trial.list_videos()
    stored = trial.folder / found["relative_path"]
    assert found["checksum"] == hash_of(video) == hash_of(stored)
    assert trial.list_files() == [stored.name]


@pytest.mark.parametrize("megabytes", [60, pytest.param(3072, marks=pytest.mark.soak)], ids=["60 MB", "3 GB"])
def test_a_torn_upload_arrives_byte_for_byte_in_flat_memory(tmp_path: Path, megabytes: int) -> None:
    video = tmp_path / "large.mp4"
    pad_lesson(video, megabytes * MEGABYTE)
    trial = Trial(tmp_path / "server", UPLOAD_MAX_SIZE=2 * video.stat().st_size)
    try:
        grown = send_torn(trial, video, seed=megabytes)
        check_arrival(trial, video)
        assert max(grown.values()) < 48 * MEGABYTE, grown
    finally:
        stop_server(trial.server)


def finish_by_hand(trial: Trial, data: bytes) -> str:
    """An upload of which the last byte came just before the server was killed: its address."""
    address = begin(trial.server, "p", len(data))
    assert patch(trial.server, address, 0, data[:-1]).status == 204
    trial.kill()
    with part_path(trial.server, address).open("ab") as file:
        file.write(data[-1:])
    return address


def test_an_upload_that_was_whole_when_the_server_was_killed_is_finished_once(trial: Trial, small_video: bytes) -> None:
    address = finish_by_hand(trial, small_video)
    trial.start()
    told = ask(trial.server, address)
    assert (told.status, told.headers["upload-offset"]) == (200, str(len(small_video)))
    assert [found["id"] for found in trial.list_videos()] == [told.headers["quizsys-asset-id"]]
    assert len(trial.list_files()) == 1


def test_the_start_finishes_it_if_nobody_asks(trial: Trial, small_video: bytes) -> None:
    finish_by_hand(trial, small_video)
    trial.start()
    wait_until(lambda: len(trial.list_videos()) == 1)
    wait_until(lambda: len(trial.list_files()) == 1)


def test_a_server_killed_between_rename_and_row_leaves_no_second_copy(trial: Trial, small_video: bytes) -> None:
    address = finish_by_hand(trial, small_video)
    part = part_path(trial.server, address)
    os.link(part, part.with_name("lesson-0123456789.mp4"))
    os.link(part, part.with_name("lent.part"))
    trial.start()
    assert ask(trial.server, address).status == 200
    assert len(trial.list_videos()) == 1
    assert len(trial.list_files()) == 1


def test_a_server_killed_between_the_assets_row_and_the_uploads_makes_no_second_asset(
    trial: Trial, small_video: bytes
) -> None:
    address = begin(trial.server, "p", len(small_video))
    asset_id = patch(trial.server, address, 0, small_video).headers["quizsys-asset-id"]
    trial.kill()
    part_path(trial.server, address).write_bytes(small_video)
    with apsw.Connection(str(trial.folder / "app.db")) as db:
        db.execute("UPDATE uploads SET asset_id = NULL, done_at = NULL")
    trial.start()
    assert ask(trial.server, address).headers["quizsys-asset-id"] == asset_id
    assert [found["id"] for found in trial.list_videos()] == [asset_id]
    assert len(trial.list_files()) == 1


@pytest.mark.parametrize("wait_s", [0.02, 0.1])
def test_a_server_killed_while_it_joins_parts_joins_them_once(trial: Trial, wait_s: float) -> None:
    video = trial.folder / "long.mp4"
    pad_lesson(video, 40 * MEGABYTE)
    data = video.read_bytes()
    middle = len(data) // 3
    parts = []
    for piece in (data[:middle], data[middle:]):
        parts.append(begin(trial.server, "p", len(piece), upload_concat="partial"))
        assert patch(trial.server, parts[-1], 0, piece).status == 204
    told = {"upload_concat": "final;" + " ".join(parts), "upload_metadata": NAMED, "content_length": 0}
    with connect(trial.server) as connection:
        connection.sendall(head("POST", "/projects/p/uploads", tus_resumable="1.0.0", **told))
        time.sleep(wait_s)
        trial.kill()
    trial.start()
    answer = create(trial.server, "p", None, upload_length=None, **told)
    assert answer.status == 201, answer
    check_arrival(trial, video)


def test_a_start_keeps_live_uploads_and_clears_those_that_no_row_knows(trial: Trial, small_video: bytes) -> None:
    address = begin(trial.server, "p", len(small_video))
    assert patch(trial.server, address, 0, small_video[:5000]).status == 204
    trial.kill()
    part_path(trial.server, address).with_name("nobodys.part").write_bytes(b"x")
    trial.start()
    assert trial.list_files() == [part_path(trial.server, address).name]
    assert offset(trial.server, address) == 5000
    assert patch(trial.server, address, 5000, small_video[5000:]).status == 204


def test_a_stop_keeps_what_has_come(trial: Trial, small_video: bytes) -> None:
    address = begin(trial.server, "p", len(small_video))
    with start_patch(trial.server, address, 0, small_video[:6000], len(small_video)):
        wait_until(lambda: part_path(trial.server, address).exists())
        time.sleep(0.2)
        assert stop_server(trial.server) == 0
    trial.start()
    assert offset(trial.server, address) == 6000
