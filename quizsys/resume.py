"""Where a project's stream begins: behind the last event that a client has seen, or with what stands now."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

from quizsys.db import Store
from quizsys.services import events
from quizsys.services.events import PAGE_ROWS, Snapshot


@dataclass
class Start:
    """What a client gets before the changes that come from now on. Watch the project first, then `prepare`, then send
    `pages`; what then follows `last_id` is new.

    Without `seen`: the unfinished jobs. With it: each job that changed since, as it is now, by its last event. If the
    outbox no longer has all that came since (`is_reset`): all jobs. Jobs that no event told of have the id 0, only the
    last of them the id to resume from: a client that is cut off before it begins anew.
    """

    store: Store
    project_id: str
    seen: int | None
    is_reset: bool = False
    last_id: int = 0
    _page: list[Snapshot] = field(default_factory=list)

    async def prepare(self) -> None:
        """One look for what is nearly always all there is."""
        found = await self.store.read(events.read_start, self.project_id, self.seen)
        self.is_reset, self.last_id, self._page = found.is_reset, found.last_id, found.page

    async def pages(self) -> AsyncIterator[list[Snapshot]]:
        is_long = len(self._page) == PAGE_ROWS
        if self.seen is None or self.is_reset:
            async for page in self._list_jobs():
                yield page
        elif self._page:
            yield self._page
            self.last_id = self._page[-1].event_id
        # Also what changed while many pages were on their way: it is newer than they are.
        while is_long and (page := await self._read_changes()):
            self.last_id = page[-1].event_id
            yield page

    async def _list_jobs(self) -> AsyncIterator[list[Snapshot]]:
        page = self._page
        while len(page) == PAGE_ROWS:
            more = await self.store.read(
                events.read_project_jobs, self.project_id, page[-1].job_id, is_whole=self.is_reset
            )
            if not more:
                break
            yield page
            page = more
        yield [*page[:-1], replace(page[-1], event_id=self.last_id)] if page else []

    async def _read_changes(self) -> list[Snapshot]:
        return await self.store.read(events.read_project_changes, self.project_id, self.last_id)
