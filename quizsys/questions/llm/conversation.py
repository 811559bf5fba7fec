"""A quiz by a model, filled up by the offline generator where the model gives too little. No model makes it fail."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from media.progress import Report, part
from quizsys.questions.gate import check_quiz
from quizsys.questions.lesson import Lesson
from quizsys.questions.llm.client import Client, Unavailable
from quizsys.questions.llm.writer import Written, write_with_model
from quizsys.questions.obstacles import ENGLISH_ONLY
from quizsys.questions.question import QuizDraft, Refusal
from quizsys.questions.selection import default_count

_FOREIGN = (
    "The model {} gave {} questions that can be proven. The offline generator can do English only, so it added none."
)
Run = Callable[..., Awaitable[Any]]


async def write_quiz(
    lesson: Lesson, count: int | None, client: Client, run: Run, report: Report, limit_s: float
) -> QuizDraft:
    """Questions by pause; `usage` says what the model cost. The note tells when and why the rules had to help.

    The model gets `limit_s`; what it has not finished by then is lost, but its answers are remembered.
    """
    wanted = default_count(lesson.duration_s) if count is None else count
    written, trouble = Written(client.name, []), ""
    try:
        async with asyncio.timeout(limit_s):
            written = await write_with_model(lesson, wanted, client, part(report, 0, 80))
    except* Unavailable as group:
        trouble = str(group.exceptions[0])
    except* TimeoutError:
        trouble = f"The model {client.name} took too long. Ask again: what it has answered is remembered."
    if len(written.questions) >= wanted:
        return _draft(lesson, written, client, "")
    # Only seats need what it imports.
    from quizsys.questions.offline import write_questions

    count = wanted + len(lesson.asked)
    offline: QuizDraft = await run(write_questions, lesson, count, on_progress=part(report, 80, 100))
    return _join(lesson, written, offline, wanted, client, trouble)


def _join(lesson: Lesson, written: Written, offline: QuizDraft, wanted: int, client: Client, trouble: str) -> QuizDraft:
    chosen = list(written.questions)
    for question in offline.questions:
        fresh = len(chosen) < wanted and question.stem not in lesson.asked
        if fresh and not check_quiz([*chosen, question], lesson.transcript.language):
            chosen.append(question)
    added = len(chosen) - len(written.questions)
    names = [written.generator] * bool(written.questions) + [offline.generator] * bool(added)
    note = trouble or _explain(len(written.questions), added, client)
    if offline.note == ENGLISH_ONLY and written.questions and not trouble:
        note = _FOREIGN.format(client.name, len(written.questions))
    if not chosen:
        note = " ".join(sentence for sentence in (note, offline.note) if sentence)
    joined = Written(
        " + ".join(names) or offline.generator,
        sorted(chosen, key=lambda question: question.pause_at_s),
        written.refused + Counter({refusal.reason: refusal.count for refusal in offline.refused}),
    )
    return _draft(lesson, joined, client, note)


def _explain(by_model: int, added: int, client: Client) -> str:
    if by_model and not added:
        return ""
    worst = client.usage.failures.most_common(1)
    why = f" (its answers: {worst[0][0].replace('_', ' ')})" if worst else ""
    if not by_model:
        rest = "; these are the offline generator's." if added else "."
        return f"The model {client.name} gave no question that can be proven{why}{rest}"
    rest = f"the offline generator added {added}."
    return f"The model {client.name} gave {by_model} questions that can be proven{why}; {rest}"


def _draft(lesson: Lesson, written: Written, client: Client, note: str) -> QuizDraft:
    refused = tuple(Refusal(reason, number) for reason, number in sorted(written.refused.items()))
    return QuizDraft(
        lesson.title,
        written.generator,
        tuple(written.questions),
        refused,
        note,
        lesson.transcript_id,
        client.usage.describe(),
    )
