"""A text looked up in another one, nearest to a place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.plain import bare_word
from media.transcript import Segment, Transcript, Word
from quizsys.questions.gate import Grounds
from quizsys.questions.nearness import Line
from quizsys.questions.speech import Speech
from tests.hanging import bounded

HANG_S = 20
MANY = 8000


@given(st.text("ab ", max_size=20), st.text("ab ", min_size=1, max_size=4), st.integers(0, 20), st.sets(st.integers()))
def test_the_nearest_places_are_those_that_a_look_at_all_finds(text: str, sought: str, at: int, out: set[int]) -> None:
    places = [place for place in range(len(text)) if text.startswith(sought, place) and place not in out]
    before, after = [place for place in places if place < at], [place for place in places if place >= at]
    assert Line(text).find_near(sought, at, lambda place: place not in out) == [*before[-1:], *after[:1]]


def speak(word: str, count: int) -> Transcript:
    words = tuple(Word(float(n), n + 1.0, word, 1.0) for n in range(count))
    return Transcript("en", "test", (Segment(0, float(count), " ".join([word] * count), words),))


@pytest.mark.parametrize(
    ("word", "count", "quote"),
    [
        ("a", MANY, " ".join("a" * 2400)),
        ("a", MANY, " ".join("a" * 2400) + "b"),
        ("a", MANY, "b" + " ".join("a" * 2400)),
        ("aa", MANY, "a aa a"),
        ("a" * 2000, 100, "a" * 1999),
        ("a" + "(" * 1900 + "b", 2000, "A((("),
    ],
)
def test_what_is_said_over_and_over_is_looked_up_in_time(word: str, count: int, quote: str) -> None:
    transcript = speak(word, count)
    with bounded(HANG_S):
        speech = Speech(transcript)
        for near_s in range(0, count, max(1, count // 8)):
            speech.find(quote, near_s)
            speech.quote_like(quote.upper(), near_s)
        grounds = Grounds(speech.sentences, float(count), {})
        for near_s in range(0, count, max(1, count // 5)):
            grounds.find_span(quote, near_s)


def test_the_place_of_a_quote_follows_the_time_it_is_sought_at() -> None:
    speech = Speech(speak("a", 100))
    grounds = Grounds(speech.sentences, 100.0, {})
    assert speech.find("a a", 41.2) == (41, 43)
    assert speech.find("a", 1e6) == (99, 100)
    span = grounds.find_span("a a", 41.6)
    assert span is not None
    assert span.start_s == 42
    assert grounds.find_span("b", 0) is None
    assert Grounds((), 0.0, {}).find_span("a", 0) is None
    assert Speech(Transcript("", "", ())).quote_like("a b", 0) == "a b"


@pytest.mark.parametrize(
    ("text", "bare"), [("(Ähm,", "ähm"), ("...", ""), ("", ""), ("it's!", "it's"), ("a" + "(" * 10**6 + "b)", None)]
)
def test_a_bare_word_has_no_punctuation_around_it(text: str, bare: str | None) -> None:
    with bounded(HANG_S):
        assert bare_word(text) == (text[:-1] if bare is None else bare)
