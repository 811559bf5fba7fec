"""The store on a real SQLite file: one commit for many, one failure for one, word of what others wrote."""

import asyncio
import multiprocessing
from pathlib import Path

import apsw
import pytest

from quizsys import clock, sqlite
from quizsys.config import Settings
from quizsys.db import EVENTS, QUEUE, Store, add_last, announce
from quizsys.errors import Code, QuizsysError
from quizsys.models.events import Event
from quizsys.upkeep import run_backup


def add_event(name: str) -> None:
    Event(job_id=name, at=clock.utc_now()).add()


def fail_after_writing(name: str) -> None:
    add_event(name)
    announce(EVENTS)
    raise ValueError(name)


def list_events() -> set[str]:
    return {row.job_id for row in Event.select()}


async def test_one_failure_in_a_shared_commit_is_only_its_own(store: Store) -> None:
    writes = [store.run(fail_after_writing if n % 3 == 0 else add_event, str(n)) for n in range(60)]
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert [isinstance(outcome, ValueError) for outcome in outcomes] == [n % 3 == 0 for n in range(60)]
    assert await store.read(list_events) == {str(n) for n in range(60) if n % 3}


def add_last_event(name: str) -> None:
    add_last(Event, job_id=name, at=clock.utc_now())


def fail_after_adding_last(name: str) -> None:
    add_last_event(name)
    raise ValueError(name)


async def test_rows_for_the_end_of_a_commit_are_in_the_order_of_their_writes(store: Store) -> None:
    await asyncio.gather(*(store.run(add_last_event, str(n)) for n in range(60)))
    rows = await store.read(lambda: [row.job_id for row in Event.select().order_by(Event.id)])
    assert rows == [str(n) for n in range(60)]


async def test_rows_for_the_end_of_a_commit_go_with_the_write_that_failed(store: Store) -> None:
    writes = [store.run(fail_after_adding_last if n % 3 == 0 else add_last_event, str(n)) for n in range(60)]
    await asyncio.gather(*writes, return_exceptions=True)
    assert await store.read(list_events) == {str(n) for n in range(60) if n % 3}


async def test_a_row_that_cannot_be_added_at_the_end_fails_its_own_write_alone(store: Store) -> None:
    writes = [store.run(add_last, Event, job_id=None if n == 7 else str(n), at=clock.utc_now()) for n in range(20)]
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert [n for n, outcome in enumerate(outcomes) if isinstance(outcome, Exception)] == [7]
    assert await store.read(list_events) == {str(n) for n in range(20) if n != 7}


async def test_a_write_is_on_disk_when_it_returns(store: Store, settings: Settings) -> None:
    await store.run(add_event, "kept")
    other = apsw.Connection(str(settings.database_url))
    assert other.execute("SELECT job_id FROM events").fetchall() == [("kept",)]
    other.close()


async def test_listeners_hear_of_a_commit_and_not_of_a_failure(store: Store) -> None:
    heard: list[str] = []
    store.listen(EVENTS, lambda: heard.append("events"))
    with pytest.raises(ValueError, match="no"):
        await store.run(fail_after_writing, "no")
    await store.run(announce, EVENTS)
    assert heard == ["events"]


def write_elsewhere(path: str) -> None:
    connection = apsw.Connection(path)
    connection.execute("INSERT INTO events (job_id, at) VALUES ('elsewhere', 1)")
    connection.close()


async def test_a_commit_of_another_process_is_heard(store: Store, settings: Settings) -> None:
    heard = asyncio.Event()
    store.listen(QUEUE, heard.set)
    other = multiprocessing.get_context("spawn").Process(target=write_elsewhere, args=(str(settings.database_url),))
    other.start()
    await asyncio.wait_for(heard.wait(), 20)
    await asyncio.to_thread(other.join)
    assert await store.read(list_events) == {"elsewhere"}


async def test_own_commits_wake_nobody_who_was_not_named(store: Store) -> None:
    heard: list[str] = []
    store.listen(QUEUE, lambda: heard.append("queue"))
    for n in range(20):
        await store.run(add_event, str(n))
        await asyncio.sleep(0.01)
    assert heard == []


async def test_a_lock_held_too_long_elsewhere_is_told_as_busy(store: Store, settings: Settings) -> None:
    await store.run(store.db.execute_sql, "PRAGMA busy_timeout = 200")
    other = apsw.Connection(str(settings.database_url))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(QuizsysError) as caught:
        await store.run(add_event, "late")
    assert caught.value.code is Code.BUSY
    other.execute("COMMIT")
    await store.run(add_event, "in time")
    assert await store.read(list_events) == {"in time"}
    other.close()


async def test_a_full_file_is_told_and_loses_nothing(store: Store) -> None:
    await store.run(add_event, "before")
    pages = await store.run(lambda: store.db.execute_sql("PRAGMA page_count").fetchone()[0])
    await store.run(store.db.execute_sql, f"PRAGMA max_page_count = {pages}")
    with pytest.raises(QuizsysError) as caught:
        await store.run(add_event, "x" * 1_000_000)
    assert caught.value.code is Code.STORAGE_FULL
    await store.run(store.db.execute_sql, "PRAGMA max_page_count = 1000000")
    await store.run(add_event, "after")
    assert await store.read(list_events) == {"before", "after"}


async def test_a_closed_store_refuses_and_has_written_what_it_accepted(store: Store) -> None:
    writes = [asyncio.ensure_future(store.run(add_event, str(n))) for n in range(50)]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*writes)
    with pytest.raises(QuizsysError) as caught:
        await store.run(add_event, "late")
    assert caught.value.code is Code.SHUTTING_DOWN


async def test_a_backup_under_load_is_whole(store: Store, settings: Settings, tmp_path: Path) -> None:
    await asyncio.gather(*(store.run(add_event, str(n)) for n in range(500)))
    target = tmp_path / "backup.db"
    loading = [asyncio.ensure_future(store.run(add_event, f"late {n}")) for n in range(500)]
    options = type("Options", (), {"file": target})()
    assert await asyncio.to_thread(run_backup, settings, options) == 0
    await asyncio.gather(*loading)
    copy = apsw.Connection(str(target))
    assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert copy.execute("SELECT count(*) FROM events WHERE job_id NOT LIKE 'late%'").fetchall() == [(500,)]
    copy.close()


def test_the_sqlite_in_use_has_no_wal_reset_bug() -> None:
    assert sqlite.library_is_sound()
