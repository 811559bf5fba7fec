"""Tokens in memory: never older than the last change that was read, and what they let in ends with them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from quizsys.clock import utc_now
from quizsys.db import Store
from quizsys.errors import Code, QuizsysError
from quizsys.keyring import Keyring
from quizsys.services.tokens import NewToken, Principal, create_token, revoke_token


@pytest.fixture
async def keyring(store: Store) -> AsyncIterator[Keyring]:
    made = Keyring(store)
    await made.start()
    yield made
    await made.close()


async def test_of_two_reads_at_once_the_older_one_does_not_come_last(
    store: Store, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a token that was revoked between them would be good again."""
    token = await store.run(create_token, NewToken("x", "viewer"))
    await keyring.reload()
    assert keyring.find(token["token"])
    read, held, go_on = store.read, asyncio.Event(), asyncio.Event()

    async def read_slowly(*args: Any) -> Any:
        found = await read(*args)
        if not held.is_set():
            held.set()
            await go_on.wait()
        return found

    monkeypatch.setattr(store, "read", read_slowly)
    await store.run(create_token, NewToken("y", "viewer"))
    older = asyncio.create_task(keyring.reload())
    await held.wait()
    await store.run(revoke_token, token["id"], keep_an_admin=False)
    newer = asyncio.create_task(keyring.reload())
    await asyncio.wait([newer], timeout=0.2)
    go_on.set()
    await asyncio.gather(older, newer)
    with pytest.raises(QuizsysError) as caught:
        keyring.find(token["token"])
    assert caught.value.code is Code.UNAUTHORIZED


async def test_what_a_token_let_in_ends_when_it_expires(keyring: Keyring) -> None:
    principal = Principal("id", "name", "viewer", None, utc_now() + timedelta(seconds=0.1))

    async def stay() -> None:
        async with asyncio.timeout(None) as scope:
            keyring.hold(principal, scope)
            try:
                await asyncio.sleep(30)
            finally:
                keyring.release(principal, scope)

    with pytest.raises(TimeoutError):
        await stay()
    assert not keyring._held


async def test_what_a_token_let_in_ends_when_it_is_revoked_and_nothing_else(store: Store, keyring: Keyring) -> None:
    made = [await store.run(create_token, NewToken(name, "viewer")) for name in "ab"]
    await keyring.reload()
    ended = []

    async def stay(name: str, token: str) -> None:
        principal = keyring.find(token)
        assert principal
        async with asyncio.timeout(None) as scope:
            keyring.hold(principal, scope)
            try:
                await asyncio.sleep(30)
            finally:
                ended.append(name)
                keyring.release(principal, scope)

    stays = [asyncio.create_task(stay(row["name"], row["token"])) for row in made]
    await asyncio.sleep(0)
    await store.run(revoke_token, made[0]["id"], keep_an_admin=False)
    with pytest.raises(TimeoutError):
        await stays[0]
    assert ended == ["a"]
    stays[1].cancel()
    await asyncio.gather(*stays, return_exceptions=True)


async def test_one_that_is_slow_to_end_does_not_keep_others_from_ending(store: Store, keyring: Keyring) -> None:
    made = [await store.run(create_token, NewToken(name, "viewer")) for name in "ab"]
    await keyring.reload()
    released = asyncio.Event()

    async def stay(token: str, wait: asyncio.Event | None) -> None:
        principal = keyring.find(token)
        assert principal
        async with asyncio.timeout(None) as scope:
            keyring.hold(principal, scope)
            try:
                await asyncio.sleep(30)
            finally:
                if wait is not None:
                    await wait.wait()
                keyring.release(principal, scope)

    slow = asyncio.create_task(stay(made[0]["token"], released))
    quick = asyncio.create_task(stay(made[1]["token"], None))
    await asyncio.sleep(0)
    for row in made:
        await store.run(revoke_token, row["id"], keep_an_admin=False)
        await keyring.reload()
        await asyncio.sleep(0.01)
    done, _ = await asyncio.wait([quick], timeout=10)
    released.set()
    assert done == {quick}
    await asyncio.gather(slow, quick, return_exceptions=True)
