"""Which drafts go into a quiz that has questions: far from what is there, never asked before, in one's place."""

from collections.abc import Sequence
from dataclasses import replace

from quizsys.questions.filling import choose_instead, choose_more, choose_same_fact
from quizsys.questions.question import Maker, Question
from tests.quizzing import make_question


def ask(stem: str, at_s: float, answer: str = "yes") -> Question:
    question = make_question(0, stem, answer, "no", "perhaps")
    return replace(question, start_s=at_s - 5, end_s=at_s - 1, pause_at_s=at_s)


def differs(question: Question, others: Sequence[Question]) -> bool:
    return all(question.stem != other.stem for other in others)


def test_gaps_are_filled_from_the_widest() -> None:
    kept = [ask("a", 0), ask("b", 100)]
    drafts = [ask("c", 95), ask("d", 50), ask("e", 70)]
    assert [question.stem for question in choose_more(drafts, kept, kept, 2, differs)] == ["d", "e"]


def test_nothing_known_comes_again_and_no_pause_is_crowded() -> None:
    kept = [ask("a", 100)]
    drafts = [ask("rejected", 20), ask("crowded", 107), ask("a", 50), ask("good", 108), ask("good", 40)]
    chosen = choose_more(drafts, kept, [*kept, ask("rejected", 3)], 9, differs)
    assert [(question.stem, question.pause_at_s) for question in chosen] == [("good", 40)]


def test_in_the_place_of_one_comes_the_nearest_other() -> None:
    old = ask("old", 50)
    drafts = [ask("far", 200), ask("old", 50), ask("beside another", 62), ask("near", 75)]
    chosen = choose_instead(drafts, old, [ask("x", 60)], [old], differs)
    assert chosen is not None
    assert chosen.stem == "near"
    assert choose_instead(drafts[1:3], old, [ask("x", 60)], [old], differs) is None


def test_what_a_model_wrote_goes_before_what_the_rules_filled_in() -> None:
    by_model = replace(ask("far", 200), maker=Maker("llm", "some-model"))
    assert choose_instead([ask("near", 75), by_model], ask("old", 50), [], [], differs) is by_model


def test_parts_are_lent_only_by_the_same_fact() -> None:
    old = ask("My own words", 50, "Granum")
    same = ask("Another stem", 50, "granum")
    assert choose_same_fact([ask("x", 50, "Stroma"), ask("x", 90, "Granum"), same], old, ["stem"]) is same
    assert choose_same_fact([replace(same, kind="short_answer")], old, ["kind"]) is None
