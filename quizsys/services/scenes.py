"""Scenes: where the picture changed and what stands on it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from media.slides import Slide
from quizsys.calls import Call
from quizsys.models.scenes import SceneRow
from quizsys.services.claims import Claim
from quizsys.services.videos import get_row, scenes_folder
from quizsys.sqlite import index_text
from quizsys.storage import Storage


def prepare_scenes(claim: Claim, storage: Storage, scratch: Path) -> Call:
    from media.slides import read_slides

    row = get_row(claim.project_id, claim.asset_id)
    pictures = storage.path(scenes_folder(row))
    return Call(
        read_slides,
        (storage.path(row.relative_path), scratch),
        row.metadata["duration"],
        lambda _slides: [(scratch, pictures)],
    )


def apply_scenes(claim: Claim, slides: Sequence[Slide]) -> dict[str, Any]:
    row = get_row(claim.project_id, claim.asset_id)
    folder = scenes_folder(row)
    SceneRow.delete().where(SceneRow.asset_id == row.id).execute()
    for position, slide in enumerate(slides):
        SceneRow.insert(
            asset_id=row.id,
            position=position,
            start_s=slide.start_s,
            end_s=slide.end_s,
            confidence=slide.confidence,
            title=slide.title,
            text=slide.text,
            thumbnail_path=f"{folder}/{slide.thumbnail}",
        ).execute()
    spans = [(slide.start_s, slide.end_s, slide.text) for slide in slides if slide.text]
    index_text(SceneRow._meta.database, row.project_id, row.id, "slide", spans)
    return {"asset_id": row.id, "scenes": [_result(slide) for slide in slides]}


def list_scenes(project_id: str, asset_id: str) -> list[dict[str, Any]]:
    """In order of time; empty before scene detection. Raises `not_found` for an unknown video."""
    get_row(project_id, asset_id)
    return [
        {
            "start_s": row.start_s,
            "end_s": row.end_s,
            "title": row.title,
            "text": row.text,
            "thumbnail": row.thumbnail_path,
            "confidence": row.confidence,
        }
        for row in list_rows(asset_id)
    ]


def list_rows(asset_id: str) -> list[SceneRow]:
    return list(SceneRow.select().where(SceneRow.asset_id == asset_id).order_by(SceneRow.position))


def list_slides(asset_id: str) -> list[Slide]:
    """The scenes as the media functions know them, in order of time."""
    return [
        Slide(row.start_s, row.end_s, row.title, row.text, Path(row.thumbnail_path).name, row.confidence)
        for row in list_rows(asset_id)
    ]


def _result(slide: Slide) -> dict[str, Any]:
    return {
        "timestamp": slide.start_s,
        "end": slide.end_s,
        "title": slide.title,
        "text": slide.text,
        "confidence": slide.confidence,
    }
