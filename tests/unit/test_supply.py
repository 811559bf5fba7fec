"""What is installed is what was locked: each package pinned and hashed, a changed one refused, its licence known."""

import configparser
import re
import subprocess
import sys
import zipfile
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from benchmarks.running import ROOT

LOCKS = (ROOT / "requirements.txt", ROOT / "tests" / "requirements.txt")
BLOCK = re.compile(r"[a-z0-9][a-z0-9._-]*==[^\s;]+( ; [^\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+")
PERMISSIVE = re.compile(r"MIT|Apache|BSD|ISC|MPL|Mozilla|PSF|Python Software Foundation|any-OSI|Zlib|Unlicense", re.I)
UNTOLD = {"peewee": "MIT, in its LICENSE file", "locate": "MIT, in its LICENSE file"}
"""What a package's metadata do not tell was read by a person."""


def list_blocks(lock: Path) -> list[str]:
    return re.split(r"\n(?=\S)", lock.read_text().strip())


def list_pins(lock: Path) -> dict[str, set[str]]:
    """Versions by the package's name; several where they depend on the machine."""
    pins: dict[str, set[str]] = {}
    for block in list_blocks(lock):
        name, _, version = block.split()[0].partition("==")
        pins.setdefault(name, set()).add(version)
    return pins


@pytest.mark.parametrize("lock", LOCKS, ids=["run", "test"])
def test_every_package_is_pinned_and_hashed(lock: Path) -> None:
    blocks = list_blocks(lock)
    assert len(blocks) > 50
    assert [block[:80] for block in blocks if not BLOCK.fullmatch(block)] == []


def test_what_is_asked_for_is_locked_within_its_range() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    run = list_pins(LOCKS[0])
    both = list_pins(LOCKS[1]) | run
    for pins, text in ((run, setup["options"]["install_requires"]), (both, setup["options.extras_require"]["dev"])):
        for asked in map(Requirement, text.split("\n")[1:]):
            found = pins[asked.name.lower().replace("_", "-")]
            assert all(asked.specifier.contains(version) for version in found), asked


def test_a_wheel_that_was_changed_is_not_installed(tmp_path: Path) -> None:
    """By the very options that `make` installs with."""
    options = re.search(r"^INSTALL := \S+/pip install (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert options is not None
    wheel = make_wheel(tmp_path / "quizsys_canary-1-py3-none-any.whl")
    lock = tmp_path / "requirements.txt"
    lock.write_text(f"quizsys-canary==1 --hash=sha256:{sha256(wheel.read_bytes()).hexdigest()}\n")
    command = [sys.executable, "-m", "pip", "install", *options[1].split(), "--dry-run", "--isolated", "--no-index"]
    command += ["--find-links", str(tmp_path), "-r", str(lock)]
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("quizsys_canary/more.py", "print('somebody was here')")
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr


def make_wheel(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("quizsys_canary/__init__.py", "")
        info = "quizsys_canary-1.dist-info"
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: quizsys-canary\nVersion: 1\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


def test_no_package_that_runs_binds_ours_by_its_licence() -> None:
    strange = {name: told for name in list_pins(LOCKS[0]) if not PERMISSIVE.search(told := read_licence(name))}
    assert strange == {}


def read_licence(name: str) -> str:
    """As the package tells it; MIT for one that is not installed on this machine, since others need it."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return "MIT"
    words = [told.get("License-Expression") or "", (told.get("License") or "")[:80]]
    words += [word for word in told.get_all("Classifier") or [] if word.startswith("License")]
    return UNTOLD.get(name) or " ".join(words)
