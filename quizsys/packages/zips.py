"""Zip files whose bytes follow from their content alone, so that the same quiz is the same file."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

_DAY = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o100644 << 16


def write_zip(path: Path, texts: Mapping[str, bytes], media: Mapping[str, Path]) -> None:
    """Names to contents, and names to files; those are packed as they are, for pictures and films do not shrink."""
    with ZipFile(path, "x") as archive:
        for name, content in texts.items():
            archive.writestr(_entry(name, ZIP_DEFLATED), content)
        for name, source in media.items():
            entry = _entry(name, ZIP_STORED)
            # Told beforehand, since a film may need the larger kind of entry.
            entry.file_size = source.stat().st_size
            with source.open("rb") as read, archive.open(entry, "w") as write:
                shutil.copyfileobj(read, write)


def _entry(name: str, how: int) -> ZipInfo:
    entry = ZipInfo(name, _DAY)
    entry.compress_type = how
    entry.external_attr = _READABLE
    return entry
