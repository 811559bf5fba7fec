"""A shelf with a store and a desk of its own, and senders that give, hang and give up."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

from media.pool import MediaPool
from quizsys.clock import utc_now
from quizsys.db import Store
from quizsys.errors import Code, QuizsysError
from quizsys.models.assets import Asset
from quizsys.models.uploads import UploadRow
from quizsys.pace import keep_pace
from quizsys.services.assets import list_known_paths
from quizsys.services.quotas import Quotas
from quizsys.services.uploads import FINAL, PARTIAL, Upload, list_parts
from quizsys.shelf import Shelf
from quizsys.storage import Storage
from quizsys.sweep import sweep
from quizsys.uploads import Desk

EXPIRY_S = 3600.0


@dataclass
class Known:
    """What its clients have been told: of `whole`, `come` bytes are there."""

    id: str
    whole: bytes
    concat: str = ""
    come: int = 0

    @property
    def rest(self) -> bytes:
        return self.whole[self.come :]


@dataclass
class Sender:
    """Gives some bytes, then hangs until it is stopped."""

    body: bytes
    hangs: bool = False

    def __post_init__(self) -> None:
        self.gave = asyncio.Event()

    async def chunks(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self.body), 7):
            yield self.body[start : start + 7]
            await asyncio.sleep(0)
        self.gave.set()
        if self.hangs:
            await asyncio.sleep(60)


class World:
    def __init__(self, database: Path) -> None:
        self.database = database
        self.loop = asyncio.new_event_loop()
        self.pool = MediaPool(1)
        self.run(self.pool.start())
        self.ahead = timedelta(0)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def now(self) -> datetime:
        return utc_now() + self.ahead

    def close(self) -> None:
        self.run(self.pool.close())
        self.loop.close()

    async def open(self, root: Path) -> None:
        self.storage = Storage(root)
        self.storage.prepare()
        copyfile(self.database, root / "app.db")
        self.store = Store(root / "app.db", durability="normal", readers=1)
        await self.store.open()
        await self.open_shelf()

    async def open_shelf(self) -> None:
        sweep(self.storage, await self.store.read(list_known_paths), await self.store.read(list_parts))
        desk = Desk(self.store, self.storage, self.pool, Quotas())
        self.shelf = Shelf(self.store, self.storage, desk, EXPIRY_S)
        await self.shelf.resume()

    async def restart(self) -> None:
        await self.shelf.close()
        await self.open_shelf()

    async def shut(self) -> None:
        await self.shelf.close()
        await self.store.close()

    async def create(self, known: Known, *, is_told: bool, part_ids: tuple[str, ...] = ()) -> str:
        length = len(known.whole) if is_told else None
        names = ("", "", "") if known.concat == PARTIAL else ("a.vtt", "text/vtt", "subtitle")
        upload = Upload(known.id, "p", length, "", *names, utc_now(), concat=known.concat, part_ids=part_ids)
        if known.concat != FINAL:
            return (await self.shelf.create(upload, length or 0)).id
        final = await self.shelf.create_final(upload, 10_000)
        await self.shelf.finish(final)
        return final.id

    async def send(self, known: Known, sender: Sender, *, at_once: bool = False) -> str:
        """As a PATCH does; returns how it ended."""
        try:
            async with self.shelf.holds.take(known.id, at_once=at_once) as hold:
                upload = await self.shelf.get("p", known.id)
                if self.shelf.offset(upload) != known.come:
                    return Code.CONFLICT
                if upload.length_bytes is None:
                    upload = await self.shelf.set_length(upload, len(known.whole))
                async with keep_pace(60, 0) as pace:
                    hold.pace = pace
                    await self.shelf.append(upload, sender.chunks())
            if self.shelf.is_whole(upload):
                await self.shelf.finish(upload)
        except QuizsysError as error:
            return error.code
        except TimeoutError:
            return Code.LOCKED
        return "sent"

    async def terminate(self, known: Known) -> str:
        try:
            async with self.shelf.holds.take(known.id, at_once=True):
                await self.shelf.terminate(await self.shelf.get("p", known.id))
        except QuizsysError as error:
            return error.code
        return "gone"

    async def read_asset(self, upload: Upload) -> bytes:
        path = await self.store.read(lambda: str(Asset.get_by_id(upload.asset_id).relative_path))
        return self.storage.path(path).read_bytes()

    def look(self) -> tuple[dict[str, bool], dict[str, bytes], list[bytes]]:
        """The uploads (whether they are done), the files of unfinished ones, what became of the others."""
        rows = self.run(self.store.read(lambda: list(UploadRow.select())))
        assets = self.run(self.store.read(lambda: [row.relative_path for row in Asset.select()]))
        files = {
            path.name: path.read_bytes() for path in self.storage.root.glob("uploads/p/*") if path.suffix == ".part"
        }
        made = [self.storage.path(path).read_bytes() for path in assets]
        return {row.id: row.done_at is not None for row in rows}, files, made
