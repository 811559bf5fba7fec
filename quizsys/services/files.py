"""Files as rows: recorded with their sizes, doomed with their assets, forgotten once they are removed.

A deletion commits the doom first and removes the files then, so that a server killed between ends it at its next start.
"""

from collections.abc import Iterable, Mapping

from peewee import fn

from quizsys.models.files import FileRow

BATCH = 500


def record_files(project_id: str, asset_id: str, sizes_bytes: Mapping[str, int]) -> None:
    """Say what lies at these relative paths, in place of what lay there."""
    for path, size_bytes in sizes_bytes.items():
        _replace(path, project_id, asset_id, size_bytes, is_doomed=False)


def doom_files(project_id: str, asset_id: str, possible: Iterable[str]) -> None:
    """Have everything of an asset removed, also what lies at `possible` paths without being recorded."""
    FileRow.update(is_doomed=True).where(FileRow.asset_id == asset_id).execute()
    for path in possible:
        _replace(path, project_id, asset_id, 0, is_doomed=True)


def _replace(path: str, project_id: str, asset_id: str, size_bytes: int, *, is_doomed: bool) -> None:
    row = FileRow.insert(
        path=path, project_id=project_id, asset_id=asset_id, size_bytes=size_bytes, is_doomed=is_doomed
    )
    row.on_conflict(conflict_target=[FileRow.path], preserve=[FileRow.size_bytes, FileRow.is_doomed]).execute()


def list_doomed() -> list[str]:
    """Relative paths that are to be removed."""
    return [row.path for row in FileRow.select(FileRow.path).where(FileRow.is_doomed)]


def forget_doomed(paths: list[str]) -> None:
    """These have been removed."""
    for start in range(0, len(paths), BATCH):
        batch = paths[start : start + BATCH]
        FileRow.delete().where(FileRow.path.in_(batch) & FileRow.is_doomed).execute()


def sum_bytes(project_id: str | None = None) -> int:
    """What a project stores, or all of them."""
    rows = FileRow.select(fn.SUM(FileRow.size_bytes)).where(~FileRow.is_doomed)
    if project_id is not None:
        rows = rows.where(FileRow.project_id == project_id)
    return rows.scalar() or 0
