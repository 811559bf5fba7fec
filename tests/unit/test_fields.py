"""What fields take, and how they refuse the rest: by the types of problems that clients of the seed know."""

from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request
from marshmallow import Schema, ValidationError, fields

from handlers.bodies import load, read_query
from quizsys.errors import Code, QuizsysError, invalid, make_sendable
from quizsys.schemas.fields import Flag, Number, Text, Whole


class Sample(Schema):
    limit = Whole(low=1, high=50, load_default=20)
    delay = Number(low=0, high=9)
    name = Text(low=1, high=5)
    note = Text(high=50, lines=True)
    is_new = Flag(data_key="new")
    status = fields.List(Text(high=9))


def refuse(value: Any, loc: list[str | int]) -> list[dict[str, Any]]:
    with pytest.raises(QuizsysError) as caught:
        load(Sample(), value, loc)
    assert caught.value.code is Code.INVALID
    assert caught.value.problems
    return caught.value.problems


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"limit": 0}, "greater_than_equal"),
        ({"limit": "51"}, "less_than_equal"),
        ({"limit": 1.5}, "int_from_float"),
        ({"limit": float("inf")}, "int_from_float"),
        ({"limit": True}, "int_type"),
        ({"limit": "1_0"}, "int_parsing"),
        ({"limit": "٣"}, "int_parsing"),
        ({"limit": "9" * 5000}, "int_parsing"),
        ({"delay": -1}, "greater_than_equal"),
        ({"delay": "x"}, "float_parsing"),
        ({"name": ""}, "string_too_short"),
        ({"name": "longer"}, "string_too_long"),
        ({"name": 5}, "string_type"),
        ({"name": "a\0"}, "string_pattern_mismatch"),
        ({"name": "a\ud800"}, "string_pattern_mismatch"),
        ({"name": "a\nb"}, "string_pattern_mismatch"),
        ({"note": "a\x1b"}, "string_pattern_mismatch"),
        ({"new": "perhaps"}, "bool_parsing"),
        ({"new": []}, "bool_parsing"),
        ({"new": 1}, "bool_parsing"),
        ({"new": None}, "bool_type"),
    ],
)
def test_a_bad_value_is_told_by_its_place_and_kind(given: dict[str, Any], kind: str) -> None:
    (problem,) = refuse(given, ["body"])
    (name,) = given
    assert (problem["type"], problem["loc"], problem["input"]) == (kind, ["body", name], make_sendable(given[name]))


def test_a_problem_within_a_list_is_told_by_its_index() -> None:
    (problem,) = refuse({"status": ["queued", 7]}, ["body"])
    assert (problem["type"], problem["loc"], problem["input"]) == ("string_type", ["body", "status", 1], 7)


def test_good_values_are_taken() -> None:
    given = {"limit": "2", "delay": "1.5", "name": "ö", "note": "a\nb\tc", "new": "Yes", "status": ["a", "b"]}
    taken = {"limit": 2, "delay": 1.5, "name": "ö", "note": "a\nb\tc", "is_new": True, "status": ["a", "b"]}
    assert load(Sample(), given, ["body"]) == taken


def test_a_query_is_read_by_its_schema() -> None:
    request = make_mocked_request("GET", "/?limit=3&limit=4&status=a&status=b&new=0&else=1")
    assert read_query(request, Sample()) == {"limit": 4, "status": ["a", "b"], "is_new": False}


def test_an_empty_query_has_the_defaults() -> None:
    assert read_query(make_mocked_request("GET", "/"), Sample()) == {"limit": 20}


def test_a_bad_query_is_a_422_with_its_place() -> None:
    with pytest.raises(QuizsysError) as caught:
        read_query(make_mocked_request("GET", "/?limit=x"), Sample())
    assert caught.value.problems is not None
    (problem,) = caught.value.problems
    assert (problem["loc"], problem["input"]) == (["query", "limit"], "x")


def test_a_refusal_can_be_sent_whatever_was_given() -> None:
    assert invalid(["header", "x"], "No.", "a\udcffb").problems == [
        {"type": "value_error", "loc": ["header", "x"], "msg": "No.", "input": "a?b"}
    ]


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\n", "\r", "\ud800"])
def test_a_name_tells_a_terminal_nothing_and_is_one_line(sign: str) -> None:
    with pytest.raises(ValidationError):
        Text(high=10).deserialize(f"a{sign}31m")
    assert Text(high=10).deserialize("a\u200db é 中") == "a\u200db é 中"
