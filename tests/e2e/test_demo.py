"""`make demo`, as its user sees it but for a shorter lesson: a quiz, the places of the files, nothing left running."""

import subprocess
import sys
from pathlib import Path

import psutil

from benchmarks.running import ROOT


def test_the_demo_prints_a_quiz_and_leaves_nothing_running(short_lesson: Path) -> None:
    command = [sys.executable, str(ROOT / "deploy" / "demo.py"), str(short_lesson)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for word in ("upload", "find the slides", "write down the speech", "write the questions", "100%", "proof 0:"):
        assert word in done.stdout
    assert done.stdout.count("pause at") >= 3
    assert "The files are in" in done.stdout
    demo = str(ROOT / "storage" / "demo")
    left = [process.pid for process in psutil.process_iter(["environ"]) if demo in str(process.info["environ"])]
    assert left == []
