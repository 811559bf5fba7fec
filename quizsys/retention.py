"""What is kept only for as long as the settings say: old videos and exports, files without rows, old log files.

`python server.py prune` does it by hand, `--dry-run` only tells; the server does it every hour.
"""

import argparse
import asyncio
import re
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from loguru import logger

from media.pool import MediaPool
from quizsys.clock import utc_now
from quizsys.config import Settings
from quizsys.db import Store
from quizsys.engine import apply_migrations, told_as_unfit
from quizsys.errors import Unfit
from quizsys.identity import bind_storage
from quizsys.kinds import MADE, VIDEO
from quizsys.services.retention import delete_if_old, list_old_assets
from quizsys.storage import Storage
from quizsys.sweep import LOST
from quizsys.uploads import NO_QUOTAS, Desk

INTERVAL_S = 3600.0
ROTATED = r"(-worker)?(-\d+)?\.\d{4}-\d\d-\d\d_"


@dataclass(frozen=True)
class Retention:
    """`desk` needs no seat for this."""

    desk: Desk
    settings: Settings

    async def prune(self) -> None:
        """Delete what is too old; each asset in a transaction of its own, so that others come between.

        Also what was deleted before and could not be removed.
        """
        await self.desk.remove_doomed()
        async for line in self.go_through(dry_run=False):
            logger.info("{}", line)

    async def go_through(self, *, dry_run: bool) -> AsyncIterator[str]:
        """A line for each thing that goes, or would go."""
        for categories, days in (
            ((VIDEO.category,), self.settings.upload_keep_days),
            (MADE, self.settings.export_keep_days),
        ):
            async for line in self._go_through_assets(categories, days, dry_run):
                yield line
        for path, why in await asyncio.to_thread(lambda: list(self._list_files())):
            if not dry_run:
                await asyncio.to_thread(_remove, path)
            yield f"deleted {path}: {why}"

    async def _go_through_assets(self, categories: tuple[str, ...], days: int, dry_run: bool) -> AsyncIterator[str]:
        if not days:
            return
        store = self.desk.store
        before = utc_now() - timedelta(days=days)
        for old in await store.read_slowly(list_old_assets, categories, before):
            if dry_run or await store.run(delete_if_old, old, categories, before):
                yield f"deleted {old.relative_path} ({old.size_bytes} bytes): untouched for {days} days"
        if not dry_run:
            await self.desk.remove_doomed()

    def _list_files(self) -> Iterator[tuple[Path, str]]:
        root = self.desk.storage.root
        for path in root.glob(f"{LOST}/*/*/*"):
            if _is_older(path.lstat().st_ctime, self.settings.lost_keep_days):
                yield path, f"without a row for {self.settings.lost_keep_days} days"
        yield from self._list_logs()

    def _list_logs(self) -> Iterator[tuple[Path, str]]:
        log = Path(self.settings.log_file)
        rotated = re.compile(re.escape(log.stem) + ROTATED)
        for path in log.parent.iterdir() if self.settings.log_file and log.parent.is_dir() else ():
            if rotated.match(path.name) and _is_older(path.lstat().st_mtime, self.settings.log_keep_days):
                yield path, f"a log file of {self.settings.log_keep_days} days ago"


def run_prune(settings: Settings, options: argparse.Namespace) -> int:
    """Works beside a running server too."""
    logger.remove()
    if not settings.database_url.exists():
        print(f"error: there is no database at {settings.database_url}. Check DATABASE_URL.", file=sys.stderr)
        return 1
    try:
        with told_as_unfit():
            return asyncio.run(_prune(settings, dry_run=options.dry_run))
    except Unfit as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


async def _prune(settings: Settings, *, dry_run: bool) -> int:
    storage = Storage(settings.storage_root.absolute())
    apply_migrations(settings)
    store = Store(settings.database_url, durability=settings.database_durability)
    await store.open()
    try:
        # With another storage's database every file would look like one without a row.
        await store.run(bind_storage, storage.root)
        retention, gone = Retention(Desk(store, storage, MediaPool(0), NO_QUOTAS), settings), 0
        async for line in retention.go_through(dry_run=dry_run):
            print(line.replace("deleted", "would delete", 1) if dry_run else line)
            gone += 1
        print(f"{gone} {'would go' if dry_run else 'gone'}")
    finally:
        await store.close()
    return 0


def _is_older(stamp_s: float, days: int) -> bool:
    """0 days: kept for ever."""
    return bool(days) and datetime.fromtimestamp(stamp_s, UTC) < utc_now() - timedelta(days=days)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
