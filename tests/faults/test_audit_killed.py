"""kill -9 while jobs come in: each job that is there has its entry in the audit, and each entry its job."""

import json
import threading
import time
from pathlib import Path

import apsw

from benchmarks.running import LESSON, start_server
from tests.faults.test_killed import kill_server

CLIENTS = 8


def test_no_change_without_its_entry_and_no_entry_without_its_change(tmp_path: Path) -> None:
    server = start_server(tmp_path, WORKER_CONCURRENCY=0, MAX_QUEUE_SIZE=10**6)
    asset_id = server.upload("p", LESSON)["asset_id"]
    body = json.dumps({"job_type": "ingest", "payload": {"asset_id": asset_id}}).encode()
    told: list[str] = []

    def enqueue_until_killed() -> None:
        while True:
            try:
                told.append(server.call("POST", "/projects/p/jobs", body)["id"])
            except Exception:
                return

    clients = [threading.Thread(target=enqueue_until_killed) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    deadline = time.monotonic() + 20
    while len(told) < 100 and time.monotonic() < deadline:
        time.sleep(0.01)
    kill_server(server)
    for client in clients:
        client.join()
    with apsw.Connection(str(tmp_path / "app.db")) as db:
        jobs = {row[0] for row in db.execute("SELECT id FROM jobs")}
        entries = [row[0] for row in db.execute("SELECT thing_id FROM audit WHERE action = 'create_job'")]
    assert len(told) >= 100
    assert set(told) <= jobs
    assert len(entries) == len(jobs)
    assert set(entries) == jobs
