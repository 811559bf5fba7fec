"""Whatever is asked in whatever order: the right answer, as a learner sees it, gets all points, and no answer more."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from quizsys.figures import read_figures
from quizsys.grading import find_pairs, grade, is_same_text
from quizsys.packages.sheet import Item
from quizsys.questions.question import Choice
from quizsys.taking.values import find_form, read_value, show_value
from tests.unit.test_grading import make_item

CHOICES = st.lists(
    st.builds(Choice, st.text(min_size=1, max_size=5), st.booleans(), st.just(""), st.text(max_size=3)),
    min_size=1,
    max_size=6,
)
KINDS = st.sampled_from(["single_choice", "multiple_choice", "true_false", "cloze", "ordering", "matching"])


def find_right(item: Item) -> dict[str, Any] | None:
    """An answer in the places of the question; None if none of its choices is right."""
    right = [place for place, choice in enumerate(item.choices) if choice.correct]
    match find_form(item):
        case "choice":
            return {"choice": right[0]} if right else None
        case "choices":
            return {"choices": right}
        case "order":
            return {"order": list(range(len(item.choices)))}
    return {"pairs": list(find_pairs(item))}


@settings(max_examples=150, deadline=None)
@given(KINDS, CHOICES, st.integers(0, 2**48), st.booleans())
def test_the_right_answer_as_it_is_shown_gets_all_points(
    kind: str, choices: list[Choice], seed: int, shuffle: bool
) -> None:
    item = make_item(kind, "", *choices)
    right = find_right(item)
    if right is not None:
        shown = show_value(item, seed, right, shuffle=shuffle)
        assert grade(item, read_value(item, seed, shown, shuffle=shuffle)) == 1


@settings(max_examples=150, deadline=None)
@given(CHOICES, st.data())
def test_no_order_and_no_pick_gets_more_than_all_or_less_than_nothing(
    choices: list[Choice], data: st.DataObject
) -> None:
    places = list(range(len(choices)))
    picked = data.draw(st.lists(st.sampled_from(places), unique=True))
    several, steps = make_item("multiple_choice", "", *choices), make_item("ordering", "", *choices)
    assert 0 <= (grade(several, {"choices": sorted(picked)}) or 0) <= 1
    order = data.draw(st.permutations(places))
    share = grade(steps, {"order": list(order)}) or 0
    assert 0 <= share <= 1
    # All points only for the order itself, but for steps of one name.
    assert (share == 1) == ([choices[place].text for place in order] == [choice.text for choice in choices])


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_read_without_a_fault_and_is_itself(text: str) -> None:
    read_figures(text)
    assert is_same_text(text, text) == bool(text.split())


@settings(max_examples=150, deadline=None)
@given(st.integers(-(10**9), 10**9), st.sampled_from(["", " cm", "%", " kg m^2"]))
def test_a_number_is_read_however_its_digits_are_grouped(number: int, unit: str) -> None:
    for written in (f"{number}{unit}", f"{number:,}{unit}", f"{number:,}{unit}".replace(",", " "), f"{number}.0{unit}"):
        assert grade(make_item("numeric", str(number)), {"text": written}) == 1
