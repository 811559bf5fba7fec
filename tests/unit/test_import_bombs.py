"""Files of questions that cost little to send and were made to cost much to read."""

from collections.abc import Callable
from html import escape

import pytest

from quizsys.packages.hypertext import LONGEST
from quizsys.packages.read_moodle import MOST_ELEMENTS
from quizsys.packages.reader import read_questions
from quizsys.packages.reading import LONGEST_ID, MOST_PIECES, Reading, Unreadable
from tests.hanging import bounded

# On a busy machine; unmended, each takes minutes to hours.
HANG_S = 20
MANY = 200_000
MARKUP = [
    *("<", "<a ", "<!", "<![CDATA[", "<?", "<!--", "</", "<a b='", "&", "&#", "<a =", '<a b=""', "<script>", "<a/"),
    *("<p>", "<b>", "<blockquote>", "<!--a--", "data:", "<br>", "&lt", "<!doctype ", "<table><tr><td>", "<svg><style>"),
]


def read(text: str, form: str) -> Reading:
    with bounded(HANG_S):
        return read_questions(text.encode(), form)


def write_moodle(shown: str) -> str:
    told = f"<name><text>n</text></name><questiontext format='html'><text>{escape(shown)}</text></questiontext>"
    return f"<quiz><question type='essay'>{told}</question></quiz>"


@pytest.mark.parametrize("markup", MARKUP)
def test_broken_html_is_read_in_time(markup: str) -> None:
    reading = read(write_moodle(markup * ((LONGEST - 1) // len(markup))), "moodle")
    assert len(reading.found) + len(reading.problems) >= 1


@pytest.mark.parametrize(
    "text",
    [
        "a" + " " * MANY + "b{}",
        "a" + "\t\n\t" * MANY + "b{}",
        "//" + "[tag:" * MANY + "\na{}",
        "//" + "[id:" * MANY + "\na{}",
        "a{#" + "." * MANY + "}",
        "a{#1.." + " " * MANY + "}",
        "a{=b####" + "7" * MANY + " }",
        "a{" + " " * MANY + "%",
        "a{=" + " " * MANY + "%}",
        "::" * MANY + "a{}",
        "\\" * MANY + "a{}",
        "[html]" + "<a " * 60_000 + "{}",
    ],
)
def test_broken_gift_is_read_in_time(text: str) -> None:
    reading = read(text, "gift")
    assert len(reading.found) + len(reading.problems) >= 1


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("gift", "a{" + "~b" * MANY + "}"),
        ("gift", "a{" + "=b" * MANY + "}"),
        ("gift", "a{" + "=b->c" * 100_000 + "}"),
        ("gift", "a{#" + "=1" * MANY + "}"),
        ("json", '{"questions":[{"kind":"single_choice","choices":[' + "{}," * MANY + "{}]}]}"),
        ("json", '{"questions":[{"kind":"short_answer","variants":[' + '"b",' * MANY + '"b"]}]}'),
        ("moodle", "<quiz><question type='multichoice'>" + "<answer fraction='100'/>" * 1000 + "</question></quiz>"),
    ],
)
def test_options_without_end_are_one_problem(form: str, text: str) -> None:
    reading = read(text, form)
    assert [problem.code for problem in reading.problems] == ["too_many"]
    assert reading.found == ()


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("gift", "a\n\n" * (MOST_PIECES + 2)),
        ("gift", "a{=b}\n\n" * 501),
        ("moodle", "<quiz>" + "<question type='category'/>" * (MOST_PIECES + 1) + "</quiz>"),
        ("moodle", "<quiz>" + "<a>" * (MOST_ELEMENTS + 1)),
        ("json", '{"questions":' + "[" * MANY),
        ("json", '{"questions":[' + "[]," * 2_000_000),
        ("json", '{"questions":[{"points":' + "9" * MANY + "}]}"),
    ],
)
def test_files_without_end_are_refused(form: str, text: str) -> None:
    with pytest.raises(Unreadable):
        read(text, form)


ENTITIES = "<!DOCTYPE quiz [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;'>]><quiz>&b;</quiz>"
OUTSIDE = "<!DOCTYPE quiz [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><quiz><question>&a;</question></quiz>"
PARAMETER = "<!DOCTYPE quiz SYSTEM 'http://127.0.0.1:9/x.dtd'><quiz/>"
INCLUDED = "<quiz xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='/etc/passwd' parse='text'/></quiz>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("text", [ENTITIES, OUTSIDE, PARAMETER, INCLUDED])
def test_xml_that_names_other_files_or_grows_is_refused(text: str, encoding: str) -> None:
    with pytest.raises(Unreadable):
        read_questions(text.encode(encoding), "moodle")


@pytest.mark.parametrize("form", ["gift", "moodle", "json"])
@pytest.mark.parametrize("told", ["x" * (LONGEST_ID + 1), "a\u202eb"])
def test_an_id_that_can_be_none_is_not_kept(form: str, told: str) -> None:
    texts: dict[str, Callable[[], str]] = {
        "gift": lambda: f"// [id:{told}]\n::n:: s {{=a}}",
        "moodle": lambda: f"<quiz><question type='essay'><idnumber>{told}</idnumber></question></quiz>",
        "json": lambda: f'{{"questions":[{{"kind":"open","stem":"s","id":"{told}"}}]}}',
    }
    (found,) = read(texts[form](), form).found
    assert found.external_id.startswith("name:")
