"""A teacher's day on a server that asks for tokens, with the clients that people have: a browser's, tus, plain HTTP."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from tusclient.client import TusClient

from tests.guarded import OTHER, OWN, Guarded, run_guarded

WANTED_S = 60


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Guarded]:
    with run_guarded(tmp_path, WORKER_CONCURRENCY=1) as running:
        running.add("teacher", role="editor", projects=[OWN])
        yield running


def upload_by_tus(guarded: Guarded, lesson: Path) -> str:
    """The id of the video."""
    client = TusClient(f"http://127.0.0.1:{guarded.server.port}/projects/{OWN}/uploads", guarded.headers("teacher"))
    # Its own reader of a path leaves the file open.
    with lesson.open("rb") as file:
        client.uploader(file_stream=file, metadata={"filename": "lesson.mp4"}, chunk_size=300_000).upload()
    return str(guarded.call("teacher", "GET", f"/projects/{OWN}/videos").json()[-1]["id"])


async def test_a_lesson_is_sent_watched_and_played(guarded: Guarded, lesson: Path) -> None:
    token = guarded.tokens["teacher"]
    asset_id = await asyncio.to_thread(upload_by_tus, guarded, lesson)
    base = f"http://127.0.0.1:{guarded.server.port}"
    page = {"Origin": base}
    # The server's address is a number, for which aiohttp keeps cookies only if told.
    jar = aiohttp.CookieJar(unsafe=True)
    async with asyncio.timeout(WANTED_S), aiohttp.ClientSession(base, cookie_jar=jar) as browser:
        async with browser.get(f"/login?token={token}", allow_redirects=False) as signed_in:
            assert (signed_in.status, signed_in.headers["Location"]) == (303, "/docs")
        async with browser.get("/me") as me:
            assert (await me.json())["projects"] == [OWN]
        job = {"job_type": "ingest", "payload": {"asset_id": asset_id}}
        async with browser.post(f"/projects/{OWN}/jobs", json=job) as blind:
            assert blind.status == 403
        async with browser.post(f"/projects/{OWN}/jobs", json=job, headers=page) as made:
            job_id = (await made.json())["id"]
        by_socket, by_events = await asyncio.gather(
            watch_socket(browser, f"/projects/{OWN}/jobs/{job_id}/ws", page),
            watch_events(base, f"/projects/{OWN}/jobs/{job_id}/events?access_token={token}"),
        )
        assert by_socket["status"] == by_events["status"] == "completed"
        async with browser.get(f"/projects/{OTHER}/videos") as other:
            assert other.status == 403
        async with browser.post("/logout", headers=page) as signed_out:
            assert signed_out.status == 204
        async with browser.get("/me") as nobody:
            assert nobody.status == 401
    entries = [
        (entry["action"], entry["status"]) for entry in guarded.call("admin", "GET", f"/audit?project={OWN}").json()
    ]
    # Of the upload its first and its last piece.
    upload = [("append_upload", 204), ("create_upload", 201)]
    assert entries == [("create_job", 201), ("create_job", 403), *upload]
    check_player(guarded, f"/projects/{OWN}/videos/{asset_id}/content?access_token={token}", lesson)


def check_player(guarded: Guarded, path: str, lesson: Path) -> None:
    """What a <video> gets, which can send no headers of its page's choice."""
    played = guarded.call("stranger", "GET", path, range="bytes=0-99")
    assert (played.status, played.body) == (206, lesson.read_bytes()[:100])
    assert "private" in played.headers["cache-control"]


async def watch_socket(browser: aiohttp.ClientSession, path: str, page: dict[str, str]) -> dict[str, object]:
    """The last state that is told."""
    async with browser.ws_connect(path, headers=page) as socket:
        states = [json.loads(message.data) async for message in socket]
    return dict(states[-1])


async def watch_events(base: str, path: str) -> dict[str, object]:
    """The same without cookies, as an EventSource of another site would."""
    async with aiohttp.ClientSession(base) as source, source.get(path) as stream:
        assert stream.status == 200
        states = [json.loads(line[5:]) async for line in stream.content if line.startswith(b"data:")]
    return dict(states[-1])
