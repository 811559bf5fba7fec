"""Uploads that are cut at, and beside, every boundary: all of it arrives, or nothing is left."""

import socket
from collections.abc import Callable

import pytest

from benchmarks.running import Server
from tests.tus_wire import begin, offset, patch, reset, start_patch, wait_until
from tests.wire import FORM, Answer, call, connect, form, head, part

BOUNDARY = 64 * 1024
SIZE = 8 * BOUNDARY + 100
CUTS = [1, *(place + by for place in range(BOUNDARY, SIZE, BOUNDARY) for by in (-1, 0, 1)), SIZE - 1]


def pad(video: bytes, size_bytes: int) -> bytes:
    """The same video with a box of nothing at its end."""
    rest = size_bytes - len(video)
    return video + rest.to_bytes(4, "big") + b"free" + bytes(rest - 8)


def send_rest(server: Server, address: str, video: bytes) -> Answer:
    start = offset(server, address)
    return patch(server, address, start, video[start:])


@pytest.mark.parametrize("leave", [reset, socket.socket.close])
def test_a_resumable_upload_cut_at_every_boundary_arrives(
    server: Server, small_video: bytes, leave: Callable[[socket.socket], None]
) -> None:
    video, project = pad(small_video, SIZE), f"cut-{leave.__name__}"
    address, before = begin(server, project, SIZE), 0
    for cut in CUTS:
        start = offset(server, address)
        assert before <= start <= cut
        leave(start_patch(server, address, start, video[start:cut], SIZE - start))
        before = start
    # The last of those that were cut may be read only now; then the offset has moved.
    while (done := send_rest(server, address, video)).status == 409:
        assert offset(server, address) <= CUTS[-1]
    asset_id = done.headers["quizsys-asset-id"]
    (found,) = call(server, "GET", f"/projects/{project}/videos").json()
    assert (found["id"], (server.folder / found["relative_path"]).read_bytes()) == (asset_id, video)
    assert [path.suffix for path in (server.folder / "uploads" / project).iterdir()] == [".mp4"]


def test_a_body_cut_at_every_boundary_leaves_nothing(server: Server, small_video: bytes) -> None:
    video = pad(small_video, SIZE)
    packed = form(part(video))
    folder = server.folder / "uploads" / "cut-bodies"
    path = "/projects/cut-bodies/videos"
    raw = head("POST", f"{path}?filename=a.mp4", content_type="video/mp4", content_length=SIZE)
    formed = head("POST", path, content_type=FORM, content_length=len(packed))
    for number, cut in enumerate(CUTS):
        for told, body in ((raw, video), (formed, packed)):
            connection = connect(server)
            connection.sendall(told + body[:cut])
            (reset if number % 2 else socket.socket.close)(connection)
    # Behind all of them comes one that is whole.
    assert call(server, "POST", f"{path}?filename=a.mp4", video, content_type="video/mp4").status == 201
    wait_until(lambda: [file.suffix for file in folder.glob("*")] == [".mp4"])
    assert len(call(server, "GET", path).json()) == 1
