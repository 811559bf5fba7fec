"""A class's figures as tables (CSV) for spreadsheets. Times are in seconds, shares from 0 to 1; nothing is left blank
but what is not known."""

import csv
import io
from collections.abc import Callable, Iterator

from quizsys.analysis.report import ClassReport
from quizsys.spreadsheet import safe_cell

MS = 1000
Rows = Iterator[list[object]]


def write_table(report: ClassReport, name: str) -> bytes:
    """`name` is one of TABLES. UTF-8 with a mark, by which spreadsheets know it."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows(map(safe_cell, row) for row in TABLES[name](report))
    return file.getvalue().encode("utf-8-sig", errors="replace")


def _list_questions(report: ClassReport) -> Rows:
    yield [
        *("number", "question_id", "kind", "question", "pause_at_s", "learners", "right_share", "difficulty"),
        *("discrimination", "tries", "median_s", "left_out", "suggestions"),
    ]
    for number, item in enumerate(report.questions, 1):
        codes = [one.code for one in report.suggestions if one.question_id == item.question_id]
        yield [
            *(number, item.question_id, item.kind, item.stem, item.pause_at_s, item.learners, item.right_share),
            *(item.difficulty, item.discrimination, item.tries, _seconds(item.median_ms), item.left_out),
            " ".join(codes),
        ]


def _list_options(report: ClassReport) -> Rows:
    """Each option, and each text that several wrote."""
    yield ["number", "question_id", "question", "option", "right", "first_tries", "all_tries"]
    for number, item in enumerate(report.questions, 1):
        for option in item.options:
            counts = option.first_tries, option.all_tries
            yield [number, item.question_id, item.stem, option.text, _say(option.correct), *counts]
        for text in item.texts:
            yield [number, item.question_id, item.stem, text.text, _say(text.right), text.learners, None]


def _list_minutes(report: ClassReport) -> Rows:
    yield ["minute", "questions", "right_share", "answers", "time_s", "viewers", "rewatched", "paused"]
    for minute in report.minutes:
        yield [
            *(minute.minute, minute.questions, minute.right_share, minute.answers, _seconds(minute.time_ms)),
            *(minute.viewers, minute.rewatched, minute.paused),
        ]


def _list_learners(report: ClassReport) -> Rows:
    """With a column for each question: the share of its points at the first try."""
    columns = [f"question {number}" for number in range(1, len(report.questions) + 1)]
    head = ("learner_id", "name", "attempts", "finished", "score", "max", "answered", "right_at_first", "time_s")
    yield [*head, "last_seen_at", *columns]
    for learner in report.learners:
        seen_at = learner.last_seen_at
        yield [
            *(learner.learner_id, learner.name, learner.attempts, learner.finished, learner.score, learner.max),
            *(learner.answered, learner.right_at_first, _seconds(learner.time_ms)),
            None if seen_at is None else seen_at.isoformat(timespec="seconds"),
            *(learner.first.get(item.question_id) for item in report.questions),
        ]


def _list_suggestions(report: ClassReport) -> Rows:
    numbers = {item.question_id: number for number, item in enumerate(report.questions, 1)}
    yield ["number", "question_id", "code", "suggestion", "video_s", "learners"]
    for one in report.suggestions:
        learners = one.numbers["learners"]
        yield [numbers[one.question_id], one.question_id, one.code, one.sentence, one.start_s, learners]


def _seconds(time_ms: int | None) -> float | None:
    return None if time_ms is None else round(time_ms / MS, 1)


def _say(is_right: bool) -> str:
    return "yes" if is_right else "no"


TABLES: dict[str, Callable[[ClassReport], Rows]] = {
    "questions": _list_questions,
    "options": _list_options,
    "minutes": _list_minutes,
    "learners": _list_learners,
    "suggestions": _list_suggestions,
}
