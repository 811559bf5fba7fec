"""Mixed load on a real server and worker, and every few seconds something of it is killed with -9, at random.

    python -m tests.faults.soak --minutes 10 --kills 60 --seed 7

After each kill the rows are checked while everything stands still; in every rest, and at the end, all invariants.
The seed, which is printed, decides who does what and what is killed; when each comes is the machine's to say.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from benchmarks.running import LESSON, ROOT, Server, free_port, start_server, stop_server
from media.ffmpeg import ffmpeg_binary
from tests.faults import client, invariants
from tests.faults.client import CUT, Client, Step
from tests.sharing import prepare, publish, share
from tests.tus_wire import wait_until

VICTIMS = ("server", "worker", "seat", "ffmpeg")
ERRANDS: tuple[tuple[Step, ...], ...] = (
    (client.send_form, client.ingest, client.find_scenes),
    (client.send_pieces,),
    (client.send_form, client.enqueue_many),
    (client.send_form, client.export),
    (client.send_form, client.make_quiz),
    (client.begin_attempt, client.answer),
    (client.begin_attempt, client.answer),
    (client.send_form, client.send_pieces, client.cancel, client.delete),
)
CLIENTS = 5
KILLS_A_REST = 15
# What two kills of its seat, or one of a job that it needs, may make of a job.
BEARABLE = ("crashed", "dependency_failed")
FFMPEG_WAIT_S = 3.0
REST_LIMIT_S = 600.0


@dataclass
class Town:
    """A server with two seats and a worker with one, always at the same port, and those who use them."""

    folder: Path
    seed: int
    token: str
    quiz_id: str
    data: bytes
    port: int = field(default_factory=free_port)
    acknowledged: dict[str, set[str]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    resting: threading.Event = field(default_factory=threading.Event)
    ending: threading.Event = field(default_factory=threading.Event)
    names: Iterator[int] = field(default_factory=lambda: iter(range(1, 10**6)))

    @property
    def settings(self) -> dict[str, object]:
        common = {"JOB_RETRY_DELAY_SECONDS": 0, "JOB_MAX_ATTEMPTS": 100, "LEASE_S": 15, "MAX_QUEUE_SIZE": 1000}
        return common | {"METADATA_EXPORT": "false", "DRAIN_S": 2, "LOG_LEVEL": "WARNING"}

    def start_server(self) -> None:
        self.server: Server = start_server(self.folder, **self.settings, PORT=self.port, WORKER_CONCURRENCY=2)

    def start_worker(self) -> None:
        own = {"STORAGE_ROOT": self.folder, "DATABASE_URL": f"sqlite:///{self.folder / 'app.db'}"}
        own |= {"LOG_FILE": self.folder / "app.log", "WORKER_CONCURRENCY": 1}
        env = os.environ | {name: str(value) for name, value in (self.settings | own).items()}
        command = [sys.executable, str(ROOT / "server.py"), "worker"]
        self.worker = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)

    def live(self, number: int) -> None:
        """One client after another, each with an errand of its own, until the end; none is begun in a rest."""
        chosen = random.Random(self.seed * 1000 + number)
        while not self.ending.is_set():
            if self.resting.is_set():
                time.sleep(0.05)
                continue
            one = Client(self.data, self.token, self.quiz_id, next(self.names), BEARABLE)
            one.server, one.acknowledged = self.server, self.acknowledged
            self.counts["clients at work"] += 1
            self.run(one, chosen.choice(ERRANDS))
            self.counts["clients at work"] -= 1
            time.sleep(chosen.uniform(0, 0.5))

    def run(self, one: Client, errand: tuple[Step, ...]) -> None:
        while one.done < len(errand):
            try:
                one.go_on(errand)
            except CUT:
                self.counts["repeats"] += 1
                time.sleep(0.2)
            except Exception as error:
                self.problems.append(f"{errand[one.done].__name__}: {error!r}"[:1500])
                return
        self.counts["errands"] += 1

    def kill(self, wanted: str) -> str:
        """One of VICTIMS, or what can be had instead; returns what it was. Then the rows are checked, and all lives."""
        victim, name = self.find_victim(wanted), wanted
        if victim is None:
            victim, name = self.find_victim("seat"), "seat"
        if victim is None:
            name = "server"
        process = victim or psutil.Process(self.server.process.pid)
        process.kill()
        if name == "server":
            self.server.process.wait()
        elif name == "worker":
            self.worker.wait()
        with self.standing_still():
            self.check_rows()
        if self.server.process.poll() is not None:
            self.start_server()
        if self.worker.poll() is not None:
            self.start_worker()
        return name

    def find_victim(self, wanted: str) -> psutil.Process | None:
        if wanted in ("server", "worker"):
            return psutil.Process((self.server.process if wanted == "server" else self.worker).pid)
        mark = "ffmpeg" if wanted == "ffmpeg" else "forkserver"
        deadline_s = time.monotonic() + FFMPEG_WAIT_S
        while time.monotonic() < deadline_s:
            for keeper in (self.worker.pid, self.server.process.pid):
                for process in psutil.Process(keeper).children(recursive=True):
                    if mark in " ".join(read_command(process)) and process.children() == []:
                        return process
            time.sleep(0.02)
        return None

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Server and worker, if they live: what is read in several looks is then of one moment."""
        alive = [process for process in (self.server.process, self.worker) if process.poll() is None]
        for process in alive:
            process.send_signal(signal.SIGSTOP)
        # A thread that writes to the disk stops when it is through.
        wait_until(lambda: all(is_stopped(process.pid) for process in alive))
        try:
            yield
        finally:
            for process in alive:
                process.send_signal(signal.SIGCONT)

    def check_rows(self) -> None:
        known = {table: set(ids) for table, ids in list(self.acknowledged.items()) if table != "uploads"}
        # What a client has asked to delete may be gone before it hears of it.
        known.pop("assets", None)
        for check in (invariants.check_states, invariants.check_outbox, invariants.check_finished_once):
            check(self.folder)
        invariants.check_acknowledged(self.folder, **known)
        invariants.check_tries(self.folder)
        invariants.check_answers(self.folder)
        invariants.check_pages(self.folder)

    def rest(self) -> None:
        """Until every client has done its errand and every job has ended: then all must hold."""
        self.resting.set()
        deadline_s = time.monotonic() + REST_LIMIT_S
        while self.counts["clients at work"] and time.monotonic() < deadline_s:
            time.sleep(0.1)
        assert not self.counts["clients at work"], "a client got no answer"
        invariants.wait_until_settled(self.folder, REST_LIMIT_S)
        known = {table: ids for table, ids in self.acknowledged.items() if table != "uploads"}
        invariants.check_running(self.server, **known)
        self.counts["rests"] += 1
        self.resting.clear()

    def end(self) -> None:
        self.rest()
        self.ending.set()
        self.worker.terminate()
        assert (self.worker.wait(60), stop_server(self.server)) == (0, 0)
        invariants.check_all(self.folder, **{name: ids for name, ids in self.acknowledged.items() if name != "uploads"})


