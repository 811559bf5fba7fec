"""A canary for each secret is planted, all is done that might tell one, and everything told is looked through."""

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import pytest

from tests.guarded import OWN, Guarded, run_guarded
from tests.sharing import Device, prepare, publish, share
from tests.wire import connect, exchange, head

API_KEY = "sk-canary-3Yw1k9GmZq"
HOOK_SECRET = "whsec_" + "Q2FuYXJ5" * 5
HOOK_PASSWORD, HOOK_QUERY = "pw-3hXk2JcanaryR8", "q-7canaryZk4Wb1"
JOBS_LIMIT_S = 60


class Echo(BaseHTTPRequestHandler):
    """Refuses everybody, and says again what it was sent: a model's or a webhook's server without manners."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        message = f"Incorrect API key provided: {self.headers.get('authorization')} {self.headers}"
        body = json.dumps({"error": {"message": message, "code": "invalid_api_key"}}).encode()
        self.send_response(401)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        pass


@contextmanager
def run_echo() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield int(server.server_address[1])
        server.shutdown()


class Told:
    """What the server has said, and each secret that nobody may read in it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.secrets: dict[str, str] = {"api key": API_KEY, "webhook": HOOK_SECRET, "password": HOOK_PASSWORD}

    def check(self) -> None:
        for name, secret in self.secrets.items():
            for form in {secret, secret[len(secret) // 3 :], quote(secret, safe="")}:
                leaks = [body[max(0, body.find(form.encode()) - 200) :][:400] for body in self.bodies]
                leaks = [leak for leak, body in zip(leaks, self.bodies, strict=True) if form.encode() in body]
                assert not leaks, f"{name}: {leaks[0].decode()}"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("secrets")
    noisy = {"LOG_LEVEL": "TRACE", "DEBUG": "true", "WORKER_CONCURRENCY": 1, "WEBHOOK_ALLOW_PRIVATE": "true"}
    with run_echo() as port:
        model = {"OPENAI_API_KEY": API_KEY, "OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1"}
        with run_guarded(folder, **noisy, **model, WEBHOOK_RETRY_DELAYS_S="0.1") as guarded:
            yield guarded


@pytest.fixture(scope="module")
def link(guarded: Guarded) -> dict[str, Any]:
    (quiz_id,) = prepare(guarded.server.folder, partial(publish, asset_id="taught", project_id=OWN))
    (made,) = prepare(guarded.server.folder, partial(share, quiz_id, project_id=OWN))
    return dict(made)


def ask_in_every_wrong_way(guarded: Guarded, token: str) -> Iterator[bytes]:
    """A good token, in requests that are refused or not understood. Yields the answers."""
    bearer = {"authorization": f"Bearer {token}"}
    for path in ("/me", "/login", "/nowhere", "/projects/%20/videos", f"/projects/{OWN}/videos/none", "/jobs/1/"):
        for word in ("token", "access_token"):
            for method in ("GET", "POST"):
                raw = head(method, f"{path}?{word}={token}", content_length=0)
                yield exchange(guarded.server, raw, method).body
    yield exchange(guarded.server, head("GET", "/me", cookie=f"quizsys_token={token}; \0")).body
    yield guarded.call("x", "POST", f"/projects/{OWN}/jobs", b"{", **bearer).body
    yield guarded.post("x", f"/projects/{OWN}/jobs", {"job_type": token, "asset_id": token}, **bearer).body
    yield guarded.post("x", f"/projects/{OWN}/jobs", {"payload": [{token: token}], "asset_id": 5}, **bearer).body
    yield guarded.post("x", "/tokens", {"name": "n", "role": token}, **bearer).body
    for line in (f"GET /{token} HTTP/9\r\n\r\n", f"{token}\r\n\r\n", f"GET / HTTP/1.1\r\n{token}\r\n\r\n"):
        yield exchange(guarded.server, line.encode(), "GET").body


def test_a_good_token_is_told_by_no_log_and_no_refusal(guarded: Guarded) -> None:
    token = guarded.add("canary", role="editor", projects=[OWN])
    told = Told()
    told.secrets["token"] = token
    told.bodies += ask_in_every_wrong_way(guarded, token)
    told.bodies += read_everything(guarded)
    assert len(told.bodies) > 30
    told.check()


def test_a_link_and_its_learners_key_are_told_by_no_log(guarded: Guarded, link: dict[str, Any]) -> None:
    """At home the link is the learner's; in the log it would be everybody's who reads that."""
    told = Told()
    device = Device(guarded.server, link["token"])
    device.start()
    told.secrets |= {"link": link["token"], "learner": device.key}
    for path in (
        "/nowhere",
        "/attempts/none",
        f"/attempts/none?key={device.key}",
        "/attempts?key=qsyl_wrong",
        "/video",
    ):
        told.bodies.append(device.get(path).body)
        told.bodies.append(exchange(guarded.server, head("GET", f"//share/{link['token']}{path}"), "GET").body)
    told.bodies.append(device.post("/attempts", {"name": 5}).body)
    told.bodies.append(device.post(f"{device.place}/answers", {"answer": "\0"}).body)
    raw = head("GET", f"/%73hare/{link['token']}/attempts/none", x_learner_key=device.key + "x")
    told.bodies.append(exchange(guarded.server, raw, "GET").body)
    told.bodies += read_everything(guarded)
    assert any(b"/share/..." in body for body in told.bodies)
    told.check()


@pytest.mark.usefixtures("link")
def test_the_key_of_a_model_is_told_by_no_job_and_no_log(guarded: Guarded) -> None:
    """Even if the model's server quotes it when it refuses."""
    asked = {"job_type": "quiz_generation", "payload": {"asset_id": "taught"}}
    made = guarded.post("admin", f"/projects/{OWN}/jobs", asked)
    assert made.status in (200, 201, 202), made
    path = f"/projects/{OWN}/jobs/{made.json()['id']}"
    told = Told()
    deadline_s = time.monotonic() + JOBS_LIMIT_S
    while (state := guarded.call("admin", "GET", path).json()["status"]) in ("queued", "running"):
        assert time.monotonic() < deadline_s, state
        time.sleep(0.1)
    told.bodies.append(guarded.call("admin", "GET", path).body)
    told.bodies += read_everything(guarded)
    assert any(b"Incorrect API key provided" in body for body in told.bodies), "the refusal was not logged"
    told.check()


def test_the_secrets_of_a_webhook_are_told_by_no_log(guarded: Guarded) -> None:
    told = Told()
    told.secrets["query"] = HOOK_QUERY
    with run_echo() as port:
        url = f"http://127.0.0.1:{port}/hook?token={HOOK_QUERY}"
        asked = {"url": url, "secret": HOOK_SECRET}
        hook = guarded.post("admin", "/webhooks", asked).json()
        guarded.post("admin", f"/webhooks/{hook['id']}/test", {})
        withuser = guarded.post("admin", "/webhooks", {"url": f"http://u:{HOOK_PASSWORD}@127.0.0.1:{port}/"})
        assert withuser.status == 422
        time.sleep(0.5)
    guarded.post("admin", f"/webhooks/{hook['id']}/test", {})
    time.sleep(0.5)
    told.bodies.append(read_log(guarded))
    told.bodies.append(guarded.call("admin", "GET", "/metrics").body)
    told.check()


def test_a_childs_environment_and_command_line_hold_no_secret(guarded: Guarded) -> None:
    told = Told()
    told.secrets |= guarded.tokens
    children = psutil.Process(guarded.server.process.pid).children(recursive=True)
    assert len(children) >= 4
    for child in children:
        told.bodies.append(Path(f"/proc/{child.pid}/environ").read_bytes())
        told.bodies.append(Path(f"/proc/{child.pid}/cmdline").read_bytes())
    told.bodies.append(Path(f"/proc/{guarded.server.process.pid}/cmdline").read_bytes())
    told.check()


def read_log(guarded: Guarded) -> bytes:
    return b"".join(path.read_bytes() for path in guarded.server.folder.glob("app*.log"))


def read_everything(guarded: Guarded) -> Iterator[bytes]:
    """The log, and whatever the API tells an admin of itself."""
    yield read_log(guarded)
    for path in ("/health", "/health/details", "/metrics", "/openapi.json", "/info", "/", "/audit", "/tokens", "/me"):
        yield guarded.call("admin", "GET", path).body
    with connect(guarded.server) as connection:
        connection.sendall(head("TRACE", "/", **guarded.headers("admin")))
        yield connection.recv(65536)
    yield os.fsencode(" ".join(path.name for path in guarded.server.folder.rglob("*")))
