"""Caption files as people have them are read; what cannot be understood is refused with its line."""

import contextlib

import pytest

from media.captions import Cue
from media.subtitles import MOST_CUES, BadSubtitles, parse_subtitles, read_subtitles

VTT = """WEBVTT Some title
Kind: captions

STYLE
::cue { color: red }

REGION
id:fred

NOTE made by hand
over two lines

intro
00:01.000 --> 00:04.000 align:start position:10%
<v Ada>Never <i>drink</i> liquid&nbsp;nitrogen &amp; run.
- Why?

100:00:05.000 --> 100:00:09.500
<ruby>late<rt>spät</rt></ruby> <00:00:06.000><c.loud>cue</c>
"""
SRT = """1
00:00:01,000 --> 00:00:04,000  X1:40 X2:600
<font color="#fff">Never</font> {\\an8}drink
if a < b

2
00:00:05,5 --> 00:00:09
Later.
"""


def lines(raw: str | bytes) -> list[tuple[float, float, tuple[str, ...]]]:
    cues = read_subtitles(raw.encode() if isinstance(raw, str) else raw)
    return [(cue.start_s, cue.end_s, cue.lines) for cue in cues]


def test_webvtt_with_all_that_it_may_hold() -> None:
    assert lines(VTT) == [
        (1.0, 4.0, ("Never drink liquid nitrogen & run.", "- Why?")),
        (360_005.0, 360_009.5, ("late cue",)),
    ]


def test_subrip_with_tags_places_and_short_times() -> None:
    assert lines(SRT) == [(1.0, 4.0, ("Never drink", "if a < b")), (5.5, 9.0, ("Later.",))]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_any_line_ends_in_any_usual_encoding(end: str, encoding: str) -> None:
    text = SRT.replace("Later.", "Später – élan.").replace("\n", end)
    assert lines(text.encode(encoding))[1] == (5.5, 9.0, ("Später – élan.",))
    assert len(lines(VTT.replace("\n", end).encode(encoding))) == 2


def test_an_empty_line_inside_a_subrip_cue_does_not_end_it() -> None:
    assert lines("1\n00:01,0 --> 00:02,0\none\n\ntwo\n\n2\n00:03,0 --> 00:04,0\nthree\n")[0][2] == ("one", "two")


def test_a_missing_empty_line_between_cues_is_mended() -> None:
    assert lines("1\n00:01,0 --> 00:02,0\none\n2\n00:03,0 --> 00:04,0\ntwo\n") == [(1, 2, ("one",)), (3, 4, ("two",))]
    assert lines("WEBVTT\n00:01.0 --> 00:02.0\none\n")[0] == (1, 2, ("one",))


def test_empty_cues_are_left_out_and_late_ones_put_in_order() -> None:
    late = "WEBVTT\n\n00:05.000 --> 00:06.000\nb\n\n00:07.000 --> 00:08.000\n<b></b>\n\n00:01.000 --> 00:02.000\na\n"
    assert [cue[2] for cue in lines(late)] == [("a",), ("b",)]


def test_text_is_made_plain() -> None:
    (cue,) = parse_subtitles("WEBVTT\n\n00:01.000 --> 00:02.000\n\u202eevil\u202c\x07  cafe\u0301 &lt;b&gt;\n")
    assert cue == Cue(1, 2, ("evil café <b>",))


def test_a_file_without_cues_is_one_if_it_says_so() -> None:
    assert lines("WEBVTT\n") == []


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "No cue"),
        ("hello\nworld\n", 1, "times of a cue"),
        ("WEBVTT\n\nonly text\n", 3, "times of a cue"),
        ("WEBVTT\n\n1\n2\n00:01.000 --> 00:02.000\nx", 4, "times of a cue"),
        ("1\n00:00:01,000 --> 00:00:02,000\none\n\n2\n00:00:99,000 --> 00:01:00,000\ntwo\n", 6, "times of a cue"),
        ("1\n00:00:05,000 -> 00:00:06,000\n", 2, "times of a cue"),
        ("1\n00:01,0 --> 00:02,0\na\n\n2\n00:05,0 -> 00:06,0\nb\n", 6, "times of a cue"),
        ("1\n00:00:05,000 --> 00:00:04,000\nx\n", 2, "ends before"),
        ("WEBVTT\n\n00:01.000 -->\nx\n", 3, "times of a cue"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n" + "x" * 2001, 3, "2000 characters"),
        ("1\n00:00:01,000 --> 00:00:02,000\na\0b\n", 3, "no text"),
    ],
)
def test_what_is_broken_is_told_with_its_line(text: str, line: int, says: str) -> None:
    with pytest.raises(BadSubtitles) as caught:
        parse_subtitles(text)
    assert (caught.value.line, says in caught.value.sentence) == (line, True), caught.value


def test_what_is_no_text_is_refused() -> None:
    for raw in (b"\x00\x00\x00\x20ftypisom" * 50, b"\xff\xfe\x00", b"abc\x81\xff\x8d", bytes(range(256))):
        with pytest.raises(BadSubtitles):
            read_subtitles(raw)


def test_too_many_cues_are_refused() -> None:
    with pytest.raises(BadSubtitles, match="cues"):
        parse_subtitles("WEBVTT\n\n" + "00:01.000 --> 00:02.000\nx\n\n" * (MOST_CUES + 1))


def test_a_cue_that_goes_on_and_on_is_refused() -> None:
    with pytest.raises(BadSubtitles, match="Line 4004: A cue may have 2000 characters"):
        parse_subtitles("1\n00:01,000 --> 00:02,000\nx\n\n" + "\n" + "a\n\n" * 2001)


@pytest.mark.parametrize("block", ["NOTE\n\n", "1\n\n"])
def test_too_many_blocks_are_refused(block: str) -> None:
    head = "WEBVTT\n\n" if block.startswith("NOTE") else "1\n00:01,000 --> 00:02,000\nx\n\n"
    with pytest.raises(BadSubtitles, match="80000 blocks"):
        parse_subtitles(head + block * (4 * MOST_CUES + 1))


def test_a_character_of_no_number_is_no_error() -> None:
    (cue,) = parse_subtitles(f"WEBVTT\n\n00:01.000 --> 00:02.000\na&#{'9' * 5000};b &#65;\n")
    assert cue.lines == ("a\ufffdb A",)


@pytest.mark.parametrize("head", ["WEBVTT\n\n00:01.000 --> 00:02.000\n", "1\n00:01,000 --> 00:02,000\n"])
@pytest.mark.parametrize("evil", ["<" * 400_000, "<rt>" * 100_000, "{\\" * 200_000, "<b " * 100_000, " " * 400_000])
def test_brackets_that_never_close_are_soon_done_with(head: str, evil: str) -> None:
    with contextlib.suppress(BadSubtitles):
        assert parse_subtitles(head + evil) == []
