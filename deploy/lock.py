"""Pin the ranges of setup.cfg with hashes: requirements.txt to run, tests/requirements.txt to test. Needs uv.

opencv-python is left out on purpose: rapidocr names it, but it cannot be imported without libGL;
opencv-python-headless, the same without windows, stands in its place. Django too: drf-spectacular-sidecar names it, and
we only take the files of Swagger UI and ReDoc that it carries.
"""

import configparser
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
OVERRIDES = "opencv-python; sys_platform == 'never'\ndjango; sys_platform == 'never'\n"
FOREIGN = ("sys_platform == 'never'", "sys_platform == 'win32'", "sys_platform == 'emscripten'")
OPTIONS = [
    "--universal",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--quiet",
]


def pin(ranges: str, folder: Path) -> list[str]:
    """The closure of some ranges, a block for each package with its hashes, less what only other systems need."""
    (folder / "ranges.txt").write_text(ranges)
    (folder / "overrides.txt").write_text(OVERRIDES)
    command = ["uv", "pip", "compile", "ranges.txt", "--override", "overrides.txt", *OPTIONS]
    lines = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.splitlines()
    blocks: list[str] = []
    for line in lines:
        if line.startswith(" "):
            blocks[-1] += "\n" + line
        elif line:
            blocks.append(line)
    return [block for block in blocks if not any(mark in block for mark in FOREIGN)]


def main() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    run_ranges, dev_ranges = setup["options"]["install_requires"], setup["options.extras_require"]["dev"]
    with tempfile.TemporaryDirectory() as folder:
        run = pin(run_ranges, Path(folder))
        every = pin(run_ranges + "\n" + dev_ranges, Path(folder))
    (ROOT / "requirements.txt").write_text("\n".join(run) + "\n")
    (ROOT / "tests" / "requirements.txt").write_text("\n".join(block for block in every if block not in run) + "\n")


if __name__ == "__main__":
    main()
