"""Measures how well lessons are heard, without and with the words on their slides.

A technical term is a rare word (zipf < 4: fewer than ten uses in a million words) of a slide's text that is spoken in
a sentence about that slide. It is heard right if the transcript has it, spelled alike, at the time of the sentence.
The folder holds NAME.mp4 with NAME.truth.json beside each; without one, three lessons are made once and kept.
"""

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media.hints import Hint
from media.sounds import letters
from media.speech import transcribe
from media.terms import zipf
from media.transcript import Transcript, Word

SCRIPTS = Path(__file__).parents[2] / "shared" / "lessons"
KEPT = Path(tempfile.gettempdir()) / "quizsys-lessons"
TECHNICAL_ZIPF = 4.0
NEAR_S = 0.5
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True)
class Score:
    """What one hearing of a lesson is worth."""

    errors: float
    terms: dict[tuple[float, str], bool]
    start_error_s: float
    end_error_s: float
    in_silence: int
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", help="lesson videos with truth; made if left out")
    parser.add_argument("--truth-hints", action="store_true", help="take the slides' true text, not what OCR reads")
    options = parser.parse_args()
    videos = sorted((options.folder or make_lessons()).glob("*.mp4"))
    print("lesson                      WER  hints  wrong  right  new  silence  start   end      s     x")
    totals = [measure(video, options.truth_hints) for video in videos if truth_path(video).exists()]
    print(f"terms wrong without hints {sum(t[0] for t in totals)}, right with {sum(t[1] for t in totals)}, ", end="")
    print(f"newly wrong {sum(t[2] for t in totals)}; peak memory {peak_mb()} MB")


def make_lessons() -> Path:
    KEPT.mkdir(exist_ok=True)
    for script in sorted(SCRIPTS.glob("*.json")):
        video = KEPT / f"{script.stem}.mp4"
        if not truth_path(video).exists():
            subprocess.run([sys.executable, SCRIPTS / "make_lesson.py", script, video, "--style", "plain"], check=True)
    return KEPT


def truth_path(video: Path) -> Path:
    return video.with_suffix(".truth.json")


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure(video: Path, from_truth: bool) -> tuple[int, int, int]:
    """Print a row; return how many terms were wrong without hints, of these right with, and newly wrong."""
    truth = json.loads(truth_path(video).read_text())
    hints = true_hints(truth) if from_truth else read_hints(video)
    plain, hinted = score(video, truth, ()), score(video, truth, hints)
    wrong = [term for term, right in plain.terms.items() if not right]
    right = sum(hinted.terms[term] for term in wrong)
    new = sum(not hinted.terms[term] for term, right in plain.terms.items() if right)
    found = f"{plain.errors:6.2f}%{hinted.errors:6.2f}%{len(wrong):7}{right:7}{new:5}{hinted.in_silence:9}"
    times = f"{hinted.start_error_s:7.2f}{hinted.end_error_s:6.2f}{hinted.seconds:7.1f}"
    print(f"{video.stem:24}{found}{times}{truth['duration'] / hinted.seconds:6.1f}", flush=True)
    return len(wrong), right, new


def true_hints(truth: dict[str, Any]) -> list[Hint]:
    ends = [slide["start"] for slide in truth["slides"][1:]] + [truth["duration"]]
    return [
        Hint(slide["start"], end_s, "\n".join([slide["title"], *slide["bullets"]]))
        for slide, end_s in zip(truth["slides"], ends, strict=True)
    ]


def read_hints(video: Path) -> list[Hint]:
    from media.slides import read_slides

    with tempfile.TemporaryDirectory() as folder:
        slides = read_slides(video, Path(folder))
    return [Hint(slide.start_s, slide.end_s, slide.text) for slide in slides]


def score(video: Path, truth: dict[str, Any], hints: Sequence[Hint]) -> Score:
    began_s = time.perf_counter()
    transcript = transcribe(video, hints)
    seconds = time.perf_counter() - began_s
    words = [word for segment in transcript.segments for word in segment.words]
    said = [word for sentence in truth["sentences"] for word in plain_words(sentence["text"])]
    heard = [word for segment in transcript.segments for word in plain_words(segment.text)]
    starts, ends = timing_errors(transcript, truth["sentences"])
    return Score(
        100 * distance(said, heard) / len(said),
        {key: is_heard(words, sentence, key[1]) for key, sentence in list_technical(truth)},
        starts,
        ends,
        sum(not is_spoken(word, truth["sentences"]) for word in words),
        seconds,
    )


def plain_words(text: str) -> list[str]:
    """Small letters, no marks: the usual ground for a word error rate. Numbers stay as they are written."""
    return re.sub(r"[^\w\s']", " ", text.lower().replace("’", "'")).split()


def distance(said: Sequence[str], heard: Sequence[str]) -> int:
    above = list(range(len(heard) + 1))
    for row_number, one in enumerate(said, 1):
        row = [row_number]
        for place, other in enumerate(heard):
            row.append(min(above[place] + (one != other), above[place + 1] + 1, row[place] + 1))
        above = row
    return above[-1]


def list_technical(truth: dict[str, Any]) -> Iterator[tuple[tuple[float, str], dict[str, Any]]]:
    for sentence in truth["sentences"]:
        slide = next(slide for slide in truth["slides"] if slide["index"] == sentence["slide"])
        shown = {word.lower() for word in WORD.findall(" ".join([slide["title"], *slide["bullets"]]))}
        for word in dict.fromkeys(plain_words(sentence["text"])):
            if len(word) > 2 and word in shown and zipf(word, "en") < TECHNICAL_ZIPF:
                yield (sentence["start"], word), sentence


def is_heard(words: Sequence[Word], sentence: dict[str, Any], term: str) -> bool:
    near = [w for w in words if w.start_s < sentence["end"] + NEAR_S and w.end_s > sentence["start"] - NEAR_S]
    return any(letters(word.text) == letters(term) for word in near)


def is_spoken(word: Word, sentences: Sequence[dict[str, Any]]) -> bool:
    return any(word.start_s < one["end"] + NEAR_S and word.end_s > one["start"] - NEAR_S for one in sentences)


def timing_errors(transcript: Transcript, sentences: Sequence[dict[str, Any]]) -> tuple[float, float]:
    """Mean distance in seconds from a segment's start and end to the nearest true one."""
    starts = [min(abs(one.start_s - other["start"]) for other in sentences) for one in transcript.segments]
    ends = [min(abs(one.end_s - other["end"]) for other in sentences) for one in transcript.segments]
    count = max(1, len(starts))
    return sum(starts) / count, sum(ends) / count


if __name__ == "__main__":
    main()
