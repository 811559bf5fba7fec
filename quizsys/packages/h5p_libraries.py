"""H5P's own programs for a package: taken from a file or folder that the operator has, since we carry none.

What a package needs is found by name and version, with all that it needs in turn; the rest of the bundle stays out.
"""

import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

Name = tuple[str, int, int]
_MACHINE = re.compile(r"[\w.\-]{1,200}")


def read_name(text: str) -> Name:
    """`H5P.Blanks 1.14` in its parts."""
    machine, _, version = text.rpartition(" ")
    major, _, minor = version.partition(".")
    return machine, int(major), int(minor)


class NoBundle(Exception):
    """What should be a bundle cannot be read; the text says why."""


def has_library(bundle: Path, wanted: str) -> bool:
    """Whether it is in the bundle. Raises NoBundle."""
    with _open(bundle) as files:
        return read_name(wanted) in _index(files)


def copy_libraries(bundle: Path, needed: list[str], package: zipfile.ZipFile) -> list[str]:
    """The needed libraries that the bundle lacks. Raises NoBundle, then having copied none."""
    with _open(bundle) as files:
        shelves = _index(files)
        wanted, missing = [read_name(text) for text in needed], []
        seen: set[Name] = set()
        while wanted:
            name = wanted.pop()
            if name in seen:
                continue
            seen.add(name)
            if name not in shelves:
                missing.append("{} {}.{}".format(*name))
                continue
            folder, about = shelves[name]
            wanted.extend(_list_needed(about))
            _copy(folder, "{}-{}.{}".format(*name), package)
    return sorted(missing)


@contextmanager
def _open(bundle: Path) -> Iterator[Traversable]:
    """The bundle as a tree of files, a folder and an archive alike."""
    if bundle.is_dir():
        yield bundle
        return
    try:
        archive = zipfile.ZipFile(bundle)
    except (OSError, zipfile.BadZipFile) as error:
        raise NoBundle(f"{bundle} is neither an H5P file nor a folder of H5P libraries.") from error
    with archive:
        yield zipfile.Path(archive)


def _index(files: Traversable) -> dict[Name, tuple[Traversable, dict[str, Any]]]:
    """The libraries of a bundle with their folders, by name; what cannot be read is none."""
    found = {}
    for folder in files.iterdir():
        about = folder / "library.json"
        if about.is_file():
            try:
                told = json.loads(about.read_text(encoding="utf-8"))
                found[_name(told)] = (folder, told)
            except (ValueError, KeyError, TypeError):
                continue
    return found


def _name(told: dict[str, Any]) -> Name:
    machine = told["machineName"]
    if not _MACHINE.fullmatch(machine):
        raise ValueError(machine)
    return machine, int(told["majorVersion"]), int(told["minorVersion"])


def _list_needed(about: dict[str, Any]) -> Iterator[Name]:
    for kind in ("preloadedDependencies", "dynamicDependencies", "editorDependencies"):
        for other in about.get(kind, ()):
            yield _name(other)


def _copy(folder: Traversable, called: str, package: zipfile.ZipFile) -> None:
    """What is hidden stays out: importers skip it or refuse the file for it."""
    waiting = [(folder, called)]
    while waiting:
        place, name = waiting.pop()
        for inner in sorted(place.iterdir(), key=lambda path: path.name):
            if inner.name.startswith((".", "_")):
                continue
            if inner.is_dir():
                waiting.append((inner, f"{name}/{inner.name}"))
            else:
                info = zipfile.ZipInfo(f"{name}/{inner.name}")
                package.writestr(info, inner.read_bytes(), zipfile.ZIP_DEFLATED)
