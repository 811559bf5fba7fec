"""What we write as captions we read back; and whatever comes is read or refused with a line."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from media.captions import Cue, write_srt, write_vtt
from media.plain import plain_text
from media.retiming import correct_segment, make_spoken
from media.subtitles import BadSubtitles, parse_subtitles, read_subtitles
from media.transcript import Segment, Word

LINES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).map(plain_text).filter(bool)
TIMES = st.integers(0, 400_000_000)
CUES = st.lists(
    st.builds(
        lambda start, length, lines: Cue(start / 1000, (start + length) / 1000, tuple(lines)),
        TIMES,
        st.integers(1, 100_000),
        st.lists(LINES, min_size=1, max_size=3),
    ),
    max_size=8,
).map(lambda cues: sorted(cues, key=lambda cue: cue.start_s))
# SubRip has no escapes: what looks like its tags, times or arrows does not come back.
PLAIN = st.text("abcdé語 '?!.,-", min_size=1, max_size=40).map(plain_text).filter(bool)


@given(CUES)
def test_webvtt_comes_back(cues: list[Cue]) -> None:
    assert parse_subtitles(write_vtt(cues)) == cues


@given(CUES.filter(bool), st.lists(PLAIN, min_size=1, max_size=3))
def test_subrip_comes_back(cues: list[Cue], lines: list[str]) -> None:
    written = [Cue(cue.start_s, cue.end_s, tuple(lines)) for cue in cues]
    assert parse_subtitles(write_srt(written)) == written


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: ("WEBVTT\n\n" + text).encode())))
def test_anything_is_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(BadSubtitles):
        for cue in read_subtitles(raw):
            assert cue.lines
            assert cue.start_s < cue.end_s


@given(CUES)
def test_spoken_words_are_those_of_the_cues_and_ascend(cues: list[Cue]) -> None:
    words = [word for segment in make_spoken(cues) for word in segment.words]
    assert sorted(word.text for word in words) == sorted(w for cue in cues for line in cue.lines for w in line.split())
    times = [time_s for word in words for time_s in (word.start_s, word.end_s)]
    assert times == sorted(times)


WORDS = st.lists(st.sampled_from(["the", "stroma", "is", "a", "fluid.", "Fluid", "no"]), min_size=1, max_size=12)


@given(WORDS, WORDS, st.floats(0, 100).map(lambda t: round(t, 3)), st.floats(0.1, 30).map(lambda t: round(t, 3)))
def test_a_corrected_segment_has_its_words_within_its_times(
    old: list[str], new: list[str], start_s: float, length_s: float
) -> None:
    heard = tuple(Word(n * 0.5, n * 0.5 + 0.4, text, 0.5) for n, text in enumerate(old))
    segment = Segment(0.0, heard[-1].end_s, " ".join(old), heard)
    end_s = round(start_s + length_s, 3)
    made = correct_segment(segment, " ".join(new), start_s, end_s)
    assert [word.text for word in made.words] == new
    assert (made.text, made.start_s, made.end_s) == (" ".join(new), start_s, end_s)
    times = [start_s, *(time_s for word in made.words for time_s in (word.start_s, word.end_s)), end_s]
    assert times == sorted(times)
