"""Our Moodle XML as moodle_xml_parser understands it, and what moodle-tools writes as we do."""

import html
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from moodle_tools.make_questions import generate_moodle_questions
from moodle_xml_parser import parser

from quizsys.packages.moodle import write_moodle
from quizsys.packages.read_moodle import read_moodle
from quizsys.packages.sheet import Item, Sheet
from quizsys.questions.question import Question
from tests.sheets import make_sheet

CHOICES = ("single_choice", "multiple_choice", "cloze", "true_false")
PICTURE = b"\xff\xd8\xff a slide"
# Of each type what Moodle's importer must find beside what all have.
NEEDED = {
    "multichoice": {"single", "shuffleanswers", "answernumbering", "answer"},
    "truefalse": {"answer"},
    "shortanswer": {"usecase", "answer"},
    "numerical": {"answer"},
    "matching": {"shuffleanswers", "subquestion"},
    "essay": {"responseformat", "graderinfo"},
}
YAML = """\
type: multiple_choice
title: One
question: Which *one*?
grade: 2
general_feedback: So it is.
answers: [{answer: this, points: 100, feedback: Right!}, {answer: that, points: 0, feedback: Wrong!}]
---
type: true_false
title: Truth
question: Is it so?
correct_answer: true
---
type: numerical
title: Number
question: How many?
answers: [{answer: 42.5, tolerance: 0.5, points: 100}]
---
type: shortanswer
title: Short
question: Which word?
answers: [{answer: word, points: 100}, {answer: wrod, points: 50}]
---
type: matching
title: Pairs
question: What belongs together?
options: [{question: a, answer: one}, {question: b, answer: two}, {answer: three}]
---
type: ordering
title: Steps
question: In which order?
answers: [first, second, third]
---
type: essay
title: Essay
question: Why?
grader_info: Because.
response_format: editor
---
type: description
title: Words
question: Only words.
"""


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Sheet:
    picture = tmp_path_factory.mktemp("slides") / "slide.jpg"
    picture.write_bytes(PICTURE)
    return make_sheet(language="ar", picture=picture, link="https://v.example/?a=1&t=65")


