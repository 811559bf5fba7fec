"""A client without manners: it sends exactly the bytes it is given, and reads what comes back."""

import json
import re
import socket
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any

from benchmarks.running import Server
from tests.declared import check_declared

TIMEOUT_S = 40
MARK = "mark-of-a-form"
FORM = f"multipart/form-data; boundary={MARK}"
LEAKS = re.compile(rb"Traceback|site-packages|\.py\b|/quizsys-bench-|Error\(|0x[0-9a-f]{6}")


@dataclass(frozen=True)
class Answer:
    """`headers` has lower-case names."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=TIMEOUT_S)


def read_answer(connection: socket.socket, method: str = "POST") -> Answer:
    """The next final answer; `100 Continue` is passed over."""
    response = HTTPResponse(connection, method=method)
    response.begin()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, response.read())


def exchange(server: Server, raw: bytes, method: str = "POST") -> Answer:
    with connect(server) as connection:
        connection.sendall(raw)
        return read_answer(connection, method)


def head(method: str, path: str, **headers: object) -> bytes:
    """Request line and headers; `content_length=3` becomes `content-length: 3`."""
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", "connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def call(server: Server, method: str, path: str, body: bytes | None = None, **headers: object) -> Answer:
    if body is not None:
        headers = {"content_length": len(body)} | headers
    given = exchange(server, head(method, path, **headers) + (body or b""), method)
    check_declared(method, path, given.status)
    return given


def send_json(server: Server, path: str, body: object, **headers: object) -> Answer:
    """`body` as it is if it is bytes, else as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return call(server, "POST", path, raw, **({"content_type": "application/json"} | headers))


def part(data: bytes, name: bytes = b"file", filename: bytes | None = b"lesson.mp4", more: bytes = b"") -> bytes:
    """One part of a form. `filename` None: a text field; `more`: further header lines, each with its end."""
    shown = b"" if filename is None else b'; filename="' + filename + b'"'
    start = b"--" + MARK.encode() + b'\r\nContent-Disposition: form-data; name="' + name + b'"'
    return start + shown + b"\r\n" + more + b"\r\n" + data + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--" + MARK.encode() + b"--\r\n"


def upload(server: Server, project: str, *parts: bytes, **headers: object) -> Answer:
    return call(server, "POST", f"/projects/{project}/videos", form(*parts), **({"content_type": FORM} | headers))


def check_refusal(answer: Answer, status: int, code: str, says: str = "") -> None:
    """An error as clients know it: the three keys, a sentence with `says` in it, nothing of the server's inside."""
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/json"
    error = answer.json()
    assert set(error) == {"detail", "code", "request_id"}
    assert error["code"] == code
    assert re.fullmatch(r"[0-9a-f]{16}", error["request_id"])
    assert error["request_id"] == answer.headers["x-request-id"]
    assert not LEAKS.search(answer.body), answer.body
    text = error["detail"] if isinstance(error["detail"], str) else error["detail"][0]["msg"]
    assert len(text) >= 9
    assert says.lower() in text.lower(), text
