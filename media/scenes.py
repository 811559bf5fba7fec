"""When the slide changed. Coarse to fine: keyframes first, then what lies between two that differ."""

from dataclasses import dataclass
from pathlib import Path

from media.progress import Report, ignore


@dataclass(frozen=True)
class Scene:
    """A slide on show, or a shot. `confidence` is 0 to 1 and says how sure it is that the scene begins there."""

    start_s: float
    end_s: float
    confidence: float


def find_scenes(video: Path, report: Report = ignore) -> list[Scene]:
    """The scenes of a video in order, from 0 to its end without gaps; one scene if nothing changes.

    Raises MediaError as open_video and get_video_stream do.
    """
    from media.changes import SHORTEST_S, Changes
    from media.glimpses import Glimpses

    changes = Changes()
    glimpses = Glimpses(video, changes.differ)
    end_s = 0.0
    for glimpse in glimpses:
        changes.see(glimpse)
        end_s = max(end_s, glimpse.time_s)
        report(min(99.0, 100 * glimpse.time_s / max(glimpses.duration_s, 0.1)))
    report(100)
    duration_s = max(glimpses.duration_s, end_s)
    starts = [(0.0, 1.0)] + [(c.time_s, c.confidence) for c in changes.found if duration_s - c.time_s >= SHORTEST_S]
    ends = [start for start, _ in starts[1:]] + [duration_s]
    return [Scene(start, end, confidence) for (start, confidence), end in zip(starts, ends, strict=True)]
