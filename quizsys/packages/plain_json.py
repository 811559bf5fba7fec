"""A quiz as JSON of ours: nothing is left out but files, and it can be read in again."""

import json
from pathlib import Path
from typing import Any

from quizsys.packages.sheet import Item, Loss, Sheet
from quizsys.questions.question import Choice

FORM = "quizsys-quiz"
FORM_VERSION = 1


def write_json(sheet: Sheet, path: Path) -> list[Loss]:
    quiz = {
        "format": FORM,
        "format_version": FORM_VERSION,
        "id": sheet.id,
        "version": sheet.version,
        "title": sheet.title,
        "language": sheet.language,
        "source": {"filename": sheet.source_filename, "duration_s": sheet.duration_s},
        "chapters": [
            {"start_s": chapter.start_s, "end_s": chapter.end_s, "title": chapter.title} for chapter in sheet.chapters
        ],
        "questions": [_dump_item(item) for item in sheet.items],
    }
    path.write_text(json.dumps(quiz, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    pictures = [Loss("", "pictures_dropped", "JSON carries no pictures: the slides are left out.")]
    return pictures if any(item.picture for item in sheet.items) else []


def _dump_item(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "kind": item.kind,
        "stem": item.stem,
        "choices": [_dump_choice(choice) for choice in item.choices],
        "answer": item.answer,
        "variants": list(item.variants),
        "tolerance": item.tolerance,
        "points": item.points,
        "explanation": item.explanation,
        "evidence": {"quote": item.quote, "start_s": item.start_s, "end_s": item.end_s},
        "pause_at_s": item.pause_at_s,
        "chapter": item.chapter,
        "bloom": item.bloom,
        "difficulty": item.difficulty,
    }


def _dump_choice(choice: Choice) -> dict[str, Any]:
    plain = {"text": choice.text, "correct": choice.correct, "feedback": choice.feedback}
    return plain | ({"match": choice.match} if choice.match else {})
