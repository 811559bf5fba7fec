"""What an answer is worth, by the kind of its question."""

from typing import Any

import pytest

from quizsys.figures import read_figures
from quizsys.grading import grade, is_same_text, is_within
from quizsys.packages.sheet import Item
from quizsys.questions.question import Choice


def make_item(kind: str, answer: str = "", *choices: Choice, **more: Any) -> Item:
    values: dict[str, Any] = {
        "id": "q",
        "kind": kind,
        "stem": "?",
        "choices": choices,
        "answer": answer,
        "variants": (),
        "tolerance": 0.0,
        "points": 1.0,
        "explanation": "",
        "quote": "",
        "start_s": 0.0,
        "end_s": 0.0,
        "pause_at_s": 0.0,
        "chapter": "",
        "bloom": "",
        "difficulty": "",
    }
    return Item(**(values | more))


SINGLE = make_item("single_choice", "a", Choice("b", False), Choice("a", True))
SEVERAL = make_item(
    "multiple_choice", "a, c", Choice("a", True), Choice("b", False), Choice("c", True), Choice("d", False)
)
ORDER = make_item("ordering", "", *(Choice(text, True) for text in "abcd"))
TWICE = make_item("ordering", "", *(Choice(text, True) for text in "aba"))
PAIRS = make_item(
    "matching",
    "",
    *(Choice(text, True, match=match) for text, match in ("aA", "bB", "cA")),
    Choice("", False, match="X"),
)


@pytest.mark.parametrize(
    ("item", "value", "share"),
    [
        (SINGLE, {"choice": 1}, 1),
        (SINGLE, {"choice": 0}, 0),
        (SEVERAL, {"choices": [0, 2]}, 1),
        (SEVERAL, {"choices": [0]}, 0.5),
        (SEVERAL, {"choices": [0, 1, 2]}, 0.5),
        (SEVERAL, {"choices": [0, 1]}, 0),
        (SEVERAL, {"choices": [1, 3]}, 0),
        (SEVERAL, {"choices": [0, 1, 2, 3]}, 0),
        (SEVERAL, {"choices": []}, 0),
        (ORDER, {"order": [0, 1, 2, 3]}, 1),
        (ORDER, {"order": [1, 2, 3, 0]}, 2 / 3),
        (ORDER, {"order": [3, 2, 1, 0]}, 0),
        (TWICE, {"order": [2, 1, 0]}, 1),
        (PAIRS, {"pairs": [0, 1, 0]}, 1),
        (PAIRS, {"pairs": [0, None, 2]}, 1 / 3),
        (PAIRS, {"pairs": [2, 2, 2]}, 0),
        (make_item("open", "x"), {"text": "x"}, None),
    ],
)
def test_points_are_shared_out(item: Item, value: dict[str, Any], share: float | None) -> None:
    assert grade(item, value) == (share if share is None else pytest.approx(share))


@pytest.mark.parametrize(
    ("key", "tolerance", "right", "wrong"),
    [
        (
            "1234",
            0,
            ["1234", "1,234", "1.234,0", "1 234", "1'234", " 1234. ", "١٢٣٤", "1234 m", "1.234e3"],
            ["123", "1234.5"],
        ),
        ("3.5 cm", 0, ["3,5", "3.5cm", "3.5 cm", "3,5 cm.", "7/2", "٣٫٥"], ["3.5 mm", "35", "3.5-4", "3.5 or 4", ""]),
        ("50%", 1, ["50", "49 %", "51 percent", "50.0%"], ["48", "0.5", "fifty"]),
        ("3 x 10^8 m/s", 1e6, ["3e8", "3·10⁸ m/s", "300,000,000", "3 × 10^8", "299792458"], ["3e7", "3"]),
        ("-5", 0, ["−5", "-5.0", "- 5"], ["5", "--5", "-5-5"]),
        ("20 seconds", 0, ["20 second", "20 Seconds", "20"], ["20 minutes", "20 s 5"]),
        ("2 million", 0, ["2 million", "2,000,000", "2e6"], ["2", "2 thousand"]),
        ("5 mW", 0, ["5 mW", "5"], ["5 MW"]),
        ("none", 0, ["None"], ["0"]),
        ("0.001", 0, ["0,001", "1e-3", ".001"], ["1", "1e-999999999"]),
    ],
)
def test_numbers_are_read_as_people_write_them(key: str, tolerance: float, right: list[str], wrong: list[str]) -> None:
    item = make_item("numeric", key, tolerance=tolerance)
    graded = {text: grade(item, {"text": text}) for text in right + wrong}
    assert graded == dict.fromkeys(right, 1.0) | dict.fromkeys(wrong, 0.0)


@pytest.mark.parametrize(
    "text", ["9" * 5000, "1e9999", "1/0", "²", "½", "1" + ",000" * 400, "NaN", "inf", "1_000", "٠/٠"]
)
def test_hostile_numbers_cost_nothing(text: str) -> None:
    read_figures(text)
    assert grade(make_item("numeric", "7"), {"text": text}) == 0


@pytest.mark.parametrize(
    ("key", "right", "wrong"),
    [
        (
            "thylakoid membrane",
            ["The thylakoid-membrane.", "THYLAKOID  MEMBRANE", "thylakoidmembrane"],
            ["membrane", ""],
        ),
        ("café", ["Cafe", "le café", "CAFÉ!"], ["caf"]),
        ("C++", ["c++"], ["C", "C#"]),
        ("CO₂", ["co2", "a CO2"], ["CO", "carbon"]),
        ("A positive", ["a positive"], ["O positive"]),
        ("granum", ["a granum", "the granum"], ["grana"]),
        ("the granum", ["a granum", "granum"], []),
        ("Straße", ["strasse", "die STRASSE"], ["Strase"]),
        ("مُحَمَّد", ["محمد"], ["احمد"]),
        ("光合作用", ["光合 作用"], ["光合"]),
        ("किताब", ["किताब"], ["कताब"]),
        ("-5", ["-5"], ["5"]),
        ("!", ["!"], ["?", " "]),
    ],
)
def test_short_answers_are_compared_by_their_words(key: str, right: list[str], wrong: list[str]) -> None:
    assert [text for text in right if not is_same_text(text, key)] == []
    assert [text for text in wrong if is_same_text(text, key)] == []


def test_variants_and_right_choices_are_right_as_well() -> None:
    item = make_item("cloze", "Stomata", Choice("pores", True), variants=("stomas",))
    assert [grade(item, {"text": text}) for text in ("stomata", "stomas", "Pores", "leaves")] == [1, 1, 1, 0]


def test_an_answer_is_found_within_a_sentence_as_whole_words() -> None:
    assert is_within("the granum", "A stack is called a GRANUM.")
    assert not is_within("gran", "A stack is called a granum.")
    assert not is_within("", "Anything.")
    assert is_within("光合作用", "これは光合作用です。")
    assert is_within("ثغور", "يغلق النبات الثغور ليوفر الماء.")
    assert not is_within("ثغور", "يغلق النبات أوراقه.")
