"""metadata/*.json: what the seed kept its state in, as an export that follows the database."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from drawn_files import draw

from benchmarks.running import LESSON, Server, run_server, start_server, stop_server
from quizsys.clock import utc_now
from quizsys.config import Settings
from quizsys.db import Store
from quizsys.ids import new_id
from quizsys.models.assets import Asset
from quizsys.models.events import Event
from quizsys.registries import Registries
from quizsys.services import jobs
from quizsys.storage import Storage
from tests.tus_wire import wait_until
from tests.wire import FORM, call, form, part, send_json

ASSET = {
    **dict.fromkeys(("id", "project_id", "category", "filename", "original_filename", "relative_path"), str),
    **dict.fromkeys(("checksum", "mime_type", "status", "thumbnail_path", "created_at", "updated_at"), str),
    **{"size_bytes": int, "source_asset_ids": list, "metadata": dict},
}
JOB = {
    **dict.fromkeys(("id", "project_id", "job_type", "status", "created_at", "updated_at"), str),
    **{"progress": float, "attempts": int, "max_attempts": int, "retry_delay_seconds": float, "payload": dict},
    **{"result": dict, "error_message": type(None), "logs": list},
}


@pytest.fixture
def server() -> Iterator[Server]:
    with run_server(WORKER_CONCURRENCY=0) as running:
        yield running


def read_file(folder: Path, name: str) -> Any:
    path = folder / "metadata" / name
    return json.loads(path.read_text()) if path.exists() else None


def test_the_files_follow_the_database_in_the_seeds_form(server: Server) -> None:
    wait_until(lambda: (server.folder / "metadata" / "jobs.json").exists())
    assert (server.folder / "metadata" / "jobs.json").read_text() == "[]\n"
    body = form(part(draw("PNG"), filename=b"m.png"))
    assert call(server, "POST", "/projects/p/assets", body, content_type=FORM).status == 201
    video = server.upload("p", LESSON)["asset_id"]
    send_json(server, "/projects/p/jobs", {"job_type": "ingest", "payload": {"asset_id": video, "n": 10**30}})
    wait_until(lambda: len(read_file(server.folder, "jobs.json")) == 1)
    assets, (job,) = read_file(server.folder, "video_assets.json"), read_file(server.folder, "jobs.json")
    assert [asset["category"] for asset in assets] == ["image", "uploads"]
    assert {name: type(value) for name, value in assets[1].items()} == ASSET
    assert {name: type(value) for name, value in job.items()} == JOB
    assert job["payload"] == {"asset_id": video, "n": 10**30}
    (listed,) = call(server, "GET", "/projects/p/videos").json()
    assert {name: value for name, value in assets[1].items() if name in listed} == {
        name: value for name, value in listed.items() if name in ASSET
    }
    for name in ("video_assets.json", "jobs.json"):
        path = server.folder / "metadata" / name
        assert path.read_text() == json.dumps(json.loads(path.read_text()), indent=2, ensure_ascii=False) + "\n"
        assert path.stat().st_mode & 0o777 == 0o444
    assert call(server, "DELETE", "/projects/p/storage").status == 204
    wait_until(lambda: read_file(server.folder, "video_assets.json") == [])
    wait_until(lambda: not list((server.folder / "metadata").glob("*.part")))


def test_the_last_state_is_in_the_files_after_a_stop(tmp_path: Path) -> None:
    server = start_server(tmp_path, WORKER_CONCURRENCY=0)
    video = server.upload("p", LESSON)["asset_id"]
    send_json(server, "/projects/p/jobs", {"job_type": "ingest", "payload": {"asset_id": video}})
    assert stop_server(server) == 0
    assert len(read_file(tmp_path, "jobs.json")) == len(read_file(tmp_path, "video_assets.json")) == 1


def test_there_are_no_files_where_nobody_wants_them(tmp_path: Path) -> None:
    server = start_server(tmp_path, WORKER_CONCURRENCY=0, METADATA_EXPORT="false")
    server.upload("p", LESSON)
    assert stop_server(server) == 0
    assert list((tmp_path / "metadata").iterdir()) == []


async def test_under_a_flood_of_changes_they_are_written_seldom(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock of our own: changes come at every look for 20 minutes, and writing takes two seconds."""
    storage = Storage(settings.storage_root)
    storage.prepare()
    now_s = 0.0
    written_at: list[float] = []

    async def write_slowly() -> None:
        nonlocal now_s
        written_at.append(now_s)
        now_s += 2
        registries.took_s, registries.ended_s = 2.0, now_s
        registries.written = registries.seen = await store.read(lambda: (Event.select().count(),))

    monkeypatch.setattr("quizsys.registries.monotonic_s", lambda: now_s)
    monkeypatch.setattr("quizsys.registries.read_version", lambda: (Event.select().count(),))
    registries = Registries(store, storage, ended_s=0.0)
    monkeypatch.setattr(registries, "write", write_slowly)
    for _ in range(1200):
        now_s += 1
        await store.run(lambda: jobs.record_change("job", None))
        await registries.look()
    assert 34 <= len(written_at) <= 40
    for _ in range(30):
        now_s += 1
        await registries.look()
    assert registries.written == (1200,)


def add_assets(count: int) -> None:
    for number in range(count):
        text = f'a "quoted"\nname {number} \u00e9'
        known = {"checksum": "0" * 64, "size_bytes": 1, "mime_type": "x", "status": "ready", "metadata": {"n": [1]}}
        moment = {"created_at": utc_now(), "updated_at": utc_now()}
        row = Asset(id=new_id(), project_id="p", filename=text, original_filename=text, relative_path=text)
        for name, value in (known | moment).items():
            setattr(row, name, value)
        row.save(force_insert=True)


async def test_many_entries_are_one_array(settings: Settings, store: Store) -> None:
    storage = Storage(settings.storage_root)
    storage.prepare()
    await store.run(add_assets, 450)
    await Registries(store, storage).write()
    found = read_file(settings.storage_root, "video_assets.json")
    assert [entry["filename"] for entry in found] == [f'a "quoted"\nname {number} \u00e9' for number in range(450)]


async def test_what_a_stop_breaks_off_leaves_no_half_file(settings: Settings, store: Store) -> None:
    storage = Storage(settings.storage_root)
    storage.prepare()
    await store.run(add_assets, 1)
    writing = asyncio.create_task(Registries(store, storage).write(rest=1e9))
    folder = settings.storage_root / "metadata"
    await asyncio.to_thread(wait_until, lambda: list(folder.glob("*.part")) != [])
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    assert list(folder.iterdir()) == []
