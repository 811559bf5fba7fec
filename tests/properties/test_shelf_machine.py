"""Senders that race, hang, take over and give up: what was acknowledged is there, and nothing else is."""

import asyncio
from collections.abc import Coroutine, Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from quizsys import holds
from quizsys.clock import utc_now
from quizsys.errors import Code, QuizsysError
from quizsys.ids import new_id
from quizsys.services.uploads import FINAL, PARTIAL, Upload
from tests.shelf_world import EXPIRY_S, Known, Sender, World

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
# What takes no time to look at, in pieces of the same length.
WHOLES = [f"WEBVTT\n\n00:01.000 --> 00:02.000\n{word}\n".encode() for word in ("one", "two", "six")]
PIECES = 2
picks = st.integers(0, 1000)
shares = st.floats(0, 1)


@pytest.fixture(scope="module")
def world(empty_database: Path) -> Iterator[World]:
    made = World(empty_database)
    with patch.object(holds, "LOOK_S", 0.01), patch("quizsys.shelf.utc_now", made.now):
        yield made
    made.close()


def make_machine(world: World) -> type[RuleBasedStateMachine]:
    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.folder = TemporaryDirectory(prefix="quizsys-shelf-", dir=MEMORY)
            self.open: dict[str, Known] = {}
            self.done: dict[str, bytes] = {}
            self.made: set[bytes] = set()
            world.run(world.open(Path(self.folder.name)))

        def teardown(self) -> None:
            world.run(world.shut())
            self.folder.cleanup()

        def pick(self, number: int, concat: str = "") -> Known | None:
            fitting = [one for one in self.open.values() if one.concat == concat]
            return fitting[number % len(fitting)] if fitting else None

        def settle(self, known: Known) -> None:
            """It has all its bytes: a plain one is an asset now."""
            if known.come == len(known.whole) and known.concat != PARTIAL:
                del self.open[known.id]
                self.done[known.id] = known.whole
                self.made.add(known.whole)

        @rule(whole=st.sampled_from(WHOLES), is_told=st.booleans())
        def create(self, whole: bytes, is_told: bool) -> None:
            known = Known(new_id(), whole)
            world.run(world.create(known, is_told=is_told))
            self.open[known.id] = known

        @rule(whole=st.sampled_from(WHOLES))
        def create_parts(self, whole: bytes) -> None:
            for piece in (whole[: len(whole) // PIECES], whole[len(whole) // PIECES :]):
                known = Known(new_id(), piece, PARTIAL)
                world.run(world.create(known, is_told=True))
                self.open[known.id] = known

        @rule(number=picks, concat=st.sampled_from(["", PARTIAL]), share=shares)
        def send(self, number: int, concat: str, share: float) -> None:
            if known := self.pick(number, concat):
                body = known.rest[: round(len(known.rest) * share)]
                assert world.run(world.send(known, Sender(body))) == "sent"
                known.come += len(body)
                self.settle(known)

        @rule()
        def send_all_parts(self) -> None:
            for known in [one for one in self.open.values() if one.concat == PARTIAL][-PIECES:]:
                assert world.run(world.send(known, Sender(known.rest))) == "sent"
                known.come = len(known.whole)

        @rule(number=picks, share=shares)
        def send_twice_at_once(self, number: int, share: float) -> None:
            """From the same offset: one of them is told that it is late."""
            if known := self.pick(number):
                body = known.rest[: max(1, round(len(known.rest) * share))]

                async def race() -> list[str]:
                    return await asyncio.gather(*(world.send(known, Sender(body)) for _ in range(2)))

                ends = world.run(race())
                assert sorted(ends) == sorted(["sent", Code.CONFLICT])
                known.come += len(body)
                self.settle(known)

        @rule(number=picks, share=st.floats(0, 0.99), what=st.sampled_from(["send", "terminate", "expire", "restart"]))
        def hang(self, number: int, share: float, what: str) -> None:
            """A sender falls silent after some bytes; then somebody else comes, or the time."""
            if (known := self.pick(number)) and known.rest:
                world.run(self.hang_and(known, known.rest[: int(len(known.rest) * share)], what))

        async def hang_and(self, known: Known, body: bytes, what: str) -> None:
            sender = Sender(body, hangs=True)
            task = asyncio.create_task(world.send(known, sender))
            await sender.gave.wait()
            if what == "expire":
                await self.let_expire(busy=known)
            if what == "terminate":
                assert await world.terminate(known) == "gone"
                del self.open[known.id]
            elif what == "send":
                # From where it is told to go on.
                late = Known(known.id, known.whole, known.concat, known.come + len(body))
                with patch.object(holds, "SILENT_S", 0.0):
                    assert await world.send(late, Sender(late.rest)) == "sent"
                known.come = len(known.whole)
                self.settle(known)
            else:
                task.cancel()
                await asyncio.wait([task])
                known.come += len(body)
                if what == "restart":
                    await world.restart()
                return
            assert await task == Code.LOCKED

        async def let_expire(self, busy: Known | None = None) -> None:
            world.ahead = timedelta(seconds=EXPIRY_S + 60)
            await world.shelf.expire()
            world.ahead = timedelta(0)
            self.open = {busy.id: busy} if busy else {}
            self.done.clear()

        @rule()
        def expire(self) -> None:
            world.run(self.let_expire())

        @rule(number=picks, concat=st.sampled_from(["", PARTIAL]))
        def terminate(self, number: int, concat: str) -> None:
            if known := self.pick(number, concat):
                assert world.run(world.terminate(known)) == "gone"
                del self.open[known.id]

        @rule(number=picks, times=st.integers(1, 2), meanwhile=st.sampled_from(["", "terminate", "expire", "send"]))
        def join(self, number: int, times: int, meanwhile: str) -> None:
            """Perhaps asked twice, while a part is given up, expires, or still comes."""
            parts = [one for one in self.open.values() if one.concat == PARTIAL]
            if len(parts) < PIECES:
                return
            first = number % (len(parts) - PIECES + 1)
            world.run(self.join_and(parts[first : first + PIECES], times, meanwhile))

        async def join_and(self, parts: list[Known], times: int, meanwhile: str) -> None:
            finals = [Known(new_id(), b"".join(part.whole for part in parts), FINAL) for _ in range(times)]
            ids = tuple(part.id for part in parts)
            joining = [world.create(final, is_told=False, part_ids=ids) for final in finals]
            more: list[Coroutine[Any, Any, Any]] = []
            if meanwhile == "terminate":
                more = [world.terminate(parts[0])]
            elif meanwhile == "send":
                more = [world.send(parts[1], Sender(parts[1].rest))]
            elif meanwhile == "expire":
                more = [world.shelf.expire()]
                world.ahead = timedelta(seconds=EXPIRY_S + 60)
            ends = await asyncio.gather(*joining, *more, return_exceptions=True)
            world.ahead = timedelta(0)
            self.note_joined(parts, finals[0].whole, meanwhile, ends, times)

        def note_joined(self, parts: list[Known], whole: bytes, meanwhile: str, ends: list[Any], times: int) -> None:
            if meanwhile == "send" and ends[-1] == "sent":
                parts[1].come = len(parts[1].whole)
            if meanwhile == "expire":
                self.done.clear()
                self.open.clear()
            told = [end for end in ends[:times] if isinstance(end, str)]
            refused = [end for end in ends[:times] if not isinstance(end, str)]
            assert all(isinstance(end, QuizsysError) for end in refused), refused
            if meanwhile == "terminate" and ends[-1] == "gone":
                self.open.pop(parts[0].id, None)
            if told:
                assert not refused
                assert len(set(told)) == 1
                assert whole in WHOLES
                self.done[told[0]] = whole
                self.made.add(whole)
            if told or any(end.code == Code.UNSUPPORTED_MEDIA for end in refused):
                for part in parts:
                    self.open.pop(part.id, None)

        @rule()
        def finish_many_times(self) -> None:
            for upload_id in list(self.done)[:1]:

                async def finish(upload_id: str = upload_id) -> list[Upload]:
                    upload = await world.shelf.get("p", upload_id)
                    return await asyncio.gather(*(world.shelf.finish(upload) for _ in range(3)))

                assert len({upload.asset_id for upload in world.run(finish())}) == 1

        @rule()
        def restart(self) -> None:
            world.run(world.restart())

        @invariant()
        def what_was_told_is_there_and_nothing_else(self) -> None:
            rows, files, made = world.look()
            assert rows == dict.fromkeys(self.open, False) | dict.fromkeys(self.done, True)
            for known in self.open.values():
                assert files.pop(f"{known.id}.part", b"") == known.whole[: known.come]
            assert files == {}
            assert sorted(made) == sorted(self.made)
            assert not world.shelf.holds._held
            assert not world.shelf._finishing

    return Machine


QUICK = settings(
    max_examples=24, stateful_step_count=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def test_races_of_uploads_lose_and_leave_nothing(world: World) -> None:
    run_state_machine_as_test(make_machine(world), settings=QUICK)


@pytest.mark.parametrize("how", ["terminate", "expire"])
def test_a_part_that_was_joined_meanwhile_is_not_given_up(world: World, tmp_path: Path, how: str) -> None:
    """Between the look at it and its deletion: its final upload would lose all parts with it."""

    async def race() -> bytes:
        parts = [Known(new_id(), WHOLES[0][:20], PARTIAL), Known(new_id(), WHOLES[0][20:], PARTIAL)]
        for part in parts:
            await world.create(part, is_told=True)
            await world.send(part, Sender(part.whole))
        seen = await world.shelf.get("p", parts[0].id)
        names = ("", "a.vtt", "text/vtt", "subtitle")
        ids = tuple(part.id for part in parts)
        final = await world.shelf.create_final(
            Upload(new_id(), "p", None, *names, utc_now(), concat=FINAL, part_ids=ids), 10_000
        )
        if how == "terminate":
            with pytest.raises(QuizsysError, match="belongs to a final upload"):
                await world.shelf.terminate(seen)
        else:
            world.ahead = timedelta(seconds=EXPIRY_S + 60)
            with patch("quizsys.services.uploads.list_old", return_value=[seen]):
                await world.shelf.expire()
            world.ahead = timedelta(0)
        return await world.read_asset(await world.shelf.finish(final))

    world.run(world.open(tmp_path))
    try:
        assert world.run(race()) == WHOLES[0]
    finally:
        world.run(world.shut())


@pytest.mark.soak
def test_races_of_uploads_lose_and_leave_nothing_in_long_histories(world: World) -> None:
    long = settings(QUICK, max_examples=500, stateful_step_count=60, derandomize=False)
    run_state_machine_as_test(make_machine(world), settings=long)
