"""What is known of a class before anything is counted."""

from dataclasses import dataclass
from datetime import datetime

Value = tuple[int, ...] | str
"""What a learner gave: the places of the options picked, or the text as it was written."""


@dataclass(frozen=True)
class OptionFact:
    text: str
    correct: bool


@dataclass(frozen=True)
class QuestionFact:
    """`is_picked`: the learner picks from `options`; what is ordered, matched or written is not."""

    question_id: str
    kind: str
    stem: str
    options: tuple[OptionFact, ...]
    evidence_start_s: float
    evidence_end_s: float
    pause_at_s: float

    @property
    def is_picked(self) -> bool:
        return self.kind in PICKED and bool(self.options)


PICKED = ("single_choice", "multiple_choice", "true_false", "cloze")


@dataclass(frozen=True)
class AnswerFact:
    """One answer. Attempts and tries count from 1; `max` is what the question is worth, 0 if it is not graded."""

    learner_id: str
    attempt_number: int
    question_id: str
    try_number: int
    value: Value
    score: float
    max: float
    elapsed_ms: int | None
    answered_at: datetime
    position_s: float | None

    @property
    def share(self) -> float:
        """How right it is, from 0 to 1."""
        return self.score / self.max if self.max else 0.0

    @property
    def is_right(self) -> bool:
        return self.max > 0 and self.score >= self.max


@dataclass(frozen=True)
class AttemptFact:
    """`is_over`: no answer can come any more. `counts`: it is the one of its learner's that the link's policy takes."""

    learner_id: str
    number: int
    started_at: datetime
    is_over: bool
    counts: bool
    score: float
    max: float


@dataclass(frozen=True)
class ViewingFact:
    """A stretch of the video that was played without a leap, as the client told."""

    learner_id: str
    attempt_number: int
    start_s: float
    end_s: float
    seen_at: datetime


@dataclass(frozen=True)
class LearnerFact:
    learner_id: str
    name: str


@dataclass(frozen=True)
class ClassFacts:
    """Everything about one version of a quiz; questions in order of their pause."""

    duration_s: float
    questions: tuple[QuestionFact, ...]
    learners: tuple[LearnerFact, ...]
    attempts: tuple[AttemptFact, ...]
    answers: tuple[AnswerFact, ...]
    viewings: tuple[ViewingFact, ...] = ()
