"""Whatever is asked in whatever order, cut and restarted: an upload's file is what was acknowledged, and no more."""

import asyncio
import base64
import hashlib
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import Mock, patch

import aiohttp
import pytest
from aiohttp import web
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from handlers.app import make_app
from handlers.connections import Patience, Runner
from handlers.context import Context
from media.pool import MediaPool
from quizsys.config import Settings, read_settings
from quizsys.db import Store
from quizsys.intake import Intake
from quizsys.services.assets import list_known_paths
from quizsys.services.quotas import Quotas
from quizsys.services.uploads import list_parts
from quizsys.shelf import Shelf
from quizsys.storage import Storage
from quizsys.sweep import sweep
from quizsys.uploads import Desk
from tests.tus_wire import NAMED, OFFSET_TYPE

# In this process, where warnings are errors, aiohttp advises against plain keys of a request.
pytestmark = pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning")
PIECES = 3
# Where there is such a thing: hundreds of restarts need no disk.
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
uploads = Bundle("uploads")


@dataclass
class Known:
    """What the client has been told of an upload: it sends `whole`, and `come` bytes were acknowledged."""

    address: str
    whole: bytes
    come: int = 0
    is_partial: bool = False
    is_told: bool = True
    is_gone: bool = False
    asset_id: str | None = None

    @property
    def is_whole(self) -> bool:
        return self.come == len(self.whole) and self.is_told


class World:
    """The real handlers on a real store, in this process; the pool is started once."""

    def __init__(self, video: bytes, database: Path) -> None:
        self.video = video
        self.database = database
        self.loop = asyncio.new_event_loop()
        self.pool = MediaPool(1)
        self.run(self.pool.start())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def close(self) -> None:
        self.run(self.pool.close())
        self.loop.close()

    async def open(self, root: Path) -> None:
        env = {"STORAGE_ROOT": str(root), "DATABASE_URL": f"sqlite:///{root}/app.db", "AUTH_REQUIRED": "false"}
        read: Settings = read_settings(env | {"UPLOAD_MIN_BYTES_PER_S": "0"}, dotenv=None)
        self.storage = Storage(root)
        self.storage.prepare()
        if not read.database_url.exists():
            copyfile(self.database, read.database_url)
        self.store = Store(read.database_url, durability="normal")
        await self.store.open()
        desk = Desk(self.store, self.storage, self.pool, Quotas())
        sweep(self.storage, await self.store.read(list_known_paths), await self.store.read(list_parts))
        self.shelf = Shelf(self.store, self.storage, desk, read.upload_expiry_s)
        await self.shelf.resume()
        parts = {"store": self.store, "storage": self.storage, "desk": desk, "shelf": self.shelf}
        others = {name: Mock() for name in Context.__dataclass_fields__}
        intake = Intake(self.storage, 8)
        self.runner = Runner(
            make_app(Context(**others | parts | {"settings": read, "intake": intake})),
            Patience(10, 10, 100),
            handler_cancellation=True,
            shutdown_timeout=1,
        )
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.port = self.runner.addresses[0][1]
        self.session = aiohttp.ClientSession(f"http://127.0.0.1:{self.port}")

    async def shut(self) -> None:
        await self.session.close()
        await self.runner.cleanup()
        await self.shelf.close()
        await self.store.close()

    async def ask(self, method: str, path: str, body: bytes = b"", **headers: object) -> tuple[int, dict[str, str]]:
        told = {"Tus-Resumable": "1.0.0"} | {name.replace("_", "-"): str(value) for name, value in headers.items()}
        async with self.session.request(method, path, data=body, headers=told) as response:
            await response.read()
            return response.status, {name.lower(): value for name, value in response.headers.items()}

    async def cut(self, known: Known, body: bytes) -> None:
        """A PATCH that ends in the middle of its body."""
        _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = [f"PATCH {known.address} HTTP/1.1", "Host: x", "Tus-Resumable: 1.0.0", f"Upload-Offset: {known.come}"]
        lines += [f"Content-Type: {OFFSET_TYPE}", f"Content-Length: {len(known.whole) - known.come}"]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()
        await asyncio.sleep(0.01)
        writer.transport.abort()
        upload_id = known.address.rpartition("/")[2]
        await asyncio.sleep(0.01)
        while upload_id in self.shelf.holds:  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    def read(self, known: Known) -> bytes:
        path = self.storage.path(f"uploads/p/{known.address.rpartition('/')[2]}.part")
        return path.read_bytes() if path.exists() else b""

    async def list_videos(self) -> list[str]:
        async with self.session.get("/projects/p/videos") as response:
            found = await response.json()
        assert all(video["checksum"] == hashlib.sha256(self.video).hexdigest() for video in found)
        return [video["id"] for video in found]


@pytest.fixture(scope="module")
def world(small_video: bytes, empty_database: Path) -> Iterator[World]:
    """Without the API's document, which takes longer to make than all the rest."""
    made = World(small_video, empty_database)
    with patch("handlers.documentation.prepare_pages"):
        yield made
    made.close()


