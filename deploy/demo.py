"""`make demo`: a server on a free port, a real lesson through its HTTP API, the quiz in the terminal."""

import argparse
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rich._export_format import CONSOLE_SVG_FORMAT  # noqa: E402
from rich.console import Console  # noqa: E402

from quizsys.show import STEP_NAMES, make_progress, print_quiz  # noqa: E402

LESSON = ROOT / "tests" / "data" / "lesson.mp4"
FOLDER = ROOT / "storage" / "demo"
PROJECT = "demo"
CHUNK_BYTES = 64 * 1024
START_LIMIT_S = 60
STOP_LIMIT_S = 30


class Failed(Exception):
    """The demo cannot go on; the text says why."""


def main() -> int:
    options = parse_options()
    lesson, console = options.lesson, Console(record=options.picture is not None)
    try:
        with run_server() as client:
            console.print(f"The server is at http://localhost:{client.port}. It gets {lesson.name}.", highlight=False)
            asset_id, quiz = make_quiz(client, lesson, console)
            print_quiz(quiz, console)
            save_captions(client, asset_id)
    except (Failed, OSError) as error:
        console.print(f"[red]The demo failed:[/red] {error}", highlight=False)
        console.print(f"The server's words are in {FOLDER / 'server.err'}", highlight=False)
        return 1
    folder = FOLDER.relative_to(ROOT)
    console.print(
        f"\nThe files are in {folder}: uploads/, thumbnails/, captions.vtt, app.db, app.log.", highlight=False
    )
    console.print("Run [bold]make run[/bold] for a server of your own.")
    if options.picture:
        options.picture.write_text(draw(console))
    return 0


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Turn a lesson into a quiz through the HTTP API of a server of its own."
    )
    parser.add_argument(
        "lesson", type=Path, nargs="?", default=LESSON, help="another video than the one that comes along"
    )
    parser.add_argument("--picture", type=Path, metavar="SVG", help="also draw what was printed")
    return parser.parse_args()


def draw(console: Console) -> str:
    """What was printed, as SVG; with the viewer's own fonts, since rich's template fetches one from the network."""
    template = re.sub(r"@font-face {.*?}}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return console.export_svg(title="make demo", code_format=template)


@dataclass(frozen=True)
class Client:
    """A server of the demo's own, and the token that it asks for."""

    port: int
    token: str

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@contextmanager
def run_server() -> Iterator[Client]:
    """On a free port; stopped, and waited for, at the end."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    port = find_free_port()
    own = {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "STORAGE_ROOT": str(FOLDER),
        "DATABASE_URL": f"sqlite:///{FOLDER / 'app.db'}",
        "LOG_FILE": str(FOLDER / "app.log"),
        "WORKER_CONCURRENCY": "2",
    }
    command = [sys.executable, str(ROOT / "server.py")]
    with (FOLDER / "server.err").open("wb") as errors:
        token = make_token(command, own)
        server = subprocess.Popen([*command, "serve"], cwd=ROOT, env=os.environ | own, stderr=errors)
    client = Client(port, token)
    try:
        wait_until_healthy(server, client)
        yield client
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def make_token(command: list[str], own: dict[str, str]) -> str:
    """For the demo's project, good for a day."""
    wanted = ["token", "create", "--name", "demo", "--role", "editor", "--project", PROJECT, "--days", "1"]
    done = subprocess.run(
        [*command, *wanted], cwd=ROOT, env=os.environ | own, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Failed(f"no token could be made: {done.stderr.strip()}")
    return done.stdout.strip()


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(server: "subprocess.Popen[bytes]", client: Client) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise Failed(f"the server ended at its start with code {server.returncode}.")
        try:
            get(client, "/health")
            return
        except OSError:
            time.sleep(0.1)
    raise Failed(f"the server did not answer within {START_LIMIT_S} s.")


def make_quiz(client: Client, lesson: Path, console: Console) -> tuple[str, dict[str, Any]]:
    wipe(client)
    with make_progress(console) as bars:
        bar = bars.add_task(STEP_NAMES["upload"], total=lesson.stat().st_size)
        video = upload(client, lesson, lambda count: bars.advance(bar, count))
        base = f"/projects/{PROJECT}"
        chain = post(client, f"{base}/videos/{video['asset_id']}/quiz", {})
        for job in chain["jobs"]:
            bar = bars.add_task(STEP_NAMES[job["job_type"]], total=100)
            for state in read_events(client, f"{base}/jobs/{job['id']}/events"):
                bars.update(bar, completed=state["progress"])
                job = state
            if job["status"] != "completed":
                raise Failed(f"{job['job_type']} {job['status']}: {job['error_message']}")
    return video["asset_id"], get(client, f"{base}/quizzes/{job['result']['quiz_id']}")


def wipe(client: Client) -> None:
    """What an earlier demo left: its lesson would be recognised, and nothing be left to show."""
    request = urllib.request.Request(
        client.url(f"/projects/{PROJECT}/storage"), headers=client.headers, method="DELETE"
    )
    urllib.request.urlopen(request, timeout=60).close()


def upload(client: Client, lesson: Path, advance: Any) -> dict[str, Any]:
    """Send a file as a browser's form would, chunk by chunk."""
    mark = uuid.uuid4().hex
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{lesson.name}"\r\n'
        "Content-Type: video/mp4\r\n\r\n"
    ).encode()
    tail = f"\r\n--{mark}--\r\n".encode()
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=120)
    connection.putrequest("POST", f"/projects/{PROJECT}/videos")
    connection.putheader("Content-Type", f"multipart/form-data; boundary={mark}")
    connection.putheader("Content-Length", str(len(head) + lesson.stat().st_size + len(tail)))
    for name, value in client.headers.items():
        connection.putheader(name, value)
    connection.endheaders(head)
    with lesson.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            connection.send(chunk)
            advance(len(chunk))
    connection.send(tail)
    response = connection.getresponse()
    answer = json.load(response)
    connection.close()
    if response.status != 201:
        raise Failed(f"the upload was refused: {answer['detail']}")
    return dict(answer)


def read_events(client: Client, path: str) -> Iterator[dict[str, Any]]:
    """Each state of a job as the server sends it; ends after the final one."""
    with open_url(client, path, timeout_s=120) as stream:
        for line in stream:
            if line.startswith(b"data:"):
                yield json.loads(line[5:])


def open_url(client: Client, path: str, timeout_s: float = 60) -> Any:
    return urllib.request.urlopen(urllib.request.Request(client.url(path), headers=client.headers), timeout=timeout_s)


def get(client: Client, path: str) -> Any:
    with open_url(client, path) as response:
        return json.load(response)


def post(client: Client, path: str, body: Any) -> Any:
    headers = client.headers | {"Content-Type": "application/json"}
    request = urllib.request.Request(client.url(path), json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def save_captions(client: Client, asset_id: str) -> None:
    path = f"/projects/{PROJECT}/videos/{asset_id}/captions.vtt"
    with open_url(client, path) as response:
        (FOLDER / "captions.vtt").write_bytes(response.read())


if __name__ == "__main__":
    sys.exit(main())
