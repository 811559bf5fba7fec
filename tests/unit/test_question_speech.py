"""Quotes looked up in a transcript: where they are said, how they are said, what is said at a time."""

from hypothesis import given
from hypothesis import strategies as st

from media.transcript import Segment, Transcript, Word
from quizsys.questions.speech import Speech

TEXT = "A granum is a stack. The stroma is a fluid. A granum is a stack, he says."


def speak(text: str) -> Speech:
    """A word a second."""
    words = tuple(Word(float(n), n + 1.0, word, 1.0) for n, word in enumerate(text.split()))
    return Speech(Transcript("en", "test", (Segment(0, float(len(words)), text, words),)))


def test_a_quote_is_found_where_it_is_said_nearest() -> None:
    speech = speak(TEXT)
    assert speech.find("A granum is a stack", 0) == (0, 5)
    assert speech.find("A granum is a stack", 30) == (10, 15)
    assert speech.find("The stroma is a fluid.", 0) == (5, 10)
    assert speech.find("the stroma is a fluid.", 0) is None
    assert speech.find("", 0) is None


def test_words_are_quoted_as_they_stand() -> None:
    speech = speak(TEXT)
    assert speech.quote_like("the STROMA is a fluid", 0) == "The stroma is a fluid."
    assert speech.quote_like("a granum is a stack", 12) == "A granum is a stack,"
    assert speech.quote_like("a granum is a sack", 12) == "a granum is a sack"
    assert speech.quote_like(" ... ", 0) == " ... "


def test_what_is_said_at_a_time_is_whole_words() -> None:
    speech = speak(TEXT)
    assert speech.read(5, 10) == "The stroma is a fluid."
    assert speech.read(5.3, 9.6) == "The stroma is a fluid."
    assert speech.read(90, 99) == ""


@given(st.lists(st.text("ab,. ä中", min_size=1).map(str.strip).filter(str.split), min_size=1), st.data())
def test_whatever_is_read_is_found_again(said: list[str], data: st.DataObject) -> None:
    speech = speak(" ".join(" ".join(said).split()))
    last = len(" ".join(said).split())
    start_s = data.draw(st.integers(0, last - 1))
    end_s = data.draw(st.integers(start_s + 1, last))
    quote = speech.read(start_s, end_s)
    assert speech.find(quote, start_s) == (start_s, end_s)
