"""Faults at checkpoints, each in a process of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PASS_THREE_TIMES = """
from media.checkpoints import checkpoint
for number in (1, 2, 3):
    checkpoint("elsewhere")
    checkpoint("here")
    print(number, flush=True)
"""


def run(fault: str | None) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if name != "FAULT"}
    environment |= {} if fault is None else {"FAULT": fault}
    command = [sys.executable, "-c", PASS_THREE_TIMES]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("fault", "code", "passed"),
    [
        (None, 0, 3),
        ("here:4", 0, 3),
        ("here:1", -signal.SIGKILL, 0),
        ("here:3", -signal.SIGKILL, 2),
        ("here:2:kill", -signal.SIGKILL, 1),
        ("here:2:exit", 1, 1),
    ],
)
def test_a_fault_strikes_at_its_pass(fault: str | None, code: int, passed: int) -> None:
    done = run(fault)
    assert (done.returncode, len(done.stdout.split())) == (code, passed)


def test_a_fault_may_be_an_error_of_the_system() -> None:
    done = run("here:2:ENOSPC")
    assert done.stdout.split() == ["1"]
    assert "OSError: [Errno 28] No space left on device" in done.stderr


@pytest.mark.parametrize("fault", ["here", "here:x", "here:1:maybe"])
def test_a_mistyped_fault_is_no_quiet_one(fault: str) -> None:
    assert "ValueError" in run(fault).stderr
