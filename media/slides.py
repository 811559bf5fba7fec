"""The slides of a lesson: when each was on show, its picture at its fullest and what is written on it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from media.errors import MediaError
from media.progress import Report, ignore, part
from media.room import MODEL_BYTES, limited_room
from media.scenes import Scene, watch_scenes

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from media.gallery import Gallery
    from media.motion import Mask

WATCHED_PERCENT = 30
BEFORE_END_S = 1.0
THUMBNAIL_PX = 1280


@dataclass(frozen=True)
class Slide:
    """A slide on show.

    `text` is its lines in reading order, joined by line feeds, the title first; both are "" when nothing is written.
    `thumbnail` is the name of a JPEG file in the folder that read_slides was given.
    """

    start_s: float
    end_s: float
    title: str
    text: str
    thumbnail: str
    confidence: float


def read_slides(video: Path, out_dir: Path, report: Report = ignore) -> list[Slide]:
    """Find a video's scenes, write the last and fullest picture of each into out_dir, and read it.

    Raises MediaError as find_scenes does, and `too_demanding`.
    """
    with limited_room(MODEL_BYTES):
        return _read_slides(video, out_dir, report)


def _read_slides(video: Path, out_dir: Path, report: Report) -> list[Slide]:
    from media.gallery import Gallery
    from media.reading import read_picture
    from media.stills import pick_frames

    watched = watch_scenes(video, part(report, 0, WATCHED_PERCENT))
    reading = part(report, WATCHED_PERCENT, 100)
    end_s = max(watched[-1][0].end_s, 0.1)
    times_s = [max((scene.start_s + scene.end_s) / 2, scene.end_s - BEFORE_END_S) for scene, _ in watched]
    frames = pick_frames(video, times_s, lambda time_s: reading(min(99.0, 100 * max(time_s, 0.0) / end_s)))
    gallery = Gallery(read_picture)
    slides = []
    for number, ((scene, moving), frame) in enumerate(zip(watched, frames, strict=True), 1):
        if frame is None:
            raise MediaError("damaged_video", "Pictures in the video cannot be decoded. Export it anew as MP4.")
        slides.append(_read_slide(scene, moving, frame, gallery, out_dir / f"scene-{number:03}.jpg"))
    report(100)
    return slides


def _read_slide(scene: Scene, moving: "Mask", frame: "VideoFrame", gallery: "Gallery", thumbnail: Path) -> Slide:
    import numpy as np

    from media.decoding import fit_cells, quarter_turns, shrink, upright
    from media.thumbnails import write_jpeg

    picture = upright(frame)
    turns = quarter_turns(frame)
    write_jpeg(picture, thumbnail, THUMBNAIL_PX)
    cells = fit_cells(shrink(frame), moving.shape)
    writing = gallery.writing(picture, np.rot90(cells, turns), np.rot90(moving, turns))
    text = "\n".join(writing.lines)
    return Slide(scene.start_s, scene.end_s, writing.title, text, thumbnail.name, scene.confidence)
