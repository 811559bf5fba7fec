"""How much lies in the storage, by the folders that the seed laid out; counted by walking them."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from quizsys.storage import CATEGORIES, HALF_SUFFIXES, Storage

MEBIBYTE = 1024 * 1024


def measure_storage(storage: Storage, project_id: str | None = None) -> dict[str, Any]:
    """Of one project, or of all. Files that are still arriving do not count."""
    return {
        "root": str(storage.root) if project_id is None else None,
        "project_id": project_id,
        "categories": {name: _measure(storage.root / name / (project_id or "")) for name in CATEGORIES},
    }


def _measure(folder: Path) -> dict[str, Any]:
    sizes_bytes = list(_walk(folder))
    total_bytes = sum(sizes_bytes)
    megabytes = round(total_bytes / MEBIBYTE, 2)
    return {"bytes": total_bytes, "megabytes": megabytes, "file_count": len(sizes_bytes)}


def _walk(folder: Path) -> Iterator[int]:
    """The size of each file; what goes meanwhile is left out."""
    for where, _, names in os.walk(folder):
        for name in names:
            if name.endswith(HALF_SUFFIXES):
                continue
            try:
                yield (Path(where) / name).lstat().st_size
            except FileNotFoundError:
                continue
