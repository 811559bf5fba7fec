"""Deletions that are cut off, and deletions that overtake a job: in the end nothing is left of what was deleted."""

import asyncio
import errno
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.running import LESSON, Server, start_server, stop_server
from quizsys.config import Settings
from quizsys.db import Store
from quizsys.engine import run_engine
from quizsys.retention import Retention
from quizsys.scheduler import _move_all
from quizsys.services import assets, deletions, jobs
from quizsys.storage import Storage
from quizsys.uploads import Desk, Received, open_desk

CATEGORIES = ("uploads", "processed", "thumbnails", "exports", "music", "lost")


def vary(number: int) -> bytes:
    return LESSON.read_bytes() + b"\0\0\0\x0cfree" + number.to_bytes(4, "big")


def list_files(folder: Path) -> list[str]:
    return [str(path) for name in CATEGORIES for path in (folder / name).rglob("*") if path.is_file()]


def upload(server: Server, folder: Path, project: str, number: int) -> None:
    video = folder / "lesson.mp4"
    video.write_bytes(vary(number))
    server.upload(project, video)


@pytest.mark.parametrize("wait_s", [0.004, 0.02])
def test_a_wipe_cut_off_by_a_kill_leaves_rows_and_files_together(tmp_path: Path, wait_s: float) -> None:
    storage = tmp_path / "storage"
    storage.mkdir()
    server = start_server(storage, WORKER_CONCURRENCY=0)
    try:
        for number in range(8):
            upload(server, tmp_path, "p", number)
        upload(server, tmp_path, "q", 0)
        request = b"DELETE /projects/p/storage HTTP/1.1\r\nHost: x\r\n\r\n"
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(request)
            time.sleep(wait_s)
            server.process.kill()
            server.process.wait()
        server = start_server(storage, WORKER_CONCURRENCY=0)
        left = server.call("GET", "/projects/p/videos")
        files = [path for path in list_files(storage) if "/p/" in path]
        assert len(files) == 2 * len(left)
        assert not (storage / "lost").exists()
        server.call("DELETE", "/projects/p/storage")
        assert [path for path in list_files(storage) if "/q/" not in path] == []
        assert len(server.call("GET", "/projects/q/videos")) == 1
    finally:
        stop_server(server)


async def test_a_job_that_moves_its_files_after_the_deletion_leaves_none(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, clip: Path
) -> None:
    """The deletion comes when the job's work is done, but before its files are in their places."""
    storage = Storage(settings.storage_root)
    async with run_engine(settings) as engine, open_desk(engine.store, engine.storage) as desk:
        part = storage.path(storage.place("uploads", "p", "x.part"))
        shutil.copyfile(clip, part)
        kept = await desk.keep("p", Received(part, "x.avi", "video/x-msvideo", part.stat().st_size, "0" * 64))
        loop = asyncio.get_running_loop()
        moved = asyncio.Event()

        def move_late(*args: Any) -> dict[str, int]:
            asyncio.run_coroutine_threadsafe(desk.delete("p", kept["asset_id"]), loop).result(30)
            sizes: dict[str, int] = _move_all(*args)
            assert all(storage.path(path).exists() for path in sizes)
            loop.call_soon_threadsafe(moved.set)
            return sizes

        monkeypatch.setattr("quizsys.scheduler._move_all", move_late)
        new = jobs.NewJob("p", "scene_detection", kept["asset_id"], 1, 0.0, {"asset_id": kept["asset_id"]})
        job = await engine.store.run(jobs.create_job, new, 10)
        await asyncio.wait_for(moved.wait(), 60)
        await wait_for(lambda: engine.store.read(jobs.get_job, "p", job["id"]), "cancelled")
        await wait_until_gone(storage)
        assert list_files(settings.storage_root) == []


async def wait_for(read: Callable[[], Any], status: str) -> None:
    for _ in range(1000):
        if (await read())["status"] == status:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(await read())


async def wait_until_gone(storage: Storage) -> None:
    for _ in range(250):
        if not list_files(storage.root):
            return
        await asyncio.sleep(0.02)


async def test_what_a_fenced_try_left_goes_with_its_video(settings: Settings, lesson: Path) -> None:
    """A copy in its place whose job was never finished, so that no row tells of it."""
    storage = Storage(settings.storage_root)
    async with run_engine(settings) as engine, open_desk(engine.store, engine.storage) as desk:
        part = storage.path(storage.place("uploads", "p", "x.part"))
        shutil.copyfile(lesson, part)
        kept = await desk.keep("p", Received(part, "x.mp4", "video/mp4", part.stat().st_size, "0" * 64))
        stem = kept["filename"].removesuffix(".mp4")
        storage.path(storage.place("processed", "p", f"{stem}.web.mp4")).write_bytes(b"copy")
        scenes = storage.path(f"thumbnails/p/{stem}.scenes")
        scenes.mkdir()
        (scenes / "scene-001.jpg").write_bytes(b"picture")
        await desk.delete("p", kept["asset_id"])
        assert list_files(settings.storage_root) == []


async def keep_lesson(storage: Storage, desk: Desk, lesson: Path) -> str:
    part = storage.path(storage.place("uploads", "p", "x.part"))
    shutil.copyfile(lesson, part)
    kept = await desk.keep("p", Received(part, "x.mp4", "video/mp4", part.stat().st_size, "0" * 64))
    return str(kept["asset_id"])


async def test_a_wipe_waits_for_an_upload_that_is_being_placed(
    settings: Settings, store: Store, lesson: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes when the files are in their places, but no row tells of them yet."""
    storage = Storage(settings.storage_root)
    storage.prepare()
    run, wiping = store.run, []

    async def run_late(service: Callable[..., Any], *args: Any) -> Any:
        if service is assets.create_asset:
            wiping.append(asyncio.create_task(desk.wipe("p")))
            await asyncio.sleep(0.3)
        return await run(service, *args)

    async with open_desk(store, storage) as desk:
        monkeypatch.setattr(store, "run", run_late)
        await keep_lesson(storage, desk, lesson)
        await wiping[0]
        assert await store.read(lambda: list(assets.list_assets("p"))) == []
        assert list_files(settings.storage_root) == []


async def test_the_next_start_ends_a_deletion_that_only_forgot_the_rows(
    settings: Settings, store: Store, lesson: Path
) -> None:
    storage = Storage(settings.storage_root)
    storage.prepare()
    async with open_desk(store, storage) as desk:
        asset_id = await keep_lesson(storage, desk, lesson)
    await store.run(deletions.delete_asset, "p", asset_id)
    await store.close()
    assert len(list_files(settings.storage_root)) == 2
    server = await asyncio.to_thread(start_server, settings.storage_root, WORKER_CONCURRENCY=0)
    await asyncio.to_thread(stop_server, server)
    assert list_files(settings.storage_root) == []


async def test_a_file_that_the_disk_does_not_let_go_is_removed_within_the_hour(
    settings: Settings, store: Store, lesson: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = Storage(settings.storage_root)
    storage.prepare()
    unlink = Path.unlink

    def fail_for_videos(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".mp4":
            raise OSError(errno.EIO, "Input/output error")
        unlink(path, missing_ok)

    async with open_desk(store, storage) as desk:
        asset_id = await keep_lesson(storage, desk, lesson)
        with monkeypatch.context() as patched:
            patched.setattr(Path, "unlink", fail_for_videos)
            await desk.delete("p", asset_id)
        assert [Path(path).suffix for path in list_files(settings.storage_root)] == [".mp4"]
        await Retention(desk, settings).prune()
        assert list_files(settings.storage_root) == []
