"""What is forgotten: jobs that ended long ago, in batches, and old receipts; nothing that somebody still needs."""

from datetime import timedelta
from typing import Any

import pytest

from quizsys.clock import utc_now
from quizsys.db import Store
from quizsys.ids import first_id_at, new_id
from quizsys.models.events import Event
from quizsys.models.jobs import Job, JobNeed
from quizsys.models.receipts import Receipt
from quizsys.services import claims, jobs, pruning, receipts
from tests.queueing import add_asset, claim, enqueue

LONG_AGO = timedelta(days=40)


@pytest.fixture
async def queue(store: Store) -> Store:
    await store.run(add_asset)
    return store


async def finish(queue: Store) -> str:
    job_id = await enqueue(queue)
    await queue.run(claims.complete_job, await claim(queue), {})
    return job_id


def move_back(*job_ids: str) -> dict[str, str]:
    """Have these jobs been made and ended long ago; returns their new ids, in order."""
    moved = {}
    for number, job_id in enumerate(job_ids):
        moved[job_id] = f"{first_id_at(utc_now() - LONG_AGO)}-7000-8000-{number:012x}"
        then = utc_now() - LONG_AGO
        Job.update(id=moved[job_id], created_at=then, updated_at=then).where(Job.id == job_id).execute()
        Event.update(job_id=moved[job_id]).where(Event.job_id == job_id).execute()
        JobNeed.update(needs_id=moved[job_id]).where(JobNeed.needs_id == job_id).execute()
    return moved


async def list_ids(queue: Store) -> set[str]:
    return await queue.read(lambda: {row.id for row in Job.select(Job.id)})


async def test_old_finished_jobs_go_with_their_events_and_others_stay(queue: Store) -> None:
    old, young = await finish(queue), await finish(queue)
    moved = await queue.run(move_back, old)
    waiting = await enqueue(queue)
    assert await queue.run(pruning.prune_jobs, 30) == 1
    assert await list_ids(queue) == {young, waiting}
    assert await queue.read(lambda: Event.select().where(Event.job_id == moved[old]).count()) == 0
    assert await queue.run(pruning.prune_jobs, 30) == 0


async def test_an_old_job_that_still_waits_stays(queue: Store) -> None:
    moved = await queue.run(move_back, await enqueue(queue))
    assert await queue.run(pruning.prune_jobs, 1) == 0
    assert await list_ids(queue) == set(moved.values())


async def test_a_job_that_a_queued_one_needs_stays_until_that_one_is_over(queue: Store) -> None:
    first = await enqueue(queue)
    second = await enqueue(queue, needs=(first,))
    await queue.run(claims.complete_job, await claim(queue), {})
    await queue.run(move_back, first)
    assert await queue.run(pruning.prune_jobs, 1) == 0
    await queue.run(jobs.request_cancel, "p", second)
    assert await queue.run(pruning.prune_jobs, 1) == 1
    assert await queue.read(lambda: JobNeed.select().count()) == 0


async def test_the_newest_event_stays_so_that_its_id_never_comes_again(queue: Store) -> None:
    await queue.run(move_back, await finish(queue))
    last = await queue.read(lambda: Event.select().order_by(Event.id.desc()).first().id)
    assert await queue.run(pruning.prune_jobs, 1) == 1
    assert await queue.read(lambda: [row.id for row in Event.select()]) == [last]


async def test_many_old_jobs_go_in_batches(queue: Store, monkeypatch: Any) -> None:
    monkeypatch.setattr(pruning, "JOBS_BATCH", 2)
    await queue.run(move_back, *[await finish(queue) for _ in range(5)])
    assert [await queue.run(pruning.prune_jobs, 1) for _ in range(4)] == [2, 2, 1, 0]


async def test_old_receipts_go_and_their_key_is_free_again(queue: Store) -> None:
    tickets = [receipts.make_ticket("p", "", new_id(), "/x", {}) for _ in range(2)]
    for ticket in tickets:
        assert not (await queue.run(receipts.answer_once, ticket, 201, dict)).is_replay
    then = utc_now() - timedelta(hours=25)
    await queue.run(lambda: Receipt.update(made_at=then).where(Receipt.key == tickets[0].key).execute())
    assert await queue.run(receipts.prune_receipts, 24) == 1
    assert [(await queue.run(receipts.answer_once, ticket, 201, dict)).is_replay for ticket in tickets] == [False, True]
