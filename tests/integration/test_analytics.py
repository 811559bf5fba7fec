"""What a teacher reads of a class, from the answers that learners really gave."""

import csv
import io
from typing import Any

import pytest

from quizsys.db import Store
from quizsys.errors import QuizsysError
from quizsys.models.quizzes import QuestionRow
from quizsys.paging import Page
from quizsys.services.analytics import get_analytics, get_table, list_learners
from quizsys.services.answers import Given, add_answer
from quizsys.services.attempts import Pass, Watched, finish_attempt, note_watched, start_attempt
from quizsys.services.learners import delete_learner
from quizsys.services.versions import publish_quiz
from tests.quizzing import make_question
from tests.sharing import QUESTIONS, STEPS, publish, share

CHOICES = tuple(
    make_question(place, f"What is it {place}?", f"right {place}", "second", "third", "fourth") for place in range(4)
)
HOSTILE = '=HYPERLINK("http://evil.example";"Click")'


def take(link: dict[str, Any], name: str, answers: list[dict[str, Any]], *, is_finished: bool = True) -> str:
    """An attempt of a new learner with an answer to each question in the quiz's order; returns the learner's id."""
    began, _ = start_attempt(Pass(link["token"]), name)
    shown = Pass(link["token"], began["learner_key"])
    for place, (question, given) in enumerate(zip(began["questions"], answers, strict=False)):
        add_answer(shown, began["id"], Given(f"{name}-{place}", question["id"], given, 4000, 10.0))
    if is_finished:
        finish_attempt(shown, began["id"])
    return str(began["learner_id"])


def pick(*places: int) -> list[dict[str, Any]]:
    return [{"choice": place} for place in places]


@pytest.fixture
async def quiz(store: Store) -> tuple[Store, str, dict[str, Any]]:
    """A quiz of four single choices whose key is always the first, and its link; nothing is shuffled."""
    quiz_id = await store.run(publish, CHOICES)
    return store, quiz_id, await store.run(share, quiz_id, shuffle=False)


async def test_a_class_is_counted_from_what_it_answered(quiz: tuple[Store, str, dict[str, Any]]) -> None:
    store, quiz_id, link = quiz
    await store.run(take, link, "Ada", pick(0, 0, 0, 0))
    await store.run(take, link, "Ben", pick(0, 1, 1))
    await store.run(take, link, "Cem", pick(0), is_finished=False)
    told = await store.read(get_analytics, "p", quiz_id, None, None)
    assert (told["version"], told["versions"]) == (1, [{"version": 1, "attempts": 3}])
    assert (told["learners"], told["attempts"], told["finished"], told["mean_score"]) == (3, 3, 2, 0.625)
    assert [question["right_share"] for question in told["questions"]] == [1.0, 0.5, 0.5, 1.0]
    assert [question["left_out"] for question in told["questions"]] == [0, 0, 0, 1]
    assert [option["first_tries"] for option in told["questions"][1]["options"]] == [1, 1, 0, 0]
    assert told["questions"][0]["median_ms"] == 4000
    assert [(minute["questions"], minute["answers"]) for minute in told["minutes"]] == [(4, 8)]
    assert told["suggestions"] == []


async def test_a_wrong_key_is_found_and_its_proof_is_told(quiz: tuple[Store, str, dict[str, Any]]) -> None:
    store, quiz_id, link = quiz
    for number in range(12):
        good = number < 6
        await store.run(take, link, f"learner {number}", pick(2, *(3 * [0] if good else [1, 0, 3])))
    told = await store.read(get_analytics, "p", quiz_id, None, None)
    doubt = told["suggestions"][0]
    assert (doubt["code"], doubt["question_id"]) == ("key_in_doubt", told["questions"][0]["question_id"])
    assert doubt["numbers"] == {"learners": 12, "best": 5, "best_right": 0, "best_picked": 5, "option": "third"}
    assert doubt["start_s"] == 0.0


