"""How well and how fast slides are found and read, beside PySceneDetect's AdaptiveDetector on the same files.

Takes a folder of lesson videos with their .truth.json beside them (--videos), or makes every lesson in every style with
the lesson maker and keeps them in --cache. F1 counts a change as found within half a second.
"""

import argparse
import difflib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from media.scenes import find_scenes
from media.slides import Slide, read_slides

ROOT = Path(__file__).parent.parent
LESSONS = ROOT / ".." / "shared" / "lessons"
STYLES = ("plain", "inset", "build", "screen", "dark")
NEAR_S = 0.5

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One video's figures. `theirs_s` is None without AdaptiveDetector, `letters` None without reading."""

    name: str
    f1: float
    off_s: float
    ours_s: float
    theirs_s: float | None
    theirs_f1: float | None
    letters: float | None
    reading_s: float | None


def make_lessons(maker: Path, cache: Path, height: int) -> list[Path]:
    """Every lesson script beside the maker, in every style; those already in the cache are not made again."""
    cache.mkdir(parents=True, exist_ok=True)
    videos = []
    for script in sorted(maker.parent.glob("*.json")):
        for style in STYLES:
            video = cache / f"{script.stem}.{style}.{height}.mp4"
            if not video.with_suffix(".truth.json").exists():
                files = [str(path) for path in (maker, script, video)]
                subprocess.run([sys.executable, *files, "--height", str(height), "--style", style], check=True)
            videos.append(video)
    return videos


def list_videos(folder: Path) -> list[Path]:
    return [video for video in sorted(folder.glob("*.mp4")) if video.with_suffix(".truth.json").exists()]


def timed(function: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    return function(), time.perf_counter() - start


def score(found: Sequence[float], true: Sequence[float]) -> float:
    """F1 of times in seconds, each true one matched at most once, within NEAR_S."""
    left = list(found)
    hits = 0
    for time_s in true:
        near = [other for other in left if abs(other - time_s) <= NEAR_S]
        if near:
            left.remove(min(near, key=lambda other: abs(other - time_s)))
            hits += 1
    return 2 * hits / (len(found) + len(true)) if found or true else 1.0


def adaptive_cuts(video: Path) -> list[float]:
    """The cuts that PySceneDetect's AdaptiveDetector finds, at its defaults."""
    from scenedetect import AdaptiveDetector, SceneManager, open_video

    manager = SceneManager()
    manager.add_detector(AdaptiveDetector())
    manager.detect_scenes(open_video(str(video)))
    return [scene[0].seconds for scene in manager.get_scene_list()[1:]]


def letters_right(slides: Sequence[Slide], truth: dict[str, Any]) -> float:
    """The share of the true slides' letters that were read, each slide compared with the one on show at its middle."""
    right = total = 0
    starts = [slide["start"] for slide in truth["slides"]] + [truth["duration"]]
    for number, slide in enumerate(truth["slides"]):
        middle_s = (starts[number] + starts[number + 1]) / 2
        read = next((s.text for s in slides if s.start_s <= middle_s < s.end_s), "")
        true = "\n".join([slide["title"], *slide["bullets"]])
        blocks = difflib.SequenceMatcher(None, true, read, autojunk=False).get_matching_blocks()
        right += sum(block.size for block in blocks) - max(0, len(read) - len(true))
        total += len(true)
    return right / total


def measure(video: Path, *, compare: bool, read: bool) -> Row:
    truth = json.loads(video.with_suffix(".truth.json").read_text())
    true = [slide["start"] for slide in truth["slides"]][1:]
    scenes, ours_s = timed(lambda: find_scenes(video))
    found = [scene.start_s for scene in scenes][1:]
    off_s = max((min((abs(time_s - other) for other in found), default=99.0) for time_s in true), default=0.0)
    theirs, theirs_s = timed(lambda: adaptive_cuts(video)) if compare else (None, None)
    letters = reading_s = None
    if read:
        with tempfile.TemporaryDirectory() as folder:
            slides, reading_s = timed(lambda: read_slides(video, Path(folder)))
        letters = letters_right(slides, truth)
    theirs_f1 = None if theirs is None else score(theirs, true)
    return Row(video.stem, score(found, true), off_s, ours_s, theirs_s, theirs_f1, letters, reading_s)


def show(row: Row) -> str:
    cells = [f"{row.name:34}", f"{row.f1:6.3f}", f"{row.off_s:6.2f}", f"{row.ours_s:7.2f}"]
    if row.theirs_s is not None:
        cells += [f"{row.theirs_f1:9.3f}", f"{row.theirs_s:8.2f}", f"{row.theirs_s / row.ours_s:6.1f}"]
    if row.letters is not None:
        cells += [f"{100 * row.letters:8.2f}", f"{row.reading_s:9.2f}"]
    return " ".join(cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--videos", type=Path, help="a folder of .mp4 files with .truth.json beside them")
    parser.add_argument("--maker", type=Path, default=LESSONS / "make_lesson.py", help="makes the lessons if not given")
    parser.add_argument("--cache", type=Path, default=ROOT / "build" / "lessons", help="where made lessons are kept")
    parser.add_argument("--height", type=int, default=720)
    parser.add_argument("--no-compare", action="store_true", help="leave AdaptiveDetector out")
    parser.add_argument("--no-reading", action="store_true", help="leave the slide text out")
    options = parser.parse_args()
    made = options.videos is None
    videos = make_lessons(options.maker, options.cache, options.height) if made else list_videos(options.videos)
    find_scenes(videos[0])
    head = f"{'video':34} {'F1':>6} {'off s':>6} {'ours s':>7}"
    head += "" if options.no_compare else f" {'adapt. F1':>9} {'adapt. s':>8} {'times':>6}"
    print(head + ("" if options.no_reading else f" {'letters%':>8} {'reading s':>9}"))
    for video in videos:
        print(show(measure(video, compare=not options.no_compare, read=not options.no_reading)), flush=True)


if __name__ == "__main__":
    main()
