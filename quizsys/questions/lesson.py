"""What the generators work from: one lesson, heard and read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from media.transcript import Transcript

if TYPE_CHECKING:
    from media.slides import Slide


@dataclass(frozen=True)
class Lesson:
    """A video's title, length, speech and slides. Times are seconds from its start. `transcript_id` is handed on.

    `asked` are stems that are not wanted again; with `focus_s`, questions are wanted from that stretch above all.
    """

    title: str
    duration_s: float
    transcript: Transcript
    slides: tuple[Slide, ...] = ()
    transcript_id: str = ""
    asked: tuple[str, ...] = ()
    focus_s: tuple[float, float] | None = None
