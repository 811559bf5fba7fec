"""Quizzes on paper: what stands on the sheet, what only in the key, and letters that need a font."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pypdf
import pytest
import typst
from PIL import Image

from quizsys.packages.page import write_page
from quizsys.packages.pdf import write_pdf
from quizsys.packages.printed import print_item
from quizsys.packages.sheet import Sheet
from quizsys.packages.wording import WORDINGS, find_wording
from tests.carried import ARABIC, HOSTILE, ITEMS, SHEET, make_choices, make_item

ENGLISH = find_wording("en")
NO_VIDEO = ["pauses_dropped"]


class Reader(HTMLParser):
    """What a page says, its tags in order, and the texts of each."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture
def slide(tmp_path: Path) -> Path:
    Image.new("RGB", (64, 36), "#246").save(tmp_path / "slide.jpg")
    return tmp_path / "slide.jpg"


def read_page(sheet: Sheet, folder: Path, *, key: bool = True) -> Reader:
    assert [loss.code for loss in write_page(sheet, folder / "quiz.html", key=key)] == (NO_VIDEO if sheet.items else [])
    return Reader((folder / "quiz.html").read_text(encoding="utf-8"))


def read_pdf(sheet: Sheet, folder: Path, *, key: bool = True) -> tuple[pypdf.PdfReader, str, list[str]]:
    """The document, its text on one line, and the codes of what was lost."""
    losses = write_pdf(sheet, folder / "quiz.pdf", key=key)
    document = pypdf.PdfReader(folder / "quiz.pdf")
    text = " ".join(" ".join(page.extract_text() for page in document.pages).split())
    return document, text, [loss.code for loss in losses]


def test_options_whose_order_is_the_answer_are_mixed_the_same_way_each_time() -> None:
    steps, pairs = (print_item(item, ENGLISH) for item in (ITEMS[6], ITEMS[7]))
    assert set(steps.options) == {choice.text for choice in ITEMS[6].choices}
    assert steps.options != tuple(choice.text for choice in ITEMS[6].choices)
    assert steps == print_item(ITEMS[6], ENGLISH)
    by_letter = {f"{letter}.": text for letter, text in zip("ABC", steps.options, strict=True)}
    assert [by_letter[line[:2]] for line in steps.right] == [choice.text for choice in ITEMS[6].choices]
    assert pairs.lefts == ("stroma", "thylakoid", "stoma")
    for line, choice in zip(pairs.right, ITEMS[7].choices, strict=True):
        letter = line.split(" – ")[1][0]
        assert pairs.options["ABC".index(letter)] == choice.match


def test_the_page_says_everything_and_runs_nothing(tmp_path: Path, slide: Path) -> None:
    items = tuple(replace(item, picture=slide) for item in SHEET.items)
    page = read_page(replace(SHEET, items=items), tmp_path)
    assert page.tags[0] == ("html", {"lang": "en", "dir": "ltr"})
    assert HOSTILE in page.texts
    assert SHEET.title in page.texts
    assert {item.stem for item in ITEMS} <= set(page.texts)
    assert "A. water" in page.texts
    assert "6.5 (± 0.5)" in page.texts
    assert "Also right: oxygen, dioxygen" in page.texts
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "b", "iframe", "link"})
    pictures = [told for tag, told in page.tags if tag == "img"]
    assert len(pictures) == len(ITEMS)
    assert all(told["alt"] for told in pictures)
    policies = [told["content"] for _, told in page.tags if told.get("http-equiv") == "Content-Security-Policy"]
    assert policies
    assert str(policies[0]).startswith("default-src 'none'")


def test_without_the_key_nothing_tells_an_answer(tmp_path: Path, slide: Path) -> None:
    items = tuple(replace(item, picture=slide) for item in (ITEMS[0], ITEMS[4], ITEMS[8]))
    sheet = replace(SHEET, items=items)
    read_page(sheet, tmp_path, key=False)
    page = (tmp_path / "quiz.html").read_text(encoding="utf-8")
    document, text, _ = read_pdf(sheet, tmp_path, key=False)
    for secret in ("O2", "dioxygen", "send back", "takes in red", "taken in by", "Told about", "0:10", "Answer key"):
        assert secret not in page
        assert secret not in text
    assert "What takes in the light?" in page
    assert "What takes in the light?" in text
    assert not any(page.images for page in document.pages)
    assert "<img" not in page


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "/relative", ""])
def test_only_addresses_of_the_web_are_links(tmp_path: Path, link: str) -> None:
    sheet = replace(SHEET, items=(replace(ITEMS[0], link=link),))
    assert not [told for tag, told in read_page(sheet, tmp_path).tags if tag == "a"]
    assert read_pdf(sheet, tmp_path)[2] == NO_VIDEO


