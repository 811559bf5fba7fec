"""Lessons to make questions from: what `server.py quiz --out` wrote, or a lesson script with rough times."""

import json
from pathlib import Path
from typing import Any

from media.slides import Slide
from media.transcript import Segment, Transcript, Word
from quizsys.questions import Lesson

WORD_S, PAUSE_S = 0.38, 0.35


def read_lesson(path: Path) -> Lesson:
    """A folder holds quiz.json, transcript.json and scenes.json; a file is a script as make_lesson.py reads it."""
    return _read_folder(path) if path.is_dir() else _read_script(json.loads(path.read_text()))


def _read_folder(folder: Path) -> Lesson:
    quiz, heard, scenes = (
        json.loads((folder / f"{name}.json").read_text()) for name in ("quiz", "transcript", "scenes")
    )
    segments = tuple(_read_segment(segment) for segment in heard["segments"])
    slides = tuple(Slide(shown["start_s"], shown["end_s"], shown["title"], shown["text"], "", 1.0) for shown in scenes)
    transcript = Transcript(heard["language"], heard["model"], segments)
    return Lesson(quiz["title"], quiz["source"]["duration_s"], transcript, slides)


def _read_segment(segment: dict[str, Any]) -> Segment:
    words = tuple(Word(word["start_s"], word["end_s"], word["text"], word["probability"]) for word in segment["words"])
    return Segment(segment["start_s"], segment["end_s"], segment["text"], words)


def _read_script(script: dict[str, Any]) -> Lesson:
    segments: list[Segment] = []
    slides: list[Slide] = []
    now_s = 0.0
    for shown in script["slides"]:
        start_s = now_s
        for sentence in shown["say"]:
            end_s = now_s + WORD_S * len(sentence.split())
            segments.append(Segment(now_s, end_s, sentence, ()))
            now_s = end_s + PAUSE_S
        text = "\n".join([shown["title"], *shown["bullets"]])
        slides.append(Slide(start_s, now_s, shown["title"], text, "", 1.0))
    return Lesson(script["title"], now_s, Transcript("en", "script", tuple(segments)), tuple(slides))
