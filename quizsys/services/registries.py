"""Assets and jobs as the seed kept them in its two JSON files: read in batches, for an export."""

from collections.abc import Callable
from typing import Any

from peewee import fn

from quizsys.json_text import write_json
from quizsys.models.assets import Asset
from quizsys.models.events import Event
from quizsys.models.jobs import Job
from quizsys.services.assets import dump_asset
from quizsys.services.jobs import dump_job

BATCH = 200
ASSET_KEYS = (
    *("id", "project_id", "category", "filename", "original_filename", "relative_path", "checksum", "size_bytes"),
    *("mime_type", "status", "thumbnail_path", "source_asset_ids", "metadata", "created_at", "updated_at"),
)
JOB_KEYS = (
    *("id", "project_id", "job_type", "status", "progress", "attempts", "max_attempts", "retry_delay_seconds"),
    *("payload", "result", "error_message", "logs", "created_at", "updated_at"),
)


def read_version() -> tuple[Any, ...]:
    """Something else after every change of an asset or a job."""
    count, changed_at = Asset.select(fn.COUNT(Asset.id)).scalar(), Asset.select(fn.MAX(Asset.updated_at)).scalar()
    # A change of a job is an event; old jobs go without one.
    return count, changed_at, Event.select(fn.MAX(Event.id)).scalar(), Job.select(fn.MIN(Job.id)).scalar()


def list_asset_entries(after: str) -> list[tuple[str, bytes]]:
    """Ids and entries of a batch, in order of their ids, behind one of them."""
    return _list_entries(Asset, dump_asset, ASSET_KEYS, after)


def list_job_entries(after: str) -> list[tuple[str, bytes]]:
    """As list_asset_entries."""
    return _list_entries(Job, dump_job, JOB_KEYS, after)


def _list_entries(
    model: Any, dump: Callable[[Any], dict[str, Any]], keys: tuple[str, ...], after: str
) -> list[tuple[str, bytes]]:
    entries = []
    for row in model.select().where(model.id > after).order_by(model.id).limit(BATCH):
        dumped = dump(row)
        entries.append((row.id, write_json({key: dumped[key] for key in keys}, indented=True)))
    return entries
