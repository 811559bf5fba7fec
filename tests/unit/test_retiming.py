"""Corrected words keep the times of those that stay; new ones get the time between."""

from media.captions import Cue
from media.retiming import correct_segment, make_spoken, spread_words
from media.transcript import Segment, Word

HEARD = ("the", "phyllicoid", "membranes", "hold", "it")
OLD = Segment(10.0, 15.0, " ".join(HEARD), tuple(Word(10.0 + n, 10.9 + n, text, 0.4) for n, text in enumerate(HEARD)))


def times(segment: Segment) -> list[tuple[str, float, float]]:
    return [(word.text, word.start_s, word.end_s) for word in segment.words]


def test_words_that_stay_keep_their_times_and_the_changed_one_takes_its_place() -> None:
    made = correct_segment(OLD, "the thylakoid membranes hold it", 10.0, 15.0)
    assert times(made)[1] == ("thylakoid", 11.0, 11.9)
    assert [word for word in made.words if word.text != "thylakoid"] == [
        word for n, word in enumerate(OLD.words) if n != 1
    ]
    assert [word.probability for word in made.words] == [0.4, 1.0, 0.4, 0.4, 0.4]


def test_case_and_punctuation_alone_move_nothing() -> None:
    made = correct_segment(OLD, "The phyllicoid membranes hold it.", 10.0, 15.0)
    assert [time[1:] for time in times(made)] == [(word.start_s, word.end_s) for word in OLD.words]


def test_several_words_share_the_time_of_those_they_replace() -> None:
    made = correct_segment(OLD, "the inner green parts hold it", 10.0, 15.0)
    assert times(made)[1:4] == [("inner", 11.0, 11.633), ("green", 11.633, 12.267), ("parts", 12.267, 12.9)]


def test_an_inserted_word_gets_the_gap() -> None:
    made = correct_segment(OLD, "the phyllicoid membranes really hold it", 10.0, 15.0)
    assert times(made)[3] == ("really", 12.9, 13.0)


def test_other_times_move_all_words_in_proportion() -> None:
    made = correct_segment(OLD, OLD.text, 20.0, 30.0)
    assert times(made)[:2] == [("the", 20.0, 21.8), ("phyllicoid", 22.0, 23.8)]


def test_words_are_as_long_as_their_letters() -> None:
    assert [(word.start_s, word.end_s) for word in spread_words(["a", "bbb"], 0.0, 4.0)] == [(0.0, 1.0), (1.0, 4.0)]


def test_captions_become_sentences() -> None:
    cues = [Cue(0, 2, ("Plants make", "sugar from")), Cue(2, 4, ("light. They",)), Cue(4, 6, ("breathe too.",))]
    assert [segment.text for segment in make_spoken(cues)] == ["Plants make sugar from light.", "They breathe too."]


def test_overlapping_cues_give_way_to_the_next_and_those_at_one_instant_are_joined() -> None:
    (one, two) = make_spoken([Cue(0, 5, ("First one.",)), Cue(3, 6, ("- Yes.",)), Cue(3, 4, ("- No.",))])[:2]
    assert (one.end_s, two.start_s) == (3, 3)
    assert [word.text for segment in make_spoken([Cue(3, 6, ("a",)), Cue(3, 4, ("b",))]) for word in segment.words] == [
        "a",
        "b",
    ]
