"""Questions of a told scene and answers that have only begun never become cards."""

import pytest

from media.transcript import Word
from quizsys.questions.board import read_board
from quizsys.questions.draft import Draft
from quizsys.questions.language import parse_one
from quizsys.questions.leftovers import find_pictured, find_remark
from quizsys.questions.replies import find_backward, find_half_answer, find_reported
from quizsys.questions.sentences import Sentence
from quizsys.questions.statements import Statement

BOARD = read_board(())


def make_draft(stem: str, key: str, pattern: str = "card", kind: str = "open") -> Draft:
    statement = Statement(Sentence(0, (Word(0, 1, key, 1.0),)), key, parse_one(key), "", None, None)
    return Draft(kind, stem, key, statement, statement, 0.9, pattern=pattern)


@pytest.mark.parametrize(
    ("stem", "fault"),
    [
        ("When bread is on the table, you might say, hello there, how are you doing?", "reported"),
        ("When guests arrive, hey, how was the bread?", "reported"),
        ("If a baker asks: how hot is the oven?", "reported"),
        ("If a baker asks you: how hot is the oven?", "reported"),
        ("How hot is the oven now buddy?", "reported"),
        ("Why do bakers say that bread is alive?", None),
        ("Why does dough rise when it stands in a warm place?", None),
        ("When dough goes flat, what has the yeast lost?", None),
    ],
)
def test_a_question_of_a_told_scene_asks_nobody(stem: str, fault: str | None) -> None:
    assert find_reported(make_draft(stem, "Dough rises because yeast gives off gas."), BOARD) == fault


@pytest.mark.parametrize(
    ("stem", "fault"),
    [
        ("If you order bread by weight, what does that mean?", "points_away"),
        ("When the oven is hot, how does this help the bread?", "points_away"),
        ("What does it mean that bread rises?", None),
        ("Why does dough that rests rise in the oven?", None),
        ("What happens to dough when it is left to stand?", None),
    ],
)
def test_a_card_does_not_look_back(stem: str, fault: str | None) -> None:
    assert find_backward(make_draft(stem, "Bread is sold by weight."), BOARD) == fault


@pytest.mark.parametrize(
    ("stem", "key", "fault"),
    [
        ("What is the difference between rye bread and wheat bread?", "Rye bread keeps for a week.", "half_answer"),
        ("How do crackers differ from loaves?", "Crackers are thin and dry and keep for long.", "half_answer"),
        ("What distinguishes sourdough from batter?", "Sourdough holds wild yeasts and bacteria.", "half_answer"),
        ("What happens to dough in the cold?", "Dough in the cold is a very different thing.", "half_answer"),
        ("What does yeast mean for bakers?", "That means yeast has a special meaning in baking.", "half_answer"),
        ("When is bread done?", "Or if you bake bread, when is the crust brown enough to stop.", "half_answer"),
        (
            "What is the difference between rye bread and wheat bread?",
            "Rye bread keeps for a week. Wheat bread is stale after a day.",
            None,
        ),
        ("How do crackers differ from loaves?", "Crackers are baked dry, while loaves stay soft inside.", None),
        ("Why is rye bread different?", "Rye bread is different because its flour holds more water.", None),
        (
            "What happens to dough in the cold?",
            "Dough in the cold is different. Its yeast sleeps.",
            None,
        ),
        ("What makes bread rise?", "Yeast gives off gas, and the gas makes bread rise.", None),
    ],
)
def test_an_answer_is_whole(stem: str, key: str, fault: str | None) -> None:
    assert find_half_answer(make_draft(stem, key), BOARD) == fault


@pytest.mark.parametrize(
    ("stem", "fault"),
    [
        ("In which year did bakers strike, another funny thing to know?", "aside"),
        ("Why does bread rise, a question that we will come to?", "aside"),
        ("Why does bread rise, by the way?", "aside"),
        ("In which year did Ann Baker, a miller of Ghent, invent the oven?", None),
        ("What do we call a point of dough, a thing of flour and water?", None),
    ],
)
def test_a_speaker_s_remark_is_no_part_of_a_question(stem: str, fault: str | None) -> None:
    assert find_remark(make_draft(stem, "1656", "date", "single_choice"), BOARD) == fault


@pytest.mark.parametrize(
    ("stem", "fault"),
    [
        ("True or false: The inner colour represents the crust.", "pictured"),
        ("Which of these is what the red arrows show?", "pictured"),
        ("True or false: The red bars are labelled as rye.", "pictured"),
        ("True or false: In the picture, the loaf is round.", "pictured"),
        ("True or false: Gluten holds the dough together.", None),
        ("What do we call a line that divides a circle in half?", None),
        ("Why does the colour of bread change in the oven?", None),
    ],
)
def test_a_picture_s_legend_is_not_asked(stem: str, fault: str | None) -> None:
    assert find_pictured(make_draft(stem, "True", "swap", "true_false"), BOARD) == fault


def test_only_cards_are_held_to_the_rules_of_cards() -> None:
    scene = "If a baker asks: how hot is the oven, what does that mean?"
    for rule in (find_reported, find_backward):
        assert rule(make_draft(scene, "Bread"), BOARD) is not None
        assert rule(make_draft(scene, "Bread", "definition"), BOARD) is None
    thin = "Dough in the cold is a very different thing."
    assert find_half_answer(make_draft("What happens to dough?", thin, "meaning"), BOARD) is None


def test_a_remark_in_a_key_is_refused_unless_it_is_a_card_s() -> None:
    key = "Yeast gives off gas, another thing to know"
    assert find_remark(make_draft("Why does bread rise?", key, "why"), BOARD) == "aside"
    assert find_remark(make_draft("Why does bread rise?", key), BOARD) is None
