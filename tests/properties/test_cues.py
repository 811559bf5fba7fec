import re

from hypothesis import given
from hypothesis import strategies as st

from media.captions import LINE_CHARS, MOST_LINES, make_cues, write_srt, write_vtt
from media.sentences import make_segments
from media.transcript import Segment, Word

WORDS = st.text("abcXYZ<>&-.,?!'é語", min_size=1, max_size=60)
TIMES = st.tuples(st.floats(0, 3), st.floats(0, 2))
SPOKEN = st.lists(st.tuples(WORDS, TIMES), max_size=80)


def speak(spoken: list[tuple[str, tuple[float, float]]]) -> list[Segment]:
    words, now_s = [], 0.0
    for text, (pause_s, length_s) in spoken:
        start_s = round(now_s + pause_s, 3)
        now_s = round(start_s + length_s, 3)
        words.append(Word(start_s, now_s, text, 0.5))
    return make_segments(words)


@given(SPOKEN)
def test_every_word_is_shown_once_and_in_order(spoken: list[tuple[str, tuple[float, float]]]) -> None:
    shown = [word for cue in make_cues(speak(spoken)) for line in cue.lines for word in line.split()]
    assert shown == [text for text, _ in spoken]


@given(SPOKEN)
def test_times_ascend_and_cues_never_overlap(spoken: list[tuple[str, tuple[float, float]]]) -> None:
    now_s = 0.0
    for cue in make_cues(speak(spoken)):
        assert now_s <= cue.start_s < cue.end_s
        now_s = cue.end_s


@given(SPOKEN)
def test_lines_are_short_unless_one_word_is_long(spoken: list[tuple[str, tuple[float, float]]]) -> None:
    for cue in make_cues(speak(spoken)):
        assert 1 <= len(cue.lines) <= MOST_LINES
        assert all(len(line) <= LINE_CHARS or " " not in line for line in cue.lines)


@given(SPOKEN)
def test_the_files_have_a_block_for_each_cue(spoken: list[tuple[str, tuple[float, float]]]) -> None:
    cues = make_cues(speak(spoken))
    times = re.compile(r"^\d\d+:\d\d:\d\d[.,]\d{3} --> \d\d+:\d\d:\d\d[.,]\d{3}$")
    vtt = write_vtt(cues).strip().split("\n\n")
    srt = [block for block in write_srt(cues).strip().split("\n\n") if block]
    assert (vtt[0], len(vtt), len(srt)) == ("WEBVTT", len(cues) + 1, len(cues))
    assert all(times.match(block.split("\n")[0]) and "-->" not in block.split("\n", 1)[1] for block in vtt[1:])
    assert all(times.match(block.split("\n")[1]) and "-->" not in block.split("\n", 2)[2] for block in srt)
