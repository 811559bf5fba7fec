"""What a killed server may have left: half uploads, and files whose row was never written or is gone."""

import re
from pathlib import Path

from loguru import logger

from quizsys.storage import Storage

OUR_STEM = re.compile(r".+-[0-9a-f]{10}")


def sweep(storage: Storage, known_uploads: set[str]) -> int:
    """Remove leftovers and return how many. Only for a server that has the storage to itself and takes no uploads yet.

    `known_uploads` are the relative paths of all uploads. Files that do not bear a name of our making are left alone.
    """
    stems = {(Path(path).parent.name, Path(path).stem) for path in known_uploads}
    removed = 0
    for category in ("uploads", "processed", "thumbnails"):
        for path in storage.root.glob(f"{category}/*/*"):
            if is_leftover(path, stems):
                logger.warning("removing a leftover: {}", path.relative_to(storage.root))
                storage.remove(str(path.relative_to(storage.root)))
                removed += 1
    return removed


def is_leftover(path: Path, stems: set[tuple[str, str]]) -> bool:
    if path.suffix in (".part", ".poster"):
        return True
    stem = (
        path.name.removesuffix(".web.mp4").removesuffix(".scenes") if path.suffix in (".scenes", ".mp4") else path.stem
    )
    stem = stem.removesuffix(".mp4")
    return bool(OUR_STEM.fullmatch(stem)) and (path.parent.name, stem) not in stems
