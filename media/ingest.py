"""The first look at a video: what it is, its poster, and a copy for browsers that could not play it as it is."""

from dataclasses import dataclass
from pathlib import Path

from media.probe import Probe
from media.progress import Report, ignore, part
from media.room import WORK_BYTES, limited_room

POSTER = "poster.jpg"
FORMATS = ("mp4", "webm")


@dataclass(frozen=True)
class Ingested:
    """`poster` and `rendition` are file names in the scratch folder; `rendition` is None if none is needed."""

    probe: Probe
    poster: str
    rendition: str | None


def look_at_video(video: Path, poster: Path) -> Probe:
    """Probe a video and write its poster: all that an upload waits for. Raises MediaError."""
    from media.probe import probe_video
    from media.thumbnails import write_poster

    with limited_room(WORK_BYTES):
        probe = probe_video(video)
        write_poster(video, poster)
    return probe


def ingest_video(video: Path, scratch: Path, threads: int, form: str, report: Report = ignore) -> Ingested:
    """Probe, poster and, where needed, rendition, by ffmpeg with `threads`, into `scratch`. Raises MediaError.

    `form` is one of FORMATS.
    """
    from media.playable import is_playable, make_playable

    probe = look_at_video(video, scratch / POSTER)
    report(10)
    if is_playable(probe):
        report(100)
        return Ingested(probe, POSTER, None)
    rendition = f"rendition.{form}"
    make_playable(video, scratch / rendition, probe, part(report, 10, 100), threads=threads)
    return Ingested(probe, POSTER, rendition)
