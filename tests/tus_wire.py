"""tus by hand over a bare socket, for tests: right and wrong alike."""

import base64
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.running import Server
from tests.wire import Answer, call, connect, head

OFFSET_TYPE = "application/offset+octet-stream"


def encode(**values: str | bytes) -> str:
    """Upload-Metadata."""
    pairs = {name: value.encode() if isinstance(value, str) else value for name, value in values.items()}
    return ",".join(f"{name} {base64.b64encode(value).decode()}" for name, value in pairs.items())


NAMED = encode(filename="lesson.mp4", filetype="video/mp4")


def tus(server: Server, method: str, path: str, body: bytes | None = None, **headers: object) -> Answer:
    """A header that is None is left out."""
    given = {name: value for name, value in ({"tus_resumable": "1.0.0"} | headers).items() if value is not None}
    return call(server, method, path, body, **given)


def create(server: Server, project: str, length: int | None, **headers: object) -> Answer:
    told = {"upload_length": length, "upload_metadata": NAMED, "content_length": 0} | headers
    return tus(server, "POST", f"/projects/{project}/uploads", **told)


def begin(server: Server, project: str, length: int | None, **headers: object) -> str:
    """The new upload's address."""
    answer = create(server, project, length, **headers)
    assert answer.status == 201, answer
    return place(answer)


def place(answer: Answer) -> str:
    """The path of the upload that a creation tells of."""
    return urlsplit(answer.headers["location"]).path


def patch(server: Server, address: str, offset: int, body: bytes, **headers: object) -> Answer:
    return tus(server, "PATCH", address, body, **{"upload_offset": offset, "content_type": OFFSET_TYPE} | headers)


def ask(server: Server, address: str) -> Answer:
    return tus(server, "HEAD", address)


def offset(server: Server, address: str) -> int:
    answer = ask(server, address)
    assert answer.status == 200, answer
    return int(answer.headers["upload-offset"])


def start_patch(server: Server, address: str, offset: int, body: bytes, length: int) -> socket.socket:
    """A PATCH that says `length` and has sent only `body` so far."""
    connection = connect(server)
    headers = {"tus_resumable": "1.0.0", "upload_offset": offset, "content_type": OFFSET_TYPE}
    connection.sendall(head("PATCH", address, content_length=length, **headers) + body)
    return connection


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def part_path(server: Server, address: str) -> Path:
    _, _, project, _, upload_id = address.split("/")
    return server.folder / "uploads" / project / f"{upload_id}.part"


def wait_until(is_so: Callable[[], bool], limit_s: float = 15) -> None:
    deadline_s = time.monotonic() + limit_s
    while not is_so() and time.monotonic() < deadline_s:
        time.sleep(0.02)
    assert is_so()
