"""Whatever a teacher may write comes back from GIFT, Moodle XML and JSON as it went, and no file breaks a reader."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quizsys.packages.merging import merge
from quizsys.packages.reader import read_questions
from quizsys.packages.reading import Unreadable
from quizsys.packages.sheet import Item, Sheet
from quizsys.packages.shelf import SHELF
from quizsys.packages.tidying import tidy, tidy_question
from quizsys.questions.question import Choice, Question
from quizsys.questions.shape import list_flaws, settle
from tests.sheets import make_item, make_sheet

FORMS = ("gift", "moodle", "json")
SIGNS = "ab c~=#{}:\\%[]<>&\"'/*->_\n$0.5→é中ا“”"
words = st.text(st.sampled_from(SIGNS), min_size=1, max_size=24).map(tidy).filter(bool)
told = st.text(st.sampled_from(SIGNS), max_size=12).map(tidy)
counts = {"single_choice": 1, "cloze": 1, "multiple_choice": 0, "ordering": 9, "matching": 9}


@st.composite
def make_question(draw: Any) -> Item:
    kind = draw(st.sampled_from([*counts, "short_answer", "numeric", "open"]))
    item = make_item(1, kind, draw(words) + (" ____ x" if kind == "cloze" else ""))
    if kind in counts:
        texts = draw(st.lists(words, min_size=2, max_size=6, unique_by=lambda text: " ".join(text.casefold().split())))
        right = counts[kind] or draw(st.integers(1, len(texts)))
        choices = [
            Choice(text, place < right, "" if right == 9 else draw(told), draw(words) if kind == "matching" else "")
            for place, text in enumerate(texts)
        ]
        return replace(item, choices=tuple(choices), explanation=draw(told))
    if kind == "numeric":
        value = draw(st.floats(-1e6, 1e6).map(lambda number: f"{number:.6g}"))
        return replace(item, answer=f"{value}", tolerance=draw(st.sampled_from([0.0, 0.25, 1e-6, 12.0])))
    variants = tuple(draw(st.lists(words, max_size=3, unique=True))) if kind == "short_answer" else ()
    # An open question's answer and explanation are one text in GIFT, parted by an empty line.
    answer = draw(words.filter(lambda text: "\n\n" not in text))
    return replace(item, answer=answer, variants=variants, explanation=draw(told))


def as_question(item: Item) -> Question:
    names = Question.__dataclass_fields__.keys() & Item.__dataclass_fields__.keys()
    return tidy_question(settle(Question(**{name: getattr(item, name) for name in names})))


def flat(question: Question) -> list[Any]:
    texts = [question.kind, question.stem, question.answer, *question.variants, question.explanation, question.quote]
    texts += [text for one in question.choices for text in (one.text, str(one.correct), one.feedback, one.match)]
    return [text.replace("->", "→") for text in texts]


def send(sheet: Sheet, form: str, folder: Path) -> bytes:
    path = folder / SHELF[form].filename
    path.unlink(missing_ok=True)
    SHELF[form].write(sheet, path)
    return path.read_bytes()


@pytest.mark.parametrize("form", FORMS)
@given(item=make_question())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_comes_back_is_what_went(form: str, item: Item, tmp_path: Path) -> None:
    went = as_question(item)
    if list_flaws(went):
        return
    reading = read_questions(send(replace(make_sheet(), items=(item,)), form, tmp_path), form)
    (found,) = reading.found
    assert found.external_id == item.id
    assert reading.problems == ()
    came = tidy_question(found.question)
    assert settle(merge(went, came)) == went
    if form == "json":
        assert settle(came) == went
    elif went.kind != "numeric" and came.kind == went.kind:
        # But for what GIFT cannot carry, and for the times, nothing has to be known of the old question.
        assert flat(settle(came)) == flat(went)


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_broken_file_breaks_a_reader(form: str, data: st.DataObject, tmp_path: Path) -> None:
    raw = send(make_sheet(), form, tmp_path)
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(raw))] * 2)))
    filling = data.draw(st.binary(max_size=20) | st.sampled_from([b"{", b"}", b"####", b"::", b"<", b"&", b"->", b"%"]))
    with suppress(Unreadable):
        read_questions(raw[:first] + filling + raw[last:], data.draw(st.sampled_from([form, None])))
