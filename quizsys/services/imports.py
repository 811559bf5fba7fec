"""Questions of a file become questions of a quiz; those that came before are changed, not doubled."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from media.plain import plain_text
from quizsys.errors import Code, QuizsysError
from quizsys.models.quizzes import ARCHIVED, QuestionRow, Quiz
from quizsys.packages.merging import merge
from quizsys.packages.reading import Found, Problem, Reading
from quizsys.packages.tidying import tidy_question
from quizsys.questions.proof import Proofs
from quizsys.questions.question import Question
from quizsys.questions.shape import list_flaws, settle
from quizsys.services import quizzes, videos
from quizsys.services.contents import list_content, read_content
from quizsys.services.grounding import load_ground
from quizsys.services.questions import Incoming, upsert_imported

LONGEST_TITLE = 200


def find_proofs(project_id: str, asset_id: str | None, quiz_id: str | None, reading: Reading) -> dict[str, str]:
    """What may prove the questions that have no quote, by their ids; "" for none. Empty before transcription.

    Raises `not_found`.
    """
    if quiz_id is not None:
        asset_id = quizzes.get_row(project_id, quiz_id).asset_id
    bare = [found for found in reading.found if not found.question.quote]
    if asset_id is None or not bare:
        return {}
    speech = load_ground(project_id, asset_id).speech
    if not speech.sentences:
        return {}
    proofs = Proofs(speech)
    return {found.external_id: proofs.find(settle(found.question)) for found in bare}


def import_reading(
    project_id: str,
    asset_id: str | None,
    quiz_id: str | None,
    reading: Reading,
    proofs: Mapping[str, str],
    who: str,
) -> dict[str, Any]:
    """Into the quiz, or into that of the video which knows most of the file's questions, or into a new one.

    Raises `not_found`, `conflict`, and `invalid` with every problem if no question of the file is fit.
    """
    quiz, is_new = _choose_quiz(project_id, asset_id, quiz_id, reading)
    duration_s = float(videos.get_row(project_id, quiz.asset_id).metadata["duration"])
    known = _list_known(quiz)
    items, problems = list[Incoming](), list(reading.problems)
    for found in reading.found:
        row = known.get(found.external_id)
        if row is None and (proof := proofs.get(found.external_id)) is not None:
            found, told = _prove(found, proof)
            problems.append(told)
        item, flaws = _prepare(found, row, duration_s)
        problems += flaws
        items += [item] if item is not None else []
    if not items:
        raise _refuse(problems)
    report = upsert_imported(project_id, quiz.id, items, who)
    listed = [{"where": one.where, "code": one.code, "detail": one.detail} for one in problems]
    return {"quiz_id": quiz.id, "asset_id": quiz.asset_id, "is_new": is_new, **report, "problems": listed}


def _choose_quiz(project_id: str, asset_id: str | None, quiz_id: str | None, reading: Reading) -> tuple[Quiz, bool]:
    if quiz_id is not None:
        return quizzes.open_quiz(project_id, quiz_id), False
    if asset_id is None:
        raise QuizsysError(Code.BAD_REQUEST, "Say by asset_id which video the questions are about, or name a quiz_id.")
    videos.get_row(project_id, asset_id)
    if (known := _find_quiz(asset_id, reading)) is not None:
        return known, False
    made = quizzes.create_quiz(project_id, asset_id, plain_text(reading.title)[:LONGEST_TITLE] or None)
    return quizzes.get_row(project_id, made["id"]), True


def _find_quiz(asset_id: str, reading: Reading) -> Quiz | None:
    """The one that the file came from, else the one that knows most of its questions; the newest of several."""
    open_ones = Quiz.select().where((Quiz.asset_id == asset_id) & (Quiz.status != ARCHIVED))
    candidates = list(open_ones.order_by(Quiz.created_at.desc(), Quiz.id.desc()))
    ids = {found.external_id for found in reading.found}
    counts = {quiz.id: len(ids & set(_list_known(quiz))) for quiz in candidates}
    best = max(candidates, key=lambda quiz: (quiz.id == reading.quiz_id, counts[quiz.id]), default=None)
    return best if best is not None and (counts[best.id] or best.id == reading.quiz_id) else None


def _list_known(quiz: Quiz) -> dict[str, QuestionRow]:
    rows = list(QuestionRow.select().where(QuestionRow.quiz_id == quiz.id))
    return {row.external_id: row for row in rows if row.external_id} | {row.id: row for row in rows}


def _prove(found: Found, proof: str) -> tuple[Found, Problem]:
    if not proof:
        told = "No sentence of the lesson clearly proves it, so it is asked at its end. Give it its evidence."
        return found, Problem(found.where, "proof_missing", told)
    told = f'Its proof was looked up in the lesson: "{proof}" Check it before you approve the question.'
    return replace(found, question=replace(found.question, quote=proof)), Problem(found.where, "proof_guessed", told)


def _prepare(found: Found, row: QuestionRow | None, duration_s: float) -> tuple[Incoming | None, list[Problem]]:
    """None for what could not be asked; the problems say why."""
    question, problems = _keep_within(tidy_question(found.question), found.where, duration_s)
    if row is not None:
        question = merge(read_content(list_content(row)), question)
    flaws = list_flaws(settle(question))
    if flaws:
        return None, [*problems, *(Problem(found.where, "not_askable", flaw.message) for flaw in flaws)]
    points = found.points if found.points is not None else row.points if row is not None else 1.0
    return Incoming(found.external_id, question, points), problems


def _keep_within(question: Question, where: str, duration_s: float) -> tuple[Question, list[Problem]]:
    """Without times that the video has not."""
    if max(question.start_s, question.end_s, question.pause_at_s) <= duration_s:
        return question, []
    told = f"Its time lies behind the end of the video ({duration_s:g} s), so it is asked at the end."
    return replace(question, start_s=0.0, end_s=0.0, pause_at_s=0.0), [Problem(where, "time_outside", told)]


def _refuse(problems: Sequence[Problem]) -> QuizsysError:
    told = [{"type": one.code, "loc": ["body", one.where], "msg": one.detail, "input": None} for one in problems]
    return QuizsysError(Code.INVALID, "No question of this file can be used.", problems=told)
