"""What learners are shown and when, from plain values: orders, masks, what counts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from media.transcript import Segment
from quizsys.models.attempts import Attempt
from quizsys.models.links import ShareLink
from quizsys.questions.question import Choice
from quizsys.taking.masks import HIDDEN, mask
from quizsys.taking.order import order_choices, order_items, order_matches
from quizsys.taking.paper import Paper
from quizsys.taking.sitting import find_state, find_status, pick_counted
from quizsys.taking.values import read_value, show_value
from tests.unit.test_grading import make_item

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
EIGHT = tuple(Choice(text, text == "a", match=text.upper()) for text in "abcdefgh")


def say(*texts: str, each_s: float = 10.0) -> list[Segment]:
    return [Segment(each_s * place, each_s * place + 5, text, ()) for place, text in enumerate(texts)]


def make_proven(quote: str, start_s: float, end_s: float, answer: str = "xyz") -> Any:
    return make_item("single_choice", answer, quote=quote, start_s=start_s, end_s=end_s)


def list_hidden(segments: list[Segment], *items: Any) -> list[int]:
    masked = mask(segments, items)
    assert {one.segment.text for one in masked if one.is_hidden} <= {HIDDEN}
    return [place for place, one in enumerate(masked) if one.is_hidden]


def test_the_proof_is_hidden_and_what_stands_close_to_it() -> None:
    segments = say("One.", "Two three.", "Four.", "Five.", each_s=6.0)
    assert list_hidden(segments, make_proven("Two three.", 6, 11)) == [0, 1, 2]
    assert list_hidden(say("One.", "Two three.", "Four."), make_proven("Two three.", 10, 15)) == [1]
    assert list_hidden(segments, make_item("single_choice")) == []


def test_a_proof_is_hidden_wherever_it_is_said_though_its_time_has_moved() -> None:
    segments = say("It is called", "a granum.", "Well.", "It is called", "a granum. Yes.", "Bye.")
    assert list_hidden(segments, make_proven("It is called a granum.", 1000, 1005)) == [0, 1, 3, 4]


def test_the_answer_said_once_more_soon_after_is_hidden_too() -> None:
    segments = say("It is called a granum.", "Well.", "A granum, then, is a stack.", *["Well."] * 6, "A granum.")
    assert list_hidden(segments, make_proven("It is called a granum.", 0, 5, "Granum")) == [0, 2]


def test_an_order_is_the_same_on_every_device_and_differs_between_attempts() -> None:
    item = make_item("single_choice", "a", *EIGHT)
    orders = {seed: order_choices(item, seed, shuffle=True) for seed in range(20)}
    assert all(sorted(order) == list(range(8)) for order in orders.values())
    assert orders == {seed: order_choices(item, seed, shuffle=True) for seed in range(20)}
    assert len({tuple(order) for order in orders.values()}) > 15
    # As it was in the first version: an attempt that is open during an upgrade must not be mixed anew.
    assert order_choices(item, 1, shuffle=True) == FIRST_ORDER
    assert order_choices(item, 1, shuffle=False) == list(range(8))


FIRST_ORDER = [3, 2, 6, 5, 4, 0, 1, 7]


def test_steps_and_matches_are_always_mixed_and_true_and_false_never() -> None:
    steps, pairs = make_item("ordering", "", *EIGHT), make_item("matching", "", *EIGHT)
    assert any(order_choices(steps, seed, shuffle=False) != list(range(8)) for seed in range(3))
    assert any(order_matches(pairs, seed) != list(range(8)) for seed in range(3))
    assert order_choices(make_item("true_false", "a", *EIGHT[:2]), 3, shuffle=True) == [0, 1]
    paper = Paper("asset", 1, "", "en", 0.0, tuple(make_item("open", stem=str(place)) for place in range(8)))
    assert [item.stem for item in order_items(paper, 1, shuffle=False)] == list("01234567")
    assert [item.stem for item in order_items(paper, 1, shuffle=True)] != list("01234567")


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("single_choice", {"choice": 3}),
        ("multiple_choice", {"choices": [1, 4, 6]}),
        ("multiple_choice", {"choices": []}),
        ("ordering", {"order": [7, 6, 5, 4, 3, 2, 1, 0]}),
        ("matching", {"pairs": [0, 0, None, 3, 4, 5, 6, 7]}),
        ("open", {"text": "x"}),
    ],
)
def test_an_answer_comes_back_as_it_was_sent(kind: str, given: dict[str, Any]) -> None:
    item = make_item(kind, "a", *EIGHT)
    for seed in range(5):
        kept = read_value(item, seed, given, shuffle=True)
        assert show_value(item, seed, kept, shuffle=True) == given


def make_attempt(score: float, *, is_finished: bool = True) -> Attempt:
    return Attempt(score=score, finished_at=NOW if is_finished else None)


@pytest.mark.parametrize(("policy", "place"), [("first", 0), ("last", 2), ("best", 1)])
def test_the_policy_picks_among_finished_attempts(policy: str, place: int) -> None:
    attempts = [make_attempt(1), make_attempt(3), make_attempt(3), make_attempt(0, is_finished=False)]
    assert pick_counted(policy, attempts, is_closed=False) is attempts[place]


def test_an_unfinished_attempt_counts_alone_or_when_no_more_can_come() -> None:
    attempts = [make_attempt(1), make_attempt(3, is_finished=False)]
    assert pick_counted("last", attempts, is_closed=False) is attempts[0]
    assert pick_counted("last", attempts, is_closed=True) is attempts[1]
    assert pick_counted("first", attempts[1:], is_closed=False) is attempts[1]
    assert [pick_counted(policy, [], is_closed=True) for policy in ("first", "last", "best")] == [None] * 3


@pytest.mark.parametrize(
    ("times", "state"),
    [
        ({}, "open"),
        ({"opens_at": NOW + SECOND}, "not_open"),
        ({"opens_at": NOW}, "open"),
        ({"closes_at": NOW + SECOND}, "open"),
        ({"closes_at": NOW}, "closed"),
        ({"closed_at": NOW, "closes_at": NOW + SECOND}, "closed"),
        ({"closed_at": NOW, "opens_at": NOW + SECOND}, "closed"),
    ],
)
def test_a_link_is_open_from_its_first_moment_to_before_its_last(times: dict[str, Any], state: str) -> None:
    link = ShareLink(**times)
    assert find_state(link, NOW) == state
    assert find_status(make_attempt(0), link, NOW) == "finished"
    assert find_status(make_attempt(0, is_finished=False), link, NOW) == ("closed" if state == "closed" else "open")
