"""A published version of a quiz as a plain value."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from quizsys.packages.sheet import Item
from quizsys.questions.question import Choice


@dataclass(frozen=True)
class Paper:
    """What one version asks, in the order of its questions. `asset_id` is the video; `language` may be ""."""

    asset_id: str
    version: int
    title: str
    language: str
    duration_s: float
    items: tuple[Item, ...]

    @cached_property
    def by_id(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}


def read_paper(version: dict[str, Any]) -> Paper:
    """From a version as `services.versions` tells it."""
    items = tuple(map(_read_item, version["questions"]))
    source = version["source"]
    return Paper(
        asset_id=version["asset_id"],
        version=version["version"],
        title=version["title"],
        language=version["language"],
        duration_s=source["duration_s"] or 0.0,
        items=items,
    )


def _read_item(question: dict[str, Any]) -> Item:
    choices = (
        Choice(choice["text"], choice["correct"], choice.get("feedback", ""), choice.get("match", ""))
        for choice in question["choices"]
    )
    evidence = question["evidence"]
    return Item(
        id=question["id"],
        kind=question["kind"],
        stem=question["stem"],
        choices=tuple(choices),
        answer=question["answer"],
        variants=tuple(question.get("variants", ())),
        tolerance=question.get("tolerance", 0.0),
        points=question.get("points", 1.0),
        explanation=question["explanation"],
        quote=evidence["quote"],
        start_s=evidence["start_s"],
        end_s=evidence["end_s"],
        pause_at_s=question["pause_at_s"],
        chapter=question["chapter"],
        bloom=question["bloom"],
        difficulty=question["difficulty"],
    )
