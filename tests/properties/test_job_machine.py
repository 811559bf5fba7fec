"""Whatever workers, clients, clocks and deaths do to the queue, it does what a plain model of it does."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from loguru import logger

from quizsys.errors import Fenced, QuizsysError
from quizsys.models.assets import Asset
from quizsys.models.events import Event
from quizsys.models.files import FileRow
from quizsys.services import chains, claims, deletions, jobs, pruning, restarts
from quizsys.services.claims import Claim, Failure
from quizsys.services.events import prune_events
from quizsys.services.schedules import heed_clock
from tests.direct_store import DirectStore
from tests.job_model import ACTIVE, BACKOFF, STATUSES, Job, Queue
from tests.moved_clock import MovedClock, move_clock
from tests.queueing import add_asset

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
MOST_QUEUED, LEASE_S, KEEP_DAYS = 5, 30.0, 1
FINAL = ("completed", "failed", "cancelled")
ENDINGS = {"Job completed successfully", "Job failed", "Job cancelled"}
LEGAL = {
    "queued": {"running", "failed", "cancelled"},
    "running": {"queued", *FINAL},
    "completed": set(),
    "failed": {"queued"},
    "cancelled": {"queued"},
}
FAILURES = {
    "broken": Failure("internal", "It broke. Try again."),
    "hopeless": Failure("not_a_video", "No video. Send another.", permanent=True),
    "crashed": Failure("crashed", "It died.", crashed=True),
}
HOWS = st.sampled_from(["complete", "complete", "progress", "give back", "cancel", *FAILURES])
picks = st.integers(0, 7)
few = st.sampled_from([1, 2, 6])


@dataclass
class World:
    """One database and one clock for all histories; each begins with empty tables."""

    store: DirectStore
    clock: MovedClock

    def begin(self) -> None:
        self.store.start_anew()
        self.store.write(
            lambda: [model.delete().execute() for model in (Asset, Event, jobs.Job, jobs.JobNeed, FileRow)]
        )


@pytest.fixture(scope="module")
def world(empty_database: Path) -> Iterator[World]:
    logger.disable("quizsys")
    with TemporaryDirectory(prefix="quizsys-jobs-", dir=MEMORY) as name, move_clock() as clock:
        store = DirectStore(copyfile(empty_database, Path(name) / "app.db"))
        yield World(store, clock)
        store.stop()
    logger.enable("quizsys")


@dataclass(frozen=True)
class Seen:
    """The store at one moment; `told` are job ids and snapshots since the last look."""

    rows: list[jobs.Job]
    needs: set[tuple[str, str]]
    told: list[tuple[int, str, str | None]]


def look(since: int) -> Seen:
    """In plain SQL: after each step, what Peewee takes to build it would be most of the test."""
    ask = jobs.Job._meta.database.execute_sql
    needs = set(ask("SELECT job_id, needs_id FROM job_needs"))
    told = list(ask("SELECT id, job_id, snapshot FROM events WHERE id > ? ORDER BY id", (since,)))
    return Seen(jobs.Job.list_all(project_id="p"), needs, told)


def complete(claim: Claim) -> None:
    """As the tasks do it: what an ingest found and its end are one write."""
    claims.complete_job(claim, {"asset_id": claim.asset_id})
    if claim.job_type == "ingest":
        Asset.update(ingested_at=jobs.utc_now()).where(Asset.id == claim.asset_id).execute()


def compare(row: jobs.Job, known: Job, model: Queue) -> None:
    seen = (row.status, row.tries, row.spent_tries, row.crashes, row.priority, row.max_tries, row.error_code)
    wanted = (known.status, known.tries, known.spent, known.crashes, known.priority, known.max_tries, known.error)
    assert seen == wanted, known
    assert (row.owner, row.lease_until_at) == (known.owner, known.lease_until_at), known
    assert (row.cancel_requested_at is not None, row.updated_at) == (known.is_unwanted, known.changed_at), known
    if known.status == "queued":
        assert row.waiting_for == len(model.waits_for(known)), known
        shortest_s, longest_s = known.wait_s
        assert timedelta(seconds=shortest_s) <= row.run_at - known.run_at <= timedelta(seconds=longest_s), known


def check_promises(row: jobs.Job) -> None:
    """What holds of any job, whatever the model says."""
    assert 0 <= row.counted_tries <= row.max_tries
    assert row.crashes <= 2
    assert (row.owner is not None) == (row.lease_until_at is not None) == (row.status == "running")
    messages = [line["message"] for line in row.logs]
    # Between two ends somebody queued it anew.
    steps = [text in ENDINGS for text in messages if text in ENDINGS or text == "Job queued again"]
    assert all(is_end == (place % 2 == 0) for place, is_end in enumerate(steps)), messages
    assert bool(steps and steps[-1]) == (row.status in FINAL)


def make_machine(world: World) -> type[RuleBasedStateMachine]:
    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            world.begin()
            self.model = Queue(world.clock.at, MOST_QUEUED)
            self.owners = ["worker 0", "worker 1"]
            self.born = len(self.owners)
            self.claims: list[Claim] = []
            self.told: dict[str, str] = {}
            self.seen = 0
            self.add_video()
            self.add_video()

        def teardown(self) -> None:
            self.settle()

        def ask(self, service: Callable[..., Any], *args: object) -> Any:
            """What a client is answered; None for a refusal."""
            with suppress(QuizsysError):
                return world.store.write(service, *args)
            return None

        def pick(self, number: int, *statuses: str) -> Job | None:
            """A newer job rather than an older one."""
            known = self.model.in_state(*statuses or STATUSES)
            return known[-1 - number % len(known)] if known else None

        @rule(number=picks, change=st.sampled_from(["add", "delete", "prune"]))
        def keep_house(self, number: int, change: str) -> None:
            videos = sorted(self.model.assets)
            if change == "prune":
                assert world.store.write(pruning.prune_jobs, KEEP_DAYS) == self.model.prune(timedelta(days=KEEP_DAYS))
                world.store.write(prune_events)
            elif change == "delete" and len(videos) > 1:
                world.store.write(deletions.delete_video, "p", videos[number % len(videos)])
                self.model.delete(videos[number % len(videos)])
            elif len(videos) < 3:
                self.add_video()

        def add_video(self) -> None:
            self.born += 1
            world.store.write(add_asset, f"asset {self.born}")
            self.model.assets[f"asset {self.born}"] = False

        @rule(number=picks, tries=st.integers(1, 3), delay_s=st.sampled_from([0.0, 5.0, 1000.0]), count=few)
        def post(self, number: int, tries: int, delay_s: float, count: int) -> None:
            asset_id = [*sorted(self.model.assets), "no such video"][number % (len(self.model.assets) + 1)]
            new = jobs.NewJob("p", "transcription", asset_id, tries, delay_s, priority=number % 3)
            for _ in range(count):
                made = self.ask(jobs.create_job, new, MOST_QUEUED)
                assert (made is not None) == (asset_id in self.model.assets and self.model.has_room(1))
                if made is None:
                    break
                self.model.add(made["id"], new.job_type, asset_id, tries, delay_s, priority=new.priority)

        @rule(number=picks, tries=st.integers(1, 3))
        def post_chain(self, number: int, tries: int) -> None:
            asset_id = sorted(self.model.assets)[number % len(self.model.assets)]
            wanted = self.model.list_chain(asset_id)
            made = self.ask(chains.request_quiz, "p", asset_id, {}, tries, 1.0, MOST_QUEUED)
            missing = [step for step in wanted if isinstance(step, str)]
            assert (made is not None) == self.model.has_room(len(missing))
            needs: list[str] = []
            for job, step in zip(made or [], wanted if made else [], strict=True):
                if isinstance(step, Job):
                    assert job["id"] == step.id
                else:
                    assert (job["job_type"], job["status"]) == (step, "queued")
                    self.model.add(job["id"], step, asset_id, tries, 1.0, needs=frozenset(needs))
                needs.append(job["id"])

        @rule(number=picks, count=few)
        def claim(self, number: int, count: int) -> None:
            for place in range(number, number + count):
                if not self.claim_next(self.owners[place % len(self.owners)]):
                    break

        def claim_next(self, owner: str) -> bool:
            wanted = self.model.claim(owner, LEASE_S)
            made = world.store.write(claims.claim_job, owner, LEASE_S)
            assert (made and (made.job_id, made.tries, made.owner)) == (wanted and wanted.held)
            self.claims += [made] if made else []
            return made is not None

        @rule(number=picks, how=HOWS, count=few)
        def work(self, number: int, how: str, count: int) -> None:
            """A worker takes what is next and ends it, again and again."""
            owner = self.owners[number % len(self.owners)]
            for _ in range(count):
                if not self.claim_next(owner):
                    break
                self.end(self.claims[-1], how)
                self.the_store_agrees()

        @rule(number=picks, how=HOWS, count=few)
        def finish(self, number: int, how: str, count: int) -> None:
            """Also long after the claim was lost."""
            begin = number % max(1, len(self.claims))
            for claim in self.claims[::-1][begin : begin + count]:
                self.end(claim, how)

        def end(self, claim: Claim, how: str) -> None:
            services: dict[str, tuple[Any, ...]] = {
                "complete": (complete, claim),
                "give back": (claims.give_back, claim),
                "cancel": (claims.cancel_held, claim),
                "progress": (claims.set_progress, claim, 50.0),
            } | {name: (claims.fail_job, claim, failure, BACKOFF) for name, failure in FAILURES.items()}
            held = self.model.find_held((claim.job_id, claim.tries, claim.owner))
            if held is None:
                with pytest.raises(Fenced):
                    world.store.write(*services[how])
            elif how != "cancel" or held.is_unwanted:
                world.store.write(*services[how])
                self.tell_model(held, how)

        def tell_model(self, held: Job, how: str) -> None:
            if how in FAILURES:
                kind = FAILURES[how]
                self.model.fail(held, kind.code, permanent=kind.permanent, crashed=kind.crashed)
            elif how == "progress":
                held.changed_at = self.model.at
            else:
                self.model.end_as(how, held)

        @rule(number=picks, state=st.sampled_from([(), ("queued",), ("running",)]))
        def cancel(self, number: int, state: tuple[str, ...]) -> None:
            if job := self.pick(number, *state):
                world.store.write(jobs.request_cancel, "p", job.id)
                self.model.cancel(job)

        @rule(number=picks, priority=st.integers(-2, 2))
        def prioritise(self, number: int, priority: int) -> None:
            if job := self.pick(number, "queued", "running", "failed"):
                done = self.ask(jobs.set_priority, "p", job.id, priority)
                assert (done is not None) == self.model.prioritise(job, priority)

        @rule(number=picks, state=st.sampled_from([(), ("failed", "cancelled"), ("failed", "cancelled")]))
        def retry(self, number: int, state: tuple[str, ...]) -> None:
            if job := self.pick(number, *state):
                done = self.ask(restarts.retry_job, "p", job.id, MOST_QUEUED)
                assert (done is not None) == self.model.can_requeue(job)
                if done is not None:
                    self.model.requeue(job)

        @rule(number=picks)
        def restart_chain(self, number: int) -> None:
            if job := self.pick(number, "failed", "cancelled"):
                done = self.ask(restarts.restart_chain, "p", job.id, MOST_QUEUED)
                wanted = self.model.restart(job)
                assert done is None if wanted is None else {one["id"] for one in done} == set(wanted)

        @rule(number=picks, fate=st.sampled_from(["beat", "forget", "drain", "die", "all die", "restart"]))
        def meet_fate(self, number: int, fate: str) -> None:
            """Of a worker, or of all; a `restart` is one of the server too, which then remembers nothing."""
            if fate in ("beat", "forget"):
                self.beat(self.owners[number % len(self.owners)], forgets=fate == "forget")
            if fate == "drain":
                held = {job.held for job in self.model.in_state("running") if job.owner == self.owners[number % 2]}
                for claim in [one for one in self.claims if (one.job_id, one.tries, one.owner) in held]:
                    self.end(claim, "give back")
            if fate in ("drain", "die"):
                self.replace_worker(number % len(self.owners))
            if fate in ("all die", "restart"):
                for place in range(len(self.owners)):
                    self.replace_worker(place)
                if fate == "restart":
                    world.store.start_anew()
                self.rescue()

        def replace_worker(self, place: int) -> None:
            """Its claims stay, for a result of its that comes late."""
            self.born += 1
            self.owners[place] = f"worker {self.born}"

        def beat(self, owner: str, *, forgets: bool) -> None:
            """A worker renews what it runs; one that `forgets` has lost sight of its newest try."""
            held = [job for job in self.model.in_state("running") if job.owner == owner]
            known = {(claim.job_id, claim.tries) for claim in self.claims if claim.owner == owner}
            known -= {(job.id, job.tries) for job in held[-1:] if forgets}
            found = world.store.write(claims.renew_leases, owner, known, LEASE_S)
            assert found == {(job.id, job.tries): job.is_unwanted for job in held}
            for job in held:
                if (job.id, job.tries) in known:
                    job.lease_until_at = self.model.at + timedelta(seconds=LEASE_S)

        def rescue(self) -> None:
            assert world.store.write(claims.rescue_jobs, set(self.owners)) == self.model.rescue(set(self.owners))

        @rule(seconds=st.sampled_from([1.0, 5.0, 31.0, 31.0, 3700.0, 90_000.0]))
        def wait(self, seconds: float) -> None:
            """Then a worker looks after the others, as they do every few seconds."""
            self.move_clock(seconds)
            self.what_is_told_of_the_queue_agrees()
            self.rescue()

        @rule(seconds=st.sampled_from([1.0, 3600.0]), is_new=st.booleans())
        def set_clock_back(self, seconds: float, is_new: bool) -> None:
            """`is_new`: the server is started again, and its new ids sort before its old ones."""
            self.move_clock(-seconds)
            world.store.write(heed_clock)
            self.model.heed_clock()
            if is_new:
                world.clock.forget_ids()

        def move_clock(self, seconds: float) -> None:
            world.clock.move(seconds)
            self.model.at = world.clock.at

        def settle(self) -> None:
            """With workers that work, every job comes to an end."""
            self.owners = ["the last"]
            self.rescue()
            for _ in range(200):
                while self.claim_next(self.owners[0]):
                    self.end(self.claims[-1], "complete" if len(self.claims) % 3 else "broken")
                    self.the_store_agrees()
                if not self.model.in_state(*ACTIVE):
                    break
                self.move_clock(4000.0)
            assert self.model.in_state(*ACTIVE) == []
            self.the_store_agrees()

        @invariant()
        def the_store_agrees(self) -> None:
            seen: Seen = world.store.look(look, self.seen)
            assert [row.id for row in seen.rows] == sorted(self.model.jobs)
            for row in seen.rows:
                known = self.model.jobs[row.id]
                compare(row, known, self.model)
                check_promises(row)
                # Exact from now on: what was drawn at random has been seen to lie in its bounds.
                known.run_at, known.wait_s = row.run_at, (0.0, 0.0)
            assert seen.needs == {(job.id, needed) for job in self.model.jobs.values() for needed in job.needs}
            for self.seen, job_id, snapshot in seen.told:
                self.hear(job_id, json.loads(snapshot)["status"] if snapshot else self.told.get(job_id, "queued"))
            assert {job.id: job.status for job in self.model.jobs.values()}.items() <= self.told.items()

        def hear(self, job_id: str, status: str) -> None:
            """As a stream that never rests: each state in turn, and at the end the one that stands."""
            assert status in {self.told.get(job_id, "queued"), *LEGAL[self.told.get(job_id, "queued")]}
            self.told[job_id] = status

        def what_is_told_of_the_queue_agrees(self) -> None:
            ready = [job.run_at for job in self.model.ready()]
            soonest_s = max(0.0, (min(ready) - self.model.at).total_seconds()) if ready else None
            assert world.store.look(claims.next_run_in_s) == soonest_s
            running = {".".join(map(str, job.held)) for job in self.model.in_state("running")}
            assert world.store.look(claims.list_running_tries) == running

        @invariant()
        def nothing_waits_for_what_never_comes(self) -> None:
            for job in self.model.in_state("queued"):
                assert not self.model.hindrances(job), job

    return Machine


QUICK = settings(
    max_examples=30, stateful_step_count=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def test_the_queue_does_what_its_model_does(world: World) -> None:
    run_state_machine_as_test(make_machine(world), settings=QUICK)


@pytest.mark.soak
def test_the_queue_does_what_its_model_does_in_a_thousand_histories(world: World) -> None:
    long = settings(QUICK, max_examples=1000, stateful_step_count=80, derandomize=False)
    run_state_machine_as_test(make_machine(world), settings=long)
