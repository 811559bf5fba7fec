"""A client that uses all of a server, step by step, and repeats a step until it has been acknowledged."""

import base64
import hashlib
import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.running import Server
from quizsys.json_text import write_json
from tests.faults.invariants import read
from tests.integration.test_streams import FRAME
from tests.sharing import Device, answer_right
from tests.tus_wire import ask, create, patch, place, wait_until
from tests.wire import Answer, call, connect, head, part, send_json, upload

PROJECT = "p"
JOBS = f"/projects/{PROJECT}/jobs"
TITLE = "Leaves"
HEAR_LIMIT_S = 60.0
OVER = ("completed", "failed", "cancelled")
# What a client sees of a server that dies.
CUT = (OSError, http.client.HTTPException)
TINY_FILM = {"resolution": "540p", "proxy_resolution": None, "generate_thumbnails": False}


@dataclass
class Client:
    """`data` are the bytes of a video; `token` that of a link to the quiz. `acknowledged` has ids by table.

    `name` sets its keys and videos apart from other clients'. A job may fail with one of `bearable`.
    """

    data: bytes
    token: str
    quiz_id: str
    name: int = 0
    bearable: tuple[str, ...] = ()
    server: Server = field(init=False)
    acknowledged: dict[str, set[str]] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    done: int = 0

    def go_on(self, steps: "tuple[Step, ...]") -> None:
        """Do what is left of the steps. Raises one of CUT when the server dies."""
        for step in steps[self.done :]:
            step(self)
            self.done += 1

    def acknowledge(self, table: str, name: str) -> str:
        self.acknowledged.setdefault(table, set()).add(name)
        return name

    def vary(self, number: int) -> bytes:
        """The video with other bytes at its end, in a box that players skip."""
        return self.data + b"\0\0\0\x0cfree" + (self.name * 16 + number).to_bytes(4, "big")

    def post(self, path: str, body: object, more: int = 0) -> Answer:
        """With a key of its own, so that a repeat is known as one; `more` tells the posts of a step apart."""
        return send_json(self.server, path, body, idempotency_key=f"{self.name}-{self.done}-{more}")

    def watch(self, job_id: str) -> dict[str, Any]:
        """A job from now to its end, by its stream."""
        with connect(self.server) as connection:
            connection.sendall(head("GET", f"{JOBS}/{job_id}/events"))
            response = http.client.HTTPResponse(connection, method="GET")
            response.begin()
            frames = FRAME.findall(response.read().decode())
        last: dict[str, Any] = json.loads(frames[-1][1]) if frames else {"status": "none"}
        if last["status"] not in OVER:
            raise ConnectionError(f"the stream ended at {last['status']}")
        return last


Step = Callable[[Client], None]


def expect(told: Answer, *statuses: int) -> None:
    """One of these; a server that starts, stops or is busy is asked again, like one that is gone."""
    if told.status == 503:
        raise ConnectionError(told)
    assert told.status in statuses, told


def send_form(client: Client) -> None:
    told = upload(client.server, PROJECT, part(client.vary(1)))
    expect(told, 201)
    client.notes["video"] = client.acknowledge("assets", told.json()["asset_id"])


