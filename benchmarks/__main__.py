"""`make bench`: every measurement in turn. Needs ../shared/lessons (scripts and make_lesson.py), ffmpeg and flite."""

import subprocess
import sys

PARTS = ("seats", "jobs", "learners", "fanout", "uploads", "scenes", "speech", "compose", "hour")


def main() -> int:
    codes = []
    for part in PARTS:
        print(f"\n== {part}: python -m benchmarks.{part}", flush=True)
        codes.append(subprocess.run([sys.executable, "-m", f"benchmarks.{part}"], check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
