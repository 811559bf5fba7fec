"""The questions of a quiz as rows."""

from collections.abc import Mapping
from typing import Any

from quizsys.clock import wire_time
from quizsys.errors import Code, QuizsysError
from quizsys.models.quizzes import APPROVED, QuestionRow, Quiz


def list_rows(quiz: Quiz) -> list[QuestionRow]:
    """In the order in which they are listed; those that were removed are left out."""
    rows = QuestionRow.select().where((QuestionRow.quiz_id == quiz.id) & ~QuestionRow.removed)
    return list(rows.order_by(QuestionRow.position, QuestionRow.id))


def list_approved(quiz: Quiz) -> list[QuestionRow]:
    return [row for row in list_rows(quiz) if row.status == APPROVED]


def get_row(quiz: Quiz, question_id: str) -> QuestionRow:
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
        "warnings": [],
        "origin": row.origin,
        "external_id": row.external_id,
        "provenance": row.provenance,
        "revision": row.revision,
        "updated_at": wire_time(row.updated_at),
    }
