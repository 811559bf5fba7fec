from itertools import pairwise

from media.captions import LINE_CHARS, Cue, make_cues, write_srt, write_vtt
from media.transcript import Segment, Word


def segment(text: str, start_s: float = 0.0, word_s: float = 0.35) -> Segment:
    words = tuple(
        Word(start_s + place * word_s, start_s + (place + 1) * word_s, word, 0.9)
        for place, word in enumerate(text.split())
    )
    return Segment(words[0].start_s, words[-1].end_s, text, words)


def test_a_short_sentence_is_one_line() -> None:
    assert [cue.lines for cue in make_cues([segment("Plants make sugar.")])] == [("Plants make sugar.",)]


def test_two_lines_part_at_the_phrase() -> None:
    (cue,) = make_cues([segment("The fluid around the discs is the stroma, which is watery.", word_s=0.3)])
    assert cue.lines == ("The fluid around the discs is the stroma,", "which is watery.")


def test_a_long_sentence_becomes_cues_that_follow_each_other() -> None:
    cues = make_cues([segment("Photosynthesis is the process by which plants and algae turn light into sugar, " * 3)])
    assert len(cues) > 2
    assert all(len(cue.lines) <= 2 and max(map(len, cue.lines)) <= LINE_CHARS for cue in cues)
    assert all(one.end_s <= other.start_s for one, other in pairwise(cues))


def test_a_short_word_stays_long_enough_to_be_read() -> None:
    (cue,) = make_cues([segment("No.", word_s=0.2)])
    assert cue.end_s - cue.start_s >= 1


def test_a_cue_gives_way_to_the_next() -> None:
    first, second = make_cues([segment("No.", word_s=0.2), segment("Yes.", start_s=0.4)])
    assert first.end_s <= second.start_s == 0.4


def test_words_at_one_instant_still_follow_each_other() -> None:
    first, second = make_cues([segment("No.", word_s=0), segment("Yes.", word_s=0)])
    assert first.start_s < first.end_s <= second.start_s < second.end_s


def test_one_very_long_word_stands_alone() -> None:
    word = "x" * 100
    assert [cue.lines for cue in make_cues([segment(f"so {word} is it")])][1] == (word,)


def test_webvtt_escapes_what_it_would_read_as_markup() -> None:
    text = write_vtt([Cue(0, 1.5, ("if a<b && b-->c",))])
    assert text == "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nif a&lt;b &amp;&amp; b--&gt;c\n"


def test_srt_is_numbered_and_holds_no_arrow() -> None:
    text = write_srt([Cue(0, 1, ("a --> b",)), Cue(1, 2, ("c",))])
    assert text == "1\n00:00:00,000 --> 00:00:01,000\na → b\n\n2\n00:00:01,000 --> 00:00:02,000\nc\n"


def test_a_line_is_never_blank_or_broken() -> None:
    assert write_vtt([Cue(0, 1, ("a\n\nb", " "))]).endswith("\na b\n…\n")


def test_a_hundred_hours_are_written_out() -> None:
    assert "100:00:00.000 --> 100:00:01.000" in write_vtt([Cue(360_000, 360_001, ("late",))])


def test_no_cues_are_a_valid_file() -> None:
    assert write_vtt([]) == "WEBVTT\n"
    assert write_srt([]) == ""
