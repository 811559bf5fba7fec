"""schemathesis over the whole API by its own document: examples, edge values, random values, chains of calls."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from benchmarks.running import ROOT, Server, run_server
from media.ffmpeg import ffmpeg_binary
from tests.guarded import run_guarded
from tests.sharing import Device, prepare, publish, share
from tests.wire import part, send_json, upload

CONFIG = ROOT / "tests" / "data" / "schemathesis.toml"
PROJECT = "fuzzed"
SAME_EACH_TIME = ("--seed", "1", "--generation-deterministic")
LONGEST_LINE = 600
QUIET = {"WORKER_CONCURRENCY": 1, "MAX_QUEUE_SIZE": 100_000, "QUEUE_WAIT_S": 0, "AUTH_FAILURES_PER_MINUTE": 10**6}


@pytest.fixture(scope="module")
def second(lesson: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of the lesson, as an MP4 that is quickly looked at."""
    target = tmp_path_factory.mktemp("second") / "second.mp4"
    command = [ffmpeg_binary(), "-v", "error", "-i", str(lesson), "-t", "1", "-c", "copy", str(target)]
    subprocess.run(command, check=True)
    return target


def share_quiz(server: Server) -> dict[str, str]:
    """A quiz that may be answered, and a learner who has begun."""
    (quiz_id,) = prepare(server.folder, partial(publish, asset_id="shared", project_id=PROJECT))
    (link,) = prepare(server.folder, partial(share, quiz_id, project_id=PROJECT, tries_allowed=20))
    device = Device(server, link["token"])
    attempt = device.start()["id"]
    ids = {"FUZZ_LINK": link["id"], "FUZZ_TOKEN": link["token"]}
    return ids | {"FUZZ_ATTEMPT": attempt, "FUZZ_KEY": device.key}


def run_schemathesis(server: Server, video: Path, *options: str, token: str = "") -> None:
    identity = {"authorization": f"Bearer {token}"} if token else {}
    asset = upload(server, PROJECT, part(video.read_bytes()), **identity).json()["asset_id"]
    wanted = {"job_type": "ingest", "payload": {"asset_id": asset}}
    job = send_json(server, f"/projects/{PROJECT}/jobs", wanted, **identity).json()["id"]
    env = os.environ | {"FUZZ_PROJECT": PROJECT, "FUZZ_ASSET": asset, "FUZZ_JOB": job, "FUZZ_VIDEO": str(video)}
    env |= share_quiz(server)
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run"]
    command += [f"http://127.0.0.1:{server.port}/openapi.json", "--no-color", *options]
    command += ["--header", f"Authorization: Bearer {token}"] if token else []
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    lines = [line[:LONGEST_LINE] for line in (done.stdout + done.stderr).splitlines()]
    assert done.returncode == 0, "\n".join(lines)
    assert "Traceback" not in (server.folder / "app.log").read_text()


def test_nothing_that_schemathesis_sends_finds_a_fault(second: Path) -> None:
    with run_server(**QUIET) as server:
        run_schemathesis(server, second, *SAME_EACH_TIME, "-n", "2")


def test_schemathesis_gets_nowhere_without_a_token(second: Path, tmp_path: Path) -> None:
    with run_guarded(tmp_path, **QUIET) as guarded:
        options = (
            *SAME_EACH_TIME,
            "-n",
            "1",
            "--phases",
            "fuzzing",
            "--checks",
            "ignored_auth,not_a_server_error",
        )
        run_schemathesis(guarded.server, second, *options, token=guarded.tokens["admin"])


@pytest.mark.soak
def test_much_that_schemathesis_sends_finds_no_fault(second: Path) -> None:
    with run_server(**QUIET) as server:
        run_schemathesis(server, second, "-n", "100", "--generation-database", "none")