async def test_learners_are_told_in_pages_with_their_own_figures(quiz: tuple[Store, str, dict[str, Any]]) -> None:
    store, quiz_id, link = quiz
    ada = await store.run(take, link, "Ada", pick(0, 0, 1, 0))
    await store.run(take, link, "Ben", pick(1))
    both = await store.read(lambda: list(list_learners("p", quiz_id, None, None)))
    assert [learner["name"] for learner in both] == ["Ada", "Ben"]
    assert (both[0]["score"], both[0]["max"], both[0]["answered"], both[0]["right_at_first"]) == (3, 4, 4, 3)
    assert list(both[0]["first"].values()) == [1.0, 1.0, 0.0, 1.0]
    rest = await store.read(lambda: list(list_learners("p", quiz_id, None, None, Page(5, (ada,)))))
    assert rest == both[1:]
    with pytest.raises(QuizsysError, match="no place in this list"):
        await store.read(lambda: list(list_learners("p", quiz_id, None, None, Page(5, (7,)))))


async def test_every_kind_is_counted_and_a_self_mark_is_its_answers_score(store: Store) -> None:
    quiz_id = await store.run(publish)
    link = await store.run(share, quiz_id, shuffle=False, feedback="each", self_marking=True)

    def answer_all() -> None:
        began, _ = start_attempt(Pass(link["token"]), "Ada")
        shown = Pass(link["token"], began["learner_key"])
        by_kind = {question["kind"]: question for question in began["questions"]}
        # What is to be put in order is shuffled always.
        steps = by_kind["ordering"]["choices"]
        values: list[dict[str, Any]] = [
            {"choice": 0},
            {"choices": [0]},
            {"choice": 0},
            {"text": "stomas"},
            {"text": "4"},
            {"order": [steps.index(STEPS[place]) for place in (0, 2, 1)]},
            {"pairs": [None, 0, 1]},
            {"text": "To save water"},
        ]
        for asked, value in zip(QUESTIONS, values, strict=True):
            add_answer(shown, began["id"], Given(asked.stem, by_kind[asked.kind]["id"], value))
        add_answer(shown, began["id"], Given("mark", by_kind["open"]["id"], {"self_mark": 0.5}))

    await store.run(answer_all)
    told = await store.read(get_analytics, "p", quiz_id, None, None)
    shares = {question["kind"]: question["difficulty"] for question in told["questions"]}
    assert shares["single_choice"] == shares["true_false"] == shares["short_answer"] == 1.0
    assert (shares["multiple_choice"], shares["numeric"], shares["open"]) == (0.5, 0.0, 0.5)
    texts = {question["kind"]: [text["text"] for text in question["texts"]] for question in told["questions"]}
    assert texts["ordering"] == ["Light hits the leaf → Sugar is made → Water is split"]
    assert texts["matching"][0].startswith("granum = —; stroma = ")
    assert texts["open"] == ["To save water"]
    assert texts["single_choice"] == []


async def test_what_was_watched_is_told_by_the_minute(quiz: tuple[Store, str, dict[str, Any]]) -> None:
    store, quiz_id, link = quiz

    def watch() -> None:
        began, _ = start_attempt(Pass(link["token"]), "Ada")
        shown = Pass(link["token"], began["learner_key"])
        note_watched(shown, began["id"], Watched(50.0, (("a", 0.0, 50.0), ("b", 20.0, 50.0))))

    await store.run(watch)
    (minute,) = (await store.read(get_analytics, "p", quiz_id, None, None))["minutes"]
    assert (minute["viewers"], minute["rewatched"], minute["paused"]) == (1, 1, 0)


