"""A quiz as one HTML file to print: the questions, then on a sheet of their own the answers.

It loads nothing and runs nothing. The tree is built by ElementTree, which escapes every text.
"""

import base64
from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

from quizsys.packages.losses import tell_no_video
from quizsys.packages.printed import Printed, print_item
from quizsys.packages.sheet import Loss, Sheet
from quizsys.packages.wording import Wording, find_wording

STYLE = (Path(__file__).parent / "paper" / "page.css").read_text(encoding="utf-8")
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def write_page(sheet: Sheet, path: Path, *, key: bool = True) -> list[Loss]:
    """Without `key` there is nothing in the file that tells an answer."""
    wording = find_wording(sheet.language)
    printed = [print_item(item, wording) for item in sheet.items]
    page = Element("html", {"lang": sheet.language, "dir": "rtl" if sheet.right_to_left else "ltr"})
    _add_head(page, sheet)
    main = SubElement(SubElement(page, "body"), "main")
    _add_title(main, sheet, printed, wording)
    _add_questions(main, printed, wording)
    if key:
        _add_key(main, printed, wording)
    path.write_text(f"<!DOCTYPE html>\n{tostring(page, encoding='unicode', method='html')}\n", encoding="utf-8")
    return tell_no_video(sheet, "Paper")


def _add(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    made = SubElement(parent, tag, {name.rstrip("_"): value for name, value in attributes.items()})
    made.text = _printable(text)
    return made


def _printable(text: str) -> str:
    """Without control characters, which no HTML may hold."""
    return "".join(mark for mark in text if mark >= " " or mark in "\t\n")


def _add_head(page: Element, sheet: Sheet) -> None:
    head = SubElement(page, "head")
    SubElement(head, "meta", {"charset": "utf-8"})
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": POLICY})
    SubElement(head, "meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"})
    _add(head, "title", sheet.title or "Quiz")
    SubElement(head, "style").text = STYLE


def _add_title(main: Element, sheet: Sheet, printed: Sequence[Printed], wording: Wording) -> None:
    header = SubElement(main, "header")
    _add(header, "h1", sheet.title or "Quiz", dir="auto")
    total = sum(one.points for one in printed)
    _add(header, "p", f"{sheet.source_filename} · {wording.points}: {total:g}", class_="about")
    fill = _add(header, "p", class_="fill")
    for word in (wording.name, wording.date):
        SubElement(_add(fill, "span", f"{word}: "), "span", {"class": "blank"})


def _add_questions(main: Element, printed: Sequence[Printed], wording: Wording) -> None:
    questions = SubElement(main, "ol", {"class": "questions"})
    for one in printed:
        place = SubElement(questions, "li")
        _add(place, "p", one.stem, class_="stem", dir="auto")
        about = " · ".join(part for part in (one.hint, f"{wording.points}: {one.points:g}") if part)
        _add(place, "p", about, class_="about")
        if one.lefts:
            _add_list(place, one.lefts, "1", "lefts")
        if one.options:
            _add_list(place, one.options, "A", "options")
        for _ in range(one.lines):
            SubElement(place, "div", {"class": "line"})


def _add_list(parent: Element, texts: Sequence[str], kind: str, name: str) -> None:
    """`kind` is what HTML numbers the list by."""
    made = SubElement(parent, "ol", {"type": kind, "class": name})
    for text in texts:
        _add(made, "li", text, dir="auto")


def _add_key(main: Element, printed: Sequence[Printed], wording: Wording) -> None:
    section = SubElement(main, "section", {"class": "key"})
    _add(section, "h2", wording.key)
    answers = SubElement(section, "ol", {"class": "questions"})
    for one in printed:
        place = SubElement(answers, "li")
        if one.picture is not None:
            _add_picture(place, one.picture, wording.slide)
        for text in one.right:
            _add(place, "p", text, class_="right")
        for text in one.told:
            _add(place, "p", text)
        if one.quote:
            _add_proof(place, one, wording)


def _add_proof(place: Element, one: Printed, wording: Wording) -> None:
    proof = SubElement(place, "figure")
    _add(proof, "blockquote", one.quote, dir="auto")
    caption = _add(proof, "figcaption", f"{wording.quote}: ")
    SubElement(caption, "a" if one.link else "span", {"href": one.link} if one.link else {}).text = one.moment


def _add_picture(place: Element, picture: Path, alt: str) -> None:
    data = base64.b64encode(picture.read_bytes()).decode()
    SubElement(place, "img", {"src": f"data:image/jpeg;base64,{data}", "alt": alt})
