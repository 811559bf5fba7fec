"""The small parts of packages: amounts, cells, citations, shares, links, moments."""

from dataclasses import replace
from pathlib import Path

import pytest

from quizsys.packages.amounts import find_amount, show_amount
from quizsys.packages.citing import cite, find_citation
from quizsys.packages.gift import write_gift
from quizsys.packages.hypertext import read_html
from quizsys.packages.merging import merge
from quizsys.packages.packing import open_package, try_formats
from quizsys.packages.reader import read_questions
from quizsys.packages.shares import fits, share
from quizsys.packages.sheet import Item, Loss, Sheet
from quizsys.packages.shelf import FORMATS, SHELF, Format, choose_formats
from quizsys.packages.steps import place_steps
from quizsys.questions.question import Choice, Question
from quizsys.questions.shape import settle
from quizsys.services.packages import point
from quizsys.spreadsheet import safe_cell
from tests.sheets import make_item, make_items, make_sheet


@pytest.mark.parametrize(
    ("answer", "value", "unit"),
    [
        ("3,14", 3.14, ""),
        ("\u22127 °C", -7, "°C"),
        ("1,000", 1000, ""),
        ("5 %", 5, "%"),
        ("٣", 3, ""),
        ("2e-5", 2e-5, ""),
    ],
)
def test_an_amount_is_what_our_marking_takes_it_for(answer: str, value: float, unit: str) -> None:
    assert find_amount(answer) == (value, unit)


def test_an_amount_is_shown_without_an_exponent() -> None:
    assert [show_amount(value) for value in (3.0, 0.00001, -2.50, 1e20, 1000.0)] == [
        *("3", "0.00001", "-2.5", "100000000000000000000", "1000")
    ]
    assert find_amount("several") is None


@pytest.mark.parametrize("cell", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "＝1", " =1", "\u00a0=1", "\ufeff@A1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("Ann;=HYPERLINK(A1)", "Ann;'=HYPERLINK(A1)"),
        ("Ann; \"=cmd|'/c calc'!A0;@B", "Ann;' \"=cmd|'/c calc'!A0;'@B"),
        ("Ann\n=1+1", "Ann\n'=1+1"),
        ("Ann\t-1+cmd", "Ann\t'-1+cmd"),
        ("=a;=b", "'=a;'=b"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
    ],
)
def test_no_part_of_a_cell_is_a_formula_where_semicolons_part_cells(cell: str, shown: str) -> None:
    assert safe_cell(cell) == shown


@pytest.mark.parametrize(
    "cell", ["-3.5", "+2", "words = more", "", 3, -2.5, "so:\n- one\n- two", "a; b", "a,-b", " -2"]
)
def test_numbers_and_words_stay_as_they_are(cell: object) -> None:
    assert safe_cell(cell) == cell


@pytest.mark.parametrize(("start_s", "end_s"), [(0.9, 59.9), (65.2, 72.9), (3599, 3600), (36_000, 36_061)])
def test_a_citation_can_be_read_back(start_s: float, end_s: float) -> None:
    item = replace(make_item(1, "open", "x"), start_s=start_s, end_s=end_s, quote="He said “no”.")
    assert find_citation(cite(item)) == (item.quote, int(start_s), int(end_s))


@pytest.mark.parametrize("line", ["", "1:05 “x”", "1:05–1:12 x", "a–b “x”", "1:05–1:12 “”"])
def test_other_lines_are_no_citations(line: str) -> None:
    assert find_citation(line) is None


def test_all_options_together_are_worth_nothing() -> None:
    for right in range(1, 11):
        for wrong in range(1, 6):
            choices = [Choice(str(place), place < right) for place in range(right + wrong)]
            item = make_item(1, "multiple_choice", "x", *choices)
            gain, loss = map(float, share(item))
            assert fits(item)
            assert abs(right * gain - 100) < 0.001
            assert abs(right * gain + wrong * loss) < 0.001


def test_steps_are_mixed_the_same_way_each_time() -> None:
    for count in range(2, 9):
        item = make_item(count, "ordering", "x", *(Choice(f"step {place}", True) for place in range(count)))
        placed = place_steps(item)
        assert placed == place_steps(item)
        assert [place for _, place in placed] != sorted(place for _, place in placed)
        assert dict(placed) == {f"step {place}": str(place + 1) for place in range(count)}