def make_machine(world: World) -> type[RuleBasedStateMachine]:
    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.folder = TemporaryDirectory(prefix="quizsys-machine-", dir=MEMORY)
            self.known: list[Known] = []
            world.run(world.open(Path(self.folder.name)))

        def teardown(self) -> None:
            world.run(world.shut())
            self.folder.cleanup()

        def ask(self, method: str, path: str, body: bytes = b"", **headers: object) -> tuple[int, dict[str, str]]:
            answered: tuple[int, dict[str, str]] = world.run(world.ask(method, path, body, **headers))
            return answered

        def patch(self, known: Known, offset: int, body: bytes, **more: object) -> tuple[int, dict[str, str]]:
            return self.ask("PATCH", known.address, body, Upload_Offset=offset, Content_Type=OFFSET_TYPE, **more)

        def note(self, known: Known, headers: dict[str, str]) -> None:
            """What a successful answer says must be what we know."""
            assert int(headers["upload-offset"]) == known.come
            if known.is_whole and not known.is_partial:
                known.asset_id = known.asset_id or headers["quizsys-asset-id"]
                assert headers["quizsys-asset-id"] == known.asset_id

        @rule(target=uploads, is_told=st.booleans())
        def create(self, is_told: bool) -> Any:
            length = {"Upload_Length": len(world.video)} if is_told else {"Upload_Defer_Length": 1}
            status, headers = self.ask("POST", "/projects/p/uploads", Upload_Metadata=NAMED, **length)
            assert status == 201
            return self.remember(headers, world.video, is_told=is_told)

        @rule(target=uploads, number=st.integers(0, PIECES - 1))
        def create_partial(self, number: int) -> Any:
            size = len(world.video) // PIECES + 1
            piece = world.video[number * size : (number + 1) * size]
            told = {"Upload_Concat": "partial", "Upload_Length": len(piece)}
            status, headers = self.ask("POST", "/projects/p/uploads", **told)
            assert status == 201
            return self.remember(headers, piece, is_partial=True)

        def remember(self, headers: dict[str, str], whole: bytes, **more: bool) -> Known:
            address = "/" + headers["location"].split("/", 3)[3]
            self.known.append(Known(address, whole, **more))
            return self.known[-1]

        @rule(known=uploads, share=st.floats(0, 1), checksum=st.sampled_from(["", "right", "wrong"]))
        def send(self, known: Known, share: float, checksum: str) -> None:
            rest = known.whole[known.come :]
            body = rest[: round(len(rest) * share)]
            digest = base64.b64encode(
                hashlib.sha1(body if checksum == "right" else b"?", usedforsecurity=False).digest()
            )
            more: dict[str, object] = {"Upload_Checksum": f"sha1 {digest.decode()}"} if checksum else {}
            if not known.is_told:
                more["Upload_Length"] = len(known.whole)
            status, headers = self.patch(known, known.come, body, **more)
            if known.is_gone:
                assert status == 404
                return
            known.is_told = True
            if checksum == "wrong" and body:
                assert status == 460
                return
            known.come += len(body)
            assert status == 204, status
            self.note(known, headers)

        @rule(known=uploads, wrong=st.integers(-5000, 5000).filter(bool))
        def send_elsewhere(self, known: Known, wrong: int) -> None:
            offset = max(0, known.come + wrong)
            if offset != known.come:
                status, _ = self.patch(known, offset, b"elsewhere")
                assert status == (404 if known.is_gone else 409)

        @rule(known=uploads, beyond=st.integers(1, 300))
        def send_too_much(self, known: Known, beyond: int) -> None:
            if not known.is_told:
                return
            status, _ = self.patch(known, known.come, known.whole[known.come :] + b"x" * beyond)
            assert status == (404 if known.is_gone else 413)

        @rule(known=uploads, share=st.floats(0, 0.99))
        def cut(self, known: Known, share: float) -> None:
            rest = known.whole[known.come :]
            body = rest[: round(len(rest) * share)]
            if known.is_gone or len(body) == len(rest):
                return
            world.run(world.cut(known, body))
            come = len(world.read(known))
            assert known.come <= come <= known.come + len(body)
            known.come = come

        @rule(known=uploads)
        def ask_offset(self, known: Known) -> None:
            status, headers = self.ask("HEAD", known.address)
            assert status == (404 if known.is_gone else 200)
            if not known.is_gone:
                self.note(known, headers)
                assert ("upload-length" in headers) is known.is_told

        @rule(known=uploads)
        def terminate(self, known: Known) -> None:
            status, _ = self.ask("DELETE", known.address)
            assert status == (404 if known.is_gone else 204)
            known.is_gone = True

        @rule(target=uploads, parts=st.lists(uploads, min_size=PIECES, max_size=PIECES))
        def join(self, parts: list[Known]) -> Any:
            told = {"Upload_Concat": "final;" + " ".join(part.address for part in parts), "Upload_Metadata": NAMED}
            status, headers = self.ask("POST", "/projects/p/uploads", **told)
            if any(part.is_gone for part in parts):
                assert status == 404
            elif not all(part.is_partial and part.is_whole for part in parts):
                assert status == 409
            else:
                whole = b"".join(part.whole for part in parts)
                for part in parts:
                    part.is_gone = True
                assert status == (201 if whole == world.video else 415), status
                if status == 201:
                    final = self.remember(headers, whole)
                    final.come = len(whole)
                    return final
            return multiple()

        @rule()
        def restart(self) -> None:
            world.run(world.shut())
            world.run(world.open(Path(self.folder.name)))

        @invariant()
        def the_files_are_what_was_told(self) -> None:
            for known in self.known:
                wanted = b"" if known.is_gone or known.asset_id else known.whole[: known.come]
                assert world.read(known) == wanted
            made = {known.asset_id for known in self.known if known.asset_id}
            assert made == set(world.run(world.list_videos()))
            assert len(made) <= 1

    return Machine


def test_an_upload_is_what_was_acknowledged_whatever_is_asked(world: World) -> None:
    quick = settings(
        max_examples=25,
        stateful_step_count=20,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(make_machine(world), settings=quick)


@pytest.mark.soak
def test_an_upload_is_what_was_acknowledged_in_long_histories(world: World) -> None:
    long = settings(max_examples=300, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(make_machine(world), settings=long)
