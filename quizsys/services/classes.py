"""What a class did with one version of a quiz, from rows to the facts that `analysis` counts."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from peewee import fn

from quizsys.analysis.facts import (
    AnswerFact,
    AttemptFact,
    ClassFacts,
    LearnerFact,
    OptionFact,
    QuestionFact,
    Value,
    ViewingFact,
)
from quizsys.clock import utc_now
from quizsys.errors import Code, QuizsysError
from quizsys.grading import list_matches, list_prompts
from quizsys.models.attempts import AnswerRow, Attempt, Learner, Viewing
from quizsys.models.links import ShareLink
from quizsys.packages.sheet import Item
from quizsys.services.papers import get_paper
from quizsys.services.quizzes import get_row
from quizsys.taking.paper import Paper
from quizsys.taking.sitting import CLOSED, OPEN, find_state, find_status, pick_counted

NO_LINK = "This quiz has no such link. Its links can be listed."
LONGEST_TEXT = 200
# In the order of AnswerFact.
COLUMNS = (
    *(AnswerRow.attempt_id, AnswerRow.question_id, AnswerRow.try_number, AnswerRow.value),
    *(AnswerRow.score, AnswerRow.max_score, AnswerRow.elapsed_ms, AnswerRow.answered_at, AnswerRow.position_s),
)


def read_class(
    project_id: str, quiz_id: str, version: int | None = None, link_id: str | None = None
) -> tuple[Paper, ClassFacts]:
    """`version` None: the newest that was attempted, else the published one; `link_id` None: by all links.

    Raises `not_found`.
    """
    get_row(project_id, quiz_id)
    which = Attempt.quiz_id == quiz_id
    if link_id is not None:
        _check_link(quiz_id, link_id)
        which &= Attempt.link_id == link_id
    if version is None:
        version = Attempt.select(fn.MAX(Attempt.version)).where(which).scalar()
    paper = get_paper(project_id, quiz_id, version)
    which &= Attempt.version == paper.version
    return paper, _read_facts(paper, which, quiz_id)


def count_versions(quiz_id: str) -> list[dict[str, int]]:
    """Those that were attempted, newest first, with how many attempts each has."""
    rows: Any = Attempt.select(Attempt.version, fn.COUNT(Attempt.id)).where(Attempt.quiz_id == quiz_id)
    rows = rows.group_by(Attempt.version).order_by(Attempt.version.desc())
    return [{"version": version, "attempts": attempts} for version, attempts in rows.tuples()]


def _check_link(quiz_id: str, link_id: str) -> None:
    if not ShareLink.select().where((ShareLink.id == link_id) & (ShareLink.quiz_id == quiz_id)).exists():
        raise QuizsysError(Code.NOT_FOUND, NO_LINK)


def _read_facts(paper: Paper, which: Any, quiz_id: str) -> ClassFacts:
    attempts = {row.id: row for row in Attempt.select().where(which).order_by(Attempt.learner_id, Attempt.number)}
    ids = Attempt.select(Attempt.id).where(which)
    known: Any = Learner.select(Learner.id, Learner.name).where(
        Learner.id.in_(Attempt.select(Attempt.learner_id).where(which))
    )
    return ClassFacts(
        duration_s=paper.duration_s,
        questions=tuple(map(_read_question, paper.items)),
        learners=tuple(LearnerFact(*row) for row in known.order_by(Learner.id).tuples()),
        attempts=tuple(_read_attempts(list(attempts.values()), quiz_id)),
        answers=tuple(_read_answers(paper, attempts, ids)),
        viewings=tuple(_read_viewings(attempts, ids)),
    )


def _read_question(item: Item) -> QuestionFact:
    options = tuple(OptionFact(choice.text, choice.correct) for choice in item.choices)
    return QuestionFact(item.id, item.kind, item.stem, options, item.start_s, item.end_s, item.pause_at_s)


def _read_attempts(rows: list[Attempt], quiz_id: str) -> Iterator[AttemptFact]:
    links = {link.id: link for link in ShareLink.select().where(ShareLink.quiz_id == quiz_id)}
    now = utc_now()
    of_learner: dict[str, list[Attempt]] = {}
    for row in rows:
        of_learner.setdefault(row.learner_id, []).append(row)
    for learner_id, own in of_learner.items():
        link = links[own[0].link_id]
        counted = pick_counted(link.policy, own, is_closed=find_state(link, now) == CLOSED)
        for row in own:
            is_over = find_status(row, link, now) != OPEN
            yield AttemptFact(learner_id, row.number, row.started_at, is_over, row is counted, row.score, row.max_score)


def _read_answers(paper: Paper, attempts: dict[str, Attempt], ids: Any) -> list[AnswerFact]:
    """In the order in which they came. A learner's own mark of an answer is the score of that answer."""
    rows: Any = AnswerRow.select(*COLUMNS).where(AnswerRow.attempt_id.in_(ids)).order_by(AnswerRow.id)
    facts: list[AnswerFact] = []
    latest: dict[tuple[str, str], int] = {}
    for attempt_id, question_id, number, value, score, worth, *told in rows.tuples().iterator():
        item, key = paper.by_id.get(question_id), (attempt_id, question_id)
        if item is None:
            continue
        graded = (0.0, 0.0) if score is None else (score, worth)
        if "self_mark" not in value:
            latest[key] = len(facts)
            attempt = attempts[attempt_id]
            given = _read_value(item, value)
            facts.append(AnswerFact(attempt.learner_id, attempt.number, question_id, number, given, *graded, *told))
        elif key in latest:
            facts[latest[key]] = replace(facts[latest[key]], score=graded[0], max=graded[1])
    return facts


def _read_value(item: Item, value: dict[str, Any]) -> Value:
    """Orders and pairs as a text, so that those who gave the same one are counted together."""
    if "choice" in value:
        return (value["choice"],)
    if "choices" in value:
        return tuple(value["choices"])
    if "order" in value:
        return " → ".join(item.choices[place].text for place in value["order"])
    if "pairs" in value:
        matches = list_matches(item)
        given = ("—" if place is None else matches[place] for place in value["pairs"])
        return "; ".join(f"{prompt} = {match}" for prompt, match in zip(list_prompts(item), given, strict=False))
    return str(value.get("text", ""))[:LONGEST_TEXT]


def _read_viewings(attempts: dict[str, Attempt], ids: Any) -> Iterator[ViewingFact]:
    columns = (Viewing.attempt_id, Viewing.start_s, Viewing.end_s, Viewing.seen_at)
    rows = Viewing.select(*columns).where(Viewing.attempt_id.in_(ids)).order_by(Viewing.id)
    for attempt_id, start_s, end_s, seen_at in rows.tuples().iterator():
        attempt = attempts[attempt_id]
        yield ViewingFact(attempt.learner_id, attempt.number, start_s, end_s, seen_at)