def send_pieces(client: Client) -> None:
    """A resumable upload in two pieces, the second one with its checksum."""
    data = client.vary(2)
    if "upload" not in client.notes:
        told = create(client.server, PROJECT, len(data))
        expect(told, 201)
        client.notes["upload"] = place(told)
        client.acknowledge("uploads", client.notes["upload"].rpartition("/")[2])
    address = client.notes["upload"]
    while (told := ask(client.server, address)).headers.get("upload-offset") != str(len(data)):
        expect(told, 200)
        offset = int(told.headers["upload-offset"])
        assert offset >= client.notes.get("offset", 0), "bytes that were acknowledged are lost"
        piece = data[offset : len(data) // 2] or data[offset:]
        more: dict[str, object] = {"upload_checksum": sha1_of(piece)} if offset else {}
        told = patch(client.server, address, offset, piece, **more)
        expect(told, 204)
        client.notes["offset"] = int(told.headers["upload-offset"])
    client.notes["second"] = client.acknowledge("assets", told.headers["quizsys-asset-id"])


def sha1_of(data: bytes) -> str:
    return f"sha1 {base64.b64encode(hashlib.sha1(data).digest()).decode()}"


def run_job(client: Client, job_type: str, payload: dict[str, Any]) -> dict[str, Any]:
    told = client.post(JOBS, {"job_type": job_type, "payload": payload})
    expect(told, 201)
    job = client.watch(client.acknowledge("jobs", told.json()["id"]))
    check_end(client, job)
    return job


def check_end(client: Client, job: dict[str, Any]) -> None:
    assert job["status"] == "completed" or job["error_code"] in client.bearable, job


def ingest(client: Client) -> None:
    run_job(client, "ingest", {"asset_id": client.notes["video"]})


def find_scenes(client: Client) -> None:
    run_job(client, "scene_detection", {"asset_id": client.notes["video"]})


def export(client: Client) -> None:
    clip = {"asset_id": client.notes["video"], "in_point": 0, "out_point": 1}
    job = run_job(client, "export", {"clips": [clip], **TINY_FILM})
    if job["status"] == "completed":
        client.acknowledge("assets", job["result"]["timeline"]["asset_id"])


def make_quiz(client: Client) -> None:
    """The whole chain."""
    told = client.post(f"/projects/{PROJECT}/videos/{client.notes['video']}/quiz", {})
    expect(told, 202)
    for job in told.json()["jobs"]:
        check_end(client, client.watch(client.acknowledge("jobs", job["id"])))


def cancel(client: Client) -> None:
    told = client.post(JOBS, {"job_type": "ingest", "payload": {"asset_id": client.notes["video"]}})
    expect(told, 201)
    job_id = client.acknowledge("jobs", told.json()["id"])
    expect(call(client.server, "POST", f"{JOBS}/{job_id}/cancel", b""), 202)
    client.watch(job_id)


def enqueue_many(client: Client) -> None:
    """Tiny jobs that nobody waits for; every third one is cancelled."""
    for number in range(6):
        told = client.post(JOBS, {"job_type": "ingest", "payload": {"asset_id": client.notes["video"]}}, number)
        expect(told, 201)
        job_id = client.acknowledge("jobs", told.json()["id"])
        if number % 3 == 0:
            expect(call(client.server, "POST", f"{JOBS}/{job_id}/cancel", b""), 202)


def begin_attempt(client: Client) -> None:
    device = Device(client.server, client.token)
    told = device.post("/attempts", {"name": "Eve"})
    expect(told, 201)
    device.attempt = told.json()
    device.key = device.attempt["learner_key"]
    client.notes["device"] = device
    client.acknowledge("attempts", device.attempt["id"])


def answer(client: Client) -> None:
    """Every question, under ids of the client's own."""
    device: Device = client.notes["device"]
    device.server = client.server
    for question in device.attempt["questions"]:
        name = f"of-{question['id']}"
        told = device.send(question, answer_right(question), client_id=name)
        expect(told, 200)
        client.acknowledge("answers", name)
    told = device.post(f"{device.place}/finish", {})
    expect(told, 200)


def edit_and_publish(client: Client) -> None:
    """A new title, and a new version; whatever of it is done already is left out."""
    path = f"/projects/{PROJECT}/quizzes/{client.quiz_id}"
    told = call(client.server, "GET", path)
    expect(told, 200)
    quiz = told.json()
    if quiz["title"] != TITLE:
        change = write_json({"title": TITLE, "base_revision": quiz["revision"]})
        told = call(client.server, "PATCH", path, change, content_type="application/json")
        expect(told, 200)
        quiz = told.json()
    if quiz["published_revision"] != quiz["revision"]:
        told = send_json(client.server, f"{path}/publish", {"base_revision": quiz["revision"]})
        expect(told, 200)


def delete(client: Client) -> None:
    told = call(client.server, "DELETE", f"/projects/{PROJECT}/videos/{client.notes['second']}")
    # The second time it is gone.
    expect(told, 204, 404)
    client.acknowledged["assets"].discard(client.notes["second"])


def wait_until_heard(folder: Path) -> None:
    """Until no message waits to be sent."""
    waiting = "SELECT id FROM webhook_deliveries WHERE status = 'pending'"
    wait_until(lambda: not read(folder, waiting), HEAR_LIMIT_S)
