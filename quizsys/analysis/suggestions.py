"""What a teacher should look at: each suggestion with the numbers that it rests on, never from a handful of answers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import sqrt
from statistics import median

from quizsys.analysis.facts import AnswerFact, ClassFacts, QuestionFact
from quizsys.analysis.first_tries import Abilities, FirstTries
from quizsys.analysis.items import ItemReport, fold_text, list_places

FEWEST_LEARNERS = 10
# Few misses say little about an option: told is what so many would leave unpicked once in twenty times, were all alike.
CHANCE_UNUSED = 0.05
FEWEST_FOR_DISCRIMINATION = 20
UPPER_SHARE = 0.27
SMALLEST_UPPER = 5
AGREED_SHARE = 2 / 3
# In standard errors below none: one good question in ten would be so low by chance.
LOW_DISCRIMINATION = 1.3
HARD_SHARE = 0.2
LEFT_OUT_SHARE = 0.3
SLOW_FACTOR = 3
SLOW_MS = 60_000
SAME_TEXT_SHARE = 0.2
FEWEST_SAME_TEXTS = 3
WRITTEN = ("short_answer", "cloze", "numeric")
CODES = (
    "key_in_doubt",
    "answer_missing",
    "negative_discrimination",
    "too_hard",
    "too_easy",
    "option_unused",
    "too_slow",
    "left_out",
)
"""The most urgent first."""

Number = int | float | str


@dataclass(frozen=True)
class Suggestion:
    """`sentence` is for the teacher, `numbers` are what it rests on, `start_s` is where the proof is in the video."""

    question_id: str
    code: str
    sentence: str
    start_s: float
    numbers: dict[str, Number] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """One question with all that is known of it."""

    question: QuestionFact
    item: ItemReport
    first: dict[str, AnswerFact]
    ability: dict[str, float]
    usual_ms: float | None

    def suggest(self, code: str, sentence: str, **numbers: Number) -> Suggestion:
        told = {"learners": self.item.learners} | numbers
        return Suggestion(self.question.question_id, code, sentence, self.question.evidence_start_s, told)


Rule = Callable[[Case], Suggestion | None]


def suggest(
    facts: ClassFacts, items: tuple[ItemReport, ...], tries: FirstTries, abilities: Abilities
) -> tuple[Suggestion, ...]:
    """The most urgent first, then in the quiz's order."""
    times = {item.question_id: item.median_ms for item in items if item.median_ms is not None}
    finished = sum(attempt.is_over for attempt in facts.attempts)
    found: list[Suggestion] = []
    for question, item in zip(facts.questions, items, strict=True):
        others = [time_ms for question_id, time_ms in times.items() if question_id != question.question_id]
        first = tries.get(question.question_id, {})
        ability = abilities.get(question.question_id, {})
        case = Case(question, item, first, ability, median(others) if others else None)
        found += _judge(case)
        found += [] if (left := _find_left_out(case, finished)) is None else [left]
    return tuple(sorted(found, key=lambda suggestion: CODES.index(suggestion.code)))


def _judge(case: Case) -> Iterator[Suggestion]:
    """A cause that explains the others is told alone."""
    if case.item.learners < FEWEST_LEARNERS:
        return
    for rule in (_doubt_key, _miss_answer, _find_negative, _find_hard, _find_easy, _find_unused):
        if (suggestion := rule(case)) is not None:
            yield suggestion
            break
    if (slow := _find_slow(case)) is not None:
        yield slow


def find_upper(case: Case) -> list[AnswerFact]:
    """The first tries of those who did best at the other questions: 27 % of all, at least five."""
    known = [answer for learner_id, answer in case.first.items() if learner_id in case.ability]
    size = max(SMALLEST_UPPER, round(len(known) * UPPER_SHARE))
    best = sorted(known, key=lambda answer: (-case.ability[answer.learner_id], answer.learner_id))
    return best[:size] if len(known) >= 2 * SMALLEST_UPPER else []


