"""Packages written to where they are wanted, and what each of them could not carry."""

import json
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from quizsys.packages.sheet import Loss, Sheet, Writer
from quizsys.packages.shelf import Format
from quizsys.storage import PACKAGE_MARK

FIDELITY = "fidelity.json"


def open_package(sheet: Sheet, filename: str, write: Writer, scratch: Path) -> BinaryIO:
    """The finished package, open and without a name: it goes when it is closed. Raises OSError."""
    with tempfile.TemporaryDirectory(dir=scratch, prefix=PACKAGE_MARK) as folder:
        path = Path(folder) / filename
        write(sheet, path)
        return path.open("rb")


def try_formats(sheet: Sheet, formats: Iterable[Format], scratch: Path) -> list[dict[str, Any]]:
    """What each format would carry, by writing it. An empty file stands for the video, which may be large."""
    with tempfile.TemporaryDirectory(dir=scratch, prefix=PACKAGE_MARK) as folder:
        if sheet.video is not None:
            stand_in = Path(folder) / f"video{sheet.video.suffix}"
            stand_in.touch()
            sheet = replace(sheet, video=stand_in)
        return [_report(sheet, one, one.write(sheet, Path(folder) / one.filename)) for one in formats]


def write_packages(sheet: Sheet, formats: Iterable[Format], folder: Path) -> None:
    """Each under its name, and the report on all of them beside; files of the same names are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    reports = []
    for one in formats:
        path = folder / one.filename
        path.unlink(missing_ok=True)
        reports.append(_report(sheet, one, one.write(sheet, path)))
    told = {"title": sheet.title, "version": sheet.version, "packages": reports}
    (folder / FIDELITY).write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _report(sheet: Sheet, one: Format, losses: list[Loss]) -> dict[str, Any]:
    dropped = {loss.item_id for loss in losses if loss.dropped}
    return {
        "format": one.name,
        "title": one.title,
        "filename": one.filename,
        "media_type": one.media_type,
        "questions": 0 if "" in dropped else sum(item.id not in dropped for item in sheet.items),
        "losses": [
            {"question_id": loss.item_id or None, "code": loss.code, "detail": loss.detail, "dropped": loss.dropped}
            for loss in losses
        ],
    }
