"""What a killed server may have left: half uploads, and files whose row was never written or is gone."""

import re
import shutil
from collections.abc import Set
from pathlib import Path

from loguru import logger

from quizsys.clock import utc_now
from quizsys.storage import HALF_SUFFIXES, PICTURE_MARK, Storage

LOST = "lost"
MADE_BY_JOBS = ("processed", "exports")
FRESH_S = 600
OUR_STEM = re.compile(r".+-[0-9a-f]{10}")
ENDS = re.compile(r"\.(web\.\w+|\w+)$")


def sweep(storage: Storage, known_uploads: set[str], live_parts: Set[str] = frozenset()) -> int:
    """Clear leftovers away and return how many. Only for a server that is alone and takes no uploads yet.

    `known_uploads` are the relative paths of all uploads, `live_parts` those of the resumable ones that are not whole
    yet. Files that do not bear a name of our making are left alone, and so is all behind a project's folder that is a
    link.
    """
    stems = {(Path(path).parent.name, Path(path).stem) for path in known_uploads}
    cleared = 0
    for picture in storage.work.glob(f"{PICTURE_MARK}*"):
        picture.unlink()
    for category in ("uploads", "processed", "thumbnails", "exports", "music"):
        for path in storage.root.glob(f"{category}/*/*"):
            relative = path.relative_to(storage.root)
            if relative.as_posix() in live_parts or path.parent.is_symlink():
                continue
            if path.suffix in HALF_SUFFIXES:
                logger.warning("removing half an upload: {}", relative)
                path.unlink()
            elif is_leftover(path, stems) and path.is_file() and path.stat().st_nlink > 1:
                # Its bytes have another name: a resumable upload that was cut off while it was being kept.
                path.unlink()
            elif category in MADE_BY_JOBS and is_fresh(path):
                continue
            elif is_leftover(path, stems):
                # Not deleted: with an older or a mistaken database, these are somebody's lessons.
                logger.warning("no row knows {}: it is put into {}/", relative, LOST)
                set_aside(path, storage.root / LOST / relative)
            else:
                continue
            cleared += 1
    return cleared


def bring_back(storage: Storage, known_uploads: set[str]) -> int:
    """Put what was set aside back where a row knows it again, after a restore; returns how many."""
    stems = {(Path(path).parent.name, Path(path).stem) for path in known_uploads}
    lost = storage.root / LOST
    returned = 0
    for path in list(lost.glob("*/*/*")):
        target = storage.root / path.relative_to(lost)
        if not is_leftover(path, stems) and not target.exists():
            set_aside(path, target)
            returned += 1
    return returned


def set_aside(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir():
        shutil.rmtree(target)
    path.replace(target)


def is_fresh(path: Path) -> bool:
    """A worker beside the server may just have moved it there and be about to write its row."""
    return utc_now().timestamp() - path.lstat().st_ctime < FRESH_S


def is_leftover(path: Path, stems: set[tuple[str, str]]) -> bool:
    stem = ENDS.sub("", path.name)
    return bool(OUR_STEM.fullmatch(stem)) and (path.parent.name, stem) not in stems
