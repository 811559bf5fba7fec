"""What a learner is told after an answer, and how a text is laid out, as HTML that every reader of packages knows."""

from pathlib import Path
from xml.etree.ElementTree import Element

from quizsys.packages.citing import cite, clock, span
from quizsys.packages.sheet import Item, Sheet
from quizsys.packages.trees import grow

LONGEST_TITLE = 80


def name_pictures(sheet: Sheet) -> dict[Path, str]:
    """Each slide once, under a name that is the same each time."""
    shown = dict.fromkeys(item.picture for item in sheet.items if item.picture is not None)
    return {picture: f"media/slide-{number}.jpg" for number, picture in enumerate(shown, 1)}


def title_item(number: int, item: Item) -> str:
    """For lists of questions."""
    return f"{number:02} {' '.join(item.stem.split())}"[:LONGEST_TITLE].strip()


def paragraphs(text: str) -> list[Element]:
    return [grow("p", {}, line.strip()) for line in text.splitlines() if line.strip()]


def tell_why(item: Item, picture: str | None) -> list[Element]:
    """Explanation, proof and slide; of an open question its answer first.

    The slide stands here and not beside the question, for as a rule the answer is on it.
    """
    answer = paragraphs(item.answer) if item.kind == "open" else []
    return [*answer, *paragraphs(item.explanation), *_show_proof(item), *_show_slide(item, picture)]


def _show_proof(item: Item) -> list[Element]:
    proof = cite(item)
    times = span(item) if proof else clock(item.pause_at_s)
    if not proof and not item.link:
        return []
    moment = grow("a", {"href": item.link}, times) if item.link else times
    return [grow("p", {}, moment, proof.removeprefix(times))]


def _show_slide(item: Item, picture: str | None) -> list[Element]:
    if picture is None:
        return []
    return [grow("p", {}, grow("img", {"src": picture, "alt": item.chapter or clock(item.pause_at_s)}))]
