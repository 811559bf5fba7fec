"""What each learner did."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from quizsys.analysis.facts import AnswerFact, AttemptFact, ClassFacts, LearnerFact
from quizsys.analysis.first_tries import FirstTries
from quizsys.analysis.items import sum_times_ms


@dataclass(frozen=True)
class LearnerReport:
    """`score` of `max` is of the attempt that counts, None before the first one.

    `right_at_first` of `answered` questions; `time_ms` with all questions; `first` tells of each answered question, in
    the quiz's order, the share of its points at the first try.
    """

    learner_id: str
    name: str
    attempts: int
    finished: int
    score: float | None
    max: float | None
    answered: int
    right_at_first: int
    time_ms: int
    last_seen_at: datetime | None
    first: dict[str, float]


def report_learners(facts: ClassFacts, tries: FirstTries) -> tuple[LearnerReport, ...]:
    """In the order of `facts.learners`."""
    attempts: dict[str, list[AttemptFact]] = defaultdict(list)
    for attempt in facts.attempts:
        attempts[attempt.learner_id].append(attempt)
    answers: dict[str, list[AnswerFact]] = defaultdict(list)
    for answer in facts.answers:
        answers[answer.learner_id].append(answer)
    order = [question.question_id for question in facts.questions]
    return tuple(
        _report_learner(
            learner,
            attempts[learner.learner_id],
            answers[learner.learner_id],
            [(key, tries[key][learner.learner_id]) for key in order if learner.learner_id in tries.get(key, {})],
        )
        for learner in facts.learners
    )


def _report_learner(
    learner: LearnerFact,
    attempts: list[AttemptFact],
    answers: list[AnswerFact],
    first: list[tuple[str, AnswerFact]],
) -> LearnerReport:
    counted = next((attempt for attempt in attempts if attempt.counts), None)
    seen = [attempt.started_at for attempt in attempts] + [answer.answered_at for answer in answers]
    return LearnerReport(
        learner_id=learner.learner_id,
        name=learner.name,
        attempts=len(attempts),
        finished=sum(attempt.is_over for attempt in attempts),
        score=None if counted is None else counted.score,
        max=None if counted is None else counted.max,
        answered=len(first),
        right_at_first=sum(answer.is_right for _, answer in first),
        time_ms=sum_times_ms(answers),
        last_seen_at=max(seen, default=None),
        first={question_id: round(answer.share, 3) for question_id, answer in first},
    )
