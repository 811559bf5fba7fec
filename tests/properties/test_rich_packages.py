"""Whatever stands in a quiz: H5P files, decks and sheets are written, can be read, and say just that."""

import html
import json
import uuid
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory

import apsw
import pypdf
from hypothesis import given, settings
from hypothesis import strategies as st

from quizsys.packages.anki import FIELDS, write_anki
from quizsys.packages.h5p import write_h5p
from quizsys.packages.page import write_page
from quizsys.packages.pdf import write_pdf
from quizsys.packages.sheet import Chapter, Item, Sheet
from quizsys.questions.question import KINDS, Choice

NASTY = st.sampled_from(
    [
        "*",
        "/",
        ":",
        "**",
        "\\",
        "\\+",
        "{{",
        "}}",
        "[sound:x]",
        "<b>",
        "&amp;",
        "____",
        "\x1f",
        "\0",
        "#panic()",
        "שלום",
        "光",
    ]
)
TEXT = st.lists(NASTY | st.text(max_size=12), max_size=6).map("".join)
CHOICES = st.lists(st.builds(Choice, text=TEXT, correct=st.booleans(), feedback=TEXT, match=TEXT), max_size=5)
TIMES = st.floats(0, 200, allow_nan=False)


@st.composite
def items(draw: st.DrawFn) -> Item:
    kind = draw(st.sampled_from(KINDS))
    return Item(
        id=str(draw(st.uuids(version=4))),
        kind=kind,
        stem=draw(TEXT),
        choices=tuple(draw(CHOICES)),
        answer=draw(TEXT),
        variants=tuple(draw(st.lists(TEXT, max_size=3))),
        tolerance=draw(st.sampled_from([0.0, 0.5])),
        points=draw(st.sampled_from([0.5, 1.0, 2.0])),
        explanation=draw(TEXT),
        quote=draw(TEXT),
        start_s=draw(TIMES),
        end_s=draw(TIMES),
        pause_at_s=draw(TIMES),
        chapter=draw(TEXT),
        bloom="remember",
        difficulty="easy",
        link=draw(TEXT),
    )


SHEETS = st.builds(
    Sheet,
    id=st.uuids(version=4).map(str),
    version=st.integers(0, 9),
    title=TEXT,
    language=st.sampled_from(["en", "ar", "zh-Hans", "he", "", "??"]),
    source_filename=TEXT,
    duration_s=st.floats(0, 200),
    items=st.lists(items(), max_size=4, unique_by=lambda item: item.id).map(tuple),
    chapters=st.lists(st.builds(Chapter, TIMES, TIMES, TEXT), max_size=2).map(tuple),
)


class Texts(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def list_strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from list_strings(inner)


@settings(deadline=None, max_examples=12)
@given(SHEETS, st.booleans())
def test_every_package_can_be_read_and_says_just_that(sheet: Sheet, key: bool) -> None:
    check_h5p(sheet)
    check_deck(sheet)
    check_paper(sheet, key)


def check_h5p(sheet: Sheet) -> None:
    """Every question, under its id, and no stray markup."""
    with TemporaryDirectory() as folder:
        write_h5p(sheet, Path(folder) / "quiz.h5p")
        with zipfile.ZipFile(Path(folder) / "quiz.h5p") as package:
            about = json.loads(package.read("h5p.json"))
            content = json.loads(package.read("content/content.json"))
    assert 0 < len(about["title"]) <= 255
    assert "\n" not in about["title"]
    assert about["language"].isalpha()
    found = content["interactiveVideo"]["assets"]["interactions"]
    assert [one["action"]["subContentId"] for one in found] == [item.id for item in sheet.items]
    for one in found:
        assert uuid.UUID(one["action"]["subContentId"])
        shown = list_strings(one["action"]["params"])
        assert set().union(*(Texts(text).tags for text in shown)) <= {"p", "div", "br"}
        for text in one["action"]["params"].get("questions", ()):
            assert html.unescape(text).count("*") >= text.count("*") == 2
            assert "**" not in text


def check_deck(sheet: Sheet) -> None:
    """A sound collection with each question once."""
    with TemporaryDirectory() as folder:
        write_anki(sheet, Path(folder) / "quiz.apkg")
        with zipfile.ZipFile(Path(folder) / "quiz.apkg") as package:
            data = package.read("collection.anki2")
    collection = apsw.Connection(":memory:")
    collection.deserialize("main", data)
    assert collection.execute("PRAGMA integrity_check").get == "ok"
    notes = collection.execute("SELECT guid, flds FROM notes ORDER BY rowid").fetchall()
    assert {guid for guid, _ in notes} == {item.id for item in sheet.items}
    for _, fields in notes:
        assert len(fields.split("\x1f")) == len(FIELDS)
        assert "{{" not in fields
        assert "[sound:" not in fields
        assert Texts(fields).tags <= {"div", "br", "small", "a"}


def check_paper(sheet: Sheet, key: bool) -> None:
    with TemporaryDirectory() as folder:
        write_page(sheet, Path(folder) / "quiz.html", key=key)
        page = Texts((Path(folder) / "quiz.html").read_text(encoding="utf-8"))
        write_pdf(sheet, Path(folder) / "quiz.pdf", key=key)
        assert len(pypdf.PdfReader(Path(folder) / "quiz.pdf").pages) >= 1
    assert page.tags.isdisjoint({"script", "b", "img"})
    said = "".join(page.texts)
    for item in sheet.items:
        assert "".join(mark for mark in item.stem if mark >= " " or mark in "\t\n") in said
