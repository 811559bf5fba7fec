"""One hostile file through every door of a real, traced server: what it was told, what it cost, what it reached."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from benchmarks.running import Server
from tests.hostile.sample import Sample
from tests.hostile.trace import Trace, list_breaches
from tests.wire import FORM, Answer, call, form, part, send_json

LIMIT_S = 300
MOST_EXPORTED_S = 2.0
LOOK_EVERY_S = 0.03
FINAL = ("completed", "failed", "cancelled")


@dataclass
class Verdict:
    """`told`: door or job type -> its answer in a word and a sentence. `grown_bytes`: above what was held before."""

    sample: Sample
    told: dict[str, str] = field(default_factory=dict)
    breaches: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    took_s: dict[str, float] = field(default_factory=dict)
    grown_bytes: int = 0

    @property
    def longest_s(self) -> float:
        """Of its doors and jobs."""
        return max(self.took_s.values())


class Laboratory:
    """A server under watch, with a good video of a project `neighbour` that hostile files may not reach."""

    def __init__(self, server: Server, log: Path, good_video: bytes) -> None:
        self.server = server
        self._trace = Trace(log)
        self._good = good_video
        self._count = 0
        self._send("neighbour", "good.mp4", good_video, "uploads")

    def try_out(self, sample: Sample, *, at_work: bool = True) -> Verdict:
        """Upload it, run (`at_work`) every job that takes what came of it, and see that the server still works."""
        data = sample.read()
        self._count += 1
        project = f"hostile-{self._count}"
        verdict = Verdict(sample)
        self._trace.read_new()
        with _watched_memory(self.server.process.pid) as most:
            started_s = time.monotonic()
            answer = self._send(project, sample.name, data, sample.category)
            verdict.took_s["door"] = time.monotonic() - started_s
            verdict.told["door"] = _describe(answer)
            if answer.status == 201 and at_work:
                self._work(project, answer.json(), verdict)
            elif answer.status not in (201, 413, 415, 422):
                verdict.faults.append(f"the door said {answer.status}")
        verdict.grown_bytes = most.grown_bytes
        verdict.breaches = list_breaches(self._trace, self._trace.read_new(), self.server.folder, project)
        self._check_health(verdict)
        self._clean(project)
        return verdict

    def _work(self, project: str, asset: dict[str, Any], verdict: Verdict) -> None:
        if verdict.sample.category == "uploads":
            asked = call(self.server, "POST", f"/projects/{project}/videos/{asset['asset_id']}/quiz")
            self._wait(project, asked.json()["job_id"], verdict)
        self._export(project, asset, verdict)

    def _export(self, project: str, asset: dict[str, Any], verdict: Verdict) -> None:
        more: dict[str, Any] = {}
        if verdict.sample.category != "uploads":
            more = _use(verdict.sample.category, self._get(project, asset["asset_id"])["relative_path"])
            asset = self._send(project, "good.mp4", self._good, "uploads").json()
        length_s = min(MOST_EXPORTED_S, float(self._get(project, asset["asset_id"])["metadata"]["duration"]))
        payload = {"clips": [{"asset_id": asset["asset_id"], "out_point": length_s}], **more}
        asked = send_json(self.server, f"/projects/{project}/jobs", {"job_type": "export", "payload": payload})
        if asked.status != 201:
            verdict.told["export"] = _describe(asked)
            if asked.status >= 500:
                verdict.faults.append(f"asked for an export the server said {asked.status}")
            return
        self._wait(project, asked.json()["id"], verdict)

    def _get(self, project: str, asset_id: str) -> dict[str, Any]:
        found: dict[str, Any] = call(self.server, "GET", f"/projects/{project}/assets/{asset_id}").json()
        return found

    def _wait(self, project: str, job_id: str, verdict: Verdict) -> None:
        """Until the job is final; then note all jobs of the project."""
        deadline = time.monotonic() + LIMIT_S
        while time.monotonic() < deadline:
            if call(self.server, "GET", f"/projects/{project}/jobs/{job_id}").json()["status"] in FINAL:
                break
            time.sleep(0.05)
        else:
            verdict.faults.append(f"a job is not done after {LIMIT_S} s")
            call(self.server, "POST", f"/projects/{project}/jobs/{job_id}/cancel")
        for job in call(self.server, "GET", f"/projects/{project}/jobs").json():
            verdict.told[job["job_type"]] = f"{job['status']} {job['error_code'] or ''} {job['error_message'] or ''}"
            verdict.took_s[job["job_type"]] = _length_s(job)
            if job["error_code"] in ("internal", "crashed") or (job["status"] == "failed" and not job["error_message"]):
                verdict.faults.append(f"{job['job_type']}: {job['error_code']}")

    def _check_health(self, verdict: Verdict) -> None:
        health = call(self.server, "GET", "/health")
        if health.status != 200 or self.server.process.poll() is not None:
            verdict.faults.append(f"the server is not well: {health.status}")

    def _clean(self, project: str) -> None:
        wiped = call(self.server, "DELETE", f"/projects/{project}/storage")
        assert wiped.status in (200, 204), wiped

    def _send(self, project: str, name: str, data: bytes, category: str) -> Answer:
        body = form(part(data, filename=name.encode()))
        return call(self.server, "POST", f"/projects/{project}/assets?category={category}", body, content_type=FORM)


def _use(category: str, path: str) -> dict[str, Any]:
    """An export's wish for a file that is no video."""
    if category == "image":
        return {"default_watermark": {"path": path}}
    if category == "subtitle":
        return {"global_subtitles": {"path": path}}
    return {"background_music": {"track": path, "loop": True}}


def _describe(answer: Answer) -> str:
    if answer.status < 300:
        return f"{answer.status}"
    told = answer.json()
    return f"{answer.status} {told['code']} {told['detail']}"


def _length_s(job: dict[str, Any]) -> float:
    """From its last start to its end."""
    started = [line["timestamp"] for line in job["logs"] if line["message"].startswith("Job started")]
    if not started:
        return 0.0
    return (datetime.fromisoformat(job["updated_at"]) - datetime.fromisoformat(started[-1])).total_seconds()


class _Most:
    grown_bytes = 0


@contextmanager
def _watched_memory(server_pid: int) -> Iterator[_Most]:
    """The most that all processes below the server held at once, above what they held at first."""
    most, end = _Most(), threading.Event()
    rest = _sum_rss(server_pid)

    def look() -> None:
        while not end.wait(LOOK_EVERY_S):
            most.grown_bytes = max(most.grown_bytes, _sum_rss(server_pid) - rest)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield most
    finally:
        end.set()
        watcher.join()


def _sum_rss(server_pid: int) -> int:
    total = 0
    for process in psutil.Process(server_pid).children(recursive=True):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total
