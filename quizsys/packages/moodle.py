"""Moodle XML, after Moodle's importer (question/format/xml/format.php).

The slide stands in the general feedback, which is shown after the answer: it often gives the answer away.
"""

import base64
import html
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from quizsys.packages.amounts import find_amount, show_amount
from quizsys.packages.citing import span
from quizsys.packages.hypertext import OUR_PICTURE
from quizsys.packages.losses import tell_by_hand, tell_no_number, tell_no_video, tell_unit
from quizsys.packages.shares import fits, share
from quizsys.packages.sheet import Item, Loss, Sheet
from quizsys.packages.steps import place_steps, tell_placed
from quizsys.packages.truths import FALSE, TRUE, is_plain_truth

NAME = "Moodle XML"
LONGEST_NAME = 80
LONGEST_TAG = 50


def write_moodle(sheet: Sheet, path: Path) -> list[Loss]:
    losses = tell_no_video(sheet, NAME)
    quiz = Element("quiz")
    category = SubElement(quiz, "question", type="category")
    title = " ".join(sheet.title.split()).replace("/", "//") or "Quiz"
    SubElement(SubElement(category, "category"), "text").text = f"$course$/top/{title}"
    for number, item in enumerate(sheet.items, 1):
        _add_question(quiz, sheet, number, item, losses)
    indent(quiz)
    ElementTree(quiz).write(path, encoding="utf-8", xml_declaration=True)
    return losses


def _add_question(quiz: Element, sheet: Sheet, number: int, item: Item, losses: list[Loss]) -> None:
    if item.kind in ("single_choice", "multiple_choice", "true_false", "cloze") and item.choices and not fits(item):
        losses.append(
            Loss(item.id, "too_many_right", "Moodle shares the points among ten right options at most.", True)
        )
        return
    kind = _moodle_kind(item, losses)
    question = SubElement(quiz, "question", type=kind)
    _add_head(question, sheet, number, item)
    _ADD[kind](question, sheet, item, losses)
    tags = SubElement(question, "tags")
    for tag in dict.fromkeys((item.chapter, item.bloom, item.difficulty)):
        if tag.strip():
            SubElement(SubElement(tags, "tag"), "text").text = " ".join(tag.split())[:LONGEST_TAG]


def _moodle_kind(item: Item, losses: list[Loss]) -> str:
    if item.kind == "open":
        return "essay"
    if item.kind in ("matching", "ordering"):
        return "matching"
    if item.kind == "numeric":
        if find_amount(item.answer) is not None:
            return "numerical"
        losses.append(tell_no_number(item))
    if not item.choices:
        return "shortanswer"
    return "truefalse" if is_plain_truth(item) else "multichoice"


def _add_head(question: Element, sheet: Sheet, number: int, item: Item) -> None:
    name = SubElement(question, "name")
    SubElement(name, "text").text = " ".join(f"{number:02} {item.stem}".split())[:LONGEST_NAME]
    _add_text(question, "questiontext", f"<p{_language(sheet)}>{_lines(item.stem)}</p>")
    told = _add_text(question, "generalfeedback", _tell_after(sheet, item))
    if item.picture is not None:
        file = SubElement(told, "file", name=f"slide-{item.id}.jpg", path="/", encoding="base64")
        file.text = base64.b64encode(item.picture.read_bytes()).decode()
    SubElement(question, "defaultgrade").text = show_amount(item.points)
    SubElement(question, "penalty").text = "1" if item.kind == "true_false" else "0.3333333"
    SubElement(question, "hidden").text = "0"
    SubElement(question, "idnumber").text = item.id


def _tell_after(sheet: Sheet, item: Item) -> str:
    """Answer of an open question, explanation, proof with its time, slide."""
    marks = _language(sheet)
    parts = [
        f"<p{marks}>{_lines(text)}</p>" for text in (item.answer * (item.kind == "open"), item.explanation) if text
    ]
    if item.quote:
        link = html.escape(item.link)
        parts.append(f"<blockquote{marks}>{_lines(item.quote)}</blockquote>")
        parts.append(f'<p><a href="{link}">{span(item)}</a></p>' if link else f"<p>{span(item)}</p>")
    if item.picture is not None:
        parts.append(f'<p><img src="{OUR_PICTURE}{item.id}.jpg" alt="{html.escape(item.chapter)}"></p>')
    return "".join(parts)


