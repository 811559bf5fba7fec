"""One job live to 2,000 SSE clients while 1,000 more never read: delays from commit to client, missed states, memory.

    python -m benchmarks.fanout [--healthy 2000] [--stalled 1000] [--steps 40] [--ballast 4000]

The job's tries are played here, as a worker beside the server would run them: each change is a commit of another
process. A delay ends with the frame's last byte. The clients are processes of their own on the same machine.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from benchmarks.running import LESSON, Server, run_server
from quizsys.db import Store
from quizsys.ids import new_id
from quizsys.liveness import Presence
from quizsys.models.events import Event
from quizsys.services import claims
from quizsys.services.claims import Failure

JOBS = "/projects/fanout/jobs"
CONNECT_LIMIT_S = 120
STALL_LIMIT_S = 60
LAST_WAIT_S = 5
# As often as a running job tells of its progress.
STEP_S = 0.5
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Change:
    """A commit: the event's id, what it was, and when it had been made."""

    event_id: int
    kind: str
    at_s: float


@dataclass
class Gauge(threading.Thread):
    """The server's memory and open sockets, ten times a second."""

    server: Server
    peak_bytes: int = 0
    sockets: list[tuple[float, int]] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        while not self.stopped.wait(0.1):
            self.peak_bytes = max(self.peak_bytes, self.server.rss_bytes())
            self.sockets.append((time.time(), count_files(self.server)))


def count_files(server: Server) -> int:
    return sum(1 for _ in Path(f"/proc/{server.process.pid}/fd").iterdir())


