"""What the queue promises, as plain values: jobs, claims, needs. It knows no table; time is told to it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

CRASH_CAP = 2
BACKOFF = 2.0
LONGEST_WAIT_S = 3600.0
ACTIVE = ("queued", "running")
STATUSES = (*ACTIVE, "completed", "failed", "cancelled")
STEPS = ("ingest", "scene_detection", "transcription", "quiz_generation")
Held = tuple[str, int, str]


@dataclass
class Job:
    """`needs` are those that were unfinished when it was made; `wait_s` is the span that `run_at` must lie in."""

    id: str
    job_type: str
    asset_id: str
    max_tries: int
    delay_s: float
    at: datetime
    needs: frozenset[str] = frozenset()
    priority: int = 0
    status: str = "queued"
    tries: int = 0
    spent: int = 0
    crashes: int = 0
    owner: str | None = None
    lease_until_at: datetime | None = None
    is_unwanted: bool = False
    error: str | None = None
    wait_s: tuple[float, float] = (0.0, 0.0)
    run_at: datetime = field(init=False)
    changed_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.run_at = self.changed_at = self.at

    @property
    def made_at(self) -> datetime:
        """As its id tells it, to the millisecond: never earlier than an older one's, though the clock went back."""
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(self.id.replace("-", "")[:12], 16))

    @property
    def counted(self) -> int:
        return self.tries - self.spent

    @property
    def held(self) -> Held:
        return (self.id, self.tries, self.owner or "")

    def end(self, status: str, at: datetime, error: str | None = None) -> None:
        self.status, self.owner, self.lease_until_at, self.changed_at = status, None, None, at
        self.error = error or self.error

    def wait(self, at: datetime, shortest_s: float = 0.0, longest_s: float = 0.0) -> None:
        self.end("queued", at)
        self.run_at, self.wait_s = at, (shortest_s, longest_s)


