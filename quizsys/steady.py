"""Ids that a second run on the same file gives again: whoever imports its packages anew gets no doubles."""

from typing import Any
from uuid import UUID, uuid5

_SPACE = UUID("5d0f6a3c-3a0b-5c55-9a54-6a1f4a2f0c71")


def steady(quiz: dict[str, Any], checksum: str) -> dict[str, Any]:
    """The quiz under new ids, by its file's SHA-256; its questions' by what proves them, not by their wording."""
    space = uuid5(_SPACE, checksum)
    taken: set[str] = set()
    questions = [question | {"id": _name(space, question, taken)} for question in quiz["questions"]]
    return quiz | {"id": str(space), "questions": questions}


def _name(space: UUID, question: dict[str, Any], taken: set[str]) -> str:
    evidence = question["evidence"]
    told = f"{question['kind']}|{evidence['start_s']:.1f}|{evidence['quote']}|{question['answer']}"
    name = str(uuid5(space, told))
    while name in taken:
        name = str(uuid5(space, name))
    taken.add(name)
    return name
