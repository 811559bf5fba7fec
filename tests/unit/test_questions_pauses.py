"""The video pauses at a sentence's end, at a finished thought, and not twice in one place."""

from media.transcript import Word
from quizsys.questions.pauses import SPACING_S, find_pause
from quizsys.questions.sentences import Sentence


def make_sentences(*parts: tuple[float, float, str]) -> list[Sentence]:
    return [Sentence(index, (Word(start_s, end_s, text, 1.0),)) for index, (start_s, end_s, text) in enumerate(parts)]


SPEECH = make_sentences(
    (0, 5, "Fact."), (5.2, 9, "Because of this."), (9.2, 14, "And more."), (15, 20, "Now something new.")
)


def test_it_waits_until_the_thought_is_finished() -> None:
    assert find_pause(SPEECH, 0, (), 20.0, ()) == 14


def test_it_keeps_away_from_taken_pauses() -> None:
    pause_s = find_pause(SPEECH, 0, (14.0,), 20.0, ())
    assert pause_s is not None
    assert abs(pause_s - 14.0) >= SPACING_S


def test_no_place_left_gives_none() -> None:
    assert find_pause(SPEECH, 3, (19.0,), 20.0, ()) is None


def test_a_pause_stays_inside_the_video() -> None:
    assert find_pause(SPEECH, 3, (), 19.5, ()) == 19.5