@pytest.fixture(scope="module")
def path(sheet: Sheet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("moodle") / "quiz.moodle.xml"
    write_moodle(sheet, path)
    return path


@pytest.fixture(scope="module")
def pairs(sheet: Sheet, path: Path) -> list[tuple[Item, ElementTree.Element]]:
    category, *questions = ElementTree.parse(path).getroot()
    assert category.findtext("category/text") == "$course$/top/Light // Dark: plants"
    return list(zip(sheet.items, questions, strict=True))


def marked(text: str) -> str:
    """As HTML of a language that is written from right to left."""
    return f'<span lang="ar" dir="rtl">{html.escape(text, quote=False)}</span>'


def test_moodle_xml_parser_finds_every_choice(sheet: Sheet, path: Path) -> None:
    found = parser.parse_file(str(path))["multichoice"]
    items = [item for item in sheet.items if item.kind in CHOICES and item.choices[0].text != "True"]
    assert len(items) == 6
    for item, read in zip(items, found, strict=True):
        right = {1: 100.0, 3: 33.33333}[sum(choice.correct for choice in item.choices)]
        wrong = -100.0 if item.kind == "multiple_choice" else 0.0
        # This parser unescapes once more than Moodle does.
        assert [option.answer for option in read.options] == [html.unescape(marked(one.text)) for one in item.choices]
        assert [option.score_fraction for option in read.options] == [
            right if choice.correct else wrong for choice in item.choices
        ]
        assert [option.feedback for option in read.options] == [
            html.unescape(marked(one.feedback)) if one.feedback else "" for one in item.choices
        ]
        assert (read.default_grade, read.single) == (item.points, item.kind != "multiple_choice")
        assert f'<blockquote lang="ar" dir="rtl">{item.quote}</blockquote>' in read.general_feedback


def test_every_question_has_its_id_points_tags_and_slide(pairs: list[tuple[Item, ElementTree.Element]]) -> None:
    for item, question in pairs:
        assert question.findtext("idnumber") == item.id
        assert float(question.findtext("defaultgrade") or 0) == item.points
        assert [tag.text for tag in question.findall("tags/tag/text")] == ["Light [1]", "remember", "easy"]
        text = question.findtext("questiontext/text") or ""
        shown = html.escape(item.stem, quote=False).replace("\n", "<br>")
        assert text == f'<p lang="ar" dir="rtl">{shown}</p>'
        general = question.find("generalfeedback")
        assert general is not None
        told = general.findtext("text") or ""
        assert f'<img src="@@PLUGINFILE@@/slide-{item.id}.jpg"' in told
        assert '<a href="https://v.example/?a=1&amp;t=65">1:05–1:12</a>' in told
        file = general.find("file")
        assert file is not None
        assert file.attrib == {"name": f"slide-{item.id}.jpg", "path": "/", "encoding": "base64"}
        assert file.text == "/9j/IGEgc2xpZGU="
        # What gives the answer away stands nowhere else.
        assert "<img" not in text


def test_other_kinds_keep_their_keys(pairs: list[tuple[Item, ElementTree.Element]]) -> None:
    by_kind = {item.id[-2:]: question for item, question in pairs}
    truth = [(answer.get("fraction"), answer.findtext("text"), answer.findtext("feedback/text"))
             for answer in by_kind["04"].findall("answer")]  # fmt: skip
    assert truth == [("0", "true", marked("wrong!")), ("100", "false", marked("right!"))]
    short = [(answer.get("fraction"), answer.findtext("text")) for answer in by_kind["07"].findall("answer")]
    assert short == [("100", r"5\*3 -> x"), ("100", "fifteen"), ("100", "= 15")]
    numbers = [by_kind[name].find("answer") for name in ("08", "09")]
    assert [(one.findtext("text"), one.findtext("tolerance")) for one in numbers if one is not None] == [
        ("3.14", "0.01"),
        ("-7", "0"),
    ]
    steps = [(pair.findtext("text"), pair.findtext("answer/text")) for pair in by_kind["11"].findall("subquestion")]
    assert dict(steps) == {marked("one"): "1", marked("two -> 2"): "2", marked("three: 3"): "3", marked("four"): "4"}
    assert [place for _, place in steps] != ["1", "2", "3", "4"]
    matched = [pair.findtext("answer/text") for pair in by_kind["12"].findall("subquestion")]
    assert matched == ["x: {y}", "y -> z", "w"]
    assert by_kind["13"].findtext("graderinfo/text") == '<p lang="ar" dir="rtl">Because: yes = no</p>'


def test_each_type_has_the_elements_that_moodle_looks_for(pairs: list[tuple[Item, ElementTree.Element]]) -> None:
    common = {"name", "questiontext", "generalfeedback", "defaultgrade", "penalty", "hidden", "idnumber"}
    seen = set()
    for _, question in pairs:
        kind = question.get("type", "")
        assert common | NEEDED[kind] <= {child.tag for child in question}
        seen.add(kind)
    assert seen == set(NEEDED)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    source = tmp_path_factory.mktemp("tools") / "questions.yml"
    source.write_text(YAML)
    text = generate_moodle_questions(paths=iter([source]), skip_validation=True, parse_markdown=False)
    reading = read_moodle(text.encode())
    return {"found": {found.where: found for found in reading.found}, "problems": reading.problems}


def test_what_moodle_tools_writes_is_read(made: dict[str, Any]) -> None:
    questions: list[Question] = [found.question for found in made["found"].values()]
    kinds = [question.kind for question in questions]
    assert kinds == [
        *("single_choice", "true_false", "numeric", "short_answer", "matching", "ordering", "open"),
    ]
    one, truth, number, short, pairs, steps, essay = questions
    assert {choice.text: (choice.correct, choice.feedback) for choice in one.choices} == {
        "this": (True, "Right!"),
        "that": (False, "Wrong!"),
    }
    assert (one.explanation, made["found"]["question 1"].points) == ("So it is.", 2.0)
    assert {choice.text: choice.correct for choice in truth.choices} == {"True": True, "False": False}
    assert (number.answer, number.tolerance) == ("42.5", 0.5)
    assert (short.answer, short.variants) == ("word", ())
    assert [(choice.text, choice.match) for choice in pairs.choices] == [("a", "one"), ("b", "two")]
    assert [choice.text for choice in steps.choices] == ["first", "second", "third"]
    assert essay.answer == "Because."


def test_what_could_not_be_read_of_it_is_told(made: dict[str, Any]) -> None:
    told = {(problem.where, problem.code) for problem in made["problems"]}
    assert told == {
        *(("question 4", "partial_credit_dropped"), ("question 5", "distractor_dropped")),
        ("question 8", "kind_unsupported"),
    }


def test_a_name_stands_in_for_an_id(made: dict[str, Any]) -> None:
    ids = [found.external_id for found in made["found"].values()]
    assert len(set(ids)) == len(ids)
    assert all(one.startswith("name:") for one in ids)
    again = read_moodle(
        b"<quiz><question type='essay'><name><text> ESSAY </text></name>"
        b"<questiontext><text>Other words?</text></questiontext></question></quiz>"
    )
    assert again.found[0].external_id == ids[-1]
    assert again.found[0].question.stem == "Other words?"
