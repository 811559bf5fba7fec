"""The files of an export: how large each is, what it is called, where it lies."""

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

from media.compose.export import Film, Picture
from media.compose.timeline import Output, Source, Watermark
from quizsys.schemas.exports import SIDES_PX, SOURCE_SIZE

TIMELINE, PROXY, EXPORT = "timeline", "proxy", "export"
FOLDERS = {TIMELINE: "processed", PROXY: "processed", EXPORT: "exports"}
PREVIEW_PX = 540
NAME_CHARS = 60


def size_of_timeline(values: dict[str, Any], first: Source) -> tuple[int, int]:
    if values["resolution"] == SOURCE_SIZE:
        return _even(first.width_px), _even(first.height_px)
    return _size(values["resolution"], _ratio(values["aspect_ratio"]))


def list_outputs(
    values: dict[str, Any], width_px: int, height_px: int, find_watermark: Callable[[dict[str, Any], int], Watermark]
) -> Iterator[Output]:
    """The timeline itself, its preview, and a file for each template."""
    shape = width_px / height_px
    yield Output(TIMELINE, "mp4", width_px, height_px, thumbnails=values["generate_thumbnails"])
    if values["proxy_resolution"]:
        yield Output(PROXY, "mp4", *_size(values["proxy_resolution"], shape), role=PROXY, label=PROXY)
    for number, template in enumerate(values["export_templates"]):
        output = _from_template(template, number, values, shape)
        mark = template["watermark"]
        yield Output(**output, watermark=find_watermark(mark, number) if mark else None)
        if template["proxy"]:
            less = min(PREVIEW_PX, output["width_px"], output["height_px"])
            width_px, height_px = _scaled(less, output["width_px"] / output["height_px"])
            label = f"{template['name']} {PROXY}"
            yield Output(f"export{number}-proxy", "mp4", width_px, height_px, template["fit"], role=EXPORT, label=label)


def _from_template(template: dict[str, Any], number: int, values: dict[str, Any], shape: float) -> dict[str, Any]:
    ratio = _ratio(template["aspect_ratio"]) if template["aspect_ratio"] else shape
    width_px, height_px = template["width"], template["height"]
    if not width_px and not height_px:
        resolution = values["resolution"] if values["resolution"] != SOURCE_SIZE else "1080p"
        width_px, height_px = _size(resolution, ratio)
    width_px = width_px or round(height_px * ratio)
    height_px = height_px or round(width_px / ratio)
    return {
        "name": f"export{number}",
        "kind": template["format"],
        "width_px": _even(min(width_px, SIDES_PX[1])),
        "height_px": _even(min(height_px, SIDES_PX[1])),
        "fit": template["fit"],
        "video_bitrate_bps": template["video_bitrate"],
        "audio_bitrate_bps": template["audio_bitrate"],
        "thumbnails": template["generate_thumbnails"],
        "role": EXPORT,
        "label": template["name"],
    }


def film_name(job_id: str, film: Film) -> str:
    """`<label>-<10 hex>.<ext>`, of one job always the same: a second try replaces what the first one left."""
    return f"{_plain(film.output.label)}-{_suffix(job_id, film.output.name)}.{film.output.kind}"


def film_path(project_id: str, job_id: str, film: Film) -> str:
    return f"{FOLDERS[film.output.role]}/{project_id}/{film_name(job_id, film)}"


def picture_name(job_id: str, film: Film, picture: Picture) -> str:
    label = f"{_plain(film.output.label)}-clip{picture.clip_index}"
    return f"{label}-{_suffix(job_id, picture.filename)}.jpg"


def picture_path(project_id: str, job_id: str, film: Film, picture: Picture) -> str:
    return f"thumbnails/{project_id}/{picture_name(job_id, film, picture)}"


def _suffix(job_id: str, name: str) -> str:
    return hashlib.sha256(f"{job_id} {name}".encode()).hexdigest()[:10]


def _plain(label: str) -> str:
    return re.sub(r"[^a-zA-Z0-9._-]+", "-", label).strip("-.").lower()[:NAME_CHARS] or EXPORT


def _size(resolution: str, shape: float) -> tuple[int, int]:
    """`720p` is the lesser side."""
    return _scaled(int(resolution.removesuffix("p")), shape)


def _scaled(less: int, shape: float) -> tuple[int, int]:
    return (_even(less * shape), _even(less)) if shape >= 1 else (_even(less), _even(less / shape))


def _ratio(text: str) -> float:
    wide, high = map(int, text.split(":"))
    return wide / high


def _even(length: float) -> int:
    return max(2, 2 * round(length / 2))
