"""A seat that dies while it looks at an upload: a good file is not refused for it."""

from pathlib import Path

from benchmarks.running import start_server, stop_server
from tests.faults import invariants
from tests.tus_wire import wait_until
from tests.wire import part, upload


def test_a_good_upload_is_kept_although_its_seat_was_killed(tmp_path: Path, small_video: bytes) -> None:
    # Each seat dies at its second task. The first one's first is to tell which walls stand.
    server = start_server(tmp_path, WORKER_CONCURRENCY=0, FAULT="seat_began:2")
    try:
        wait_until(lambda: "walls around" in (tmp_path / "app.log").read_text())
        told = [upload(server, "p", part(small_video + b"\0\0\0\x08free" * count)) for count in range(4)]
        assert [answer.status for answer in told] == [201] * 4
        deaths = (tmp_path / "app.log").read_text().count("a seat died looking at an upload")
        assert deaths == 4
    finally:
        assert stop_server(server) == 0
    invariants.check_all(tmp_path, assets={answer.json()["asset_id"] for answer in told})
