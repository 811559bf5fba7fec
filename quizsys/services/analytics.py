"""What a teacher is told of a class: figures of each question, minute and learner, and what to look at."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from quizsys.analysis.facts import ClassFacts
from quizsys.analysis.items import find_mean
from quizsys.analysis.report import ClassReport, report_class
from quizsys.analysis.tables import TABLES, write_table
from quizsys.clock import wire_time
from quizsys.errors import Code, QuizsysError
from quizsys.paging import WHOLE, Page, bad_cursor
from quizsys.services.classes import count_versions, read_class


def get_analytics(project_id: str, quiz_id: str, version: int | None, link_id: str | None) -> dict[str, Any]:
    """All but the learners. `version` and `link_id` as `read_class` takes them. Raises `not_found`."""
    paper, facts = read_class(project_id, quiz_id, version, link_id)
    report = report_class(facts)
    return {
        "quiz_id": quiz_id,
        "version": paper.version,
        "versions": count_versions(quiz_id),
        "title": paper.title,
        **_count(facts),
        "questions": [asdict(item) for item in report.questions],
        "minutes": [asdict(minute) for minute in report.minutes],
        "suggestions": [asdict(suggestion) for suggestion in report.suggestions],
    }


def list_learners(
    project_id: str, quiz_id: str, version: int | None, link_id: str | None, page: Page = WHOLE
) -> Iterator[dict[str, Any]]:
    """In the order in which they came. Raises `not_found`, `invalid`."""
    after = _read_after(page)
    report = _report(project_id, quiz_id, version, link_id)
    for learner in report.learners:
        if learner.learner_id > after:
            seen_at = learner.last_seen_at
            yield asdict(learner) | {"last_seen_at": None if seen_at is None else wire_time(seen_at)}


def get_table(project_id: str, quiz_id: str, name: str, version: int | None, link_id: str | None) -> bytes:
    """One of `tables.TABLES` as CSV. Raises `not_found`, also for another name."""
    if name not in TABLES:
        raise QuizsysError(Code.NOT_FOUND, f"There is no such table. There are {', '.join(TABLES)}.")
    return write_table(_report(project_id, quiz_id, version, link_id), name)


def _report(project_id: str, quiz_id: str, version: int | None, link_id: str | None) -> ClassReport:
    return report_class(read_class(project_id, quiz_id, version, link_id)[1])


def _count(facts: ClassFacts) -> dict[str, Any]:
    counted = [attempt for attempt in facts.attempts if attempt.counts and attempt.is_over and attempt.max]
    return {
        "learners": len(facts.learners),
        "attempts": len(facts.attempts),
        "finished": sum(attempt.is_over for attempt in facts.attempts),
        "mean_score": find_mean([attempt.score / attempt.max for attempt in counted]),
    }


def _read_after(page: Page) -> str:
    if len(page.after) > 1 or not all(isinstance(part, str) for part in page.after):
        raise bad_cursor()
    return page.after[0] if page.after else ""
