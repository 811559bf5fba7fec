"""A large upload: the server's memory and throughput beside a bare loop that receives, hashes, writes and fsyncs.

    python -m benchmarks.uploads [--megabytes 1024]

The file is the lesson with padding behind it (an ISO `free` box), so that it is a real video of any size. Both sides
write a new file and delete it after the round: on a virtual machine the page cache's first touch of memory can cost
five times the write itself, so a side that wrote over its own file of the round before would look twice as fast.
"""

import argparse
import hashlib
import json
import os
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


def send_upload(server: Server, video: Path) -> float:
    """Bytes a second into the server, to its 201."""
    mark = "benchmark-boundary"
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="large.mp4"\r\n\r\n'.encode()
    tail = f"\r\n--{mark}--\r\n".encode()
    length = len(head) + video.stat().st_size + len(tail)
    request = f"POST /projects/bench/videos HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n"
    request += f"Content-Type: multipart/form-data; boundary={mark}\r\n\r\n"
    connection = _connect(server.port)
    began = time.perf_counter()
    connection.sendall(request.encode() + head)
    with video.open("rb") as file:
        connection.sendfile(file)
    connection.sendall(tail)
    answer = connection.recv(65536)
    rate = video.stat().st_size / (time.perf_counter() - began)
    if not answer.startswith(b"HTTP/1.1 201"):
        raise RuntimeError(answer.decode(errors="replace"))
    asset_id = json.loads(answer.partition(b"\r\n\r\n")[2])["asset_id"]
    connection.sendall(f"DELETE /projects/bench/videos/{asset_id} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    if not connection.recv(65536).startswith(b"HTTP/1.1 204"):
        raise RuntimeError("the upload could not be deleted")
    connection.close()
    return rate


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
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quizsys-bench-") as name:
        video = Path(name) / "large.mp4"
        pad_lesson(video, options.megabytes * MEGABYTE)
        with run_server(UPLOAD_MAX_SIZE=2 * video.stat().st_size, WORKER_CONCURRENCY=1) as server:
            watch = Watch(server)
            watch.start()
            shares = []
            for number in range(options.rounds + 1):
                bare, ours = send_bare(video, Path(name)), send_upload(server, video)
                shares.append(ours / bare)
                label = f"round {number}" if number else "warm-up"
                rates = f"bare loop {bare / MEGABYTE:,.0f} MB/s, server {ours / MEGABYTE:,.0f} MB/s"
                print(f"{label}: {rates}, {shares[-1]:.0%}")
            print(f"median after the warm-up: {statistics.median(shares[1:]):.0%} of the bare loop")
            watch.stopped.set()
            grown = (watch.peak_bytes - watch.before_bytes) / MEGABYTE
            print(f"server memory: {watch.before_bytes / MEGABYTE:.0f} MB before, grown by {grown:.0f} MB at the most")


if __name__ == "__main__":
    main()
