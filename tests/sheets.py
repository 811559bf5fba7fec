"""A quiz of every kind with words that are hard on formats, for the tests of packages."""

from dataclasses import replace
from pathlib import Path

from quizsys.packages.sheet import Chapter, Item, Sheet
from quizsys.questions.question import Choice

HARD = 'What is ~5 = #1 {x} : \\n back\\slash? "quoted" & <b>bold</b>'


def make_item(number: int, kind: str, stem: str, *choices: Choice, answer: str = "") -> Item:
    return Item(
        id=f"019aab3e-6c1f-7d52-9a43-{number:012d}",
        kind=kind,
        stem=stem,
        choices=choices,
        answer=answer or next((choice.text for choice in choices if choice.correct), ""),
        variants=(),
        tolerance=0.0,
        points=1.0,
        explanation="Because: it {is} so = <yes>.",
        quote="Plants make sugar & oxygen.",
        start_s=65.2,
        end_s=72.9,
        pause_at_s=75.0 + number,
        chapter="Light [1]",
        bloom="remember",
        difficulty="easy",
    )


def make_items() -> tuple[Item, ...]:
    return (
        make_item(
            *(1, "single_choice", f"{HARD}\nSecond line\n\nthird"),
            *(Choice("=a", False, "no: #1"), Choice("b -> c", True, "yes!"), Choice("%20% off", False)),
            Choice("[html]<i>x</i>", False, "[plain]%5%"),
        ),
        make_item(2, "single_choice", "Which share?", Choice("%20% off", True), Choice("none", False)),
        make_item(
            *(3, "multiple_choice", "Which three?"),
            *(Choice("a", True, "fa"), Choice("b", True), Choice("c", True), Choice("d", False, "fd")),
        ),
        make_item(
            4, "true_false", "True or false: x", Choice("True", False, "wrong!"), Choice("False", True, "right!")
        ),
        make_item(5, "true_false", "Richtig?", Choice("Richtig", True), Choice("Falsch", False)),
        make_item(6, "cloze", "The ____ makes it.", Choice("leaf", True), Choice("root", False)),
        replace(make_item(7, "short_answer", "Short?", answer="5*3 -> x"), variants=("fifteen", "= 15")),
        replace(make_item(8, "numeric", "How far?", answer="3,14"), tolerance=0.01, points=2.5),
        make_item(9, "numeric", "How warm?", answer="\u22127 °C"),
        make_item(10, "numeric", "How many?", answer="several"),
        make_item(
            *(11, "ordering", "In which order?"),
            *(Choice("one", True), Choice("two -> 2", True), Choice("three: 3", True), Choice("four", True)),
        ),
        make_item(
            *(12, "matching", "What belongs together?"),
            *(Choice("a", True, match="x: {y}"), Choice("[html]b", True, match="y -> z"), Choice("c", True, match="w")),
        ),
        make_item(13, "open", "Why: open?", answer="Because: yes = no"),
        make_item(14, "single_choice", "ما هي عاصمة مصر؟", Choice("القاهرة", True, "نعم"), Choice("الإسكندرية", False)),
    )


def make_sheet(*, language: str = "en", picture: Path | None = None, link: str = "") -> Sheet:
    return Sheet(
        id="019aab3e-0000-7000-8000-000000000001",
        version=3,
        title="Light / Dark: plants",
        language=language,
        source_filename="lesson.mp4",
        duration_s=100.0,
        items=tuple(replace(item, picture=picture, link=link) for item in make_items()),
        chapters=(Chapter(0, 10, "Intro & <x> --> y"), Chapter(10, 20, "")),
    )
