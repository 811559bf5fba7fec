"""Lessons to make questions from: what `server.py quiz --out` wrote, a lesson script, captions, or plain text."""

import json
from pathlib import Path
from typing import Any

from media.slides import Slide
from media.subtitles import read_subtitles
from media.transcript import Segment, Transcript, Word
from quizsys.questions import Lesson

WORD_S, PAUSE_S = 0.38, 0.35


def read_lesson(path: Path) -> Lesson:
    """A folder holds quiz.json, transcript.json and scenes.json; a .json file is a script as make_lesson.py reads it.

    Of .srt and .vtt the name is the title. A .txt has its title in the first line; its times are made up.
    """
    if path.is_dir():
        return _read_folder(path)
    if path.suffix == ".json":
        return _read_script(json.loads(path.read_text()))
    return _read_text(path.read_text()) if path.suffix == ".txt" else _read_captions(path)


def _read_text(text: str) -> Lesson:
    title, _, said = text.strip().partition("\n")
    words, now_s = [], 0.0
    for word in said.split():
        words.append(Word(now_s, now_s + WORD_S, word, 1.0))
        now_s += WORD_S + (PAUSE_S if word[-1] in ".?!" else 0.0)
    segment = Segment(0.0, now_s, " ".join(word.text for word in words), tuple(words))
    return Lesson(title, now_s, Transcript("en", "text", (segment,)))


def _read_captions(path: Path) -> Lesson:
    cues = read_subtitles(path.read_bytes())
    segments = tuple(Segment(cue.start_s, cue.end_s, " ".join(cue.lines), ()) for cue in cues)
    title = path.stem.replace("_", " ").capitalize()
    return Lesson(title, segments[-1].end_s, Transcript("en", "captions", segments))


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
    return Lesson(
        script["title"], now_s, Transcript(script.get("language", "en"), "script", tuple(segments)), tuple(slides)
    )