def start_clients(server: Server, path: str, count: int, *, stalled: bool) -> "subprocess.Popen[str]":
    """Returns when all of them have connected and, if they read, have their first frame."""
    command = [sys.executable, "-m", "benchmarks.fanout_clients", str(server.port), path, str(count)]
    clients = subprocess.Popen(
        [*command, *(["--stalled"] if stalled else [])], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert clients.stdout
    if clients.stdout.readline() != "connected\n":
        raise RuntimeError("the clients could not connect")
    return clients


def end_clients(clients: "subprocess.Popen[str]") -> dict[str, Any]:
    out, _ = clients.communicate("end\n", timeout=CONNECT_LIMIT_S)
    return dict(json.loads(out)) if out else {}


async def play(server: Server, steps: int) -> list[Change]:
    """Claim the job, report progress, fail once, run it again, complete it."""
    presence = Presence(server.folder / "run", new_id())
    store = Store(server.folder / "app.db")
    await store.open()
    changes: list[Change] = []

    async def commit(kind: str, service: Any, *args: Any) -> Any:
        result = await store.run(service, *args)
        at_s = time.time()
        event_id = await store.read(lambda: Event.select(Event.id).order_by(Event.id.desc()).scalar())
        changes.append(Change(event_id, kind, at_s))
        await asyncio.sleep(STEP_S)
        return result

    for number in (1, 2):
        claim = await commit("running", claims.claim_job, presence.owner, 600)
        for step in range(steps // 2):
            await commit("progress", claims.set_progress, claim, 100 * step / steps)
        if number == 1:
            await commit("queued again", claims.fail_job, claim, Failure("bench", "Once."), 1)
    await commit("completed", claims.complete_job, claim, {})
    await store.close()
    presence.leave()
    return changes


def measure(server: Server, options: argparse.Namespace) -> None:
    asset_id = server.upload("fanout", LESSON)["asset_id"]
    payload = {"asset_id": asset_id, "ballast": "x" * options.ballast}
    body = {"job_type": "ingest", "payload": payload, "retry_delay_seconds": 0}
    job_id = server.call("POST", JOBS, json.dumps(body).encode())["id"]
    path = f"{JOBS}/{job_id}/events" if options.of == "job" else "/projects/fanout/events"
    process = psutil.Process(server.process.pid)
    before_bytes, idle_files = server.rss_bytes(), count_files(server)
    gauge = Gauge(server)
    gauge.start()
    began_s = time.time()
    deaf = start_clients(server, path, options.stalled, stalled=True)
    healthy = start_clients(server, path, options.healthy, stalled=False)
    connected_bytes = server.rss_bytes()
    print(f"{options.healthy} healthy and {options.stalled} stalled clients in {time.time() - began_s:.1f} s")
    began_s = time.time()
    used_s = sum(process.cpu_times()[:2])
    changes = asyncio.run(play(server, options.steps))
    time.sleep(LAST_WAIT_S)
    used_s = sum(process.cpu_times()[:2]) - used_s
    received = end_clients(healthy)
    gone_s = wait_until_let_go(server, idle_files, began_s)
    gauge.stopped.set()
    end_clients(deaf)
    tell_delays(changes, received, options.healthy)
    count = sum(map(len, received.values())) - options.healthy
    print(f"server's processor: {used_s:.1f} s for {count} deliveries, {1e6 * used_s / max(1, count):.0f} us each")
    print("                    (the design's figures: 9 us for a bare write, 130 us with a task for each client)")
    print(
        f"server's memory: {before_bytes / MEGABYTE:.0f} MB before, {connected_bytes / MEGABYTE:.0f} MB with all"
        f" connected, {gauge.peak_bytes / MEGABYTE:.0f} MB at the peak"
    )
    print(tell_letting_go(gauge, began_s, idle_files, options) if gone_s else "SOME STALLED CLIENTS WERE NOT LET GO")


def wait_until_let_go(server: Server, idle_files: int, began_s: float) -> float | None:
    """When the server had closed every stream, in seconds since `began_s`; None if it did not."""
    while time.time() < began_s + STALL_LIMIT_S:
        if count_files(server) <= idle_files + 2:
            return time.time() - began_s
        time.sleep(0.1)
    return None


def tell_letting_go(gauge: Gauge, began_s: float, idle_files: int, options: argparse.Namespace) -> str:
    """When the first and the last of the stalled went: by the number of sockets that the server still had."""
    streams = [(at_s - began_s, files - idle_files) for at_s, files in gauge.sockets if at_s > began_s]
    first = next((at_s for at_s, count in streams if count < options.healthy + options.stalled - 5), 0.0)
    last = next((at_s for at_s, count in streams if count <= 2), 0.0)
    return f"streams let go from {first:.1f} s to {last:.1f} s after the first change"


def tell_delays(changes: list[Change], received: dict[str, Any], healthy: int) -> None:
    print(f"{'commit':<14}{'events':>7}{'got it':>9}{'missed':>8}{'median':>10}{'p99':>10}{'max':>10}")
    for kind in dict.fromkeys(change.kind for change in changes):
        of_kind = [change for change in changes if change.kind == kind]
        delays = [at - change.at_s for change in of_kind for at in received.get(str(change.event_id), [])]
        missed = healthy * len(of_kind) - len(delays)
        if not delays:
            print(f"{kind:<14}{len(of_kind):>7}{0:>9}{missed:>8}")
            continue
        p99 = statistics.quantiles(delays, n=100)[98]
        figures = "".join(f"{1000 * value:>7.0f} ms" for value in (statistics.median(delays), p99, max(delays)))
        print(f"{kind:<14}{len(of_kind):>7}{len(delays):>9}{missed:>8}{figures}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--healthy", type=int, default=2000)
    parser.add_argument("--stalled", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=40, help="reports of progress, half a second apart")
    parser.add_argument("--ballast", type=int, default=4000, help="bytes of payload that every frame carries")
    parser.add_argument("--of", choices=("job", "project"), default="job", help="whose stream they watch")
    options = parser.parse_args()
    with run_server(WORKER_CONCURRENCY=0, LOG_LEVEL="WARNING") as server:
        measure(server, options)


if __name__ == "__main__":
    main()
