"""What a lesson's questions may stand on, read from the lesson."""

from __future__ import annotations

from quizsys.questions.board import Board, read_board
from quizsys.questions.gate import Grounds
from quizsys.questions.lesson import Lesson
from quizsys.questions.obstacles import find_unfit
from quizsys.questions.scripts import primary
from quizsys.questions.sentences import Sentence, list_sentences


def ground(lesson: Lesson) -> Grounds:
    """The lesson's grounds."""
    return make_grounds(lesson, list_sentences(lesson.transcript), read_board(lesson.slides))


def make_grounds(lesson: Lesson, sentences: list[Sentence], board: Board) -> Grounds:
    """The lesson's sentences, and which of them nothing may rest on: that is known for English only."""
    language = lesson.transcript.language
    unfit = find_unfit(sentences, board) if primary(language) == "en" else {}
    asked = {index: reason for index, reason in unfit.items() if reason != "question"}
    return Grounds(tuple(sentences), lesson.duration_s, asked, board.find_titles(lesson.title), language)
