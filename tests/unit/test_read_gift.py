"""GIFT as teachers write it by hand: wrapped lines, gaps in sentences, weights, comments, mistakes."""

import pytest

from quizsys.packages.read_gift import read_gift
from quizsys.packages.reading import Unreadable
from quizsys.questions.question import Question


def read_one(text: str) -> Question:
    (found,) = read_gift(text).found
    return found.question


def test_a_wrapped_line_is_one_line_and_an_escaped_one_stays() -> None:
    text = "::Kanji::Japanese characters originally\n  came from\\nwhat country?{=China}"
    assert read_one(text).stem == "Japanese characters originally came from\nwhat country?"


@pytest.mark.parametrize(
    ("text", "kind", "stem"),
    [
        ("The sun {~sets =rises} in the east.", "cloze", "The sun ____ in the east."),
        ("Two plus two equals {=four =4}.", "short_answer", "Two plus two equals ____."),
        ("What is pi? {#3.1415:0.0005}.", "numeric", "What is pi?"),
        ("{~a =b}, said the fox.", "cloze", "____, said the fox."),
    ],
)
def test_an_answer_within_a_sentence_leaves_a_blank(text: str, kind: str, stem: str) -> None:
    question = read_one(text)
    assert (question.kind, question.stem) == (kind, stem)


@pytest.mark.parametrize(
    ("body", "answer", "tolerance"),
    [("#1822", "1822", 0), ("#3.14:0.01", "3.14", 0.01), ("#1..5", "3", 2), ("#=-4:1 =%50%-4:3", "-4", 1)],
)
def test_numbers_come_with_a_margin_or_as_a_range(body: str, answer: str, tolerance: float) -> None:
    question = read_one(f"How many?{{{body}}}")
    assert (question.kind, question.answer, question.tolerance) == ("numeric", answer, tolerance)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("~no ~%50%half =yes", "partial_credit_dropped"),
        ("=yes =%50%half", "partial_credit_dropped"),
        ("#=4:0 =5:0", "answers_dropped"),
        ("=yes =also ~no", "several_right"),
        ("=a -> b =c -> d = -> e", "distractor_dropped"),
        ("=yes*", "wildcards"),
        ("=[html]<img src\\='x.png'>yes ~no", "media_dropped"),
    ],
)
def test_what_is_taken_otherwise_is_told(body: str, code: str) -> None:
    reading = read_gift(f"What?{{{body}}}")
    assert [(problem.where, problem.code) for problem in reading.problems] == [("line 1", code)]
    assert len(reading.found) == 1


def test_html_is_read_as_what_it_shows() -> None:
    question = read_one("[html]<p>Which <b>one</b>?</p>{=[plain]<b> ~x &amp; y}")
    assert question.stem == "Which one?"
    assert [choice.text for choice in question.choices] == ["<b>", "x & y"]


def test_ids_and_tags_stand_in_the_comment_before() -> None:
    head = "// [id:lost]\n\n$CATEGORY: $course$/top/A // B\n\n"
    reading = read_gift(head + "// [id:q7] [tag:Light] [tag:hard] [tag:apply]\nSo?{T}\n\nNo?{F}")
    first, second = reading.found
    assert (reading.title, first.external_id, first.where) == ("A / B", "q7", "line 6")
    assert (first.question.chapter, first.question.difficulty, first.question.bloom) == ("Light", "hard", "apply")
    assert second.external_id.startswith("name:")


def test_questions_of_one_name_are_told_apart() -> None:
    ids = [found.external_id for found in read_gift("::A::x?{T}\n\n::A::y?{T}\n\n:: a ::z?{T}").found]
    assert len(set(ids)) == 3
    assert ids == [found.external_id for found in read_gift("::A::q?{T}\r\n\r\n::A::r?{T}\r\n\r\n::a::s?{T}").found]


@pytest.mark.parametrize(
    ("text", "code"),
    [("x?{=a", "braces"), ("x?} {", "braces"), ("x?{#many}", "no_number"), ("x?{#nan}", "no_number"),
     ("x?{=a->b =c}", "pairs"), ("x?{=%50%a}", "no_answer"), ("Only words.", "not_a_question"),
     ("x?{=" + "y" * 2001 + "}", "too_long"), ("x?{#1e400}", "no_number")],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_line(text: str, code: str) -> None:
    reading = read_gift(f"Good?{{T}}\n\n{text}")
    assert [(problem.where, problem.code) for problem in reading.problems] == [("line 3", code)]
    assert len(reading.found) == 1


@pytest.mark.parametrize("text", ["", "\n\n", "// only a comment", "$CATEGORY: x"])
def test_a_file_without_a_question_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="no question"):
        read_gift(text)
