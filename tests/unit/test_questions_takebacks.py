"""What a speaker takes back is found, also when the recogniser cut it into several sentences."""

import pytest

from quizsys.questions.takebacks import find_takebacks


@pytest.mark.parametrize(
    "text",
    [
        "It takes three turns, no, sorry, I mean six turns, to fix the carbon.",
        "King Louis was executed in January 1794, no, sorry, I mean January 1793.",
        "It resizes above a half, no, sorry, I mean above zero point seven five.",
        "One step means ten times more energy, sorry, about thirty-two times more energy.",
        "The capital is Sydney, wait, no, it is Canberra.",
    ],
)
def test_a_correction_inside_a_sentence_takes_that_sentence(text: str) -> None:
    assert find_takebacks(["Before it.", text, "After it."]) == {1}


def test_a_following_sentence_takes_back_the_one_before() -> None:
    texts = [
        "You simply empty the slot.",
        "No, wait, that's wrong, you can't just empty the slot.",
        "So we leave a marker.",
    ]
    assert find_takebacks(texts) == {0, 1}


def test_a_correction_cut_into_pieces_takes_all_of_them() -> None:
    assert find_takebacks(["He died in 1794.", "No, sorry.", "I mean 1793.", "Then came peace."]) >= {0, 1, 2}
    assert 3 not in find_takebacks(
        ["He died in 1794.", "No, sorry, I mean January 1793.", "Then came peace.", "It lasted."]
    )


@pytest.mark.parametrize(
    "text",
    [
        "No matter how many entries there are, it takes constant time.",
        "No collisions are possible then.",
        "There is no other way.",
        "The oxygen came from the water, and not from the carbon dioxide.",
        "By that we mean the number of entries.",
    ],
)
def test_a_plain_negation_takes_nothing_back(text: str) -> None:
    assert find_takebacks(["A fact stands here.", text, "Another fact."]) == set()


def test_an_answered_question_is_not_taken_back() -> None:
    assert find_takebacks(["Can we avoid it?", "No, that is impossible in general."]) == set()