def test_the_pdf_says_the_same_and_can_be_read_aloud(tmp_path: Path, slide: Path) -> None:
    items = tuple(replace(item, picture=slide) for item in SHEET.items)
    document, text, losses = read_pdf(replace(SHEET, items=items), tmp_path)
    assert losses == NO_VIDEO
    for wanted in ("#eval(1) $x$ @y", "A. water C. carbon dioxide", "6.5 (± 0.5)", "stroma – B. makes sugar"):
        assert wanted in text
    catalog = document.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"].startswith("en")
    assert document.metadata
    assert document.metadata.title == SHEET.title
    assert any(page.images for page in document.pages)
    assert {note.get_object()["/A"]["/URI"] for page in document.pages for note in page.get("/Annots", ())} == {
        item.link for item in ITEMS
    }


def test_arabic_is_shaped_and_runs_from_the_right(tmp_path: Path) -> None:
    page = read_page(ARABIC, tmp_path)
    assert page.tags[0] == ("html", {"lang": "ar", "dir": "rtl"})
    assert "مفتاح الإجابات" in page.texts
    document, _, losses = read_pdf(ARABIC, tmp_path)
    assert losses == NO_VIDEO
    assert document.trailer["/Root"]["/Lang"] == "ar"
    stem_x = [x for x, text in list_places(document.pages[0]) if "ﺔ" in text or "؟" in text or "ما" in text]
    assert stem_x
    assert max(stem_x) > 300


def list_places(page: pypdf.PageObject) -> list[tuple[float, str]]:
    places: list[tuple[float, str]] = []
    page.extract_text(visitor_text=lambda text, matrix, *_: places.append((matrix[4], text)))
    return places


def test_a_letter_without_a_font_is_told_with_the_font_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = typst.Fonts(include_system_fonts=False)
    monkeypatch.setattr("quizsys.packages.pdf.typst.Fonts", lambda: bare)
    item = make_item(1, "single_choice", "光合作用发生在哪里？", choices=make_choices("叶绿体", "线粒体"), quote="")
    losses = write_pdf(replace(SHEET, language="zh", items=(item,)), tmp_path / "quiz.pdf")
    (told,) = (loss for loss in losses if loss.code == "no_font")
    assert told.detail.endswith("apt-get install fonts-noto-cjk")
    assert len(pypdf.PdfReader(tmp_path / "quiz.pdf").pages) == 2


def test_a_broken_picture_costs_only_the_pictures(tmp_path: Path) -> None:
    (tmp_path / "slide.jpg").write_bytes(b"\xff\xd8 no picture")
    sheet = replace(SHEET, items=(replace(ITEMS[0], picture=tmp_path / "slide.jpg"),))
    _, text, losses = read_pdf(sheet, tmp_path)
    assert losses == [*NO_VIDEO, "pictures_dropped"]
    assert "A. chlorophyll" in text


def test_long_questions_go_on_over_the_page(tmp_path: Path) -> None:
    stem = "word " * 3000 + "end."
    document, text, _ = read_pdf(replace(SHEET, items=(make_item(1, "open", stem, answer="So."),)), tmp_path)
    assert text.count("word") == 3000
    assert "end." in text
    assert len(document.pages) > 3


def test_a_word_without_end_stays_on_the_page(tmp_path: Path) -> None:
    word = "a1b2c3d4" * 40
    document, text, _ = read_pdf(replace(SHEET, items=(make_item(1, "open", word, answer="So."),)), tmp_path)
    assert word in "".join(text.replace("\u200b", "").split())
    assert max(map(len, document.pages[0].extract_text().splitlines())) < 110


def test_an_empty_quiz_is_a_sheet_with_a_title(tmp_path: Path) -> None:
    empty = replace(SHEET, title="", language="??", items=())
    assert "Quiz" in read_page(empty, tmp_path).texts
    assert read_pdf(empty, tmp_path)[2] == []


def test_control_characters_do_not_break_the_sheets(tmp_path: Path) -> None:
    sheet = replace(SHEET, items=(make_item(1, "open", "Why\0 \x1b[1m so\x7f?", answer="\x08So."),))
    assert not re.search("[\0-\x08\x0b\x1b]", "".join(read_page(sheet, tmp_path).texts))
    assert "pictures_dropped" not in read_pdf(sheet, tmp_path)[2]


def test_every_language_has_its_own_words() -> None:
    for language, words in WORDINGS.items():
        assert all(vars(words).values()), language
    assert find_wording("ar-EG") is WORDINGS["ar"]
    assert find_wording("xx") is ENGLISH
