"""Hostile files at every door of a server under strace: none opens another file or a socket, each gets one sentence."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.running import start_server, stop_server
from tests.hostile.avis import avi
from tests.hostile.boxes import jpeg
from tests.hostile.corpus import list_forged, list_samples
from tests.hostile.sample import Sample
from tests.hostile.trace import Call, Trace, list_breaches, strace_words
from tests.hostile.trial import Laboratory, Verdict

MOST_BYTES = 512 << 20
LONGEST_S = 60
BRIEF = [sample for sample in list_forged() if sample.brief]


def can_trace() -> bool:
    return (
        bool(shutil.which("strace")) and subprocess.run(["strace", "-qq", "true"], capture_output=True).returncode == 0
    )


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory, small_video: bytes) -> Iterator[Laboratory]:
    if not can_trace():
        pytest.skip("strace is not there or may not trace")
    folder = tmp_path_factory.mktemp("hostile")
    log = folder / "trace"
    settings = {"WORKER_CONCURRENCY": 1, "JOB_RETRY_DELAY_SECONDS": 0, "METADATA_EXPORT": "false"}
    server = start_server(folder / "storage", strace_words(log), **settings)
    try:
        yield Laboratory(server, log, small_video)
    finally:
        assert stop_server(server) == 0


def check(verdict: Verdict) -> None:
    assert verdict.breaches == []
    assert verdict.faults == []
    assert all(told.strip() for told in verdict.told.values()), verdict
    assert verdict.longest_s < LONGEST_S, verdict


@pytest.mark.parametrize("sample", BRIEF, ids=lambda sample: f"{sample.group}-{sample.name}")
def test_a_hostile_file_is_let_in_or_refused_and_does_no_harm(laboratory: Laboratory, sample: Sample) -> None:
    verdict = laboratory.try_out(sample, at_work=False)
    check(verdict)
    assert verdict.grown_bytes < MOST_BYTES


@pytest.mark.soak
def test_the_whole_corpus_does_no_harm(laboratory: Laboratory, tmp_path: Path) -> None:
    tried = 0
    for sample in list_samples(tmp_path):
        check(laboratory.try_out(sample))
        tried += 1
    assert tried >= 300


def test_a_reach_for_another_file_is_seen(tmp_path: Path) -> None:
    log = tmp_path / "trace"
    log.write_text(
        '11 execve("/usr/bin/ffmpeg", ["ffmpeg"], 0x1) = 0\n'
        f'11 openat(AT_FDCWD, "{tmp_path}/uploads/mine/a.mp4", O_RDONLY) = 3\n'
        f'11 openat(AT_FDCWD, "{tmp_path}/uploads/yours/a.mp4", O_RDONLY) = 3\n'
        f'11 openat(AT_FDCWD, "{tmp_path}/app.db", O_RDONLY <unfinished ...>\n'
        '12 openat(AT_FDCWD, "/tmp/quizsys-canary/secret.mp4", O_RDONLY) = -1 ENOENT\n'
        "12 connect(4, {sa_family=AF_INET, sin_port=htons(9)}, 16) = 0\n"
        '12 openat(AT_FDCWD, "/usr/lib/libm.so.6", O_RDONLY|O_CLOEXEC) = 3\n'
    )
    trace = Trace(log)
    calls: list[Call] = trace.read_new()
    seen = list_breaches(trace, calls, tmp_path, "mine")
    assert [word for breach in seen for word in ("yours", "app.db", "canary", "AF_INET") if word in breach] == [
        "yours",
        "app.db",
        "canary",
        "AF_INET",
    ]
    assert len(seen) == 4


def test_a_plain_file_of_the_same_makers_is_let_in(laboratory: Laboratory) -> None:
    verdict = laboratory.try_out(Sample("plain", "plain.avi", avi([jpeg()] * 20)), at_work=False)
    assert verdict.told == {"door": "201"}
