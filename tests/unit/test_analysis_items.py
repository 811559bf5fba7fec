"""Each question's figures, on classes small enough to count by hand."""

from datetime import timedelta

import pytest

from quizsys.analysis.discrimination import measure_discrimination
from quizsys.analysis.first_tries import find_first_tries, rate_learners
from quizsys.analysis.items import ItemReport, report_items
from tests.classes import MONDAY, make_answer, make_facts, make_question


def report(questions: list, answers: list, **more: object) -> tuple[ItemReport, ...]:  # type: ignore[type-arg]
    facts = make_facts(questions, answers, **more)  # type: ignore[arg-type]
    tries = find_first_tries(facts.answers)
    return report_items(facts, tries, rate_learners(tries))


def test_the_first_try_of_the_first_attempt_counts_whatever_order_they_come_in() -> None:
    later = MONDAY + timedelta(days=1)
    answers = [
        make_answer(1, 0, (0,), True, attempt_number=2, answered_at=later),
        make_answer(1, 0, (0,), True, try_number=2),
        make_answer(1, 0, (2,), False, try_number=1),
        make_answer(2, 0, (0,), True),
    ]
    (item,) = report([make_question(0)], answers)
    assert (item.learners, item.right_share, item.difficulty) == (2, 0.5, 0.5)
    assert [(option.first_tries, option.all_tries) for option in item.options] == [(1, 2), (0, 0), (1, 1), (0, 0)]
    assert item.tries == pytest.approx(4 / 3, abs=0.001)


def test_part_marks_are_difficulty_but_not_right() -> None:
    answers = [make_answer(learner, 0, (0, 2), 0.5) for learner in range(4)]
    (item,) = report([make_question(0, "multiple_choice")], answers)
    assert (item.right_share, item.difficulty) == (0.0, 0.5)
    assert [option.first_tries for option in item.options] == [4, 0, 4, 0]


def test_nobody_is_no_figure_and_no_division() -> None:
    (item,) = report([make_question(0)], [])
    assert (item.learners, item.right_share, item.difficulty, item.discrimination) == (0, None, None, None)
    assert (item.tries, item.median_ms, item.left_out) == (None, None, 0)


def test_what_nobody_marks_is_in_no_share() -> None:
    answers = [make_answer(learner, 0, "an essay", False, max=0.0) for learner in range(3)]
    (item,) = report([make_question(0, "open")], answers)
    assert (item.learners, item.right_share, item.tries) == (0, None, 1.0)


def test_impossible_times_are_left_out() -> None:
    times = [4000, 6000, None, -5, 10**12]
    answers = [make_answer(learner, 0, (0,), True, elapsed_ms=time_ms) for learner, time_ms in enumerate(times)]
    assert report([make_question(0)], answers)[0].median_ms == 5000


def test_finished_attempts_without_an_answer_left_it_out() -> None:
    answers = [make_answer(learner, 0, (0,), True) for learner in range(3)] + [make_answer(0, 1, (0,), True)]
    questions = [make_question(0), make_question(1)]
    assert [item.left_out for item in report(questions, answers)] == [0, 2]
    assert [item.left_out for item in report(questions, answers, is_finished=False)] == [0, 0]


def test_texts_that_differ_in_capitals_and_spaces_are_counted_together() -> None:
    given = ["Stroma", " the  stroma", "The Stroma", "THE STROMA", "water", ""]
    answers = [make_answer(n, 0, text, "troma" in text and "he" not in text) for n, text in enumerate(given)]
    (item,) = report([make_question(0, "short_answer")], answers)
    assert [(text.text, text.learners) for text in item.texts] == [(" the  stroma", 3), ("Stroma", 1), ("water", 1)]
    assert item.options == ()


def test_answers_to_a_question_that_is_no_more_count_nowhere() -> None:
    (item,) = report([make_question(0)], [make_answer(1, "gone", (0,), True)])
    assert item.learners == 0


def classify(right: list[tuple[bool, bool, bool]]) -> list:  # type: ignore[type-arg]
    """An answer to each of three questions for each learner."""
    return [
        make_answer(learner, number, (0,) if good else (1,), good)
        for learner, goods in enumerate(right)
        for number, good in enumerate(goods)
    ]


def discriminate(right: list[tuple[bool, bool, bool]]) -> float | None:
    """The first question's figure."""
    tries = find_first_tries(classify(right))
    return measure_discrimination(tries["q0"], rate_learners(tries)["q0"])


def test_discrimination_is_the_correlation_with_the_other_questions() -> None:
    assert discriminate([(True, True, True)] * 6 + [(False, False, False)] * 6) == 1.0
    assert discriminate([(False, True, True)] * 6 + [(True, False, False)] * 6) == -1.0
    # By hand: 12 learners, 9 of them right here; the others' means are 1, 0.5 and 0.
    mixed = [(True, True, True)] * 6 + [(True, True, False)] * 3 + [(False, False, False)] * 3
    assert discriminate(mixed) == pytest.approx(0.87, abs=0.01)


def test_discrimination_is_not_told_of_few_or_of_those_who_do_alike() -> None:
    assert discriminate([(True, True, True), (False, False, False)] * 4) is None
    assert discriminate([(True, True, False)] * 20) is None
    assert discriminate([(True, True, True), (True, False, True)] * 9) is None


def test_a_learner_is_rated_by_the_other_questions_only() -> None:
    abilities = rate_learners(find_first_tries(classify([(True, False, True)])))
    assert abilities == {"q0": {"l000": 0.5}, "q1": {"l000": 1.0}, "q2": {"l000": 0.5}}


def test_a_learner_with_one_other_answer_is_not_rated() -> None:
    answers = [make_answer(1, 0, (0,), True), make_answer(1, 1, (0,), True)]
    assert rate_learners(find_first_tries(answers)) == {"q0": {}, "q1": {}}
