"""A finished lesson as a folder of files: what `quiz --out DIR` leaves."""

import json
import shutil
from pathlib import Path
from typing import Any

from media.captions import make_cues, write_srt, write_vtt
from media.transcript import Transcript
from quizsys.services.transcripts import dump_transcript
from quizsys.storage import Storage

QUIZ_KEYS = ("title", "generator", "source", "questions", "refused")
QUESTION_KEYS = (
    *("id", "kind", "stem", "choices", "answer", "explanation", "evidence"),
    *("pause_at_s", "chapter", "bloom", "difficulty"),
)
EVIDENCE_KEYS = ("quote", "start_s", "end_s")
SEGMENT_KEYS = ("start_s", "end_s", "text", "words")
SCENE_KEYS = ("start_s", "end_s", "title", "text")


def trim_quiz(quiz: dict[str, Any]) -> dict[str, Any]:
    """The quiz as `quiz.json` has it."""
    trimmed = {key: quiz[key] for key in QUIZ_KEYS}
    return trimmed | {"questions": [_trim_question(question) for question in quiz["questions"]]}


def _trim_question(question: dict[str, Any]) -> dict[str, Any]:
    evidence = {key: question["evidence"][key] for key in EVIDENCE_KEYS}
    choices = [_trim_choice(choice) for choice in question["choices"]]
    return {key: question[key] for key in QUESTION_KEYS} | {"choices": choices, "evidence": evidence}


def _trim_choice(choice: dict[str, Any]) -> dict[str, Any]:
    text = f"{choice['text']} → {choice['match']}" if choice["match"] else choice["text"]
    return {"text": text, "correct": choice["correct"], "feedback": choice["feedback"]}


def trim_transcript(transcript: dict[str, Any]) -> dict[str, Any]:
    """The transcript as `transcript.json` has it."""
    return transcript | {
        "segments": [{key: segment[key] for key in SEGMENT_KEYS} for segment in transcript["segments"]]
    }


def write_folder(
    folder: Path, quiz: dict[str, Any], transcript: Transcript, scenes: list[dict[str, Any]], storage: Storage
) -> None:
    """Write quiz, transcript, captions, scenes and their pictures; files of the same names are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_json(folder / "quiz.json", trim_quiz(quiz))
    _write_json(folder / "transcript.json", trim_transcript(dump_transcript(transcript)))
    cues = make_cues(transcript.segments)
    _write(folder / "captions.vtt", write_vtt(cues))
    _write(folder / "captions.srt", write_srt(cues))
    _write_json(folder / "scenes.json", [_copy_scene(folder, scene, storage) for scene in scenes])


def _copy_scene(folder: Path, scene: dict[str, Any], storage: Storage) -> dict[str, Any]:
    picture = storage.path(scene["thumbnail"])
    (folder / "thumbnails").mkdir(exist_ok=True)
    shutil.copyfile(picture, folder / "thumbnails" / picture.name)
    return {key: scene[key] for key in SCENE_KEYS} | {"thumbnail": f"thumbnails/{picture.name}"}


def _write_json(path: Path, value: Any) -> None:
    _write(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def _write(path: Path, text: str) -> None:
    """A link of that name is replaced, not followed."""
    path.unlink(missing_ok=True)
    path.write_text(text, encoding="utf-8")
