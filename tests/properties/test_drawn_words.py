"""Whatever is asked for in a picture, what ffmpeg and libass read of it is a text, a number or a name, no more."""

import re
from pathlib import Path

import av
import ffmpeg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.compose.drawing import draw_captions
from media.compose.outputs import write_chapters
from media.compose.remux import _list_chapters
from media.compose.sound import write_loudness
from media.compose.subtitles import LIMITS, STYLE, WORD_JOINER, escape, parse_style, write_ass
from media.compose.timeline import Caption, Chapter
from media.ffmpeg import file_url, generated_input, guarded_input, run_ffmpeg
from media.plain import plain_text

BITING = (
    "'",
    '"',
    ",",
    ":",
    ";",
    "[",
    "]",
    "{",
    "}",
    "\\",
    "=",
    "#",
    "%",
    "\n",
    "\r",
    "\0",
    "\x85",
    "\u2028",
    "[CHAPTER]",
)
TEXTS = st.lists(st.one_of(st.sampled_from(BITING), st.text(max_size=3)), max_size=12).map("".join)
VALUES = st.one_of(TEXTS, st.integers().map(str), st.floats().map(str), st.sampled_from(["1e9", "0x99", "٣", "-0"]))
STYLES = st.lists(st.tuples(st.sampled_from([*STYLE, "Name"]), VALUES).map("=".join), max_size=4).map(",".join)
# Every character that a graph of filters, an argument or an address gives a meaning to.
FOLDER = "-a'b\"c,d;e:f=g[h]i\\j%{k}|l#m\nn\to é"
TITLES = [
    "a\\",
    "\\",
    "=;#\\",
    "[CHAPTER]",
    ";no comment",
    "#none",
    "a\\\nTIMEBASE=1/1",
    "x\0[CHAPTER]",
    "\udc80y",
    "",
    "end",
]


@settings(max_examples=50, deadline=None)
@given(STYLES)
def test_a_style_has_only_plain_words_and_numbers_within_limits(text: str) -> None:
    try:
        fields = parse_style(text)
    except ValueError:
        return
    for name, value in fields:
        assert re.fullmatch(r"[A-Za-z0-9 ._+&-]+", value), value
        if name in LIMITS:
            assert LIMITS[name][0] <= float(value) <= LIMITS[name][1]


@pytest.mark.parametrize(
    "style", ["Fontsize=2000", "Fontsize=-5000", "Outline=1000", "ScaleX=1e5", "Angle=nan", "Bold=inf"]
)
def test_a_size_that_takes_gigabytes_to_draw_is_refused(style: str) -> None:
    with pytest.raises(ValueError, match="takes a number from"):
        parse_style(f"Fontname=sans, {style}")


@settings(max_examples=50, deadline=None)
@given(st.lists(TEXTS, max_size=3))
def test_a_text_is_one_line_of_an_ass_file_and_opens_no_tag(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    written = [escape(text) for text in texts]
    for text in written:
        rest = re.sub(r"\\N|\\[{}]|\\" + WORD_JOINER, "", text)
        assert not re.search(r"[\\{}\r\n\0\x85\u2028]", rest), rest
    target = tmp_path_factory.getbasetemp() / "words.ass"
    write_ass([Caption(0, 1, text) for text in written], target)
    assert len(target.read_bytes().splitlines()) == 11 + len(texts)


def read_as_ffmpeg(raw: bytes) -> list[str]:
    """The lines of a metadata file as ffmpeg parts them (libavformat/ffmetadec.c, read_line_to_bprint_escaped)."""
    lines, line, before = [], bytearray(), b" "
    for byte in (raw[place : place + 1] for place in range(len(raw))):
        if before != b"\\" and byte in (b"\r", b"\n", b"\0"):
            lines.append(line.decode())
            line = bytearray()
        else:
            line += byte
        before = byte
    return lines


@settings(max_examples=50, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_a_title_is_one_line_of_a_chapters_file(tmp_path_factory: pytest.TempPathFactory, titles: list[str]) -> None:
    target = tmp_path_factory.getbasetemp() / "chapters.txt"
    write_chapters([Chapter(float(n), title) for n, title in enumerate(titles)], len(titles), target)
    lines = read_as_ffmpeg(target.read_bytes())
    assert [line.partition("=")[0] for line in lines[1:]] == ["[CHAPTER]", "TIMEBASE", "START", "END", "title"] * len(
        titles
    )
    told = [re.sub(r"\\(.)", r"\1", line.partition("=")[2]).strip() for line in lines[5::5]]
    assert told == [plain_text(title) for title in titles]


def test_ffmpeg_reads_every_title_as_it_is(tmp_path: Path) -> None:
    """Drawn anew, and copied."""
    chapters, film = tmp_path / "chapters.txt", tmp_path / "film.mp4"
    write_chapters([Chapter(float(n), title) for n, title in enumerate(TITLES)], len(TITLES), chapters)
    streams = generated_input(f"color=s=64x64:r=5:d={len(TITLES)}"), guarded_input(chapters, "ffmetadata")["?"]
    run_ffmpeg(ffmpeg.output(*streams, file_url(film), map_chapters=1), duration_s=1)
    with av.open(str(film)) as made:
        told = [(one["start"], one["metadata"].get("title", "").strip()) for one in made.chapters()]
    assert told == [(1000 * number, plain_text(title)) for number, title in enumerate(TITLES)]
    copied = _list_chapters([Chapter(float(n), title) for n, title in enumerate(TITLES)], len(TITLES))
    with av.open(str(tmp_path / "copied.mp4"), "w") as made:
        made.set_chapters(copied)


def test_the_folder_of_the_storage_may_be_called_anything(tmp_path: Path) -> None:
    """It is the one name in a graph of filters, twice."""
    folder = tmp_path / FOLDER
    folder.mkdir()
    write_ass([Caption(0, 1, "x")], folder / "film.ass")
    picture = draw_captions(generated_input("color=s=64x64:r=5:d=1"), folder / "film.ass")
    heard = write_loudness(generated_input("sine=d=1"), folder / "loudness.txt")
    run_ffmpeg(ffmpeg.output(picture, heard, file_url(folder / "film.mp4")), duration_s=1, scratch=folder)
    assert {path.name for path in folder.iterdir()} == {"film.ass", "film.mp4", "loudness.txt"}
    assert [path.name for path in tmp_path.iterdir()] == [FOLDER]
