"""A quiz put into a timeline: at each pause the picture freezes, asks, and tells the answer."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from media.compose.timeline import Card, Choice, Clip, Piece, Still, Transition
from quizsys.models.quizzes import REJECTED, QuestionRow, Quiz
from quizsys.services.contents import list_rows
from quizsys.services.shots import Request, Shot

NO_QUIZ = "There is no such quiz in this project."
NO_PAUSE = "No question of this quiz has its pause within these clips."


def find_quiz(request: Request) -> Quiz:
    """Raises `invalid`."""
    quiz_id = request.values["quiz_id"]
    quiz = Quiz.get_or_none((Quiz.id == quiz_id) & (Quiz.project_id == request.project_id))
    if quiz is None:
        raise request.wrong(["quiz_id"], NO_QUIZ, quiz_id)
    return quiz


def insert_quiz(request: Request, shots: Sequence[Shot], rate: Fraction) -> tuple[tuple[Piece, ...], list[int]]:
    """The pieces, and of which clip each is a part. Every question is asked once, in the first clip with its pause."""
    quiz = find_quiz(request)
    rows = [row for row in list_rows(quiz) if row.status != REJECTED]
    left = sorted(rows, key=lambda row: (row.pause_at_s, row.position))
    pieces: list[Piece] = []
    owners: list[int] = []
    asked: list[QuestionRow] = []
    for number, shot in enumerate(shots):
        here = [row for row in left if shot.asset_id == quiz.asset_id and _is_within(row, shot.clip)]
        left = [row for row in left if row not in here]
        parts = list(_split(shot.clip, here, float(1 / rate)))
        pieces += parts
        owners += [number] * len(parts)
        asked += here
    if not asked:
        raise request.wrong(["quiz_id"], NO_PAUSE, quiz.id)
    cards = iter(_make_cards(asked, request.values))
    return tuple(replace(piece, card=next(cards)) if isinstance(piece, Still) else piece for piece in pieces), owners


def _is_within(row: QuestionRow, clip: Clip) -> bool:
    return bool(clip.start_s < row.pause_at_s <= clip.end_s + 0.5)


def _split(clip: Clip, rows: Sequence[QuestionRow], frame_s: float) -> Iterator[Piece]:
    """Parts of the clip with a still at each pause, its card yet to come; the last one has the transition."""
    parts: list[Piece] = []
    start_s = clip.start_s
    for row in rows:
        pause_s = min(row.pause_at_s, clip.end_s)
        if pause_s - start_s >= frame_s:
            parts.append(replace(clip, start_s=start_s, end_s=pause_s, transition=Transition()))
            start_s = pause_s
        parts.append(Still(clip.source, pause_s, _EMPTY))
    if clip.end_s - start_s >= frame_s:
        parts.append(replace(clip, start_s=start_s, transition=Transition()))
    yield from parts[:-1]
    yield replace(parts[-1], transition=clip.transition)


_EMPTY = Card(0, 0, "", (), "", "", 0, 0)


def _make_cards(rows: Sequence[QuestionRow], values: dict[str, Any]) -> Iterator[Card]:
    for number, row in enumerate(rows, 1):
        yield Card(
            number=number,
            total=len(rows),
            question=row.stem,
            choices=tuple(Choice(choice["text"], choice["correct"]) for choice in row.choices),
            answer=row.answer,
            quote=row.quote,
            question_s=values["question_seconds"],
            answer_s=values["answer_seconds"],
        )
