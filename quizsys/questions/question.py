"""A question and what proves it, as plain values that pickle."""

from dataclasses import dataclass
from typing import Any

KINDS = (
    "single_choice",
    "multiple_choice",
    "true_false",
    "cloze",
    "short_answer",
    "numeric",
    "ordering",
    "matching",
    "open",
)
"""`ordering` lists its choices in the right order; each choice of `matching` names what goes with it; `open`
has none and its answer is the lecturer's own."""


@dataclass(frozen=True)
class Choice:
    """One option. `feedback` tells who picked it why it is right or wrong; `match`: what goes with it (`matching`)."""

    text: str
    correct: bool
    feedback: str = ""
    match: str = ""


@dataclass(frozen=True)
class Maker:
    """What wrote a question, and what that knows of it: kept beside a teacher's verdict for a ranker to learn from.

    `pattern` is the rule that found the fact, `score` the maker's own opinion, higher is better.
    """

    generator: str = ""
    model: str = ""
    prompt_version: str = ""
    pattern: str = ""
    score: float | None = None


@dataclass(frozen=True)
class Question:
    """One draft question. `quote` stands word for word in the transcript from start_s to end_s.

    The video pauses for it at pause_at_s: after the quote, but for an `open` question right after it was asked.
    `variants` are other answers that count as right (`short_answer`); `tolerance`: how far a `numeric` one may be off.
    """

    kind: str
    stem: str
    choices: tuple[Choice, ...]
    answer: str
    explanation: str
    quote: str
    start_s: float
    end_s: float
    pause_at_s: float
    chapter: str
    bloom: str
    difficulty: str
    variants: tuple[str, ...] = ()
    tolerance: float = 0.0
    maker: Maker = Maker()


@dataclass(frozen=True)
class Refusal:
    """How many candidates were dropped for one reason code of the gate."""

    reason: str
    count: int


@dataclass(frozen=True)
class QuizDraft:
    """Questions in order of their pause. `note` is one sentence when few or none were found, else empty.

    `transcript_id` is the lesson's: the revision that every quote was checked against.
    `usage` is what a model cost: calls, tokens and failures; None without a model.
    """

    title: str
    generator: str
    questions: tuple[Question, ...]
    refused: tuple[Refusal, ...]
    note: str = ""
    transcript_id: str = ""
    usage: dict[str, Any] | None = None

    def find_maker(self, question: Question) -> Maker:
        """What wrote the question; the quiz's generator if it does not say."""
        return question.maker if question.maker.generator else Maker(self.generator)
