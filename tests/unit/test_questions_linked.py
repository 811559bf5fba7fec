"""What speakers say in their own way (a term and then its meaning, a purpose first) is asked about like the rest."""

import pytest

from media.progress import ignore
from media.transcript import Word
from quizsys.questions.bearing import find_loose_purpose
from quizsys.questions.board import read_board
from quizsys.questions.cards import find_cards
from quizsys.questions.clauses import Clause
from quizsys.questions.clean import clean
from quizsys.questions.distractors import TermTable
from quizsys.questions.language import parse_one
from quizsys.questions.linked import name_linked
from quizsys.questions.naming import name_terms
from quizsys.questions.noise import find_noise
from quizsys.questions.parts import ask_parts
from quizsys.questions.points import ask_points
from quizsys.questions.reasons import ask_reasons
from quizsys.questions.sentences import Sentence
from quizsys.questions.statements import Statement
from quizsys.questions.taste import find_vague
from quizsys.questions.told import find_example, find_mere_description, find_passing_person

BOARD = read_board(())
BOWL = "This is a round bowl that keeps the loaf in its shape."


def say(text: str, place: int = 0, flaw: str | None = None) -> Statement:
    words = tuple(Word(place * 20 + at, place * 20 + at + 1, word, 1.0) for at, word in enumerate(text.split()))
    shown = clean(text)
    return Statement(Sentence(place, words), shown, parse_one(shown), "", None, flaw)


def make_clause(text: str) -> Clause:
    statement = say(text)
    return Clause(statement, statement.doc, whole=True)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        (
            ["the next tool is the slicers, these are long knives that cut a loaf in one stroke."],
            [("What do we call long knives that cut a loaf in one stroke?", "slicers")],
        ),
        (
            ["the dough rests in a proving basket.", BOWL],
            [("What do we call a round bowl that keeps the loaf in its shape?", "proving basket")],
        ),
        (
            [
                "the guild also sells flat breads.",
                "These are thin sheets of dough without any yeast, like crackers or wafers.",
            ],
            [("What do we call thin sheets of dough without any yeast?", "flat breads")],
        ),
        (["the dough rests in a bowl.", "This is what we do with every loaf of the day."], []),
        (["the dough rests in bowls.", BOWL], []),
        (["the baker measures the weight of the dough.", "This is a number that tells when it is done."], []),
        (["the guild sells rye and wheat.", "These are grains that grow in the north of the land."], []),
        (["the dough rests in it.", BOWL], []),
        (["the dough rests in a proving basket.", "This is a bowl."], []),
        (["the baker heard of a proving basket.", BOWL], []),
        (["the dough rests in a proving basket.", "This is water that has been boiled with a little salt."], []),
        (["the dough rests in proving baskets.", "These are water that has been boiled with a little salt."], []),
        (["the dough rests in a proving basket.", "This is a big round wooden bowl."], []),
        (["the dough rests in a proving basket.", "This is a thing that keeps the loaf in its shape."], []),
        (["the dough rests in a proving basket.", "This is a bowl that we have."], []),
        (["the dough rests in a proving basket.", "This is a round bowl that keeps the heard loaf in its shape."], []),
        (["the dough rests in a proving basket overnight.", BOWL], []),
        (["he has slicers, these are long knives that cut a loaf in one stroke."], []),
        (["the baker heard of the slicers, these are long knives that cut a loaf in one stroke."], []),
        (["the dough rests in two baskets.", "These are round bowls that keep the loaves in shape."], []),
        (["the baker takes the miller's basket.", BOWL], []),
        (["the baker solves the problem.", BOWL], []),
        (["the guild also sells flat breads.", "These are just thin sheets of dough without any yeast."], []),
        (
            ["the guild also sells flat breads.", "These are thin sheets of dough without any yeast like crackers."],
            [("What do we call thin sheets of dough without any yeast?", "flat breads")],
        ),
        (
            [
                "the dough rests in a proving basket.",
                "This is a round bowl that keeps the loaf in its shape while the yeast gives off gas in a warm room.",
            ],
            [],
        ),
    ],
)
def test_a_term_is_explained_by_what_follows_it(said: list[str], asked: list[tuple[str, str]]) -> None:
    statements = [say(text, place, "misheard" if " heard " in text else None) for place, text in enumerate(said)]
    drafts = list(name_linked(statements))
    assert [(draft.stem, draft.key) for draft in drafts] == asked
    assert all(draft.last is statements[-1] for draft in drafts)


