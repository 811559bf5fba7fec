"""What the shelf does with uploads that rest, lose a part or lose their client."""

import asyncio
import os
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from media.pool import MediaPool
from quizsys.clock import utc_now
from quizsys.db import Store
from quizsys.errors import Code, QuizsysError
from quizsys.ids import new_id
from quizsys.kinds import get_kind
from quizsys.services import uploads
from quizsys.services.quotas import Quotas
from quizsys.services.uploads import FINAL, PARTIAL, Upload
from quizsys.shelf import Shelf
from quizsys.storage import Storage
from quizsys.uploads import Desk, Received

DAY_S = 86_400


@pytest.fixture
def shelf(store: Store, tmp_path: Path) -> Shelf:
    storage = Storage(tmp_path)
    storage.prepare()
    return Shelf(store, storage, Desk(store, storage, MediaPool(0), Quotas()), DAY_S)


def make_upload(age_s: float = 0, **more: object) -> Upload:
    told = {"length_bytes": 10, "metadata": "", "filename": "a.mp4", "mime_type": "", "category": "uploads"}
    return Upload(
        **{"id": new_id(), "project_id": "p", "created_at": utc_now() - timedelta(seconds=age_s)} | told | more
    )


def put(shelf: Shelf, upload: Upload, age_s: float = 0) -> Path:
    """The bytes of an upload that is whole since then."""
    path = shelf.path(upload)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"0123456789")
    os.utime(path, (time.time() - age_s,) * 2)
    return path


async def begin(store: Store, shelf: Shelf, upload: Upload, age_s: float = 0) -> Path:
    await store.run(uploads.create_upload, upload)
    return put(shelf, upload, age_s)


async def join_parts(store: Store, shelf: Shelf, age_s: float = 0) -> tuple[Upload, list[Path]]:
    """A final upload of two parts, and their files."""
    parts = [make_upload(age_s, concat=PARTIAL) for _ in range(2)]
    paths = [await begin(store, shelf, part, age_s) for part in parts]
    final = make_upload(length_bytes=20, concat=FINAL, part_ids=tuple(part.id for part in parts))
    return await store.run(uploads.create_final, final), paths


async def test_parts_wait_as_long_as_what_they_belong_to(store: Store, shelf: Shelf) -> None:
    _, parts = await join_parts(store, shelf, 2 * DAY_S)
    await shelf.expire()
    assert all(part.exists() for part in parts)


async def test_only_what_rests_too_long_expires_and_no_file_is_looked_at_on_the_loop(
    store: Store, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    resting = await begin(store, shelf, make_upload(2 * DAY_S), 2 * DAY_S)
    bare = make_upload(2 * DAY_S)
    await store.run(uploads.create_upload, bare)
    working = [await begin(store, shelf, make_upload(2 * DAY_S)) for _ in range(5)]
    done = make_upload(2 * DAY_S, done_at=utc_now(), asset_id="a")
    await store.run(uploads.create_upload, done)
    stat, on_loop = Path.stat, []

    def watch(path: Path, **more: bool) -> os.stat_result:
        if threading.current_thread() is threading.main_thread():
            on_loop.append(path)
        return stat(path, **more)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "stat", watch)
        await shelf.expire()
    assert not resting.exists()
    assert all(path.exists() for path in working)
    assert not set(working) & set(on_loop)
    with pytest.raises(QuizsysError, match="not found"):
        await shelf.get("p", bare.id)
    assert await shelf.get("p", done.id) == done


async def test_looking_at_an_upload_makes_no_folder(shelf: Shelf) -> None:
    upload = make_upload()
    assert (shelf.offset(upload), shelf.expires_at(upload)) == (0, upload.created_at + timedelta(seconds=DAY_S))
    assert not shelf.path(upload).parent.exists()


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM uploads WHERE final_id = 'x'", "DELETE FROM uploads WHERE id = 'x' OR final_id = 'x'"],
)
async def test_parts_are_found_by_an_index(store: Store, statement: str) -> None:
    plan = await store.read(lambda: store.db.execute_sql(f"EXPLAIN QUERY PLAN {statement}").fetchall())
    assert not any("SCAN" in row[3] for row in plan), plan


async def test_a_joined_upload_that_has_lost_a_part_is_refused_for_good(store: Store, shelf: Shelf) -> None:
    final, parts = await join_parts(store, shelf)
    parts[1].unlink()
    with pytest.raises(QuizsysError, match="send the parts anew") as refused:
        await shelf.finish(final)
    assert refused.value.code is Code.GONE
    assert await store.read(uploads.list_unfinished) == []
    assert not any(path.exists() for path in (shelf.path(final), *parts))


async def test_who_gives_up_an_upload_and_leaves_leaves_no_file(
    store: Store, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = make_upload()
    path = await begin(store, shelf, upload)
    run, has_committed = store.run, asyncio.Event()

    async def run_slowly(*args: object) -> object:
        outcome = await run(*args)
        has_committed.set()
        await asyncio.sleep(0)
        return outcome

    monkeypatch.setattr(store, "run", run_slowly)
    leaving = asyncio.create_task(shelf.terminate(upload))
    await has_committed.wait()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert not path.exists()


@pytest.mark.parametrize("is_deleted", [False, True])
async def test_what_is_sent_again_while_it_is_deleted_is_a_file_of_its_own(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, is_deleted: bool
) -> None:
    """Row and file go between our look at the one and at the other: no file must come back without a row."""
    part = put(shelf, make_upload())
    known = {"asset_id": "a", "filename": "known.mp4"}
    found = iter([known, None if is_deleted else known])
    monkeypatch.setattr("quizsys.uploads.find_by_checksum", lambda *_: next(found))
    received = Received(part, "a.mp4", "", 10, "checksum")
    told = await shelf._desk._recognise("p", get_kind("uploads"), received)
    assert told == (None if is_deleted else known)
    there = part.with_name("known.mp4")
    assert [path.name for path in part.parent.iterdir()] == [part.name if is_deleted else there.name]
    assert (part if is_deleted else there).read_bytes() == b"0123456789"
