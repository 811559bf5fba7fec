import pytest

from media.corrections import correct
from media.hints import Hint
from media.terms import Slides
from media.transcript import Word

SLIDE = Slides(
    [Hint(0, 60, "Thylakoid membrane\nProton gradient\nphotosystem, lookup, HashMap\nGranum: a stack")], "en"
)


def say(text: str, probability: float = 0.95) -> list[Word]:
    return [Word(place, place + 0.9, word, probability) for place, word in enumerate(text.split())]


def texts(words: list[Word]) -> str:
    return " ".join(word.text for word in words)


def test_no_word_gives_way_to_a_term_it_sounds_like() -> None:
    assert texts(correct(say("the phyllicoid membrane."), [], SLIDE)) == "the thylakoid membrane."


def test_a_witness_lets_a_doubtful_common_word_give_way() -> None:
    heard = say("a grand rum, which is", 0.6)
    assert texts(correct(heard, say("a granum which which is"), SLIDE)) == "a granum, which is"


def test_clear_common_words_stay_whatever_the_witness_says() -> None:
    assert texts(correct(say("a green one is"), say("a granum one is"), SLIDE)) == "a green one is"


def test_a_witness_alone_adds_nothing() -> None:
    assert correct([], say("granum thylakoid membrane"), SLIDE) == []
    assert texts(correct(say("so we go"), say("so granum go"), SLIDE)) == "so we go"


def test_another_form_of_a_term_stays() -> None:
    assert texts(correct(say("those protons flow", 0.5), say("those proton flow"), SLIDE)) == "those protons flow"


@pytest.mark.parametrize(
    ("heard", "wanted"),
    [
        ("photo system two", "photosystem two"),
        ("look up a", "look up a"),
        ("a look up is", "a lookup is"),
        ("a hash map", "a hash map"),
    ],
)
def test_a_compound_is_one_word_only_where_it_must_be(heard: str, wanted: str) -> None:
    hinted = heard.replace("photo system", "photosystem").replace("look up", "lookup").replace("hash map", "HashMap")
    assert texts(correct(say(heard, 0.5), say(hinted), SLIDE)) == wanted


def test_a_replaced_word_keeps_place_capital_and_marks() -> None:
    (word,) = correct([Word(3, 4, "“Phyllicoid,", 0.3)], [], SLIDE)
    assert (word.start_s, word.end_s, word.text, word.probability) == (3, 4, "“Thylakoid,", 0.3)


def test_terms_of_a_slide_not_on_show_change_nothing() -> None:
    late = [Word(word.start_s + 100, word.end_s + 100, word.text, 0.6) for word in say("a grand rum")]
    assert correct(late, late, SLIDE) == late


def test_without_slides_all_stays() -> None:
    heard = say("the phyllicoid membrane", 0.1)
    assert correct(heard, heard, Slides([], "en")) == heard
