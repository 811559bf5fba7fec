"""What a question says, as columns of its row and as clients read it, and who said it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from peewee import fn

from quizsys.clock import utc_now, wire_time
from quizsys.errors import Code, QuizsysError
from quizsys.models.quizzes import APPROVED, QuestionRow, Quiz
from quizsys.questions.doubts import explain_doubt
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


def list_rows(quiz: Quiz) -> list[QuestionRow]:
    """In the order in which they are listed; those that were removed are left out."""
    rows = QuestionRow.select().where((QuestionRow.quiz_id == quiz.id) & ~QuestionRow.removed)
    return list(rows.order_by(QuestionRow.position, QuestionRow.id))


def list_approved(quiz: Quiz) -> list[QuestionRow]:
    return [row for row in list_rows(quiz) if row.status == APPROVED]


def next_position(quiz: Quiz) -> int:
    """Behind all questions that the quiz has or had."""
    last = QuestionRow.select(fn.MAX(QuestionRow.position)).where(QuestionRow.quiz_id == quiz.id).scalar()
    return 0 if last is None else int(last) + 1


def get_question(quiz: Quiz, question_id: str) -> QuestionRow:
    """Raises `not_found`, also for one that was removed."""
    row = QuestionRow.get_or_none((QuestionRow.id == question_id) & (QuestionRow.quiz_id == quiz.id))
    if row is None or row.removed:
        raise QuizsysError(Code.NOT_FOUND, "Question not found")
    return row


def dump_question(row: QuestionRow, revisions: Mapping[str, int]) -> dict[str, Any]:
    """`revisions` are the numbers of the video's transcripts by their ids."""
    evidence = {
        "quote": row.quote,
        "start_s": row.evidence_start_s,
        "end_s": row.evidence_end_s,
        "transcript_revision": revisions.get(row.transcript_id),
    }
    return {
        "id": row.id,
        "kind": row.kind,
        "stem": row.stem,
        # Those of older quizzes lack what is new.
        "choices": [{"match": ""} | choice for choice in row.choices],
        "answer": row.answer,
        "variants": row.variants,
        "tolerance": row.tolerance,
        "points": row.points,
        "explanation": row.explanation,
        "evidence": evidence,
        "pause_at_s": row.pause_at_s,
        "chapter": row.chapter,
        "bloom": row.bloom,
        "difficulty": row.difficulty,
        "status": row.status,
        "reject_reason": row.reject_reason,
        "stale": row.stale,
        "warnings": [explain_doubt(code) for code in row.warnings],
        "origin": row.origin,
        "external_id": row.external_id,
        "provenance": row.provenance,
        "revision": row.revision,
        "updated_at": wire_time(row.updated_at),
    }
