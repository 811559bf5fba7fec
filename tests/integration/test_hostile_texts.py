"""A quiz whose every text is an attack on whoever opens a package of it."""

import json
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lxml import etree

from quizsys.packages.page import write_page
from quizsys.packages.sheet import Chapter, Item, Sheet
from quizsys.packages.shelf import SHELF
from quizsys.questions.question import Choice
from tests.browser import CHROMIUM, open_page
from tests.sheets import make_sheet

PROBE = "probe-of-an-attack"
# Out of an attribute, a comment, CDATA, a script, a template; an element that shows it, and scripts that would run.
ATTACK = (
    f"\"'>--></title></style></script>]]><{PROBE} a=b></{PROBE}><script>window.hit=1</script>"
    "<img src=x onerror=window.hit=1><svg/onload=window.hit=1><a href=javascript:window.hit=1>x</a>"
    "{{c1::x}}{{hit}}${hit}<%=hit%>\\(hit\\)&lt;script&gt;window.hit=1&lt;/script&gt;\n[html]<iframe src=//x>\u2028"
)
RUNS = ("script", "iframe", "object", "embed", "svg", PROBE)


def _arm_item(item: Item) -> Item:
    def arm(text: str) -> str:
        return text and text + ATTACK

    choices = tuple(
        Choice(arm(one.text), one.correct, ATTACK, one.match and one.match + ATTACK) for one in item.choices
    )
    kept = item.kind in ("numeric", "true_false")
    return replace(
        item,
        stem=arm(item.stem),
        choices=item.choices if kept else choices,
        answer=item.answer if kept else arm(item.answer),
        explanation=ATTACK,
        quote=ATTACK,
        chapter=ATTACK,
        link="https://v.example/x",
    )


@pytest.fixture(scope="module")
def armed() -> Sheet:
    sheet = make_sheet()
    chapters = (Chapter(0, 10, ATTACK), Chapter(10, 20, f"x\n\n00:01.000 --> 00:02.000\n{ATTACK}"))
    items = tuple(map(_arm_item, sheet.items))
    return replace(sheet, title=ATTACK, source_filename=ATTACK, items=items, chapters=chapters)


def _read_files(path: Path) -> Iterator[tuple[str, bytes]]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as package:
            for member in package.infolist():
                yield member.filename, package.read(member)
    else:
        yield path.name, path.read_bytes()


def _list_strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _list_strings(inner)


def _list_texts(name: str, raw: bytes, folder: Path) -> Iterator[str]:
    """What a reader of the package may take for HTML."""
    if name.endswith((".xml", ".html")) and raw.startswith(b"<?xml"):
        root = ElementTree.fromstring(raw)
        assert not [node.tag for node in root.iter() if str(node.tag).rpartition("}")[2] in RUNS]
        assert not [key for node in root.iter() for key in node.keys() if key.startswith("on")]  # noqa: SIM118
        assert not [node for node in root.iter() if node.get("href", "").startswith("javascript:")]
        # Elsewhere the formats have plain text: names, tags, short answers.
        shown = [node.find("text") if node.get("format") == "html" else node for node in root.iter() if _is_html(node)]
        yield from (node.text or "" for node in shown if node is not None)
    elif name.endswith(".html"):
        yield raw.decode()
    elif name == "content/content.json":
        yield from _list_strings(json.loads(raw, object_hook=_drop_metadata))
    elif name in ("collection.anki2", "collection.anki21"):
        (folder / name).write_bytes(raw)
        with sqlite3.connect(folder / name) as deck:
            yield from (field for (fields,) in deck.execute("SELECT flds FROM notes") for field in fields.split("\x1f"))


def _is_html(node: ElementTree.Element) -> bool:
    return node.get("format") == "html" or node.get("texttype") == "text/html"


def _drop_metadata(value: dict[str, object]) -> dict[str, object]:
    """Its titles are plain text, which H5P escapes itself."""
    return {key: inner for key, inner in value.items() if key != "metadata"}


def _find_harm(text: str) -> list[str]:
    """What would run in a page that shows the text as HTML."""
    root = etree.HTML(text, etree.HTMLParser(encoding="utf-8")) if text.strip() else None
    nodes = [] if root is None else list(root.iter(etree.Element))
    harm = [str(node.tag) for node in nodes if node.tag in RUNS]
    harm += [key for node in nodes for key in node.keys() if key.startswith("on")]  # noqa: SIM118
    return harm + [node.get("href") for node in nodes if node.get("href", "").startswith("javascript:")]


@pytest.mark.parametrize("name", ["html", "moodle", "qti12", "qti21", "qti30", "h5p", "anki"])
def test_no_text_of_a_package_runs(armed: Sheet, name: str, tmp_path: Path) -> None:
    path = tmp_path / SHELF[name].filename
    SHELF[name].write(armed, path)
    texts = [text for member, raw in _read_files(path) for text in _list_texts(member, raw, tmp_path)]
    assert name.startswith("qti") or any(PROBE in text for text in texts), "the attack is not in the package"
    assert {text[:80]: harm for text in texts if (harm := _find_harm(text))} == {}


def test_members_of_packages_have_plain_names(armed: Sheet, tmp_path: Path) -> None:
    for one in SHELF.values():
        path = tmp_path / one.filename
        one.write(armed, path)
        for name, _ in _read_files(path):
            assert re.fullmatch(r"(?!.*\.\.)\w[\w./ -]*", name, re.ASCII), name


def test_a_chapter_is_one_cue(armed: Sheet, tmp_path: Path) -> None:
    SHELF["chapters"].write(armed, tmp_path / "chapters.vtt")
    assert (tmp_path / "chapters.vtt").read_text().count("-->") == len(armed.chapters)


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
async def test_the_page_to_print_runs_nothing_in_a_browser(armed: Sheet, tmp_path: Path) -> None:
    write_page(armed, tmp_path / "quiz.html")
    # The policy of the page would stop a script too; here the escaping alone has to.
    page = (tmp_path / "quiz.html").read_text().replace("Content-Security-Policy", "x")
    (tmp_path / "quiz.html").write_text(page)
    async with open_page((tmp_path / "quiz.html").as_uri()) as shown:
        await shown.wait_for("document.readyState === 'complete' && document.querySelector('h2') !== null")
        assert await shown.run("window.hit === undefined")
        assert await shown.run(f"document.querySelectorAll('{','.join(RUNS)},[href^=javascript]').length") == 0
        assert await shown.run("document.body.innerText.includes('<script>window.hit=1</script>')")
