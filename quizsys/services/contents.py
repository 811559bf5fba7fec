"""What a question says, as columns of its row, and who said it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from quizsys.clock import utc_now, wire_time
from quizsys.models.quizzes import QuestionRow
from quizsys.questions.question import Choice, Maker, Question

BY_MACHINE, BY_HUMAN = "machine", "human"
EVIDENCE = ("quote", "evidence_start_s", "evidence_end_s")
FIELDS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in ("kind", "stem", "choices", "answer", "variants", "tolerance", "points")},
    "explanation": ("explanation",),
    "evidence": EVIDENCE,
    **{name: (name,) for name in ("pause_at_s", "chapter", "bloom", "difficulty")},
}
"""The fields of a question that have a provenance each, with their columns."""


def write_content(question: Question) -> dict[str, Any]:
    return {
        "kind": question.kind,
        "stem": question.stem,
        "choices": [asdict(choice) for choice in question.choices],
        "answer": question.answer,
        "variants": list(question.variants),
        "tolerance": question.tolerance,
        "explanation": question.explanation,
        "quote": question.quote,
        "evidence_start_s": question.start_s,
        "evidence_end_s": question.end_s,
        "pause_at_s": question.pause_at_s,
        "chapter": question.chapter,
        "bloom": question.bloom,
        "difficulty": question.difficulty,
    }


def read_content(content: Mapping[str, Any]) -> Question:
    """The question that these columns say."""
    return Question(
        kind=content["kind"],
        stem=content["stem"],
        choices=tuple(Choice(**choice) for choice in content["choices"]),
        answer=content["answer"],
        explanation=content["explanation"],
        quote=content["quote"],
        start_s=content["evidence_start_s"],
        end_s=content["evidence_end_s"],
        pause_at_s=content["pause_at_s"],
        chapter=content["chapter"],
        bloom=content["bloom"],
        difficulty=content["difficulty"],
        variants=tuple(content["variants"]),
        tolerance=content["tolerance"],
    )


def list_content(row: QuestionRow) -> dict[str, Any]:
    """What `write_content` would give of the row, and its points."""
    return {column: getattr(row, column) for columns in FIELDS.values() for column in columns}


def credit_machine(maker: Maker, fields: Iterable[str] = FIELDS) -> dict[str, Any]:
    """The provenance of fields that a machine wrote just now."""
    named = {"generator": maker.generator, "model": maker.model, "prompt_version": maker.prompt_version}
    credit = {"by": BY_MACHINE, **named, "who": "", "at": wire_time(utc_now())}
    return dict.fromkeys(fields, credit)


def credit_human(who: str, fields: Iterable[str] = FIELDS) -> dict[str, Any]:
    """The provenance of fields that somebody wrote just now."""
    named = {"generator": "", "model": "", "prompt_version": ""}
    credit = {"by": BY_HUMAN, **named, "who": who, "at": wire_time(utc_now())}
    return dict.fromkeys(fields, credit)
