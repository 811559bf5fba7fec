"""Who reads a little never waits for those who read much: whole lists and searches."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from handlers.context import CONTEXT, Context
from handlers.paging import answer_list
from handlers.search import search_project
from quizsys.db import Store
from quizsys.services import search

MANY = 6


class Gate:
    """Holds whoever lists, and counts how many at once."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.inside = self.most = 0

    def list_slowly(self, *_: object) -> Iterator[dict[str, Any]]:
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.open.wait(60)
        self.inside -= 1
        return iter(())


@pytest.fixture
async def gate() -> AsyncIterator[Gate]:
    made = Gate()
    yield made
    made.open.set()


def ask(store: Store, query: str) -> web.Request:
    app = web.Application()
    app[CONTEXT] = cast(Context, SimpleNamespace(store=store))
    info = cast(Any, {"project_id": "p"})
    return make_mocked_request("GET", f"/?{query}", app=app, match_info=info)


async def check_nobody_waits(store: Store, gate: Gate, asked: Callable[[], Awaitable[web.Response]]) -> None:
    waiting = [asyncio.ensure_future(asked()) for _ in range(MANY)]
    while not gate.inside:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert [await asyncio.wait_for(store.read(int), 30) for _ in range(MANY)] == [0] * MANY
    gate.open.set()
    assert [response.body for response in await asyncio.gather(*waiting)] == [b"[]"] * MANY
    assert gate.most == 1


async def test_nobody_waits_for_whole_lists(store: Store, gate: Gate) -> None:
    await check_nobody_waits(store, gate, lambda: answer_list(ask(store, ""), gate.list_slowly))


async def test_nobody_waits_for_searches(store: Store, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "search", gate.list_slowly)
    await check_nobody_waits(store, gate, lambda: search_project(ask(store, "q=the&limit=5")))