def is_stopped(pid: int) -> bool:
    """All its threads."""
    states = [path.read_text().rpartition(")")[2].split()[0] for path in Path(f"/proc/{pid}/task").glob("*/stat")]
    return set(states) <= {"T", "Z"}


def read_command(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


def build(folder: Path, seed: int) -> Town:
    """A folder with a published quiz and a short lesson to send."""
    (quiz_id,) = prepare(folder, publish)
    (link,) = prepare(folder, lambda: share(quiz_id))
    video = folder / "uploads" / "p" / "asset.mp4"
    video.parent.mkdir(parents=True)
    cut = [ffmpeg_binary(), "-v", "error", "-i", str(LESSON), "-t", "10", "-c", "copy", str(video)]
    subprocess.run(cut, check=True, timeout=60)
    size_bytes, checksum = video.stat().st_size, invariants.hash_of(video)
    row = f"INSERT INTO files VALUES ('uploads/p/asset.mp4', 'p', 'asset', {size_bytes}, 0)"
    invariants.write(folder, row, f"UPDATE assets SET checksum = '{checksum}', size_bytes = {size_bytes}")
    return Town(folder, seed, link["token"], quiz_id, video.read_bytes())


def run(town: Town, minutes: float, kills: int, every_s: float, tell: Callable[[str], Any]) -> Counter[str]:
    """Returns how often each victim was killed. Raises AssertionError where an invariant does not hold."""
    chosen, killed = random.Random(town.seed), Counter[str]()
    town.start_server()
    town.start_worker()
    threads = [threading.Thread(target=town.live, args=(number,), daemon=True) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    began_s = time.monotonic()
    while time.monotonic() - began_s < 60 * minutes or killed.total() < kills:
        time.sleep(chosen.uniform(0.5, 1.5) * every_s)
        name = town.kill(chosen.choice(VICTIMS))
        killed[name] += 1
        rows = invariants.count(town.folder, "jobs"), invariants.count(town.folder, "answers")
        tell(
            f"{time.monotonic() - began_s:6.1f} s  kill {killed.total():3}  {name:7} {rows[0]} jobs, {rows[1]} answers"
        )
        assert town.problems == [], town.problems
        if killed.total() % KILLS_A_REST == 0:
            town.rest()
            tell(f"{time.monotonic() - began_s:6.1f} s  all at rest: every invariant holds")
    town.end()
    assert town.problems == [], town.problems
    return killed


def sum_up(town: Town, killed: Counter[str]) -> str:
    jobs = invariants.list_jobs(town.folder)
    lines = Counter(line["message"] for job in jobs for line in job["logs"])
    states = Counter(job["status"] for job in jobs)
    codes = Counter(job["error_code"] for job in jobs if job["status"] == "failed")
    return (
        f"seed {town.seed}: {killed.total()} kills {dict(killed)}, {town.counts['rests']} rests;"
        f" {town.counts['errands']} errands, {town.counts['repeats']} requests repeated;"
        f" {len(jobs)} jobs {dict(states)} {dict(codes)}, {lines['Recovered unfinished job']} recovered;"
        f" {invariants.count(town.folder, 'answers')} answers, {invariants.count(town.folder, 'assets')} files."
        " 0 lost, 0 doubled, 0 stuck."
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10, help="at least so long (10)")
    parser.add_argument("--kills", type=int, default=60, help="at least so many (60)")
    parser.add_argument(
        "--every", type=float, default=5, metavar="S", help="seconds between kills, half to one and a half of it (5)"
    )
    parser.add_argument("--seed", type=int, default=None, help="what is done and killed; a new one if left out")
    parser.add_argument("--keep", action="store_true", help="keep the folder if something is wrong")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="quizsys-soak-"))
    town = build(folder, seed)
    try:
        killed = run(town, options.minutes, options.kills, options.every, lambda line: print(line, flush=True))
        print(sum_up(town, killed))
    except BaseException:
        print(
            f"seed {seed}: something does not hold; the folder is {folder}" if options.keep else f"seed {seed}",
            flush=True,
        )
        raise
    finally:
        town.ending.set()
        for process in (town.server.process, town.worker):
            process.kill()
            process.wait()
        if not options.keep:
            shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
