"""Composed video: beside one ffmpeg command typed by hand, three templates at once, and a cut that is copied.

The clips are of the lesson in tests/data; the hour is that lesson over and over. Runs of both kinds alternate.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from benchmarks.running import LESSON
from media.compose.export import export_film
from media.compose.film import compose_film
from media.compose.remux import remux_cut
from media.compose.timeline import CROSSFADE, Clip, Output, Source, Timeline, Transition
from media.ffmpeg import ffmpeg_binary
from media.probe import probe_video

RATE = Fraction(25)
SPANS_S = (5, 25), (60, 80), (120, 140)
FADE_S = 1
HOUR_START_S, HOUR_END_S = 303.3, 3303.3
THREADS = 2
TEMPLATES = (
    Output("wide", "mp4", 640, 360, role="export", label="wide"),
    Output("square", "mp4", 480, 480, role="export", label="square"),
    Output("tall", "mp4", 360, 640, role="export", label="tall"),
)
MAIN = Output("timeline", "mp4", 1280, 720)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7, help="of each kind; the median counts")
    parser.add_argument("--skip-hour", action="store_true", help="leave out the cut of an hour")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quizsys-compose-") as name:
        scratch = Path(name)
        print_overhead(scratch, wanted.runs)
        print_templates(scratch, wanted.runs)
        if not wanted.skip_hour:
            print_cut(scratch)
    return 0


def print_overhead(scratch: Path, runs: int) -> None:
    timeline = make_timeline(describe(LESSON), (MAIN,))
    ours, theirs = alternate(lambda: export_film(timeline, scratch, THREADS), lambda: run_by_hand(scratch), runs)
    print(f"three clips, two crossfades, {timeline.duration_s:.0f} s at 720p: {ours:.2f} s")
    print(f"one ffmpeg command typed by hand: {theirs:.2f} s; ours takes {ours / theirs:.3f} times as long")


def print_templates(scratch: Path, runs: int) -> None:
    source = describe(LESSON)
    together = make_timeline(source, (MAIN, *TEMPLATES))
    apart = [make_timeline(source, (MAIN, template)) for template in TEMPLATES]
    one, three = alternate(
        lambda: compose_film(together, scratch, THREADS),
        lambda: compose_each(apart, scratch),
        runs,
    )
    print(f"a timeline with three templates in one run: {one:.2f} s; in three: {three:.2f} s ({one / three:.2f})")


def compose_each(timelines: list[Timeline], scratch: Path) -> None:
    for timeline in timelines:
        compose_film(timeline, scratch, THREADS)


def print_cut(scratch: Path) -> None:
    hour = make_hour(scratch)
    source = describe(hour)
    size = Output("cut", "mp4", source.width_px, source.height_px)
    clip = Clip(source, HOUR_START_S, HOUR_END_S)
    timeline = replace(make_timeline(source, (size,)), pieces=(clip,))
    copied = timed(lambda: remux_cut(hour, clip.start_s, clip.end_s, scratch / "copied.mp4"))
    encoded = timed(lambda: compose_film(timeline, scratch, THREADS))
    print(f"50 minutes cut out of an hour: copied in {copied:.2f} s, encoded anew in {encoded:.1f} s")
    print(f"copying takes 1/{encoded / copied:.0f} of it")


def make_timeline(source: Source, outputs: tuple[Output, ...]) -> Timeline:
    fade = Transition(CROSSFADE, FADE_S)
    pieces = tuple(Clip(source, start_s, end_s, fade) for start_s, end_s in SPANS_S)
    return Timeline(pieces, outputs, outputs[0].width_px, outputs[0].height_px, RATE)


def run_by_hand(scratch: Path) -> None:
    """The same film as somebody would type it who knows ffmpeg well."""
    inputs: list[str] = []
    for start_s, end_s in SPANS_S:
        inputs += ["-ss", str(start_s), "-t", str(end_s - start_s), "-i", str(LESSON)]
    shape = (
        "fps=25,scale=1280:720:force_original_aspect_ratio=decrease,pad=1280:720:(ow-iw)/2:(oh-ih)/2,setsar=1,"
        "format=yuv420p,settb=1/25"
    )
    graph = ";".join(
        [
            *(f"[{number}:v]{shape}[v{number}]" for number in range(3)),
            *(f"[{number}:a]aresample=48000,aformat=channel_layouts=stereo[a{number}]" for number in range(3)),
            "[v0][v1]xfade=duration=1:offset=19[x]",
            "[x][v2]xfade=duration=1:offset=38[v]",
            "[a0][a1]acrossfade=d=1[y]",
            "[y][a2]acrossfade=d=1[a]",
        ]
    )
    video = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-g", "50", "-threads:v", str(THREADS)]
    sound = ["-c:a", "aac", "-b:a", "160k"]
    output = ["-map", "[v]", "-map", "[a]", *video, *sound, "-movflags", "+faststart", str(scratch / "hand.mp4")]
    command = [ffmpeg_binary(), "-v", "error", "-y", *inputs, "-filter_complex", graph, *output]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def make_hour(scratch: Path) -> Path:
    hour = scratch / "hour.mp4"
    command = [ffmpeg_binary(), "-v", "error", "-y", "-stream_loop", "14", "-i", str(LESSON), "-c", "copy"]
    subprocess.run([*command, "-map", "0:v:0", "-map", "0:a:0", str(hour)], check=True, stdin=subprocess.DEVNULL)
    return hour


def describe(film: Path) -> Source:
    probe = probe_video(film)
    return Source(
        path=film,
        container=probe.container,
        duration_s=probe.duration_s,
        frame_rate=probe.frame_rate,
        has_audio=probe.has_audio,
        video_codec=probe.video_codec,
        width_px=probe.width_px,
        height_px=probe.height_px,
        rotation_deg=probe.rotation_deg,
        audio_channels=probe.audio_channels or 2,
    )


def alternate(one: Callable[[], object], other: Callable[[], object], runs: int) -> tuple[float, float]:
    """The median seconds of each."""
    pairs = [(timed(one), timed(other)) for _ in range(runs)]
    first, second = zip(*pairs, strict=True)
    return statistics.median(first), statistics.median(second)


def timed(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
