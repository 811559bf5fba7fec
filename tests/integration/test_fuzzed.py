"""schemathesis over the whole API by its own document: examples, edge values, random values, chains of calls."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.running import ROOT, Server, run_server
from media.ffmpeg import ffmpeg_binary

CONFIG = ROOT / "tests" / "data" / "schemathesis.toml"
PROJECT = "fuzzed"
LONGEST_LINE = 600
QUIET = {"WORKER_CONCURRENCY": 1, "MAX_QUEUE_SIZE": 100_000, "QUEUE_WAIT_S": 0}


@pytest.fixture(scope="module")
def second(lesson: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of the lesson, as an MP4 that is quickly looked at."""
    target = tmp_path_factory.mktemp("second") / "second.mp4"
    command = [ffmpeg_binary(), "-v", "error", "-i", str(lesson), "-t", "1", "-c", "copy", str(target)]
    subprocess.run(command, check=True)
    return target


def run_schemathesis(server: Server, video: Path, *options: str) -> None:
    asset = server.upload(PROJECT, video)["asset_id"]
    body = json.dumps({"job_type": "ingest", "payload": {"asset_id": asset}}).encode()
    job = server.call("POST", f"/projects/{PROJECT}/jobs", body)["id"]
    env = os.environ | {"FUZZ_PROJECT": PROJECT, "FUZZ_ASSET": asset, "FUZZ_JOB": job, "FUZZ_VIDEO": str(video)}
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run"]
    command += [f"http://127.0.0.1:{server.port}/openapi.json", "--no-color", *options]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    lines = [line[:LONGEST_LINE] for line in (done.stdout + done.stderr).splitlines()]
    assert done.returncode == 0, "\n".join(lines)
    log = (server.folder / "app.log").read_text()
    assert "Traceback" not in log


def test_nothing_that_schemathesis_sends_finds_a_fault(second: Path) -> None:
    with run_server(**QUIET) as server:
        run_schemathesis(server, second, "--seed", "1", "--generation-deterministic", "-n", "2")


@pytest.mark.soak
def test_much_that_schemathesis_sends_finds_no_fault(second: Path) -> None:
    with run_server(**QUIET) as server:
        run_schemathesis(server, second, "-n", "300", "--generation-database", "none")
