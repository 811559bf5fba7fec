"""Projects: whatever has a file or a job, with counts."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from peewee import fn

from quizsys.clock import wire_time
from quizsys.kinds import VIDEO_CATEGORIES
from quizsys.models.assets import Asset
from quizsys.models.files import FileRow
from quizsys.models.jobs import STATUSES, Job
from quizsys.models.quizzes import Quiz
from quizsys.paging import WHOLE, Page, bad_cursor


def list_projects(visible: Collection[str] | None, page: Page = WHOLE) -> list[dict[str, Any]]:
    """In order of their ids; `visible` may be seen (None: all). Raises `invalid` for the place of another list."""
    ids = _list_ids(page)
    if visible is not None:
        ids = [project_id for project_id in ids if project_id in visible]
    return _describe(ids if page.limit is None else ids[: page.limit + 1])


def _list_ids(page: Page) -> list[str]:
    after = page.after or ("",)
    if len(after) != 1 or not isinstance(after[0], str):
        raise bad_cursor()
    found = {row.project_id for model in (Asset, Job) for row in model.select(model.project_id).distinct()}
    return sorted(project_id for project_id in found if project_id > after[0])


def _describe(ids: list[str]) -> list[dict[str, Any]]:
    assets = _group(Asset, ids, fn.COUNT(Asset.id), fn.MAX(Asset.updated_at))
    videos = _group(Asset, ids, fn.COUNT(Asset.id), where=Asset.category.in_(VIDEO_CATEGORIES))
    quizzes = _group(Quiz, ids, fn.COUNT(Quiz.id), fn.MAX(Quiz.created_at))
    sizes_bytes = _group(FileRow, ids, fn.SUM(FileRow.size_bytes), where=~FileRow.is_doomed)
    jobs, changed_jobs = _count_jobs(ids)
    return [
        {
            "id": project_id,
            "videos": videos[project_id][0] or 0,
            "assets": assets[project_id][0] or 0,
            "jobs": jobs[project_id],
            "quizzes": quizzes[project_id][0] or 0,
            "bytes": sizes_bytes[project_id][0] or 0,
            "updated_at": _latest(assets[project_id][1], quizzes[project_id][1], changed_jobs.get(project_id)),
        }
        for project_id in ids
    ]


def _group(model: Any, ids: list[str], *values: Any, where: Any = True) -> dict[str, tuple[Any, ...]]:
    """The values of each project; Nones for one without rows."""
    rows = model.select(model.project_id, *values).where(model.project_id.in_(ids) & where).group_by(model.project_id)
    found: dict[str, tuple[Any, ...]] = defaultdict(lambda: (None,) * len(values))
    return found | {project_id: tuple(counts) for project_id, *counts in rows.tuples()}


def _count_jobs(ids: list[str]) -> tuple[dict[str, dict[str, int]], dict[str, datetime]]:
    """By project and status, and when the last one changed."""
    values = Job.project_id, Job.status, fn.COUNT(Job.id), fn.MAX(Job.updated_at)
    rows: Any = Job.select(*values).where(Job.project_id.in_(ids)).group_by(Job.project_id, Job.status).tuples()
    counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(STATUSES, 0))
    changed: dict[str, datetime] = {}
    for project_id, status, count, at in rows:
        counts[project_id][status] = count
        changed[project_id] = max(at, changed.get(project_id, at))
    return counts, changed


def _latest(*moments: datetime | None) -> str | None:
    known = [moment for moment in moments if moment is not None]
    return wire_time(max(known)) if known else None
