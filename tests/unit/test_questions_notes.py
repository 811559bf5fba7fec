"""A quiz with few questions says why, in words and with counts."""

from collections import Counter

from quizsys.questions.notes import explain


def test_enough_questions_need_no_note() -> None:
    assert explain(3, Counter({"meta": 9}), 40) == ""


def test_the_two_commonest_reasons_are_told_with_their_counts() -> None:
    refused = Counter({"first_person": 6, "meta": 3, "formula": 4, "misheard": 1})
    assert explain(0, refused, 20) == (
        "No good question was found in 20 sentences: 9 sentences speak of the speaker or of something on the screen "
        "and 4 sentences speak in formulas."
    )


def test_one_is_counted_as_one() -> None:
    told = explain(1, Counter({"vague": 1}), 12)
    assert told == (
        "Only 1 good question was found in 12 sentences: 1 fact makes sense only with what was said before."
    )


def test_nothing_refused_is_told_too() -> None:
    assert "none of the 5 sentences states a clear fact" in explain(0, Counter(), 5)
