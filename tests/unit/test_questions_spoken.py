"""Spellings of one spoken thing compare equal."""

import pytest

from quizsys.questions.spoken import holds, numbers, sounds, squeeze, tokens, write_numbers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A T P synthase", "ATP synthase"),
        ("N A D P H", "NADPH"),
        ("seventeen ninety-two", "1792"),
        ("nineteen sixty-one", "1961"),
        ("photosystem two", "Photosystem II"),
        ("photo system 2", "photosystem II"),
        ("seventeen thousand", "17,000"),
        ("17 ,000", "17,000"),
        ("zero point seven five", "0 .75"),
        ("ninety-eight percent", "98 %"),
        ("the fourteenth of July", "the 14th of July"),
        ("Maximilién", "maximilien"),
    ],
)
def test_spellings_of_one_thing_are_equal(one: str, other: str) -> None:
    assert squeeze(one) == squeeze(other)


@pytest.mark.parametrize(
    ("one", "other"), [("1792", "1793"), ("thirteen", "thirty"), ("photosystem one", "photosystem two")]
)
def test_different_things_stay_different(one: str, other: str) -> None:
    assert squeeze(one) != squeeze(other)


def test_a_part_is_found_only_at_word_borders() -> None:
    assert holds("The party went on", "party")
    assert not holds("The party went on", "art")
    assert holds("an enzyme called A T P synthase, and", "ATP synthase")
    assert holds("two kinds of thylakoids.", "thylakoid")


def test_numbers_are_read_from_words() -> None:
    assert numbers("about ninety-eight percent in seventeen eighty-nine") == ["98", "1789"]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("in nineteen sixty-one", "in 1961"),
        ("the fourteenth of July, seventeen eighty-nine", "the 14th of July, 1789"),
        ("the twenty-first of March", "the 21st of March"),
        ("only seven prisoners", "only seven prisoners"),
        ("about seventeen thousand people", "about 17,000 people"),
        ("five hundred million years", "five hundred million years"),
        ("between twenty and thirty", "between twenty and thirty"),
    ],
)
def test_years_and_big_numbers_are_written_as_digits(said: str, written: str) -> None:
    assert write_numbers(said) == written


def test_what_sounds_alike_has_one_code() -> None:
    assert sounds("cholera blast") == sounds("chloroplast")
    assert sounds("flattened sex") == sounds("flattened sacs")
    assert sounds("granum") != sounds("stroma")


def test_nothing_comes_from_nothing() -> None:
    assert tokens(" ,.") == ()
    assert not holds("anything", "")
