"""Jobs between processes: claimed once, fenced, retried, rescued, cancelled, in the order of their needs."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from quizsys import clock
from quizsys.db import Store
from quizsys.errors import Code, Fenced, QuizsysError
from quizsys.models.assets import Asset
from quizsys.models.jobs import Job
from quizsys.services import chains, claims, deletions, jobs
from quizsys.services.claims import Failure
from quizsys.services.files import record_files
from tests.queueing import add_asset, claim, enqueue

BROKEN = Failure("internal", "It broke. Try again.")
HOPELESS = Failure("not_a_video", "No video. Send another.", permanent=True)
CRASHED = Failure("crashed", "It died.", crashed=True)


@pytest.fixture
async def queue(store: Store) -> Store:
    await store.run(add_asset)
    return store


async def see(store: Store, job_id: str) -> dict[str, Any]:
    return await store.read(jobs.get_job, "p", job_id)


def messages(job: dict[str, Any]) -> list[str]:
    return [line["message"] for line in job["logs"]]


async def test_each_job_is_claimed_once_and_in_order(queue: Store) -> None:
    ids = [await enqueue(queue) for _ in range(40)]
    found = await asyncio.gather(*(queue.run(claims.claim_job, f"owner {n}", 30) for n in range(50)))
    assert [one.job_id for one in found if one] == ids
    assert sum(one is None for one in found) == 10


async def test_a_job_goes_through_its_states(queue: Store) -> None:
    job_id = await enqueue(queue)
    mine = await claim(queue)
    await queue.run(claims.set_progress, mine, 41.25)
    assert (await see(queue, job_id))["progress"] == 41.2
    await queue.run(claims.complete_job, mine, {"asset_id": "asset"})
    job = await see(queue, job_id)
    assert (job["status"], job["progress"], job["attempts"], job["result"]) == (
        "completed",
        100.0,
        1,
        {"asset_id": "asset"},
    )
    assert messages(job) == ["Job queued", "Job started", "Job completed successfully"]


async def test_a_failed_try_waits_its_delay_and_keeps_its_error(queue: Store) -> None:
    job_id = await enqueue(queue, delay_s=60)
    await queue.run(claims.fail_job, await claim(queue), BROKEN, 1.0)
    job = await see(queue, job_id)
    assert (job["status"], job["error_code"], job["error_message"]) == ("queued", "internal", BROKEN.sentence)
    assert messages(job)[-1] == "Job failed; retry scheduled"
    assert await queue.run(claims.claim_job, "me", 30) is None
    wait_s = await queue.read(claims.next_run_in_s)
    assert wait_s is not None
    assert 55 < wait_s <= 66


async def test_the_last_try_fails_for_good_with_every_error_on_the_job(queue: Store) -> None:
    job_id = await enqueue(queue, max_tries=2)
    for _ in range(2):
        await queue.run(claims.fail_job, await claim(queue), BROKEN, 1.0)
    job = await see(queue, job_id)
    assert (job["status"], job["attempts"]) == ("failed", 2)
    assert [line["details"]["attempt"] for line in job["logs"] if line["level"] == "ERROR"] == [1, 2]


async def test_a_permanent_error_is_not_tried_again(queue: Store) -> None:
    job_id = await enqueue(queue)
    await queue.run(claims.fail_job, await claim(queue), HOPELESS, 1.0)
    assert ((await see(queue, job_id))["status"], (await see(queue, job_id))["attempts"]) == ("failed", 1)


async def test_two_crashes_end_a_job(queue: Store) -> None:
    job_id = await enqueue(queue, max_tries=9)
    await queue.run(claims.fail_job, await claim(queue), CRASHED, 1.0)
    assert (await see(queue, job_id))["status"] == "queued"
    await queue.run(claims.fail_job, await claim(queue), CRASHED, 1.0)
    job = await see(queue, job_id)
    assert (job["status"], job["error_code"]) == ("failed", "crashed")


@pytest.mark.parametrize("write", ["complete", "fail", "progress", "give back", "cancel"])
@pytest.mark.parametrize("next_owner", ["other", "stopped"])
async def test_who_lost_a_job_cannot_write_to_it(queue: Store, write: str, next_owner: str) -> None:
    job_id = await enqueue(queue)
    old = await claim(queue, "stopped")
    await queue.run(claims.rescue_jobs, {"other"})
    new = await claim(queue, next_owner)
    assert new.job_id == old.job_id
    services: dict[str, tuple[Any, ...]] = {
        "complete": (claims.complete_job, old, {}),
        "fail": (claims.fail_job, old, BROKEN, 1.0),
        "progress": (claims.set_progress, old, 50.0),
        "give back": (claims.give_back, old),
        "cancel": (claims.cancel_held, old),
    }
    before = await see(queue, job_id)
    with pytest.raises(Fenced):
        await queue.run(*services[write])
    assert await see(queue, job_id) == before
    await queue.run(claims.complete_job, new, {})
    assert (await see(queue, job_id))["status"] == "completed"


async def test_a_job_of_a_dead_process_is_taken_back_and_the_try_counts(queue: Store) -> None:
    job_id = await enqueue(queue, max_tries=2)
    await claim(queue, "dead")
    assert await queue.run(claims.rescue_jobs, {"dead"}) == 0
    assert await queue.run(claims.rescue_jobs, set()) == 1
    job = await see(queue, job_id)
    assert (job["status"], job["attempts"], messages(job)[-1]) == ("queued", 1, "Recovered unfinished job")
    await claim(queue, "dead too")
    await queue.run(claims.rescue_jobs, set())
    job = await see(queue, job_id)
    assert (job["status"], job["error_code"]) == ("failed", "interrupted")


async def test_a_living_process_that_does_not_renew_its_lease_loses_the_job(queue: Store) -> None:
    await enqueue(queue)
    await claim(queue, "stopped", lease_s=-1)
    await enqueue(queue)
    well = await claim(queue, "well", lease_s=-1)
    await queue.run(claims.renew_leases, "well", {(well.job_id, 1)}, 30)
    assert await queue.run(claims.rescue_jobs, {"stopped", "well"}) == 1
    assert list(await queue.read(claims.list_held, "stopped")) == []


async def test_a_try_given_back_does_not_count(queue: Store) -> None:
    job_id = await enqueue(queue, max_tries=1)
    await queue.run(claims.give_back, await claim(queue))
    assert ((await see(queue, job_id))["status"], (await see(queue, job_id))["attempts"]) == ("queued", 0)
    await queue.run(claims.complete_job, await claim(queue), {})


async def test_a_job_waits_for_all_it_needs(queue: Store) -> None:
    first, second = await enqueue(queue), await enqueue(queue)
    last = await enqueue(queue, needs=(first, second))
    one, two = await claim(queue), await claim(queue)
    await queue.run(claims.complete_job, one, {})
    assert await queue.run(claims.claim_job, "me", 30) is None
    await queue.run(claims.complete_job, two, {})
    assert (await claim(queue)).job_id == last


async def test_what_depends_on_a_failed_job_fails_with_it(queue: Store) -> None:
    first = await enqueue(queue, max_tries=1)
    second = await enqueue(queue, needs=(first,))
    third = await enqueue(queue, needs=(second,))
    await queue.run(claims.fail_job, await claim(queue), BROKEN, 1.0)
    states = [await see(queue, job_id) for job_id in (second, third)]
    assert [(state["status"], state["error_code"]) for state in states] == [("failed", "dependency_failed")] * 2


async def test_a_job_that_needs_two_failed_ones_fails_once(queue: Store) -> None:
    first = await enqueue(queue, max_tries=1)
    second = await enqueue(queue, needs=(first,))
    third = await enqueue(queue, needs=(first, second))
    await queue.run(claims.fail_job, await claim(queue), BROKEN, 1.0)
    assert messages(await see(queue, third)) == ["Job queued", "Job failed"]


async def test_a_waiting_job_is_cancelled_at_once_and_twice_is_no_harm(queue: Store) -> None:
    job_id = await enqueue(queue)
    for _ in range(2):
        assert (await queue.run(jobs.request_cancel, "p", job_id))["status"] == "cancelled"
    assert await queue.run(claims.claim_job, "me", 30) is None
    assert messages(await see(queue, job_id)) == ["Job queued", "Job cancelled"]


@pytest.mark.parametrize("end", ["cancel", "fail", "give back", "rescue"])
async def test_a_running_job_that_was_cancelled_never_runs_again(queue: Store, end: str) -> None:
    job_id = await enqueue(queue)
    mine = await claim(queue)
    await queue.run(jobs.request_cancel, "p", job_id)
    assert await queue.read(claims.list_held, "me") == {(job_id, 1): True}
    ends: dict[str, tuple[Any, ...]] = {
        "cancel": (claims.cancel_held, mine),
        "fail": (claims.fail_job, mine, BROKEN, 1.0),
        "give back": (claims.give_back, mine),
        "rescue": (claims.rescue_jobs, set()),
    }
    await queue.run(*ends[end])
    assert (await see(queue, job_id))["status"] == "cancelled"


async def test_cancelling_a_finished_job_changes_nothing(queue: Store) -> None:
    job_id = await enqueue(queue)
    await queue.run(claims.complete_job, await claim(queue), {})
    assert (await queue.run(jobs.request_cancel, "p", job_id))["status"] == "completed"


async def test_exactly_as_many_jobs_as_fit_are_accepted(queue: Store) -> None:
    new = jobs.NewJob("p", "ingest", "asset", 3, 0, {"asset_id": "asset"})
    outcomes = await asyncio.gather(*(queue.run(jobs.create_job, new, 30) for _ in range(80)), return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, QuizsysError)]
    assert len(refused) == 50
    assert {error.code for error in refused} == {Code.QUEUE_FULL}
    assert len(await queue.read(lambda: list(jobs.list_jobs("p")))) == 30


async def test_jobs_that_come_back_from_a_dead_process_take_room(queue: Store) -> None:
    new = jobs.NewJob("p", "ingest", "asset", 3, 0, {"asset_id": "asset"})
    for _ in range(3):
        await queue.run(jobs.create_job, new, 3)
        await claim(queue, "dead")
    await queue.run(jobs.create_job, new, 3)
    await queue.run(claims.rescue_jobs, set())
    with pytest.raises(QuizsysError, match="The queue is full"):
        await queue.run(jobs.create_job, new, 3)


async def test_the_chain_is_made_once_and_leaves_out_what_is_done(queue: Store) -> None:
    ask = (chains.request_quiz, "p", "asset", {}, 3, 0.0, 100)
    first = await queue.run(*ask)
    assert [job["job_type"] for job in first] == list(chains.STEPS)
    assert [job["id"] for job in await queue.run(*ask)] == [job["id"] for job in first]

    def mark_ingested() -> None:
        Asset.update(ingested_at=clock.utc_now()).execute()
        Job.update(status="completed").execute()

    await queue.run(mark_ingested)
    assert [job["job_type"] for job in await queue.run(*ask)] == list(chains.STEPS[1:])


async def test_a_row_that_its_owner_lost_sight_of_lapses_and_is_rescued(queue: Store) -> None:
    await enqueue(queue)
    lost = await claim(queue, lease_s=-1)
    await queue.run(claims.renew_leases, "me", set(), 30)
    assert await queue.run(claims.rescue_jobs, {"me"}) == 1
    assert (await see(queue, lost.job_id))["status"] == "queued"


async def test_a_chain_never_hangs_on_a_job_that_is_being_cancelled(queue: Store) -> None:
    ask = (chains.request_quiz, "p", "asset", {}, 3, 0.0, 100)
    first = await queue.run(*ask)
    running = await claim(queue)
    await queue.run(jobs.request_cancel, "p", running.job_id)
    again = await queue.run(*ask)
    assert running.job_id not in {job["id"] for job in again}
    assert again[-1]["id"] == first[-1]["id"] or again[-1]["job_type"] == "quiz_generation"


async def test_the_quiz_of_a_chain_needs_every_step_before_it(queue: Store) -> None:
    new = jobs.NewJob("p", "transcription", "asset", 3, 0, {"asset_id": "asset"})
    alone = await queue.run(jobs.create_job, new, 100)
    chain = await queue.run(chains.request_quiz, "p", "asset", {}, 3, 0.0, 100)
    assert alone["id"] in {job["id"] for job in chain}
    waiting = await queue.read(lambda: Job.get_by_id(chain[-1]["id"]).waiting_for)
    assert waiting == 3


async def test_deleting_a_video_cancels_its_chain_and_tells_it_once(queue: Store) -> None:
    chain = await queue.run(chains.request_quiz, "p", "asset", {}, 3, 0.0, 100)
    await queue.run(deletions.delete_video, "p", "asset")
    for job in chain:
        state = await see(queue, job["id"])
        assert state["status"] in ("cancelled", "failed")
        assert len(state["logs"]) == 2


async def test_leases_are_renewed_into_the_future(queue: Store) -> None:
    await enqueue(queue)
    mine = await claim(queue, lease_s=1)
    await queue.run(claims.renew_leases, "me", {(mine.job_id, mine.tries)}, 60)
    lease = await queue.read(lambda: Job.select().first().lease_until_at)
    assert lease - clock.utc_now() > timedelta(seconds=50)


EXPORTED, POSTER = "exports/p/film-0123456789.mp4", "thumbnails/p/a.jpg"


@pytest.mark.parametrize(
    ("fate", "strays"),
    [
        ("its end cannot be written", [EXPORTED]),
        ("cancelled", [EXPORTED]),
        ("taken by another", []),
        ("finished", []),
        ("deleted", [EXPORTED, POSTER]),
    ],
)
async def test_what_a_lost_try_put_in_place_is_removed_unless_another_replaces_it(
    queue: Store, fate: str, strays: list[str]
) -> None:
    job_id = await enqueue(queue)
    mine = await claim(queue)
    if fate == "cancelled":
        await queue.run(jobs.request_cancel, "p", job_id)
    if fate in ("cancelled", "taken by another"):
        await queue.run(claims.rescue_jobs, set())
    if fate == "finished":
        await queue.run(record_files, "p", "asset", {EXPORTED: 1})
        await queue.run(claims.complete_job, mine, {})
    if fate == "deleted":
        await queue.run(lambda: Asset.delete().execute())
    assert await queue.read(deletions.list_strays, mine, [EXPORTED, POSTER]) == strays
