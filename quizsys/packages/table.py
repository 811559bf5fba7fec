"""A quiz as a table (CSV) for spreadsheets: a question a row, each option in columns of its own."""

import csv
from pathlib import Path

from quizsys.packages.sheet import Item, Loss, Sheet
from quizsys.spreadsheet import safe_cell

HEAD = (
    *("id", "kind", "question", "answer", "variants", "tolerance", "points", "explanation", "quote"),
    *("start_s", "end_s", "pause_at_s", "chapter", "bloom", "difficulty"),
)


def write_table(sheet: Sheet, path: Path) -> list[Loss]:
    """UTF-8 with a mark, by which spreadsheets know it. Variants stand on lines of their own in their cell."""
    most = max((len(item.choices) for item in sheet.items), default=0)
    columns = [f"{name} {number}" for number in range(1, most + 1) for name in ("option", "right", "feedback", "match")]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*HEAD, *columns])
        for item in sheet.items:
            writer.writerow(map(safe_cell, _list_cells(item)))
    return _list_losses(sheet)


def _list_cells(item: Item) -> list[object]:
    cells: list[object] = [
        *(item.id, item.kind, item.stem, item.answer, "\n".join(item.variants), item.tolerance, item.points),
        *(item.explanation, item.quote, item.start_s, item.end_s, item.pause_at_s),
        *(item.chapter, item.bloom, item.difficulty),
    ]
    for choice in item.choices:
        cells += [choice.text, "yes" if choice.correct else "no", choice.feedback, choice.match]
    return cells


def _list_losses(sheet: Sheet) -> list[Loss]:
    pictures = [Loss("", "pictures_dropped", "A table carries no pictures: the slides are left out.")]
    return pictures if any(item.picture for item in sheet.items) else []
