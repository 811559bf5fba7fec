"""An hour of lesson from the first byte to the quiz: where the time went, and the memory of all processes together.

python -m benchmarks.hour [--script ../shared/lessons/photosynthesis.json] [--repeat 15] [--height 720]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.running import ROOT, Server, run_server

MEGABYTE = 1024 * 1024
LESSONS = ROOT.parent / "shared" / "lessons"


class Watch(threading.Thread):
    """The highest memory (PSS) of the server and all its children."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.peak_bytes = 0
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.wait(0.5):
            self.peak_bytes = max(self.peak_bytes, self.server.family_rss_bytes())


def make_video(script: Path, repeat: int, height: int, target: Path) -> None:
    command = [sys.executable, str(LESSONS / "make_lesson.py"), str(script), str(target)]
    subprocess.run([*command, "--repeat", str(repeat), "--height", str(height)], check=True)


def wait_for(server: Server, job_id: str) -> dict[str, Any]:
    while True:
        job: dict[str, Any] = server.call("GET", f"/projects/bench/jobs/{job_id}")
        if job["status"] in ("completed", "failed", "cancelled"):
            return job
        time.sleep(0.2)


def measure(server: Server, video: Path) -> None:
    watch = Watch(server)
    watch.start()
    began = time.perf_counter()
    asset_id = server.upload("bench", video)["asset_id"]
    print(f"{'upload':<18}{time.perf_counter() - began:7.1f} s")
    chain = server.call("POST", f"/projects/bench/videos/{asset_id}/quiz")["jobs"]
    for step in chain:
        step_began = time.perf_counter()
        job = wait_for(server, step["id"])
        print(f"{job['job_type']:<18}{time.perf_counter() - step_began:7.1f} s  {job['status']}")
        if job["status"] != "completed":
            raise SystemExit(json.dumps(job["logs"], indent=1))
    whole = time.perf_counter() - began
    watch.stopped.set()
    duration_s = server.call("GET", f"/projects/bench/videos/{asset_id}")["metadata"]["duration"]
    quiz = server.call("GET", f"/projects/bench/videos/{asset_id}/quizzes")[0]
    print(f"{'together':<18}{whole:7.1f} s for {duration_s / 60:.1f} min of lesson, {len(quiz['questions'])} questions")
    print(f"peak memory of all processes: {watch.peak_bytes / MEGABYTE:,.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--script", type=Path, default=LESSONS / "photosynthesis.json")
    parser.add_argument("--repeat", type=int, default=15)
    parser.add_argument("--height", type=int, default=720)
    parser.add_argument("--video", type=Path, help="measure this file instead of making one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quizsys-bench-") as name:
        video = options.video or Path(name) / "hour.mp4"
        if options.video is None:
            make_video(options.script, options.repeat, options.height, video)
        with run_server(UPLOAD_MAX_SIZE=2 * video.stat().st_size) as server:
            measure(server, video)


if __name__ == "__main__":
    main()
