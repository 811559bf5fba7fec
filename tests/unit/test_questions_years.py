"""A year is asked for only where it dates something that somebody should know."""

import pytest

from media.transcript import Word
from quizsys.questions.board import Board, Panel, read_board
from quizsys.questions.clauses import Clause
from quizsys.questions.dates import ask_dates
from quizsys.questions.draft import Draft
from quizsys.questions.language import parse_one
from quizsys.questions.sentences import Sentence
from quizsys.questions.statements import Statement
from quizsys.questions.years import find_undated, find_unmarked_year

BOARD = read_board(())


def make_statement(said: str) -> Statement:
    return Statement(Sentence(0, (Word(0, 1, said, 1.0),)), said, parse_one(said), "", None, None)


def ask(said: str, year: str) -> Draft:
    statement = make_statement(said)
    return Draft("single_choice", "In which year?", year, statement, statement, 0.9, pattern="date")


@pytest.mark.parametrize(
    ("said", "year", "fault"),
    [
        ("The average loaf today is lighter than the average loaf in 1950.", "1950", "undated"),
        ("The new loaf was lighter than the average loaf in 1950.", "1950", "undated"),
        ("The guild has kept its rye in 1950.", "1950", "undated"),
        ("The bread is kept in cellars in 1950.", "1950", "undated"),
        ("Bakers have more ovens in 1980.", "1980", "undated"),
        ("The guild owns a mill in 1917.", "1917", "undated"),
        ("The oven was invented in 1656.", "1656", None),
        ("Since 1881 the guild has tested every loaf.", "1881", None),
        ("The guild has had ten masters since its beginnings in 1881.", "1881", None),
        ("More than 300 bakers founded the guild in 1881.", "1881", None),
    ],
)
def test_a_year_dates_what_the_sentence_tells(said: str, year: str, fault: str | None) -> None:
    assert find_undated(ask(said, year), BOARD) == fault


@pytest.mark.parametrize(
    ("said", "year", "fault"),
    [
        ("In 1939, Mary Baker moved to Ghent.", "1939", "trifle"),
        ("In 1945, Mary Baker was a kitchen technician.", "1945", "trifle"),
        ("Mary Baker knew the miller in 1941.", "1941", "trifle"),
        ("In 1913, another of the millers by the name of Ann Baker expanded on the older oven.", "1913", None),
        ("Mary Baker won a great prize in 1906 for her oven.", "1906", None),
        ("Bread lay all but forgotten until 1808, when a miller sought a new flour.", "1808", None),
        ("The guild has had ten masters since its beginnings in 1881.", "1881", None),
        ("A row of scandals led to the Flour Act in 2002.", "2002", None),
        ("In 1507 a miller attached the word to his loaf.", "1507", None),
        ("In 1507 the word was attached to a loaf.", "1507", None),
        ("The baker founded the guild after she had moved to Ghent in 1939.", "1939", "trifle"),
        ("The war of the bakers ran through the north in 1757.", "1757", None),
    ],
)
def test_an_incident_s_year_is_not_asked(said: str, year: str, fault: str | None) -> None:
    assert find_unmarked_year(ask(said, year), BOARD, "Bread") == fault


def test_a_year_that_is_shown_or_titled_may_be_of_anything() -> None:
    draft = ask("In 1939, Mary Baker moved to Ghent.", "1939")
    board = Board((Panel(0, 9, "Bread", ("1939: the move to Ghent",)),))
    assert find_unmarked_year(draft, board, "Bread") is None
    assert find_unmarked_year(draft, BOARD, "Bread in 1939") is None


def test_far_years_of_a_lesson_are_no_wrong_options() -> None:
    said = "The guild released its steam oven in 1981."
    (draft,) = ask_dates([Clause(make_statement(said), parse_one(said), whole=True)], f"in 1939 in 1945 in 1976 {said}")
    assert draft.pool[0] == "1976"
    assert all(abs(int(year) - 1981) <= 15 for year in draft.pool)


def test_old_years_may_lie_farther_apart() -> None:
    said = "The guild was founded in 1381."
    (draft,) = ask_dates([Clause(make_statement(said), parse_one(said), whole=True)], f"in 1340 in 1281 {said}")
    assert draft.pool[0] == "1340"
    assert "1281" not in draft.pool


def test_another_of_several_is_one_of_them() -> None:
    said = "In 1913, another of the millers by the name of Ann Baker expanded the older oven."
    (draft,) = ask_dates([Clause(make_statement(said), parse_one(said), whole=True)], said)
    assert draft.stem == "In which year did one of the millers by the name of Ann Baker expand the older oven?"
