"""A question in the making: what a maker proposes, before distractors, gate and pause."""

from dataclasses import dataclass

from quizsys.questions.question import Choice
from quizsys.questions.statements import Statement


@dataclass(frozen=True)
class Draft:
    """`first` to `last` are the statements whose sentences are the quote; `score` orders drafts, higher first.

    `pool` names other options a maker already knows to be wrong and alike; `fixed` are ready choices that need no pool.
    `scene` goes before the stem when the question is finished ("with open addressing"), or else `topic`, as a label.
    """

    kind: str
    stem: str
    key: str
    first: Statement
    last: Statement
    score: float
    pool: tuple[str, ...] = ()
    fixed: tuple[Choice, ...] = ()
    explanation: str = ""
    bloom: str = "remember"
    asked_at: int | None = None
    needs_terms: bool = False
    pattern: str = ""
    scene: str = ""
    topic: str = ""

    @property
    def full_stem(self) -> str:
        """The stem as shown, its scene before it."""
        if self.topic:
            return f"{self.topic}: {self.stem[:1].lower()}{self.stem[1:]}"
        if not self.scene:
            return self.stem
        return f"{self.scene[:1].upper()}{self.scene[1:]}, {self.stem[:1].lower()}{self.stem[1:]}"
