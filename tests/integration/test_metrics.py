"""/metrics as Prometheus reads it."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.running import Server
from tests.wire import call, connect, head


def read(server: Server) -> dict[str, Any]:
    """Every sample by its name and labels."""
    answer = call(server, "GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = list(text_string_to_metric_families(answer.body.decode()))
    samples = [sample for family in families for sample in family.samples]
    found = {(sample.name, *sorted(sample.labels.values())): sample.value for sample in samples}
    assert len(found) == len(samples)
    return found


def test_work_is_counted(server: Server, lesson: Path) -> None:
    before = read(server)
    asset_id = server.upload("counted", lesson)["asset_id"]
    body = json.dumps({"job_type": "ingest", "payload": {"asset_id": asset_id}}).encode()
    job_id = server.call("POST", "/projects/counted/jobs", body)["id"]
    while server.call("GET", f"/projects/counted/jobs/{job_id}")["status"] != "completed":
        time.sleep(0.05)
    after = read(server)

    def grown(*key: str) -> float:
        return float(after.get(key, 0) - before.get(key, 0))

    assert grown("quizsys_http_requests_total", "/projects/{project_id}/videos", "201", "POST") == 1
    assert grown("quizsys_upload_bytes_total") > lesson.stat().st_size
    assert grown("quizsys_job_try_duration_seconds_count", "completed", "ingest") == 1
    assert grown("quizsys_commit_duration_seconds_count") >= 3
    assert after["quizsys_seats", "jobs"] == 1
    assert after["quizsys_seats", "uploads"] == 1
    assert after["quizsys_events_lag",] == 0
    assert after["quizsys_disk_free_bytes",] > 0
    assert ("quizsys_jobs_stored", "completed") in after
    assert [key for key in after if key[0] == "quizsys_build_info"]


def test_no_id_becomes_a_label(server: Server) -> None:
    call(server, "GET", "/projects/warm/videos/warm")
    call(server, "GET", "/nowhere")
    call(server, "ODD", "/nowhere")
    before = set(read(server))
    for number in range(20):
        call(server, "GET", f"/projects/p{number}/videos/v{number}")
        call(server, "GET", f"/nowhere/{number}")
        call(server, f"ODD{number}", "/nowhere")
    assert set(read(server)) == before


async def test_open_streams_are_seen(server: Server, lesson: Path) -> None:
    asset_id = server.upload("watched", lesson)["asset_id"]
    chain = [job["id"] for job in server.call("POST", f"/projects/watched/videos/{asset_id}/quiz")["jobs"]]
    address = f"http://127.0.0.1:{server.port}/projects/watched/jobs/{chain[-1]}"
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{address}/events"),
        session.ws_connect(f"{address}/ws"),
    ):
        seen = await asyncio.to_thread(read, server)
        assert seen["quizsys_http_requests_in_flight", "sse"] == 1
        assert seen["quizsys_http_requests_in_flight", "websocket"] == 1
        assert seen["quizsys_streams_open",] == 2
    for job_id in reversed(chain):
        server.call("POST", f"/projects/watched/jobs/{job_id}/cancel")


def test_an_upload_under_way_is_seen(server: Server) -> None:
    with connect(server) as connection:
        request = head(
            "POST", "/projects/p/videos", content_length=1000, content_type="multipart/form-data; boundary=x"
        )
        connection.sendall(request + b"--x\r\n")
        deadline = time.monotonic() + 5
        while read(server)["quizsys_http_requests_in_flight", "upload"] != 1 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert read(server)["quizsys_http_requests_in_flight", "upload"] == 1
