"""What is published stays as it is, whatever is done to the quiz afterwards."""

from typing import Any

import apsw
import pytest
from playhouse.migrations import Runner

from quizsys.config import Settings
from quizsys.db import MIGRATIONS, Store
from quizsys.engine import apply_migrations
from quizsys.errors import Code, QuizsysError
from quizsys.models.quizzes import APPROVED, QuestionRow
from quizsys.services.quizzes import get_quiz
from quizsys.services.reviews import Asked, judge
from quizsys.services.versions import get_version, list_versions, publish_quiz
from quizsys.sqlite import open_database
from tests.queueing import add_asset
from tests.quizzing import add_lesson, add_quiz


@pytest.fixture
async def quiz_id(store: Store) -> str:
    await store.run(add_lesson)
    return await store.run(add_quiz)


def approve(quiz_id: str, *positions: int) -> None:
    here = (QuestionRow.quiz_id == quiz_id) & QuestionRow.position.in_(positions)
    QuestionRow.update(status=APPROVED).where(here).execute()


def change(quiz_id: str, **values: Any) -> None:
    QuestionRow.update(**values).where((QuestionRow.quiz_id == quiz_id) & (QuestionRow.position == 0)).execute()


async def test_a_version_has_the_approved_questions_with_their_answers(store: Store, quiz_id: str) -> None:
    await store.run(approve, quiz_id, 0, 2)
    made = await store.run(publish_quiz, "p", quiz_id, "Ada")
    assert (made["version"], made["published_by"]) == (1, "Ada")
    assert [question["answer"] for question in made["questions"]] == ["Granum", "Stomata"]
    assert made["questions"][0]["choices"][0] == {"text": "Granum", "correct": True, "feedback": "Right.", "match": ""}
    assert made["questions"][0]["evidence"]["transcript_revision"] == 1
    quiz = await store.read(get_quiz, "p", quiz_id)
    assert (quiz["status"], quiz["published_version"], quiz["language"]) == ("published", 1, "en")


async def test_what_is_published_never_changes(store: Store, quiz_id: str) -> None:
    await store.run(approve, quiz_id, 0)
    first = await store.run(publish_quiz, "p", quiz_id, "Ada")
    await store.run(change, quiz_id, stem="What is a stack called?")
    assert await store.read(get_version, "p", quiz_id) == first
    second = await store.run(publish_quiz, "p", quiz_id, "Bob")
    assert (second["version"], second["questions"][0]["stem"]) == (2, "What is a stack called?")
    assert await store.read(get_version, "p", quiz_id, 1) == first
    assert await store.read(get_version, "p", quiz_id) == second
    listed = await store.read(lambda: list(list_versions("p", quiz_id)))
    assert [(row["version"], row["is_published"], row["questions"]) for row in listed] == [(2, True, 1), (1, False, 1)]


async def test_publishing_the_same_again_makes_no_new_version(store: Store, quiz_id: str) -> None:
    await store.run(approve, quiz_id, 0)
    first = await store.run(publish_quiz, "p", quiz_id, "Ada")
    assert await store.run(publish_quiz, "p", quiz_id, "Bob") == first


@pytest.mark.parametrize(
    ("positions", "values", "says"),
    [((), {}, "Approve at least one"), ((0, 1), {"stale": "The words have changed."}, "The words have changed.")],
)
async def test_what_is_not_fit_is_not_published(
    store: Store, quiz_id: str, positions: tuple[int, ...], values: dict[str, Any], says: str
) -> None:
    await store.run(approve, quiz_id, *positions)
    if values:
        await store.run(change, quiz_id, **values)
    with pytest.raises(QuizsysError, match=says) as caught:
        await store.run(publish_quiz, "p", quiz_id, "Ada")
    assert caught.value.code is Code.CONFLICT
    with pytest.raises(QuizsysError, match="not published"):
        await store.read(get_version, "p", quiz_id)


async def test_another_projects_quiz_is_not_there(store: Store, quiz_id: str) -> None:
    for call in (lambda: get_version("other", quiz_id, 1), lambda: publish_quiz("other", quiz_id, "Eve")):
        with pytest.raises(QuizsysError, match="Quiz not found"):
            await store.run(call)


async def test_an_older_databases_quiz_can_be_reviewed(settings: Settings) -> None:
    path = settings.database_url
    path.parent.mkdir(parents=True, exist_ok=True)
    db = open_database(path, "normal")
    with db.connection_context():
        Runner(db, str(MIGRATIONS)).up("0013_more_indexes")
    old = apsw.Connection(str(path))
    old.execute("INSERT INTO quizzes VALUES ('q', 'p', 'asset', 't', 'Plants', 'offline-1', 'draft', '[]', '', 5)")
    options = '[{"text": "A", "correct": true, "feedback": ""}, {"text": "B", "correct": false, "feedback": ""}]'
    values = "('x', 'q', 0, 'single_choice', 'Which?', ?, 'A', '', 'It is A.', 1, 2, 3, '', 'remember', 'easy')"
    old.execute(f"INSERT INTO questions VALUES {values}", (options,))
    old.close()
    assert "0014_review" in apply_migrations(settings)
    store = Store(path, durability="normal")
    await store.open()
    try:
        await store.run(add_asset)
        quiz = await store.read(get_quiz, "p", "q")
        (question,) = quiz["questions"]
        assert (quiz["revision"], quiz["updated_at"], question["points"]) == (1, quiz["created_at"], 1)
        assert (question["status"], question["origin"]) == ("draft", "offline")
        assert {made["by"] for made in question["provenance"].values()} == {"machine"}
        assert question["choices"][0]["match"] == ""
        await store.run(judge, "p", "q", Asked(("x",), APPROVED), "Ada")
        assert (await store.run(publish_quiz, "p", "q", "Ada"))["version"] == 1
    finally:
        await store.close()