def _language(sheet: Sheet) -> str:
    direction = ' dir="rtl"' if sheet.right_to_left else ""
    return f' lang="{html.escape(sheet.language)}"{direction}' if sheet.language else direction


def _lines(text: str) -> str:
    return html.escape(text, quote=False).replace("\n", "<br>")


def _short(sheet: Sheet, text: str) -> str:
    """HTML for an option: marked only where the direction matters."""
    return f"<span{_language(sheet)}>{_lines(text)}</span>" if sheet.right_to_left else _lines(text)


def _add_text(parent: Element, tag: str, text: str, form: str = "html") -> Element:
    element = SubElement(parent, tag, format=form)
    SubElement(element, "text").text = text
    return element


def _add_answer(question: Element, fraction: str, text: str, feedback: str, form: str) -> Element:
    answer = SubElement(question, "answer", fraction=fraction, format=form)
    SubElement(answer, "text").text = text
    _add_text(answer, "feedback", feedback)
    return answer


def _add_choices(question: Element, sheet: Sheet, item: Item, _losses: list[Loss]) -> None:
    is_single = item.kind != "multiple_choice"
    SubElement(question, "single").text = "true" if is_single else "false"
    SubElement(question, "shuffleanswers").text = "true"
    SubElement(question, "answernumbering").text = "abc"
    SubElement(question, "showstandardinstruction").text = "0" if is_single else "1"
    right, wrong = ("100", "0") if is_single else share(item)
    for choice in item.choices:
        told = _short(sheet, choice.feedback) if choice.feedback else ""
        _add_answer(question, right if choice.correct else wrong, _short(sheet, choice.text), told, "html")


def _add_truth(question: Element, sheet: Sheet, item: Item, _losses: list[Loss]) -> None:
    for word in (TRUE, FALSE):
        choice = next(choice for choice in item.choices if choice.text.strip().lower() == word)
        told = _short(sheet, choice.feedback) if choice.feedback else ""
        _add_answer(question, "100" if choice.correct else "0", word, told, "moodle_auto_format")


def _add_short(question: Element, _sheet: Sheet, item: Item, _losses: list[Loss]) -> None:
    SubElement(question, "usecase").text = "0"
    for text in dict.fromkeys((item.answer, *item.variants)):
        if text.strip():
            _add_answer(question, "100", text.replace("*", "\\*"), "", "moodle_auto_format")


def _add_number(question: Element, _sheet: Sheet, item: Item, losses: list[Loss]) -> None:
    found = find_amount(item.answer)
    assert found is not None
    value, unit = found
    if unit:
        losses.append(tell_unit(item, unit))
    answer = _add_answer(question, "100", show_amount(value), "", "moodle_auto_format")
    SubElement(answer, "tolerance").text = show_amount(item.tolerance)


def _add_pairs(question: Element, sheet: Sheet, item: Item, losses: list[Loss]) -> None:
    SubElement(question, "shuffleanswers").text = "true"
    pairs = [(choice.text, choice.match) for choice in item.choices]
    if item.kind == "ordering":
        losses.append(tell_placed(item))
        pairs = place_steps(item)
    for left, right in pairs:
        pair = _add_text(question, "subquestion", _short(sheet, left))
        SubElement(SubElement(pair, "answer"), "text").text = right


def _add_essay(question: Element, sheet: Sheet, item: Item, losses: list[Loss]) -> None:
    losses.append(tell_by_hand(item, NAME))
    plain = {"responseformat": "editor", "responserequired": "1", "responsefieldlines": "10", "attachments": "0"}
    for tag, value in plain.items():
        SubElement(question, tag).text = value
    _add_text(question, "graderinfo", f"<p{_language(sheet)}>{_lines(item.answer)}</p>")
    _add_text(question, "responsetemplate", "")


_ADD = {
    "multichoice": _add_choices,
    "truefalse": _add_truth,
    "shortanswer": _add_short,
    "numerical": _add_number,
    "matching": _add_pairs,
    "essay": _add_essay,
}
