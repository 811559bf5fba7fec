"""Exports: checked before they are queued, composed by a seat, their files kept as assets of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from media.compose.export import Film, export_film
from quizsys.calls import Call
from quizsys.clock import utc_now
from quizsys.ids import new_id
from quizsys.models.assets import Asset
from quizsys.schemas.exports import ExportOptions
from quizsys.services.assets import READY, tell_fate
from quizsys.services.claims import Claim
from quizsys.services.export_files import (
    EXPORT,
    PROXY,
    TIMELINE,
    film_name,
    film_path,
    picture_name,
    picture_path,
)
from quizsys.services.files import record_files
from quizsys.services.jobs import NewJob, check_room, dump_job, insert_job
from quizsys.services.quotas import Quotas, check_quota
from quizsys.services.shots import Loc, Request
from quizsys.services.timelines import build_timeline, list_asset_ids
from quizsys.services.videos import poster_path
from quizsys.storage import Storage

_options = ExportOptions()
MIME_TYPES = {"mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm"}
CONTAINERS = {"mp4": "mp4", "mov": "mp4", "webm": "webm"}


def find_options(payload: Mapping[str, Any]) -> tuple[Any, Loc]:
    """Where in a payload the options stand: under `timeline`, or at its top."""
    if "timeline" in payload:
        return payload["timeline"], ["body", "payload", "timeline"]
    return payload, ["body", "payload"]


def create_export(new: NewJob, max_queued: int) -> dict[str, Any]:
    """Enqueue an export. Raises `queue_full`, or `invalid` with the place of what cannot be composed."""
    check_room(max_queued, 1)
    request = _read_request(new.project_id, new.payload)
    build_timeline(request)
    return dump_job(insert_job(replace(new, asset_id=list_asset_ids(request)[0])))


def prepare_export(claim: Claim, storage: Storage, scratch: Path, *, threads: int, quotas: Quotas) -> Call:
    """Raises `invalid` if what it was made of has gone meanwhile, `quota_full` if the project is full already."""
    check_quota(quotas, claim.project_id, 1)
    timeline = build_timeline(replace(_read_request(claim.project_id, claim.payload), place=storage.path))

    def moves(films: Sequence[Film]) -> list[tuple[Path, Path]]:
        return [(scratch / name, storage.path(path)) for film in films for name, path in _list_places(claim, film)]

    return Call(export_film, (timeline, scratch, threads), timeline.duration_s * len(timeline.outputs), moves)


def apply_export(claim: Claim, films: Sequence[Film]) -> dict[str, Any]:
    """The rows of its files; returns what the seed's clients look for."""
    sources = list_asset_ids(_read_request(claim.project_id, claim.payload))
    told: dict[str, list[dict[str, Any]]] = {TIMELINE: [], PROXY: [], EXPORT: []}
    pictures: list[dict[str, Any]] = []
    for film in films:
        told[film.output.role].append(_insert_film(claim, film, sources))
        pictures += _insert_pictures(claim, film, sources)
    return {
        "timeline": told[TIMELINE][0],
        "proxy": next(iter(told[PROXY]), None),
        "exports": told[EXPORT],
        "thumbnails": pictures,
    }


def _read_request(project_id: str, payload: Mapping[str, Any]) -> Request:
    values, loc = find_options(payload)
    return Request(project_id, _options.load(values), loc)


def _list_places(claim: Claim, film: Film) -> list[tuple[str, str]]:
    """(name in the scratch folder, relative path) of a film, its poster and its pictures."""
    where = claim.project_id, claim.job_id
    poster = poster_path(claim.project_id, film_name(claim.job_id, film))
    pictures = [(picture.filename, picture_path(*where, film, picture)) for picture in film.pictures]
    return [(film.filename, film_path(*where, film)), (film.poster, poster), *pictures]


def _insert_film(claim: Claim, film: Film, sources: list[str]) -> dict[str, Any]:
    name = film_name(claim.job_id, film)
    return _insert(
        claim,
        sources,
        filename=name,
        relative_path=film_path(claim.project_id, claim.job_id, film),
        checksum=film.checksum,
        size_bytes=film.size_bytes,
        mime_type=MIME_TYPES[film.output.kind],
        thumbnail_path=poster_path(claim.project_id, name),
        metadata=_describe(claim, film),
    )


def _insert_pictures(claim: Claim, film: Film, sources: list[str]) -> list[dict[str, Any]]:
    told = []
    for picture in film.pictures:
        path = picture_path(claim.project_id, claim.job_id, film, picture)
        facts = {"clip_index": picture.clip_index, "timestamp": picture.time_s, "context": film.output.label}
        row = _insert(
            claim,
            sources,
            filename=picture_name(claim.job_id, film, picture),
            relative_path=path,
            checksum=picture.checksum,
            size_bytes=picture.size_bytes,
            mime_type="image/jpeg",
            thumbnail_path=None,
            metadata={"width": picture.width_px, "height": picture.height_px, "size_bytes": picture.size_bytes} | facts,
        )
        told.append(row | {"path": path} | facts)
    return told


def _insert(claim: Claim, sources: list[str], **values: Any) -> dict[str, Any]:
    """An asset of what we made; its files are its own, not those of the video that the job is about."""
    now = utc_now()
    row = Asset(
        id=new_id(),
        project_id=claim.project_id,
        category=values["relative_path"].split("/")[0],
        original_filename=values["filename"],
        status=READY,
        source_asset_ids=sources,
        created_at=now,
        updated_at=now,
        **values,
    )
    row.save(force_insert=True)
    tell_fate(row, "created")
    paths = {path: 0 for path in (row.thumbnail_path,) if path} | {row.relative_path: row.size_bytes}
    record_files(row.project_id, row.id, paths)
    shown = {"name": row.filename, "category": row.category, "relative_path": row.relative_path}
    return {"asset_id": row.id, **shown, "metadata": row.metadata}


def _describe(claim: Claim, film: Film) -> dict[str, Any]:
    """As a probe is told, and what it was made as."""
    output = film.output
    return {
        "duration": film.duration_s,
        "width": output.width_px,
        "height": output.height_px,
        "codec": film.codec,
        "fps": round(film.frames / film.duration_s, 3),
        "bitrate": round(film.size_bytes * 8 / film.duration_s),
        "size_bytes": film.size_bytes,
        "has_audio": bool(film.audio_codec),
        "audio_codec": film.audio_codec or None,
        "audio_channels": film.audio_channels or None,
        "audio_sample_rate": film.audio_sample_rate_hz or None,
        "container": CONTAINERS[output.kind],
        "pixel_format": film.pixel_format,
        "frame_rate": film.frame_rate,
        "rotation": 0,
        "label": output.label,
        "aspect_ratio": film.aspect_ratio,
        "job_id": claim.job_id,
        "copied": film.copied,
    }