async def test_versions_and_links_are_counted_apart(quiz: tuple[Store, str, dict[str, Any]]) -> None:
    store, quiz_id, link = quiz
    await store.run(take, link, "Ada", pick(0, 0, 0, 0))
    other = await store.run(share, quiz_id, shuffle=False)
    await store.run(take, other, "Ben", pick(1, 1, 1, 1))
    assert (await store.read(get_analytics, "p", quiz_id, None, link["id"]))["mean_score"] == 1.0
    assert (await store.read(get_analytics, "p", quiz_id, None, other["id"]))["mean_score"] == 0.0

    def publish_again() -> None:
        QuestionRow.update(stem="Now clearer?").where(QuestionRow.quiz_id == quiz_id).execute()
        publish_quiz("p", quiz_id, "Ada")

    await store.run(publish_again)
    # Nobody has taken the new one yet.
    assert (await store.read(get_analytics, "p", quiz_id, None, None))["version"] == 1
    assert (await store.read(get_analytics, "p", quiz_id, 2, None))["attempts"] == 0
    await store.run(take, link, "Cem", pick(0, 1, 1, 1))
    newest = await store.read(get_analytics, "p", quiz_id, None, None)
    assert (newest["version"], newest["learners"]) == (2, 1)
    assert newest["versions"] == [{"version": 2, "attempts": 1}, {"version": 1, "attempts": 2}]


async def test_a_learner_who_is_forgotten_counts_nowhere(quiz: tuple[Store, str, dict[str, Any]]) -> None:
    store, quiz_id, link = quiz
    ada = await store.run(take, link, "Ada", pick(0, 0, 0, 0))
    await store.run(delete_learner, "p", ada)
    told = await store.read(get_analytics, "p", quiz_id, None, None)
    assert (told["learners"], told["questions"][0]["learners"], told["mean_score"]) == (0, 0, None)
    assert await store.read(lambda: list(list_learners("p", quiz_id, None, None))) == []


async def test_unknown_quizzes_versions_and_links_are_told(quiz: tuple[Store, str, dict[str, Any]]) -> None:
    store, quiz_id, link = quiz
    strange = await store.run(publish, CHOICES, "other", "p")
    for project_id, asked, version, link_id in (
        ("q", quiz_id, None, None),
        ("p", "nothing", None, None),
        ("p", quiz_id, 9, None),
        ("p", quiz_id, None, "nothing"),
        ("p", strange, None, link["id"]),
    ):
        with pytest.raises(QuizsysError) as caught:
            await store.read(get_analytics, project_id, asked, version, link_id)
        assert caught.value.code == "not_found"
    with pytest.raises(QuizsysError, match="There are questions, options"):
        await store.read(get_table, "p", quiz_id, "secrets", None, None)


def read_table(raw: bytes) -> list[dict[str, str]]:
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


async def test_tables_hold_the_same_figures_and_run_nothing(quiz: tuple[Store, str, dict[str, Any]]) -> None:
    store, quiz_id, link = quiz
    await store.run(take, link, HOSTILE, pick(0, 1, 0, 0))
    await store.run(take, link, "\t@SUM(A1)", pick(1))
    tables = {
        name: read_table(await store.read(get_table, "p", quiz_id, name, None, None))
        for name in ("questions", "options", "minutes", "learners", "suggestions")
    }
    assert [row["right_share"] for row in tables["questions"]] == ["0.5", "0.0", "1.0", "1.0"]
    assert [row["first_tries"] for row in tables["options"]][:4] == ["1", "1", "0", "0"]
    assert [row["right"] for row in tables["options"]][:2] == ["yes", "no"]
    first, second = tables["learners"]
    assert first["name"] == "'" + HOSTILE
    assert (first["score"], first["question 1"], first["question 2"]) == ("3.0", "1.0", "0.0")
    assert (second["question 1"], second["question 2"]) == ("0.0", "")
    assert tables["minutes"][0]["answers"] == "5"
    assert tables["suggestions"] == []
    assert all(
        not str(cell).startswith(("=", "@", "\t")) for rows in tables.values() for row in rows for cell in row.values()
    )
