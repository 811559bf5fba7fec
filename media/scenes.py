"""When the slide changed. Coarse to fine: keyframes first, then what lies between two that differ."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from media.progress import Report, ignore

if TYPE_CHECKING:
    from media.motion import Mask


@dataclass(frozen=True)
class Scene:
    """A slide on show, or a shot. `confidence` is 0 to 1 and says how sure it is that a scene begins there."""

    start_s: float
    end_s: float
    confidence: float


def find_scenes(video: Path, report: Report = ignore) -> list[Scene]:
    """The scenes of a video in order, from 0 to its end without gaps; one scene if nothing changes.

    Raises MediaError `not_a_video`, `damaged_video`, `no_video_stream` or `too_many_pixels`.
    """
    return [scene for scene, _ in watch_scenes(video, report)]


def watch_scenes(video: Path, report: Report = ignore) -> list[tuple[Scene, "Mask"]]:
    """As find_scenes; with each scene the cells of its picture that moved all the time."""
    from media.changes import SHORTEST_S, Changes
    from media.errors import MediaError
    from media.glimpses import Glimpses

    changes = Changes()
    glimpses = Glimpses(video, changes.differ)
    end_s = 0.0
    for glimpse in glimpses:
        changes.see(glimpse)
        end_s = max(end_s, glimpse.time_s)
        report(min(99.0, 100 * max(end_s, 0) / max(glimpses.duration_s, end_s, 0.1)))
    if not changes.seen:
        raise MediaError(
            "damaged_video", "No picture in the video can be decoded. Export it anew as MP4 and upload that."
        )
    report(100)
    duration_s = max(glimpses.duration_s, end_s)
    found = [change for change in changes.found if duration_s - change.time_s >= SHORTEST_S]
    starts = [(0.0, 1.0), *((change.time_s, change.confidence) for change in found)]
    ends = [*((change.time_s, change.moving) for change in found), (duration_s, changes.moving)]
    pairs = zip(starts, ends, strict=True)
    return [(Scene(start, end, confidence), moving) for (start, confidence), (end, moving) in pairs]
