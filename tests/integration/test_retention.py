"""What goes after its time, and what stays however old it is."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from media.pool import MediaPool
from quizsys import retention
from quizsys.clock import utc_now
from quizsys.config import Settings, read_settings
from quizsys.db import Store
from quizsys.models.assets import Asset
from quizsys.models.quizzes import Quiz
from quizsys.retention import Retention
from quizsys.services.files import record_files
from quizsys.services.jobs import NewJob, insert_job
from quizsys.services.retention import delete_if_old, list_old_assets
from quizsys.storage import Storage
from quizsys.uploads import NO_QUOTAS, Desk
from tests.queueing import add_asset, enqueue

UPLOADS = ("uploads",)
OLD = utc_now() - timedelta(days=100)


def keep(settings: Settings, **days: int) -> Settings:
    env = {"STORAGE_ROOT": str(settings.storage_root), "LOG_FILE": str(settings.storage_root / "logs" / "app.log")}
    return read_settings(env | {name.upper(): str(value) for name, value in days.items()}, dotenv=None)


def make(store: Store, settings: Settings, **days: int) -> Retention:
    desk = Desk(store, Storage(settings.storage_root.absolute()), MediaPool(0), NO_QUOTAS)
    return Retention(desk, keep(settings, **days))


def put(path: Path, age_days: int = 100) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    stamp = (utc_now() - timedelta(days=age_days)).timestamp()
    os.utime(path, (stamp, stamp))
    return path


def add_old(*asset_ids: str) -> None:
    for asset_id in asset_ids:
        add_asset(asset_id)
        record_files("p", asset_id, {f"uploads/p/{asset_id}.mp4": 1})
    Asset.update(updated_at=OLD).where(Asset.id.in_(asset_ids)).execute()


def add_quiz(asset_id: str, status: str) -> None:
    quiz = Quiz(id=asset_id, project_id="p", asset_id=asset_id, transcript_id="", title="", generator="", status=status)
    quiz.refused, quiz.note, quiz.created_at, quiz.updated_at = [], "", OLD, OLD
    quiz.add()


async def list_left(store: Store) -> set[str]:
    return await store.read(lambda: {row.id for row in Asset.select(Asset.id)})


async def test_an_old_video_goes_with_its_file_and_a_young_one_stays(store: Store, settings: Settings) -> None:
    await store.run(add_old, "old")
    await store.run(add_asset, "young")
    files = [put(settings.storage_root / "uploads" / "p" / f"{name}.mp4") for name in ("old", "young")]
    await make(store, settings, upload_keep_days=30).prune()
    assert await list_left(store) == {"young"}
    assert [file.exists() for file in files] == [False, True]


async def test_a_video_at_work_or_with_a_quiz_in_use_stays(store: Store, settings: Settings) -> None:
    await store.run(add_old, "asset", "published", "drafted", "plain")
    await store.run(add_quiz, "published", "published")
    await store.run(add_quiz, "drafted", "draft")
    await enqueue(store)
    await make(store, settings, upload_keep_days=30).prune()
    assert await list_left(store) == {"asset", "published"}


async def test_a_video_that_was_touched_in_between_stays(store: Store) -> None:
    await store.run(add_old, "old")
    before = utc_now() - timedelta(days=30)
    [old] = await store.read(list_old_assets, UPLOADS, before)
    await store.run(lambda: Asset.update(updated_at=utc_now()).execute())
    assert not await store.run(delete_if_old, old, UPLOADS, before)
    assert await list_left(store) == {"old"}


async def test_exports_have_their_own_time_and_what_one_needs_stays(store: Store, settings: Settings) -> None:
    def prepare() -> None:
        add_old("export", "source", "plain")
        Asset.update(category="exports").where(Asset.id == "export").execute()
        new = NewJob("p", "export", "elsewhere", 3, 0.0, {"timeline": [{"asset_id": "source"}]})
        insert_job(new)

    await store.run(prepare)
    await make(store, settings, upload_keep_days=30).prune()
    assert await list_left(store) == {"export", "source"}
    await make(store, settings, export_keep_days=30).prune()
    assert await list_left(store) == {"source"}


async def test_by_default_no_video_and_no_export_ever_goes(store: Store, settings: Settings) -> None:
    await store.run(add_old, "old", "export")
    await store.run(lambda: Asset.update(category="exports").where(Asset.id == "export").execute())
    await make(store, settings).prune()
    assert await list_left(store) == {"old", "export"}


async def test_files_without_rows_and_old_logs_go_after_their_time(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = settings.storage_root
    lost = put(root / "lost" / "uploads" / "p" / "a.mp4")
    gone = [
        put(root / "logs" / "app.2026-01-01_00-00-00_000001.log"),
        put(root / "logs" / "app-worker-2.2026-01-01_00-00-00_000001.log"),
    ]
    kept = [
        put(root / "logs" / "app.log"),
        put(root / "logs" / "app-worker.log"),
        put(root / "logs" / "apple.2026-01-01_00-00-00_000001.log"),
    ]
    pruning = make(store, settings)
    told = [line async for line in pruning.go_through(dry_run=True)]
    assert len(told) == 2
    assert all(path.exists() for path in gone)
    await pruning.prune()
    assert [path for path in gone if path.exists()] == []
    # Set aside just now, however old the file is.
    assert all(path.exists() for path in [*kept, lost])
    monkeypatch.setattr(retention, "utc_now", lambda: utc_now() + timedelta(days=31))
    await pruning.prune()
    assert not lost.exists()
