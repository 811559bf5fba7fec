"""A small disk of its own for a server, and a way to fill it: a tmpfs, so only root can have one."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MEGABYTE = 1024 * 1024


class Disk:
    """`fill` takes all that is left, `free` gives it back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """To the last byte; what others free meanwhile is taken by the next call."""
        with self._ballast.open("ab") as file:
            for step_bytes in (MEGABYTE, os.sysconf("SC_PAGE_SIZE")):
                while True:
                    try:
                        os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, step_bytes)
                    except OSError:
                        break

    def free(self) -> None:
        self._ballast.unlink(missing_ok=True)


@contextmanager
def mount_disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """Skips the test where nothing may be mounted."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "quizsys-test", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"a disk of its own cannot be mounted here: {done.stderr.strip()}")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
