"""Our GIFT as gift-pegjs understands it, compared one by one with what was sent."""

from pathlib import Path
from typing import Any

import pytest

from quizsys.packages.gift import write_gift
from quizsys.packages.sheet import Item, Loss, Sheet
from tests.nodes import needs_node, run_node
from tests.sheets import make_sheet

pytestmark = needs_node
# gift-pegjs leaves the escapes of a match's right side as its own placeholders.
PLACEHOLDERS = {"&&058;": ":", "&&123;": "{", "&&125;": "}"}


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    return make_sheet()


@pytest.fixture(scope="module")
def package(sheet: Sheet, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Any], list[Loss]]:
    path = tmp_path_factory.mktemp("gift") / "quiz.gift"
    losses = write_gift(sheet, path)
    return run_node("gift.mjs", path), losses


@pytest.fixture(scope="module")
def pairs(sheet: Sheet, package: tuple[list[Any], list[Loss]]) -> list[tuple[Item, Any]]:
    category, *questions = package[0]
    assert category == {"type": "Category", "title": "$course$/top/Light // Dark: plants"}
    return list(zip(sheet.items, questions, strict=True))


def plain(text: Any) -> str:
    return "" if text is None else str(text["text"])


def test_every_question_keeps_its_words_and_its_id(pairs: list[tuple[Item, Any]]) -> None:
    for item, read in pairs:
        assert (read["id"], read["stem"]) == (item.id, {"format": "plain", "text": item.stem})
        assert read["tags"] == ["Light (1)", "remember", "easy"]
        told = plain(read["globalFeedback"]).split("\n")
        assert told[-2:] == [item.explanation, f"1:05–1:12 “{item.quote}”"]


def test_choices_keep_key_and_feedback(pairs: list[tuple[Item, Any]]) -> None:
    single = [(item, read) for item, read in pairs if item.kind in ("single_choice", "cloze")]
    assert len(single) == 4
    for item, read in single:
        assert read["type"] == "MC"
        found = [(plain(choice["text"]), choice["isCorrect"], plain(choice["feedback"])) for choice in read["choices"]]
        assert found == [(choice.text, choice.correct, choice.feedback) for choice in item.choices]
        assert all(choice["weight"] is None for choice in read["choices"])


def test_several_right_options_share_the_points(pairs: list[tuple[Item, Any]]) -> None:
    read = pairs[2][1]
    assert [choice["weight"] for choice in read["choices"]] == [33.33333, 33.33333, 33.33333, -100]
    assert not any(choice["isCorrect"] for choice in read["choices"])
    assert [plain(choice["feedback"]) for choice in read["choices"]] == ["fa", "", "", "fd"]


def test_true_or_false_is_so_only_in_these_words(pairs: list[tuple[Item, Any]]) -> None:
    english, german = pairs[3][1], pairs[4][1]
    assert (english["type"], english["isTrue"]) == ("TF", False)
    # gift-pegjs calls the first one `true`; it is for a wrong answer.
    assert (plain(english["trueFeedback"]), plain(english["falseFeedback"])) == ("wrong!", "right!")
    assert [plain(choice["text"]) for choice in german["choices"]] == ["Richtig", "Falsch"]


def test_short_answers_keep_their_variants(pairs: list[tuple[Item, Any]]) -> None:
    read = pairs[6][1]
    assert read["type"] == "Short"
    assert [plain(choice["text"]) for choice in read["choices"]] == [r"5\*3 → x", "fifteen", "= 15"]


def test_numbers_keep_value_and_tolerance(pairs: list[tuple[Item, Any]]) -> None:
    assert pairs[7][1]["choices"] == {"type": "range", "number": 3.14, "range": 0.01}
    assert pairs[8][1]["choices"] == {"type": "range", "number": -7, "range": 0}
    assert (pairs[9][1]["type"], plain(pairs[9][1]["choices"][0]["text"])) == ("Short", "several")


def test_steps_are_matched_to_their_places_out_of_order(pairs: list[tuple[Item, Any]]) -> None:
    found = [(plain(pair["subquestion"]), pair["subanswer"]) for pair in pairs[10][1]["matchPairs"]]
    assert dict(found) == {"one": "1", "two → 2": "2", "three: 3": "3", "four": "4"}
    assert found != sorted(found, key=lambda pair: pair[1])


def test_matches_keep_both_sides(pairs: list[tuple[Item, Any]]) -> None:
    found = {}
    for pair in pairs[11][1]["matchPairs"]:
        right = pair["subanswer"]
        for mark, sign in PLACEHOLDERS.items():
            right = right.replace(mark, sign)
        found[plain(pair["subquestion"])] = right
    assert found == {"a": "x: {y}", "[html]b": "y → z", "c": "w"}


def test_an_open_question_tells_its_answer_afterwards(pairs: list[tuple[Item, Any]]) -> None:
    read = pairs[12][1]
    assert read["type"] == "Essay"
    assert plain(read["globalFeedback"]).startswith("Because: yes = no\n")


def test_what_is_lost_is_told(package: tuple[list[Any], list[Loss]]) -> None:
    told = {(loss.code, loss.item_id[-2:]) for loss in package[1]}
    assert told == {
        *(("pauses_dropped", ""), ("points_dropped", "08"), ("unit_dropped", "09")),
        *(("kind_changed", "10"), ("kind_changed", "11"), ("marked_by_hand", "13")),
    }
    assert not any(loss.dropped for loss in package[1])


def test_a_question_that_cannot_share_its_points_is_left_out_and_told(tmp_path: Path) -> None:
    from dataclasses import replace

    from quizsys.questions.question import Choice

    sheet = make_sheet()
    many = replace(sheet.items[2], choices=tuple(Choice(str(number), True) for number in range(11)))
    losses = write_gift(replace(sheet, items=(many, sheet.items[0])), tmp_path / "quiz.gift")
    assert [loss.code for loss in losses if loss.dropped] == ["too_many_right"]
    assert len(run_node("gift.mjs", tmp_path / "quiz.gift")) == 2
