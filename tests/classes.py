"""A class that answers a quiz by chance and by knowledge: facts to be counted."""

import math
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime

from quizsys.analysis.facts import AnswerFact, AttemptFact, ClassFacts, LearnerFact, OptionFact, QuestionFact, Value

MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)
OPTIONS = 4


def make_question(number: int, kind: str = "single_choice", key: int = 0) -> QuestionFact:
    """Asked at the end of its minute; `key` is the place of the right option."""
    count = OPTIONS if kind in ("single_choice", "multiple_choice", "cloze") else 0
    options = tuple(OptionFact(f"option {place}", place == key) for place in range(count))
    at_s = 60.0 * number
    return QuestionFact(f"q{number}", kind, f"Question {number}?", options, at_s + 10, at_s + 15, at_s + 20)


def make_answer(
    learner: int | str, question: int | str, value: Value, right: bool | float, **more: object
) -> AnswerFact:
    given: dict[str, object] = {"attempt_number": 1, "try_number": 1, "max": 1.0, "elapsed_ms": 5000} | more
    name = question if isinstance(question, str) else f"q{question}"
    who = learner if isinstance(learner, str) else f"l{learner:03}"
    given = {"answered_at": MONDAY, "position_s": None} | given
    return AnswerFact(learner_id=who, question_id=name, value=value, score=float(right), **given)  # type: ignore[arg-type]


def make_facts(
    questions: list[QuestionFact], answers: list[AnswerFact], *, is_finished: bool = True, **more: object
) -> ClassFacts:
    """Everybody with an answer has made one attempt for each of its numbers."""
    begun = sorted({(answer.learner_id, answer.attempt_number) for answer in answers})
    worth = float(len(questions))
    attempts = [AttemptFact(learner, number, MONDAY, is_finished, number == 1, 0.0, worth) for learner, number in begun]
    learners = [LearnerFact(learner, learner.upper()) for learner in sorted({learner for learner, _ in begun})]
    length_s = 60.0 * (len(questions) + 1)
    return ClassFacts(length_s, tuple(questions), tuple(learners), tuple(attempts), tuple(answers), **more)  # type: ignore[arg-type]


@dataclass
class SimulatedClass:
    """Learners of normal ability; who knows a question picks what is really right, others pick anything.

    `miskeyed` questions have their key at another option than what is really right.
    """

    learners: int = 30
    questions: int = 10
    seed: int = 1
    miskeyed: tuple[int, ...] = ()
    hardness: list[float] = field(default_factory=list)

    def make(self) -> ClassFacts:
        dice = random.Random(self.seed)
        hardness = self.hardness or [dice.uniform(-1.5, 1.0) for _ in range(self.questions)]
        abilities = [dice.gauss(0, 1) for _ in range(self.learners)]
        asked = [make_question(number, key=1 if number in self.miskeyed else 0) for number in range(self.questions)]
        answers = [
            self._answer(dice, learner, number, ability - hardness[number])
            for learner, ability in enumerate(abilities)
            for number in range(self.questions)
        ]
        return make_facts(asked, answers)

    def _answer(self, dice: random.Random, learner: int, number: int, ease: float) -> AnswerFact:
        knows = dice.random() < 1 / (1 + math.exp(-1.7 * ease))
        picked = 0 if knows else dice.randrange(OPTIONS)
        right = picked == (1 if number in self.miskeyed else 0)
        return make_answer(learner, number, (picked,), right, elapsed_ms=dice.randrange(5_000, 20_000))