def test_a_link_leads_to_the_moment() -> None:
    assert point("", 12.5) == ""
    assert point("https://v.example/a#old", 12.5) == "https://v.example/a#t=12.5"
    assert point("https://v.example/?start={t}s", 12.5) == "https://v.example/?start=12s"


@pytest.mark.parametrize(
    ("source", "text", "quote"),
    [
        ("<p>One<br>two</p>\n<p>three &amp; <b>four</b></p>", "One\ntwo\nthree & four", ""),
        ("a<br><br>b", "a\n\nb", ""),
        ("<p>x</p><blockquote>said <i>so</i></blockquote><p>y</p>", "x\ny", "said so"),
        ("1 < 2 &lt;b&gt;", "1 < 2 <b>", ""),
        ("<script>alert(1)</script><style>p{}</style>seen", "seen", ""),
        ("<p>unclosed <b>text", "unclosed text", ""),
    ],
)
def test_html_becomes_lines_of_text(source: str, text: str, quote: str) -> None:
    shown = read_html(source)
    assert (shown.text, shown.quote, shown.has_media) == (text, quote, False)


def test_pictures_in_html_are_noticed() -> None:
    assert read_html('<img src="data:image/png;base64,AAAA">').has_media
    assert not read_html('<img src="@@PLUGINFILE@@/slide-1.jpg">').has_media


def test_all_packages_have_the_names_that_were_promised() -> None:
    promised = {
        *("quiz.gift", "quiz.moodle.xml", "quiz.qti12.zip", "quiz.qti21.zip", "quiz.qti30.zip", "quiz.h5p"),
        *("quiz.apkg", "quiz.csv", "quiz.html", "quiz.pdf", "chapters.vtt"),
    }
    assert {one.filename for one in choose_formats("all")} == promised
    assert [one.name for one in choose_formats("json, gift,json")] == ["json", "gift"]
    assert len({one.name for one in FORMATS}) == len({one.filename for one in FORMATS}) == len(FORMATS)
    with pytest.raises(KeyError, match="word"):
        choose_formats("gift,word")


def test_what_a_format_carries_is_tried_without_copying_the_video(tmp_path: Path) -> None:
    video = tmp_path / "lesson.webm"
    video.write_bytes(b"x" * 1000)
    seen: list[tuple[str, int]] = []

    def write(sheet: Sheet, path: Path) -> list[Loss]:
        assert sheet.video is not None
        seen.append((sheet.video.name, sheet.video.stat().st_size))
        path.write_text("x")
        return [Loss(sheet.items[0].id, "a", "b", True), Loss("", "c", "d")]

    one = Format("x", "X", "quiz.x", "text/plain", write)
    (report,) = try_formats(replace(make_sheet(), video=video), [one], tmp_path)
    assert seen == [("video.webm", 0)]
    assert report["questions"] == len(make_items()) - 1
    assert [loss["question_id"] for loss in report["losses"]] == [make_items()[0].id, None]
    assert [path.name for path in tmp_path.iterdir()] == ["lesson.webm"]


def test_a_package_has_no_name_once_it_is_open(tmp_path: Path) -> None:
    with open_package(make_sheet(), "quiz.gift", write_gift, tmp_path) as package:
        assert list(tmp_path.iterdir()) == []
        assert b"[id:" in package.read()


def test_a_writer_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(_sheet: Sheet, path: Path) -> list[Loss]:
        path.write_text("half")
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space"):
        open_package(make_sheet(), "quiz.x", fail, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", ["gift", "moodle"])
def test_a_kind_that_looks_like_another_comes_back_as_it_was(form: str, tmp_path: Path) -> None:
    choices = Choice("x", True), Choice("y", False)
    items = (
        make_item(1, "single_choice", "What does __init__ do?", *choices),
        make_item(2, "true_false", "It is ____.", Choice("so", True), Choice("not so", False)),
        make_item(3, "matching", "Which place?", Choice("gold", True, match="1"), Choice("silver", True, match="2")),
        make_item(4, "numeric", "How many?", answer="about 5"),
    )
    path = tmp_path / "quiz"
    SHELF[form].write(replace(make_sheet(), items=items), path)
    found = read_questions(path.read_bytes(), form).found
    names = Question.__dataclass_fields__.keys() & Item.__dataclass_fields__.keys()
    for item, one in zip(items, found, strict=True):
        went = settle(Question(**{name: getattr(item, name) for name in names}))
        assert settle(merge(went, one.question)) == went
