"""A large upload: the server's memory and throughput beside a bare loop that receives, hashes, writes and fsyncs.

    python -m benchmarks.uploads [--megabytes 1024] [--way form|raw|tus]

The file is the lesson with padding behind it (an ISO `free` box), so that it is a real video of any size. Both sides
write a new file and delete it after the round: on a virtual machine the page cache's first touch of memory can cost
five times the write itself, so a side that wrote over its own file of the round before would look twice as fast.
"""

import argparse
import hashlib
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.running import LESSON, Server, run_server

CHUNK_BYTES = 1024 * 1024
MEGABYTE = 1024 * 1024


def pad_lesson(target: Path, size_bytes: int) -> None:
    """A video of about `size_bytes`. The padding is random: a file system that packs zeros would flatter both sides."""
    block = os.urandom(CHUNK_BYTES)
    with target.open("wb") as file:
        file.write(LESSON.read_bytes())
        padding = size_bytes - file.tell()
        file.write((1).to_bytes(4, "big") + b"free" + padding.to_bytes(8, "big"))
        left = padding - 16
        while left > 0:
            left -= file.write(block[: min(left, CHUNK_BYTES)])


def bare_loop(port: int, folder: str) -> None:
    """Receive one connection's bytes to a file, hash them, fsync, answer. Run in a process of its own."""
    with socket.create_server(("127.0.0.1", port)) as server:
        connection, _ = server.accept()
        hasher, left = hashlib.sha256(), int.from_bytes(connection.recv(8, socket.MSG_WAITALL), "big")
        with (Path(folder) / "bare").open("wb", buffering=0) as file:
            while left:
                chunk = connection.recv(min(left, CHUNK_BYTES))
                hasher.update(chunk)
                file.write(chunk)
                left -= len(chunk)
            os.fsync(file.fileno())
        connection.sendall(hasher.hexdigest().encode())


def send_bare(video: Path, folder: Path) -> float:
    """Bytes a second into the bare loop."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    code = f"from benchmarks.uploads import bare_loop; bare_loop({port}, {str(folder)!r})"
    process = subprocess.Popen([sys.executable, "-c", code])
    connection = _connect(port)
    began = time.perf_counter()
    connection.sendall(video.stat().st_size.to_bytes(8, "big"))
    with video.open("rb") as file:
        connection.sendfile(file)
    assert connection.recv(64, socket.MSG_WAITALL)
    rate = video.stat().st_size / (time.perf_counter() - began)
    connection.close()
    process.wait()
    (folder / "bare").unlink()
    return rate


def send_upload(server: Server, video: Path, way: str) -> float:
    """Bytes a second into the server, from the first request to the answer that names the asset."""
    connection = _connect(server.port)
    began = time.perf_counter()
    answer = WAYS[way](connection, video)
    rate = video.stat().st_size / (time.perf_counter() - began)
    asset_id = re.search(rb'(?:"asset_id":"|Quizsys-Asset-Id: )([0-9a-f-]{36})', answer)
    if asset_id is None:
        raise RuntimeError(answer.decode(errors="replace"))
    _ask(connection, f"DELETE /projects/bench/videos/{asset_id[1].decode()}", {}, b"204")
    connection.close()
    return rate


def send_form(connection: socket.socket, video: Path) -> bytes:
    mark = "benchmark-boundary"
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="large.mp4"\r\n\r\n'.encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={mark}"}
    return _send(connection, "POST /projects/bench/videos", headers, video, head, f"\r\n--{mark}--\r\n".encode())


def send_raw(connection: socket.socket, video: Path) -> bytes:
    return _send(connection, "POST /projects/bench/videos?filename=large.mp4", {"Content-Type": "video/mp4"}, video)


def send_tus(connection: socket.socket, video: Path) -> bytes:
    """Created, then sent by one PATCH."""
    version = {"Tus-Resumable": "1.0.0"}
    told = {"Upload-Length": str(video.stat().st_size), "Upload-Metadata": "filename bGFyZ2UubXA0"}
    created = _ask(connection, "POST /projects/bench/uploads", version | told, b"201")
    place = re.search(rb"Location: http://[^/]+(\S+)", created)
    if place is None:
        raise RuntimeError(created.decode(errors="replace"))
    headers = version | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    return _send(connection, f"PATCH {place[1].decode()}", headers, video)


WAYS = {"form": send_form, "raw": send_raw, "tus": send_tus}


def _send(
    connection: socket.socket, line: str, headers: dict[str, str], video: Path, head: bytes = b"", tail: bytes = b""
) -> bytes:
    """The answer to a request whose body is `head`, the file, `tail`."""
    length = len(head) + video.stat().st_size + len(tail)
    connection.sendall(_write_head(line, headers | {"Content-Length": str(length)}) + head)
    with video.open("rb") as file:
        connection.sendfile(file)
    connection.sendall(tail)
    return connection.recv(65536)


def _ask(connection: socket.socket, line: str, headers: dict[str, str], status: bytes) -> bytes:
    """The answer to a request without a body. Raises RuntimeError unless it has this status."""
    connection.sendall(_write_head(line, headers))
    answer = connection.recv(65536)
    if not answer.startswith(b"HTTP/1.1 " + status):
        raise RuntimeError(answer.decode(errors="replace"))
    return answer


def _write_head(line: str, headers: dict[str, str]) -> bytes:
    lines = [f"{line} HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


class Watch(threading.Thread):
    """The highest resident memory of the server while it runs."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.before_bytes = self.peak_bytes = server.rss_bytes()
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.wait(0.02):
            self.peak_bytes = max(self.peak_bytes, self.server.rss_bytes())


def _connect(port: int) -> socket.socket:
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            time.sleep(0.02)
    raise RuntimeError("nobody listens")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--way", choices=list(WAYS), help="only this one, in place of all three")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quizsys-bench-") as name:
        video = Path(name) / "large.mp4"
        pad_lesson(video, options.megabytes * MEGABYTE)
        for way in [options.way] if options.way else list(WAYS):
            measure(way, video, options.rounds)


def measure(way: str, video: Path, rounds: int) -> None:
    """In a server of its own, so that memory is this way's alone."""
    with run_server(UPLOAD_MAX_SIZE=2 * video.stat().st_size, WORKER_CONCURRENCY=1) as server:
        watch = Watch(server)
        watch.start()
        shares = []
        for number in range(rounds + 1):
            bare, ours = send_bare(video, video.parent), send_upload(server, video, way)
            shares.append(ours / bare)
            label = f"{way}, round {number}" if number else f"{way}, warm-up"
            rates = f"bare loop {bare / MEGABYTE:,.0f} MB/s, server {ours / MEGABYTE:,.0f} MB/s"
            print(f"{label}: {rates}, {shares[-1]:.0%}")
        print(f"{way}, median after the warm-up: {statistics.median(shares[1:]):.0%} of the bare loop")
        watch.stopped.set()
        grown = (watch.peak_bytes - watch.before_bytes) / MEGABYTE
        print(f"{way}, memory: {watch.before_bytes / MEGABYTE:.0f} MB before, grown by {grown:.0f} MB at the most")


if __name__ == "__main__":
    main()