@pytest.mark.parametrize(
    ("second", "rule", "fault"),
    [
        ("For example, these are thin sheets of dough without any yeast.", find_example, "example"),
        ("These are basically thin sheets of dough without any yeast.", find_mere_description, "no_term"),
        ("These are thin sheets of dough without any yeast.", find_mere_description, None),
    ],
)
def test_the_second_sentence_is_held_to_the_rules_too(second: str, rule: object, fault: str | None) -> None:
    statements = [say("the guild also sells flat breads."), say(second, 1)]
    (draft,) = name_linked(statements)
    assert callable(rule)
    assert rule(draft, BOARD) == fault


def test_a_meaning_between_two_commas_is_what_is_called_so() -> None:
    said = (
        "this very odd number, the share by which a loaf shrinks in the oven, is called the baking loss of that loaf."
    )
    stems = {(draft.stem, draft.key) for draft in name_terms([make_clause(said)])}
    assert ("What do we call the share by which a loaf shrinks in the oven?", "baking loss") in stems


def test_a_common_noun_at_the_start_is_no_name() -> None:
    said = (
        "slavery, the treatment of human beings as property, deprived of personal rights, has occurred in many forms."
    )
    (draft,) = name_terms([make_clause(said)])
    assert (draft.stem, draft.key) == ("What do we call the treatment of human beings as property?", "slavery")


def test_a_definition_ends_where_the_talk_goes_on() -> None:
    said = "a crumb is a small piece of bread, so while some crumbs can be eaten, most of them are swept away."
    (draft,) = [draft for draft in name_terms([make_clause(said)]) if draft.pattern == "definition"]
    assert draft.stem == "What do we call a small piece of bread?"


def test_what_follows_a_definition_does_not_soften_it() -> None:
    said = "a crumb is a small piece of bread that falls, and all crumbs can be swept away."
    (draft,) = [draft for draft in name_terms([make_clause(said)]) if draft.pattern == "definition"][:1]
    assert find_mere_description(draft, BOARD) is None


@pytest.mark.parametrize(
    ("stem", "fault"),
    [
        ("What do we call the craft that deals with the structure and form of the loaves?", None),
        ("What do we call the craft that deals with the structure and lasts for years?", "vague"),
    ],
)
def test_two_nouns_are_told_of_together(stem: str, fault: str | None) -> None:
    statement = say("Said of bread.")
    (draft,) = list(
        name_linked([say("the guild sells flat breads, these are thin sheets of dough without any yeast.")])
    )
    assert statement.flaw is None
    assert find_vague(type(draft)("short_answer", stem, "baking", statement, statement, 0.9), BOARD) == fault


@pytest.mark.parametrize(
    ("said", "stem", "key", "fault"),
    [
        (
            "to meet the great demand for bread, the bakers built new mills.",
            "Why did the bakers build new mills?",
            "To meet the great demand for bread",
            None,
        ),
        (
            "to meet the great demand for bread, the bakers built new mills, which stand in the north.",
            "Why did the bakers build new mills?",
            "To meet the great demand for bread",
            None,
        ),
        (
            "to give an idea of the demand, the bakers built new mills.",
            "Why did the bakers build new mills?",
            "To give an idea of the demand",
            "loose_purpose",
        ),
        (
            "to meet the great demand for bread, the bakers built new mills, but left the old ones.",
            "Why did the bakers build new mills?",
            "To meet the great demand for bread",
            "loose_purpose",
        ),
    ],
)
def test_a_purpose_before_its_sentence_is_clear(said: str, stem: str, key: str, fault: str | None) -> None:
    (draft,) = ask_reasons([make_clause(said)], [])
    assert (draft.stem, draft.key) == (stem, key)
    assert find_loose_purpose(draft, BOARD) == fault


def test_of_two_purposes_only_the_one_in_front_is_clear() -> None:
    said = "to meet the great demand for bread, the bakers built new mills to bake good bread."
    found = {draft.key: find_loose_purpose(draft, BOARD) for draft in ask_reasons([make_clause(said)], [])}
    assert found == {"To meet the great demand for bread": None, "To bake good bread": "loose_purpose"}


def test_a_condition_said_twice_is_said_once() -> None:
    assert clean("Whenever this happens, whenever the dough is warm, the loaf rises.") == (
        "whenever the dough is warm, the loaf rises."
    )
    assert clean("When this happens the loaf rises.") == "When this happens the loaf rises."


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("So what does proving mean in the craft of a baker.", "question"),
        ("How do bakers keep the dough warm.", "question"),
        ("What does matter is the warmth of the dough.", None),
        ("What does the baker, who rises early.", None),
        ("What does proving.", None),
        ("When does, as we saw, not matter to the dough.", None),
        ("What bakers do with the dough is an art.", None),
    ],
)
def test_a_question_without_its_mark_is_one(said: str, reason: str | None) -> None:
    assert find_noise(said) == reason


