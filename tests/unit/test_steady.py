"""Ids that a second run on the same file gives again."""

from typing import Any
from uuid import UUID

from quizsys.steady import steady

SUM = "ab" * 32


def make_quiz(*questions: tuple[str, str, float]) -> dict[str, Any]:
    told = [
        {
            **{"id": f"random {place}", "kind": "cloze", "stem": stem, "answer": answer},
            "evidence": {"quote": "some words", "start_s": start_s, "end_s": start_s + 2},
        }
        for place, (stem, answer, start_s) in enumerate(questions)
    ]
    return {"id": "random", "title": "x", "questions": told}


def list_ids(quiz: dict[str, Any], checksum: str = SUM) -> list[str]:
    named = steady(quiz, checksum)
    return [named["id"], *(question["id"] for question in named["questions"])]


def test_the_same_file_gives_the_same_ids() -> None:
    quiz = make_quiz(("a", "x", 1.0), ("b", "y", 1.0))
    assert list_ids(quiz) == list_ids(quiz)
    assert all(str(UUID(name)) == name for name in list_ids(quiz))
    assert set(list_ids(quiz)).isdisjoint(list_ids(quiz, "cd" * 32))


def test_another_wording_is_the_same_question() -> None:
    assert list_ids(make_quiz(("a", "x", 1.0))) == list_ids(make_quiz(("better", "x", 1.0)))
    assert list_ids(make_quiz(("a", "x", 1.0)))[1] != list_ids(make_quiz(("a", "y", 1.0)))[1]
    assert list_ids(make_quiz(("a", "x", 1.0)))[1] != list_ids(make_quiz(("a", "x", 5.0)))[1]


def test_two_questions_never_share_an_id() -> None:
    ids = list_ids(make_quiz(("a", "x", 1.0), ("b", "x", 1.0), ("c", "x", 1.0)))
    assert len(set(ids)) == 4
