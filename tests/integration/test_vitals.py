"""The watch over the parts of a process: who is told while all lives, and when something has ended or hangs."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from quizsys import vitals
from quizsys.db import Store
from quizsys.notifier import Notifier
from quizsys.vitals import EXIT_CODE, keep_watch


class Ear(Notifier):
    """Keeps what it is told."""

    def __init__(self) -> None:
        super().__init__("", 0.06)
        object.__setattr__(self, "words", [])

    def tell(self, **words: object) -> None:
        self.words.append(words)  # type: ignore[attr-defined]

    def count_beats(self) -> int:
        return sum("watchdog" in words for words in self.words)  # type: ignore[attr-defined]


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_the_watchdog_is_fed_while_all_lives(store: Store) -> None:
    ear = Ear()
    async with keep_watch(ear, store, list, pytest.fail):
        await until(lambda: ear.count_beats() > 2)


async def test_a_dead_part_ends_the_process_and_is_named(store: Store) -> None:
    ear, ends = Ear(), list[int]()
    async with keep_watch(ear, store, lambda: ["the database writer"], ends.append):
        await until(lambda: ends)
    assert ends == [EXIT_CODE]
    assert ear.count_beats() == 0
    assert "the database writer ended by itself" in str(ear.words)  # type: ignore[attr-defined]


async def test_a_stuck_writer_starves_the_watchdog_until_it_goes_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vitals, "STUCK_S", 0.3)
    ear, go_on = Ear(), threading.Event()
    async with keep_watch(ear, store, list, pytest.fail):
        hanging = asyncio.create_task(store.run(go_on.wait, 10))
        await until(lambda: vitals.is_stuck(store))
        await asyncio.sleep(0.1)
        fed = ear.count_beats()
        await asyncio.sleep(0.2)
        assert ear.count_beats() == fed
        go_on.set()
        await hanging
        await until(lambda: ear.count_beats() > fed)


async def test_a_writer_whose_thread_ended_is_seen(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert store.is_writing
    monkeypatch.setattr(threading, "excepthook", lambda _args: None)
    monkeypatch.setattr(store, "_take_batch", lambda: 1 / 0)
    await until(lambda: not store.is_writing)
