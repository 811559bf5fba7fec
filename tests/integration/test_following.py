"""Questions follow the transcript, whatever was done to either meanwhile."""

from dataclasses import asdict

import pytest

from media.captions import Cue
from quizsys.db import Store
from quizsys.models.quizzes import QuestionRow, Quiz
from quizsys.questions.question import QuizDraft
from quizsys.services import questions, reviews
from quizsys.services.claims import Claim
from quizsys.services.decisions import read_decisions
from quizsys.services.following import apply_heard
from quizsys.services.generation import apply_quiz
from quizsys.services.quizzes import get_quiz
from quizsys.services.revisions import Captions, propose_replacement, propose_reversal, save_revision
from tests.quizzing import MADE, QUESTIONS, SAID, add_lesson, add_quiz, make_transcript

CLAIM = Claim("job", "p", "asset", "transcription", {}, 1, "me")
OTHER = "A pile of thylakoids is called a granum."


def say(*said: str) -> None:
    """A person's captions, a sentence every ten seconds."""
    cues: Captions = tuple(Cue(10.0 * n, 10.0 * n + 5, (text,)) for n, text in enumerate(said))
    save_revision("p", "asset", None, propose_replacement("p", "asset", None, cues, None, "Bob"))


def read_first(quiz_id: str) -> QuestionRow:
    return QuestionRow.select().where(QuestionRow.quiz_id == quiz_id).order_by(QuestionRow.position).get()


def give_evidence(quiz_id: str, **evidence: object) -> None:
    row = read_first(quiz_id)
    proposal = questions.propose_edit("p", quiz_id, row.id, None, {"evidence": evidence})
    questions.save_edit("p", quiz_id, row.id, "Ada", proposal)


@pytest.fixture
async def quiz_id(store: Store) -> str:
    await store.run(add_lesson)
    return await store.run(add_quiz)


async def test_a_decision_tells_what_a_ranker_may_learn_from(store: Store, quiz_id: str) -> None:
    row = await store.read(read_first, quiz_id)
    await store.run(give_evidence, quiz_id, quote=SAID[1])
    asked = reviews.Asked((row.id,), "rejected", "dull")
    await store.run(reviews.judge, "p", quiz_id, asked, "Ada")
    edit, rejection = await store.read(read_decisions, "p", 0, 9)
    proposal = rejection["proposal"]
    assert proposal["maker"] == asdict(MADE)
    assert proposal["heard"] == {"sentences": SAID[0], "probability": 0.9, "least_probability": 0.9}
    assert (proposal["quote"], edit["before"]["quote"], rejection["after"]["quote"]) == (SAID[0], SAID[0], SAID[1])
    assert (edit["verdict"], rejection["verdict"], rejection["reason"]) == ("edit", "reject", "dull")


async def test_undone_evidence_is_compared_with_the_transcript_of_today(store: Store, quiz_id: str) -> None:
    await store.run(give_evidence, quiz_id, quote=SAID[1])
    await store.run(say, OTHER, *SAID[1:])
    assert (await store.read(read_first, quiz_id)).stale == ""
    await store.run(reviews.undo, "p", quiz_id, None, "Ada")
    back = await store.read(read_first, quiz_id)
    assert back.quote == SAID[0]
    assert OTHER in back.stale
    await store.run(reviews.redo, "p", quiz_id, None, "Ada")
    again = await store.read(read_first, quiz_id)
    assert (again.stale, again.evidence_start_s) == ("", 10)


async def test_a_machines_hearing_moves_nothing_while_a_persons_counts(store: Store, quiz_id: str) -> None:
    await store.run(say, *SAID)
    before = await store.read(get_quiz, "p", quiz_id)
    await store.run(apply_heard, CLAIM, make_transcript(*SAID, from_s=7))
    assert await store.read(get_quiz, "p", quiz_id) == before
    proposal = await store.read(propose_reversal, "p", "asset", None, 3, "Ada")
    await store.run(save_revision, "p", "asset", None, proposal)
    row = await store.read(read_first, quiz_id)
    assert (row.evidence_start_s, row.evidence_end_s) == (7, 11)


async def test_a_quiz_written_meanwhile_follows_at_once(store: Store) -> None:
    await store.run(add_lesson)
    first = await store.run(lambda: str(Quiz.get_by_id(add_quiz()).transcript_id))
    await store.run(say, OTHER, *SAID[1:])
    draft = QuizDraft("Plants", "offline-1", QUESTIONS, (), "", first)
    made = await store.run(apply_quiz, CLAIM, draft)
    quiz = await store.read(get_quiz, "p", made["quiz_id"])
    assert quiz["transcript_revision"] == 1
    assert [bool(question["stale"]) for question in quiz["questions"]] == [True, False, False]
    assert [question["evidence"]["transcript_revision"] for question in quiz["questions"]] == [2, 2, 2]


async def test_a_pause_that_a_person_set_stays_where_it_is(store: Store, quiz_id: str) -> None:
    row = await store.read(read_first, quiz_id)
    edit = await store.read(questions.propose_edit, "p", quiz_id, row.id, None, {"pause_at_s": 8})
    await store.run(questions.save_edit, "p", quiz_id, row.id, "Ada", edit)
    await store.run(say, "Hello again.", *SAID)
    kept, other = await store.read(lambda: list(QuestionRow.select().where(QuestionRow.quiz_id == quiz_id).limit(2)))
    assert (kept.evidence_start_s, kept.pause_at_s, kept.warnings) == (10, 8, ["pause_misplaced"])
    assert other.pause_at_s == 29