@dataclass
class Queue:
    """Each method does what the service of its name must have done, or returns None where that must refuse."""

    at: datetime
    most: int
    jobs: dict[str, Job] = field(default_factory=dict)
    assets: dict[str, bool] = field(default_factory=dict)

    def in_state(self, *statuses: str) -> list[Job]:
        return [job for _, job in sorted(self.jobs.items()) if job.status in statuses]

    def has_room(self, count: int) -> bool:
        """Who adds nothing is not refused: retries may have filled the queue beyond its size."""
        return not count or len(self.in_state("queued")) + count <= self.most

    def add(self, job_id: str, job_type: str, asset_id: str, max_tries: int, delay_s: float, **more: object) -> None:
        self.jobs[job_id] = Job(job_id, job_type, asset_id, max_tries, delay_s, self.at, **more)  # type: ignore[arg-type]

    def waits_for(self, job: Job) -> list[str]:
        return [needed for needed in job.needs if self.jobs[needed].status != "completed"]

    def hindrances(self, job: Job) -> list[str]:
        return [needed for needed in job.needs if self.jobs[needed].status in ("failed", "cancelled")]

    def ready(self) -> list[Job]:
        return [job for job in self.in_state("queued") if not self.waits_for(job)]

    def claim(self, owner: str, lease_s: float) -> Job | None:
        due = [job for job in self.ready() if job.run_at <= self.at]
        if not due:
            return None
        job = min(due, key=lambda job: (-job.priority, job.id))
        job.end("running", self.at)
        job.owner, job.lease_until_at, job.error = owner, self.at + timedelta(seconds=lease_s), None
        job.tries += 1
        return job

    def find_held(self, held: Held) -> Job | None:
        job = self.jobs.get(held[0])
        return job if job is not None and job.status == "running" and job.held == held else None

    def complete(self, job: Job) -> None:
        job.end("completed", self.at)
        if job.job_type == "ingest" and job.asset_id in self.assets:
            self.assets[job.asset_id] = True

    def fail(self, job: Job, code: str, *, permanent: bool, crashed: bool) -> None:
        if job.is_unwanted:
            return self.cancel_now(job)
        job.crashes += crashed
        job.error = code
        if permanent or job.counted >= job.max_tries or job.crashes >= CRASH_CAP:
            return self.fail_for_good(job, code)
        wait_s = min(LONGEST_WAIT_S, job.delay_s * BACKOFF ** (job.counted - 1))
        return job.wait(self.at, wait_s, wait_s * 1.1)

    def give_back(self, job: Job) -> None:
        if job.is_unwanted:
            return self.cancel_now(job)
        job.tries -= 1
        # It may start at once, as it might before.
        return job.end("queued", self.at)

    def end_as(self, how: str, job: Job) -> None:
        {"complete": self.complete, "give back": self.give_back, "cancel": self.cancel_now}[how](job)

    def rescue(self, alive: set[str]) -> int:
        lost = [job for job in self.in_state("running") if job.owner not in alive or self.is_lapsed(job)]
        for job in lost:
            if job.is_unwanted:
                self.cancel_now(job)
            elif job.counted < job.max_tries:
                job.wait(self.at)
            else:
                self.fail_for_good(job, "interrupted")
        return len(lost)

    def is_lapsed(self, job: Job) -> bool:
        return job.lease_until_at is not None and job.lease_until_at < self.at

    def fail_for_good(self, job: Job, code: str) -> None:
        job.end("failed", self.at, code)
        self.fail_needy(job)

    def cancel_now(self, job: Job) -> None:
        job.end("cancelled", self.at)
        job.is_unwanted = True
        self.fail_needy(job)

    def fail_needy(self, job: Job) -> None:
        for needy in self.in_state("queued"):
            if job.id in needy.needs and needy.status == "queued":
                self.fail_for_good(needy, "dependency_failed")

    def cancel(self, job: Job) -> None:
        if job.status == "queued":
            self.cancel_now(job)
        elif job.status == "running" and not job.is_unwanted:
            job.is_unwanted, job.changed_at = True, self.at

    def prioritise(self, job: Job, priority: int) -> bool:
        if job.status == "queued" and job.priority != priority:
            job.priority, job.changed_at = priority, self.at
        return job.status == "queued"

    def can_requeue(self, job: Job, count: int = 1) -> bool:
        over = job.status in ("failed", "cancelled") and job.asset_id in self.assets
        return over and not self.hindrances(job) and self.has_room(count)

    def requeue(self, job: Job) -> None:
        job.wait(self.at)
        job.spent, job.crashes, job.is_unwanted, job.error = job.tries, 0, False, None

    def list_failed_with(self, first: Job) -> list[Job]:
        """`first` and what failed for want of it, each behind all that it needs."""
        found = [first]
        while more := [job for job in self.in_state("failed") if job not in found and self.failed_for(job, found)]:
            found += more
        return sorted(found, key=lambda job: len(list(self.all_needs(job))))

    def failed_for(self, job: Job, found: list[Job]) -> bool:
        return job.error == "dependency_failed" and any(one.id in job.needs for one in found)

    def all_needs(self, job: Job) -> Iterator[str]:
        for needed in job.needs:
            yield needed
            yield from self.all_needs(self.jobs[needed])

    def restart(self, first: Job) -> list[str] | None:
        rows = self.list_failed_with(first)
        if not self.can_requeue(first, len(rows)):
            return None
        restarted = []
        for job in rows:
            if not self.hindrances(job):
                self.requeue(job)
                restarted.append(job.id)
        return restarted

    def list_chain(self, asset_id: str) -> list[Job | str]:
        """What is under way towards a quiz, and the names of the steps that are missing."""
        alive = {job.job_type: job for job in self.in_state(*ACTIVE) if self.is_wanted(job, asset_id)}
        if "quiz_generation" in alive:
            return [alive[step] for step in STEPS if step in alive]
        done = ["ingest"] if self.assets[asset_id] else []
        return [alive.get(step, step) for step in STEPS if step in alive or step not in done]

    def is_wanted(self, job: Job, asset_id: str) -> bool:
        return job.asset_id == asset_id and not job.is_unwanted

    def delete(self, asset_id: str) -> None:
        del self.assets[asset_id]
        for job in self.in_state(*ACTIVE):
            if job.asset_id == asset_id:
                self.cancel(job)

    def heed_clock(self) -> None:
        """Who waits for a time, and began to wait in what is now the future, waits as long from now."""
        for job in self.in_state("queued"):
            if min(job.run_at, job.changed_at) > self.at:
                job.run_at, job.changed_at = self.at + (job.run_at - job.changed_at), self.at

    def prune(self, keep: timedelta) -> int:
        before = self.at - keep
        needed = {needed for job in self.in_state(*ACTIVE) for needed in job.needs}
        over = self.in_state("completed", "failed", "cancelled")
        old = {job.id for job in over if max(job.made_at, job.changed_at) < before and job.id not in needed}
        self.jobs = {job_id: job for job_id, job in self.jobs.items() if job_id not in old}
        for job in self.jobs.values():
            job.needs -= old
        return len(old)