def _doubt_key(case: Case) -> Suggestion | None:
    """The best miss it, and two of three agree on one wrong option."""
    if not case.question.is_picked or case.question.kind == "multiple_choice":
        return None
    upper = find_upper(case)
    picks = [sum(place in list_places(answer.value) for answer in upper) for place in range(len(case.question.options))]
    wrong = [
        (count, -place)
        for place, (count, option) in enumerate(zip(picks, case.question.options, strict=True))
        if not option.correct
    ]
    if not upper or not wrong:
        return None
    most, place = max(wrong)
    if most < len(upper) * AGREED_SHARE:
        return None
    right = sum(answer.is_right for answer in upper)
    option = case.question.options[-place].text
    sentence = (
        f"The key is probably wrong: {most} of the {len(upper)} who did best elsewhere picked “{option}”, "
        f"{right} picked the key. Compare both with the quote."
    )
    return case.suggest("key_in_doubt", sentence, best=len(upper), best_right=right, best_picked=most, option=option)


def _miss_answer(case: Case) -> Suggestion | None:
    """Many write the same, which is marked wrong, and those who do are no worse than the others."""
    if case.question.kind not in WRITTEN:
        return None
    wrong = [text for text in case.item.texts if not text.right]
    if not wrong or wrong[0].learners < max(FEWEST_SAME_TEXTS, case.item.learners * SAME_TEXT_SHARE):
        return None
    same = wrong[0]
    writers = [
        case.ability[learner_id]
        for learner_id, answer in case.first.items()
        if learner_id in case.ability
        and isinstance(answer.value, str)
        and fold_text(answer.value) == fold_text(same.text)
    ]
    if not writers or median(writers) < median(case.ability.values()):
        return None
    sentence = (
        f"{same.learners} of {case.item.learners} wrote “{same.text}”, which counts as wrong, "
        "and they do well elsewhere. Accept it too, or ask more precisely."
    )
    return case.suggest("answer_missing", sentence, wrote=same.learners, text=same.text)


def _find_negative(case: Case) -> Suggestion | None:
    measured = case.item.discrimination
    if measured is None or case.item.learners < FEWEST_FOR_DISCRIMINATION:
        return None
    if measured > -LOW_DISCRIMINATION / sqrt(case.item.learners):
        return None
    sentence = (
        f"Those who do well elsewhere do worse here (discrimination {measured:+.2f}). "
        "Look for a second right answer or an unclear word."
    )
    return case.suggest("negative_discrimination", sentence, discrimination=measured)


def _find_hard(case: Case) -> Suggestion | None:
    share = case.item.difficulty
    if share is None or share >= HARD_SHARE:
        return None
    sentence = (
        f"Hardly anybody knows it at the first try ({share:.0%} of the marks). "
        "Check the key, and whether the lesson says it clearly."
    )
    return case.suggest("too_hard", sentence, difficulty=share)


def _find_easy(case: Case) -> Suggestion | None:
    if case.item.right_share != 1:
        return None
    sentence = (
        f"All {case.item.learners} had it right at the first try: it tells nobody apart. Keep it as a warm-up only."
    )
    return case.suggest("too_easy", sentence, right_share=1)


def _find_unused(case: Case) -> Suggestion | None:
    wrong = [option for option in case.item.options if not option.correct]
    unused = [option.text for option in wrong if option.all_tries == 0]
    misses = sum(option.all_tries for option in wrong)
    if not unused or (1 - 1 / len(wrong)) ** misses > CHANCE_UNUSED:
        return None
    named = ", ".join(f"“{text}”" for text in unused)
    sentence = (
        f"Of {misses} wrong picks none was {named}. Write what learners really mix up with the key, or leave it out."
    )
    return case.suggest("option_unused", sentence, unused=len(unused), misses=misses)


def _find_slow(case: Case) -> Suggestion | None:
    time_ms, usual_ms = case.item.median_ms, case.usual_ms
    if time_ms is None or usual_ms is None or time_ms < max(SLOW_MS, usual_ms * SLOW_FACTOR):
        return None
    sentence = (
        f"It takes {time_ms / 1000:.0f} s where the other questions take {usual_ms / 1000:.0f} s. "
        "Make it shorter, or ask in two steps."
    )
    return case.suggest("too_slow", sentence, median_ms=time_ms, usual_ms=round(usual_ms))


def _find_left_out(case: Case, finished: int) -> Suggestion | None:
    left_out = case.item.left_out
    if finished < FEWEST_LEARNERS or left_out < finished * LEFT_OUT_SHARE:
        return None
    sentence = f"{left_out} of {finished} finished attempts left it out. See whether it comes too late, or is unclear."
    return case.suggest("left_out", sentence, left_out=left_out, finished=finished)
