"""Text in the picture: captions where and when they should be, quiz cards, and text that would rather be a command."""

from pathlib import Path

import numpy as np
import pytest
from films import HEIGHT, WIDTH, Picture, compose, level_db, make, make_timeline, read_pictures

from media.captions import Cue
from media.compose.cards import is_right_to_left
from media.compose.fonts import check_fonts
from media.compose.subtitles import is_text_encoding, parse_style, read_captions, write_ass
from media.compose.timeline import Caption, Card, Choice, Clip, Source, Still, SubtitleFile, Subtitles
from media.errors import MediaError

LOWER = slice(HEIGHT // 2, None)
ALIEN = "\U00012000"
"""A cuneiform sign, which no usual font has."""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Four seconds of dark grey with a tone."""
    return make(tmp_path_factory.mktemp("grey") / "grey.mp4", "color=0x202020:s=320x180:r=25:d=4", "sine=d=4")


def count_bright(picture: Picture) -> int:
    return int((picture.mean(2) > 140).sum())


def show(film: Source, scratch: Path, words: Subtitles, start_s: float = 0.0, end_s: float = 4.0) -> list[Picture]:
    made = compose(make_timeline(Clip(film, start_s, end_s, subtitles=words)), scratch)
    return read_pictures(scratch / made.filename)


def test_captions_keep_the_time_of_their_video(film: Source, tmp_path: Path) -> None:
    pictures = show(film, tmp_path, Subtitles((Cue(2.0, 3.0, ("Hello there",)),)), 1.0, 4.0)
    assert [count_bright(pictures[number]) > 30 for number in (5, 23, 26, 48, 52)] == [False, False, True, True, False]
    assert count_bright(pictures[30][: HEIGHT // 2]) == 0


def test_a_file_is_drawn_in_its_encoding_and_style(film: Source, tmp_path: Path) -> None:
    file = tmp_path / "words.srt"
    file.write_bytes("1\n00:00:00,000 --> 00:00:04,000\n<i>Höhlenmalerei</i>\n".encode("utf-16"))
    style = parse_style("Fontsize=40, PrimaryColour=&H0000FFFF&,Alignment=8")
    large = show(film, tmp_path, Subtitles(SubtitleFile(file, "utf-16"), style))[50]
    yellow = (large[..., 0] > 140) & (large[..., 1] > 140) & (large[..., 2] < 80)
    assert yellow[: HEIGHT // 2].sum() > 200
    assert yellow[LOWER].sum() == 0
    with pytest.raises(MediaError) as failed:
        read_captions(Subtitles(SubtitleFile(file, "ascii")))
    assert failed.value.code == "bad_subtitles"


def test_captions_of_the_whole_lie_over_the_joins(film: Source, tmp_path: Path) -> None:
    words = Subtitles((Cue(0.8, 1.2, ("Over the cut",)),))
    made = compose(make_timeline(Clip(film, 0, 1), Clip(film, 0, 1), subtitles=words), tmp_path)
    pictures = read_pictures(tmp_path / made.filename)
    assert [count_bright(pictures[number]) > 30 for number in (10, 22, 28, 40)] == [False, True, True, False]


@pytest.mark.parametrize(
    "text",
    [
        r"{\pos(0,0)\fs200}W",
        r"{\alpha&HFF&}hidden",
        "{shown}",
        r"C:\new\N.txt",
        "':enable=0,[0]drawbox",
        "\\{\\fs200}W",
        "Dialogue: 0,0:00:00.00,9:00:00.00,Default,0,0,0,,W",
        "\x00\x07line\u2028another",
    ],
)
def test_text_stays_text(film: Source, tmp_path: Path, text: str) -> None:
    """It is drawn small, at the bottom, whatever it says."""
    picture = show(film, tmp_path, Subtitles((Cue(0, 4, (text,)),)), 0, 0.2)[2]
    assert 10 < count_bright(picture[LOWER]) < 2500
    assert count_bright(picture[: HEIGHT // 2]) == 0


@pytest.mark.parametrize(
    "style", ["Fontsize=1,\n[Events]", "Name=x", "Fontsize", "Fontname=a'b", "Fontsize=1:enable=0", "Bold={\\b1}"]
)
def test_a_style_that_is_none_is_refused(style: str) -> None:
    with pytest.raises(ValueError, match=r"field of a style|plain word|takes a number"):
        parse_style(style)


def test_only_encodings_of_text_count() -> None:
    assert all(map(is_text_encoding, ("utf-8", "latin-1", "cp1256", "gb18030", "shift_jis")))
    assert not any(map(is_text_encoding, ("rot13", "base64", "zip", "punycode", "none", "../x", "a\0b")))


def make_card(question: str, *choices: str, answer: str = "") -> Card:
    return Card(1, 2, question, tuple(Choice(text, not n) for n, text in enumerate(choices)), answer, "the proof", 2, 1)


def test_a_card_freezes_the_film_counts_down_and_answers(film: Source, tmp_path: Path) -> None:
    card = make_card("What is it?", "The right one", "A wrong one")
    pieces = Clip(film, 0, 1), Still(film, 1.0, card), Clip(film, 1, 2)
    made = compose(make_timeline(*pieces), tmp_path)
    pictures = read_pictures(tmp_path / made.filename)
    assert len(pictures) == 25 * 5
    asked, later, answered = pictures[30], pictures[60], pictures[90]
    # The countdown alone, in the upper right, changes while the question stands.
    corner = (slice(0, HEIGHT // 4), slice(WIDTH * 3 // 4, None))
    changed = np.abs(asked.astype(int) - later).max(2) > 40
    assert changed[corner].any()
    changed[corner] = False
    assert not changed.any()
    green = [p[..., 1].astype(int) - np.maximum(p[..., 0], p[..., 2]) > 50 for p in (asked, answered)]
    assert (green[0].sum(), green[1].sum() > 50) == (0, True)
    assert count_bright(answered[LOWER]) > 30
    assert count_bright(pictures[10]) == count_bright(pictures[110]) == 0
    film_file = tmp_path / made.filename
    assert level_db(film_file, 1.1, 3.9) < -60
    assert min(level_db(film_file, 0.1, 0.9), level_db(film_file, 4.1, 4.8)) > -30


def test_text_from_right_to_left_begins_at_the_right(film: Source, tmp_path: Path) -> None:
    question = "ما هو العضو المسؤول؟"
    check_fonts([question], tmp_path)
    assert is_right_to_left(f"1. {question}")
    pictures = [
        read_pictures(
            tmp_path
            / compose(make_timeline(Clip(film, 0, 0.2), Still(film, 1.0, make_card(text, text))), tmp_path).filename
        )[30]
        for text in (question, "What is it?")
    ]
    columns = [np.nonzero((picture[40:].mean(2) > 140).any(0))[0] for picture in pictures]
    assert columns[0].min() > WIDTH / 3
    assert columns[0].max() > WIDTH * 0.85
    assert columns[1].min() < WIDTH * 0.15


@pytest.mark.parametrize("size", [(320, 180), (180, 320), (240, 240)])
def test_the_longest_question_stays_in_its_frame(film: Source, tmp_path: Path, size: tuple[int, int]) -> None:
    long = "Which of the very many organelles that were named in this lesson " * 4
    card = make_card(long, *("an answer of more than a few words " * 2 for _ in range(5)))
    made = compose(make_timeline(Still(film, 1.0, card), width_px=size[0], height_px=size[1]), tmp_path)
    picture = read_pictures(tmp_path / made.filename)[60]
    bright = picture.mean(2) > 100
    assert bright.sum() > 200
    edges = bright[:2], bright[-2:], bright[:, :2], bright[:, -2:]
    assert not any(edge.any() for edge in edges)


def test_a_text_without_a_font_names_the_package(film: Source, tmp_path: Path) -> None:
    still = Still(film, 1.0, make_card(f"Read this: {ALIEN}", "yes", "no"))
    with pytest.raises(MediaError, match=r"no font for .*apt-get install fonts-noto-core") as failed:
        compose(make_timeline(still), tmp_path)
    assert failed.value.code == "no_font"


def test_chinese_is_drawn_or_its_font_is_named(film: Source, tmp_path: Path) -> None:
    still = Still(film, 1.0, make_card("光合作用在哪里进行？", "叶绿体", "根"))
    try:
        check_fonts([still.card.question], tmp_path)
    except MediaError:
        with pytest.raises(MediaError, match="apt-get install fonts-noto-cjk"):
            compose(make_timeline(still), tmp_path)
        return
    made = compose(make_timeline(still), tmp_path)
    assert count_bright(read_pictures(tmp_path / made.filename)[20]) > 100


def test_an_ass_file_has_nothing_but_ours(tmp_path: Path) -> None:
    write_ass([Caption(0, 3661.005, "one")], tmp_path / "a.ass", (("Fontname", "DejaVu Sans"),))
    lines = (tmp_path / "a.ass").read_text().splitlines()
    assert "Dialogue: 0,0:00:00.00,1:01:01.00,Default,0,0,0,,one" in lines
    assert any(line.startswith("Style: Default,DejaVu Sans,16,") for line in lines)
