"""GIFT, the plain text that Moodle and many others read.

After Moodle's importer (question/format/gift/format.php): texts are marked `[plain]`, since else it would read them as
HTML; an answer that begins like a percentage or a format is marked anew, since a mark ends the search for either.
"""

import re
from pathlib import Path

from quizsys.packages.amounts import find_amount, show_amount
from quizsys.packages.citing import explain
from quizsys.packages.losses import (
    tell_by_hand,
    tell_no_number,
    tell_no_pictures,
    tell_no_points,
    tell_no_video,
    tell_unit,
)
from quizsys.packages.shares import fits, share
from quizsys.packages.sheet import Item, Loss, Sheet
from quizsys.packages.steps import place_steps, tell_placed
from quizsys.packages.truths import is_plain_truth

NAME = "GIFT"
LONGEST_NAME = 80
_CONTROL = re.compile(r"[\\~=#{}:]")


def write_gift(sheet: Sheet, path: Path) -> list[Loss]:
    losses = [*tell_no_video(sheet, NAME), *tell_no_pictures(sheet, NAME), *tell_no_points(sheet, NAME)]
    blocks = [f"$CATEGORY: $course$/top/{_category(sheet.title)}"]
    for number, item in enumerate(sheet.items, 1):
        body = _write_body(item, losses)
        if body is not None:
            blocks.append(f"{_write_head(number, item)}{body}")
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
    return losses


def _category(title: str) -> str:
    return " ".join(title.split()).replace("/", "//") or "Quiz"


def _write_head(number: int, item: Item) -> str:
    tags = "".join(f" [tag:{_tag(tag)}]" for tag in (item.chapter, item.bloom, item.difficulty) if tag.strip())
    name = f"{number:02} {item.stem}"[:LONGEST_NAME].strip()
    return f"// [id:{item.id}]{tags}\n::{escape(' '.join(name.split()))}::[plain]{escape(item.stem)}"


def _tag(text: str) -> str:
    return " ".join(text.replace("[", "(").replace("]", ")").split())


def escape(text: str) -> str:
    r"""A text on one line: control characters behind a backslash, line ends as `\n`."""
    return _CONTROL.sub(r"\\\g<0>", text.strip()).replace("\n", "\\n")


def _answer(text: str) -> str:
    shown = escape(text)
    return f"[plain]{shown}" if shown.startswith(("%", "[")) else shown


def _feedback(text: str) -> str:
    return f"#{_answer(text)}" if text.strip() else ""


def _close(lines: list[str], told: str) -> str:
    general = [f"####{_answer(told)}"] if told else []
    return "{" + "\n".join([*lines, *general]) + "}"


def _write_body(item: Item, losses: list[Loss]) -> str | None:
    """None for a question that the format has no place for."""
    told = explain(item)
    if item.kind == "open":
        losses.append(tell_by_hand(item, NAME))
        return _close([], "\n\n".join(part for part in (item.answer, told) if part))
    if item.kind in ("matching", "ordering"):
        return _close(_write_pairs(item, losses), told)
    if item.kind == "numeric":
        return _close(_write_number(item, losses), told)
    if not item.choices:
        return _close(_write_short(item), told)
    if is_plain_truth(item):
        return _close([_write_truth(item)], told)
    return _write_choices(item, told, losses)


def _write_truth(item: Item) -> str:
    right = next(choice for choice in item.choices if choice.correct)
    wrong = next(choice for choice in item.choices if not choice.correct)
    told = "".join(f"#{_answer(choice.feedback)}" for choice in (wrong, right))
    return right.text.strip().upper() + told.rstrip("#")


def _write_choices(item: Item, told: str, losses: list[Loss]) -> str | None:
    if not fits(item):
        losses.append(
            Loss(item.id, "too_many_right", "Moodle shares the points among ten right options at most.", True)
        )
        return None
    if item.kind != "multiple_choice":
        marks = ("~", "=")
    else:
        right, wrong = share(item)
        marks = (f"~%{wrong}%", f"~%{right}%")
    lines = [f"{marks[choice.correct]}{_answer(choice.text)}{_feedback(choice.feedback)}" for choice in item.choices]
    return _close(lines, told)


def _write_short(item: Item) -> list[str]:
    r"""A star would stand for anything, so it goes behind a backslash, which is escaped itself."""
    texts = dict.fromkeys((item.answer, *item.variants))
    starless = [_no_arrow(text).replace("*", "\\*") for text in texts if text.strip()]
    return [f"={_answer(text)}" for text in starless]


def _write_number(item: Item, losses: list[Loss]) -> list[str]:
    found = find_amount(item.answer)
    if found is None:
        losses.append(tell_no_number(item))
        return _write_short(item)
    value, unit = found
    if unit:
        losses.append(tell_unit(item, unit))
    return [f"#{show_amount(value)}:{show_amount(item.tolerance)}"]


def _write_pairs(item: Item, losses: list[Loss]) -> list[str]:
    if item.kind == "ordering":
        losses.append(tell_placed(item))
        pairs = place_steps(item)
    else:
        pairs = [(choice.text, choice.match) for choice in item.choices]
    return [f"={_answer(_no_arrow(left))} -> {escape(_no_arrow(right))}" for left, right in pairs]


def _no_arrow(text: str) -> str:
    """`->` parts the sides of a pair and cannot be escaped."""
    return text.replace("->", "→")
