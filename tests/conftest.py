"""What every group of tests may use: the lesson, a store of its own, a real server."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest

from benchmarks.running import LESSON, Server, run_server
from media.ffmpeg import ffmpeg_binary
from quizsys.config import Settings, read_settings
from quizsys.db import Store
from quizsys.engine import apply_migrations

# The servers and seats that tests start by the hundred would otherwise compile all our files anew, each of them.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# How long an example takes is not what a property says, and a loaded machine is no fault.
patient = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("patient", patient)
hypothesis.settings.load_profile("patient")


@pytest.fixture(scope="session")
def lesson() -> Path:
    return LESSON


@pytest.fixture(scope="session")
def short_lesson(lesson: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lesson's first 80 s: for those who need a quiz, but not a whole one."""
    target = tmp_path_factory.mktemp("lesson") / "short.mp4"
    command = [ffmpeg_binary(), "-v", "error", "-i", str(lesson), "-t", "80", "-c", "copy"]
    subprocess.run([*command, str(target)], check=True)
    return target


@pytest.fixture(scope="session")
def clip(lesson: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 seconds that no browser plays, so that its ingest has ffmpeg at work for a while."""
    target = tmp_path_factory.mktemp("clip") / "clip.avi"
    command = [ffmpeg_binary(), "-v", "error", "-i", str(lesson), "-t", "20", "-vf", "scale=1280:-2"]
    subprocess.run([*command, "-c:v", "mpeg4", "-q:v", "6", "-c:a", "mp3", str(target)], check=True)
    return target


@pytest.fixture(scope="session")
def small_video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two seconds of a test picture with a tone."""
    target = tmp_path_factory.mktemp("videos") / "small.mp4"
    recipe = ["-f", "lavfi", "-i", "testsrc=s=160x120:r=10:d=2", "-f", "lavfi", "-i", "sine=d=2", "-shortest"]
    subprocess.run([ffmpeg_binary(), "-v", "error", *recipe, str(target)], check=True, timeout=120)
    return target.read_bytes()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    env = {"STORAGE_ROOT": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/app.db", "LOG_FILE": ""}
    return read_settings(env, dotenv=None)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to be copied: the migrations take longer than most of what is tested on them."""
    folder = tmp_path_factory.mktemp("empty")
    env = {"STORAGE_ROOT": str(folder), "DATABASE_URL": f"sqlite:///{folder}/app.db"}
    read = read_settings(env, dotenv=None)
    apply_migrations(read)
    return read.database_url


@pytest.fixture
async def store(settings: Settings, empty_database: Path) -> AsyncIterator[Store]:
    shutil.copyfile(empty_database, settings.database_url)
    opened = Store(settings.database_url, durability="normal")
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One real server for all tests that leave it as they found it; each uses a project of its own."""
    own = {"UPLOAD_IDLE_TIMEOUT_S": 3, "HOST_NAMES": "Quiz.School.example"}
    with run_server(WORKER_CONCURRENCY=1, JOB_RETRY_DELAY_SECONDS=0, **own) as running:
        yield running