def test_a_question_without_its_mark_makes_a_card() -> None:
    said = ["What does proving mean in the craft of a baker.", "Proving is the rest of the dough before it is baked."]
    statements = [say(said[0], 0, "question"), say(said[1], 1)]
    (card,) = find_cards(statements)
    assert (card.stem, card.key) == ("What does proving mean in the craft of a baker?", said[1])


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        (
            "Rutherford concluded that atoms are mostly empty.",
            [("Who concluded that atoms are mostly empty?", "Rutherford")],
        ),
        ("Rutherford believed that atoms are mostly empty.", []),
        ("The baker Rutherford concluded that atoms are mostly empty.", []),
        ("Werner Heisenberg was given the oven of the bakers in the town.", []),
        (
            "In baking his bread, Werner Heisenberg showed that bread rises.",
            [("In baking his bread, who showed that bread rises?", "Werner Heisenberg")],
        ),
        (
            "In formulating his principle of the oven, Werner Heisenberg showed it was impossible to weigh the heat "
            "and the loaf at the same time as they rose.",
            [
                (
                    "Who showed it was impossible to weigh the heat and the loaf at the same time as they rose?",
                    "Werner Heisenberg",
                )
            ],
        ),
        (
            "In 1927, Werner Heisenberg showed it was impossible to weigh the heat and the loaf at the same time as "
            "they both rose high in the oven.",
            [
                (
                    "In 1927, who showed it was impossible to weigh the heat and the loaf at the same time as they "
                    "both rose high in the oven?",
                    "Werner Heisenberg",
                )
            ],
        ),
        (
            "In his old age, Werner Heisenberg showed that bread rises.",
            [("In his old age, who showed that bread rises?", "Werner Heisenberg")],
        ),
    ],
)
def test_who_found_something_is_asked(said: str, asked: list[tuple[str, str]]) -> None:
    assert [(draft.stem, draft.key) for draft in ask_parts([make_clause(said)], BOARD)] == asked


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("Werner Heisenberg joined the faculty of the bakers in the town.", "trifle"),
        ("Werner Heisenberg invented the oven of the bakers in the town.", None),
    ],
)
def test_who_joined_something_is_not_asked(said: str, fault: str | None) -> None:
    (draft,) = ask_parts([make_clause(said)], BOARD)
    assert find_passing_person(draft, BOARD) == fault


def test_persons_stand_beside_each_other_where_one_is_asked_for() -> None:
    people = ("Werner Heisenberg", "Albert Einstein", "Ernest Rutherford")
    statements = [say(f"{name} lived in the town.", place) for place, name in enumerate(people)]
    table = TermTable(statements, [], BOARD, {}, ignore)
    asked = "showed it was impossible to determine both the exact position and speed of electrons in an atom?"
    assert set(table.list_wrong(people[0], f"Who {asked}")) == set(people[1:])
    assert table.list_wrong(people[0], f"What {asked}") == []
    assert table.list_wrong(people[0], "Who named the exact position and speed of electrons in an atom?") == []


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        (
            "the key idea of the wood oven is that the fire is burnt on the stone itself, which is then swept.",
            [("What is the key idea of the wood oven?", "The fire is burnt on the stone itself")],
        ),
        (
            "the purpose of the proving basket was to keep the loaf in its shape.",
            [("What was the purpose of the proving basket?", "To keep the loaf in its shape")],
        ),
        (
            "the purpose of the proving basket was to keep the loaf in its shape, while the oven is heated.",
            [("What was the purpose of the proving basket?", "To keep the loaf in its shape")],
        ),
        (
            "the purpose of the proving basket was to keep the loaf in its shape instead.",
            [("What was the purpose of the proving basket?", "To keep the loaf in its shape")],
        ),
        ("the purpose of this basket is to keep the loaf in its shape.", []),
        ("one idea behind the wood oven is that the fire is burnt on the stone.", []),
        ("the purpose of the basket is to help.", []),
        ("the colour of the crust is that of a ripe field of wheat.", []),
    ],
)
def test_a_purpose_that_is_named_is_asked_for(said: str, asked: list[tuple[str, str]]) -> None:
    assert [(draft.stem, draft.key) for draft in ask_points([make_clause(said)])] == asked


def test_a_purpose_of_half_a_sentence_is_not_asked_for() -> None:
    said = say("the purpose of the proving basket was to keep the loaf in its shape.")
    assert list(ask_points([Clause(said, said.doc, whole=True)]))
    assert not list(ask_points([Clause(said, said.doc, whole=False)]))
