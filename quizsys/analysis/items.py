"""What a class's answers say of each question."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from quizsys.analysis.discrimination import measure_discrimination
from quizsys.analysis.facts import AnswerFact, ClassFacts, QuestionFact, Value
from quizsys.analysis.first_tries import Abilities, FirstTries

MOST_TEXTS = 10
# A page left open over lunch says nothing about the question.
LONGEST_THOUGHT_MS = 30 * 60 * 1000


@dataclass(frozen=True)
class OptionCount:
    """How many learners picked it at their first try, and how many at any."""

    text: str
    correct: bool
    first_tries: int
    all_tries: int


@dataclass(frozen=True)
class TextCount:
    """What so many learners wrote first; capitals and spaces apart it is the same."""

    text: str
    right: bool
    learners: int


@dataclass(frozen=True)
class ItemReport:
    """`learners`: who gave a graded answer. `right_share` at the first try is None without one.

    `difficulty` is the mean score at the first try, from 0 (nobody) to 1 (everybody): with part marks it is above
    `right_share`. `tries` is how many an attempt takes, `median_ms` is of first tries. `left_out`: how many finished
    attempts have no answer to it.
    """

    question_id: str
    kind: str
    stem: str
    pause_at_s: float
    learners: int
    right_share: float | None
    difficulty: float | None
    discrimination: float | None
    tries: float | None
    median_ms: int | None
    left_out: int
    options: tuple[OptionCount, ...]
    texts: tuple[TextCount, ...]


def report_items(facts: ClassFacts, tries: FirstTries, abilities: Abilities) -> tuple[ItemReport, ...]:
    """In the quiz's order."""
    answers: dict[str, list[AnswerFact]] = {question.question_id: [] for question in facts.questions}
    for answer in facts.answers:
        if answer.question_id in answers:
            answers[answer.question_id].append(answer)
    finished = {(attempt.learner_id, attempt.number) for attempt in facts.attempts if attempt.is_over}
    reports = []
    for question in facts.questions:
        key = question.question_id
        first = tries.get(key, {})
        measured = measure_discrimination(first, abilities.get(key, {}))
        reports.append(_report_item(question, answers[key], list(first.values()), measured, finished))
    return tuple(reports)


def _report_item(
    question: QuestionFact,
    answers: Sequence[AnswerFact],
    first: Sequence[AnswerFact],
    discrimination: float | None,
    finished: set[tuple[str, int]],
) -> ItemReport:
    given = {(answer.learner_id, answer.attempt_number) for answer in answers}
    return ItemReport(
        question_id=question.question_id,
        kind=question.kind,
        stem=question.stem,
        pause_at_s=question.pause_at_s,
        learners=len(first),
        right_share=find_mean([float(answer.is_right) for answer in first]),
        difficulty=find_mean([answer.share for answer in first]),
        discrimination=discrimination,
        tries=round(len(answers) / len(given), 3) if given else None,
        median_ms=find_median_ms(first),
        left_out=len(finished - given),
        options=_count_options(question, first, answers),
        texts=() if question.is_picked else _count_texts(first),
    )


def find_mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 3) if values else None


def find_median_ms(answers: Iterable[AnswerFact]) -> int | None:
    """Of the times that can be: clients measure them, and some will tell nonsense."""
    times = [answer.elapsed_ms for answer in answers if answer.elapsed_ms is not None]
    possible = [time_ms for time_ms in times if 0 <= time_ms <= LONGEST_THOUGHT_MS]
    return round(median(possible)) if possible else None


def sum_times_ms(answers: Iterable[AnswerFact]) -> int:
    """Each no longer than anybody thinks."""
    return sum(min(max(answer.elapsed_ms or 0, 0), LONGEST_THOUGHT_MS) for answer in answers)


def _count_options(
    question: QuestionFact, first: Sequence[AnswerFact], answers: Sequence[AnswerFact]
) -> tuple[OptionCount, ...]:
    if not question.is_picked:
        return ()
    at_first = Counter(place for answer in first for place in list_places(answer.value))
    by_learner = {(answer.learner_id, place) for answer in answers for place in list_places(answer.value)}
    at_all = Counter(place for _, place in by_learner)
    return tuple(
        OptionCount(option.text, option.correct, at_first[place], at_all[place])
        for place, option in enumerate(question.options)
    )


def list_places(value: Value) -> set[int]:
    return set() if isinstance(value, str) else set(value)


def fold_text(text: str) -> str:
    return " ".join(text.split()).casefold()


def _count_texts(first: Sequence[AnswerFact]) -> tuple[TextCount, ...]:
    """The most frequent ones, as somebody wrote them."""
    shown: dict[str, AnswerFact] = {}
    count: Counter[str] = Counter()
    for answer in first:
        if isinstance(answer.value, str) and (folded := fold_text(answer.value)):
            shown.setdefault(folded, answer)
            count[folded] += 1
    return tuple(
        TextCount(str(shown[folded].value), shown[folded].is_right, times)
        for folded, times in count.most_common(MOST_TEXTS)
    )
