"""What a package is made of: a quiz as plain values, the same for every format."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from media.captions import Cue
from quizsys.questions.question import Choice


@dataclass(frozen=True)
class Item:
    """A question to be carried. `id` is a UUID and stays the same for the life of the question.

    `choices` in the order shown; of `ordering` in the right order. `points` is what a right answer is worth.
    `picture` is the slide that was on show, a JPEG; `link` leads to the moment in the video; either may be missing.
    Without a proof, as a teacher's own question may be, `quote` is "" and its times are the pause.
    """

    id: str
    kind: str
    stem: str
    choices: tuple[Choice, ...]
    answer: str
    variants: tuple[str, ...]
    tolerance: float
    points: float
    explanation: str
    quote: str
    start_s: float
    end_s: float
    pause_at_s: float
    chapter: str
    bloom: str
    difficulty: str
    picture: Path | None = None
    link: str = ""


@dataclass(frozen=True)
class Chapter:
    """A stretch of the video; `title` may be ""."""

    start_s: float
    end_s: float
    title: str


@dataclass(frozen=True)
class Sheet:
    """A quiz to be carried. `id` is the quiz's UUID, `version` the published one or 0 for a draft.

    `language` is a BCP 47 tag such as "en"; `right_to_left` follows from it. Items in order of their pause.
    `video` is a file that browsers play (MP4 or WebM), if the package may carry one. Captions are the whole video's.
    """

    id: str
    version: int
    title: str
    language: str
    source_filename: str
    duration_s: float
    items: tuple[Item, ...]
    chapters: tuple[Chapter, ...] = ()
    captions: tuple[Cue, ...] = ()
    video: Path | None = None

    @property
    def right_to_left(self) -> bool:
        """Whether its language is written so."""
        return is_right_to_left(self.language)


RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ku", "ps", "sd", "ug", "ur", "yi"})


def is_right_to_left(language: str) -> bool:
    """By its BCP 47 tag; what is not known is not."""
    return language.split("-")[0].lower() in RIGHT_TO_LEFT


@dataclass(frozen=True)
class Loss:
    """What a format could not carry. `item_id` is "" when it is about the whole quiz.

    `code` is for programs (`kind_unsupported`, `feedback_dropped`), `detail` one sentence for the teacher.
    `dropped`: the whole question, or all of them, is missing from the package.
    """

    item_id: str
    code: str
    detail: str
    dropped: bool = False


Writer = Callable[[Sheet, Path], list[Loss]]
"""Writes the package to the path, which does not exist yet, and tells what was lost. Raises OSError only."""
