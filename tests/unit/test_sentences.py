import pytest

from media.sentences import LONG_SILENCE_S, MOST_WORDS, make_segments
from media.transcript import Word


def say(text: str, start_s: float = 0.0) -> list[Word]:
    return [Word(start_s + place, start_s + place + 0.9, word, 0.9) for place, word in enumerate(text.split())]


def texts(words: list[Word]) -> list[str]:
    return [segment.text for segment in make_segments(words)]


def test_sentences_end_at_their_marks() -> None:
    assert texts(say('Is it? Yes! "It is." So we go')) == ["Is it?", "Yes!", '"It is."', "So we go"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Dr. Smith and Prof. Lee agree.",
        "It is 3.14 and no. 5 is next.",
        "We use letters, e.g. the first.",
        "J. S. Bach wrote it.",
        "The U.S. economy grew at 5 p.m. and fell.",
        "Plants, algae, etc. use light.",
    ],
)
def test_a_point_inside_a_sentence_does_not_end_it(sentence: str) -> None:
    assert texts(say(sentence)) == [sentence]


def test_no_and_etc_can_end_a_sentence() -> None:
    assert texts(say("Is it so? No. Plants, algae, etc. The end.")) == [
        "Is it so?",
        "No.",
        "Plants, algae, etc.",
        "The end.",
    ]


def test_a_long_silence_parts_an_unfinished_sentence() -> None:
    words = say("and then we") + say("come back later.", start_s=3 + LONG_SILENCE_S)
    assert texts(words) == ["and then we", "come back later."]


def test_an_endless_sentence_is_cut_at_a_comma() -> None:
    words = say(" ".join(["on"] * 30 + ["and,"] + ["on"] * 20))
    parts = texts(words)
    assert parts[0].endswith("and,")
    assert all(len(part.split()) <= MOST_WORDS for part in parts)
    assert " ".join(parts).split() == [word.text for word in words]


def test_segments_keep_the_words_and_their_times() -> None:
    words = say("One two. Three.")
    first, second = make_segments(words)
    assert (first.start_s, first.end_s, second.start_s) == (0, 1.9, 2)
    assert first.words + second.words == tuple(words)


def test_no_words_give_no_segments() -> None:
    assert make_segments([]) == []
