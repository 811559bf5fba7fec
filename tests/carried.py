"""Quizzes to carry: every kind of question, letters that break careless writers, left to right and right to left."""

import uuid
from dataclasses import replace
from pathlib import Path

from media.captions import Cue
from quizsys.packages.sheet import Chapter, Item, Sheet
from quizsys.questions.question import Choice

HOSTILE = "<b>*bold*</b> & \\ #eval(1) $x$ @y {{z}} a/b: c"


def make_item(number: int, kind: str, stem: str, **more: object) -> Item:
    """A question with a proof; its id is the same in every run."""
    item = Item(
        id=str(uuid.UUID(int=number, version=4)),
        kind=kind,
        stem=stem,
        choices=(),
        answer="",
        variants=(),
        tolerance=0.0,
        points=1.0,
        explanation="Chlorophyll takes in red & blue light.",
        quote="the light is taken in by chlorophyll",
        start_s=10.0 * number,
        end_s=10.0 * number + 4,
        pause_at_s=10.0 * number + 5,
        chapter="Light <reactions>",
        bloom="remember",
        difficulty="medium",
        link=f"https://quiz.example/watch?t={10 * number}",
    )
    return replace(item, **more)  # type: ignore[arg-type]


def make_choices(*texts: str, right: tuple[int, ...] = (0,)) -> tuple[Choice, ...]:
    return tuple(Choice(text, place in right, f"Told about {text}") for place, text in enumerate(texts))


ITEMS = (
    make_item(
        1,
        "single_choice",
        "What takes in the light?",
        choices=make_choices("chlorophyll", HOSTILE, "water", "sugar"),
        answer="chlorophyll",
        points=2.0,
    ),
    make_item(
        2,
        "multiple_choice",
        "Which of these does a plant take in?",
        choices=make_choices("water", "oxygen", "carbon dioxide", "sugar", right=(0, 2)),
        answer="water; carbon dioxide",
        points=2.0,
    ),
    make_item(
        3,
        "true_false",
        "True or false: Light splits water.",
        choices=(Choice("True", True, "Yes, it does."), Choice("False", False, "But it does.")),
        answer="True",
    ),
    make_item(
        4,
        "cloze",
        "Plants give off ____ by day.",
        choices=make_choices("oxygen", "helium", "neon"),
        answer="oxygen",
    ),
    make_item(
        5, "short_answer", "What is given off? *See* a/b", answer="O2 / oxygen: gas", variants=("oxygen", "dioxygen")
    ),
    make_item(6, "numeric", "How many turns make one glucose?", answer="6.5", tolerance=0.5),
    make_item(
        7,
        "ordering",
        "Put the steps in order.",
        choices=tuple(Choice(text, True) for text in ("Light is taken in", "Water: is split", "Sugar is made")),
        answer="Light is taken in; Water: is split; Sugar is made",
        points=3.0,
    ),
    make_item(
        8,
        "matching",
        "Match each part to its work.",
        choices=tuple(
            Choice(text, True, "", match)
            for text, match in (("stroma", "makes sugar"), ("thylakoid", "takes in light"), ("stoma", "lets gas *in*"))
        ),
        answer="stroma → makes sugar",
        points=3.0,
    ),
    make_item(
        9, "open", "Why are leaves green?", answer="They send back green light.\nThe rest is taken in.", points=4.0
    ),
)
SHEET = Sheet(
    id=str(uuid.UUID(int=77, version=4)),
    version=3,
    title="Photosynthesis: <light> & sugar",
    language="en",
    source_filename="lesson 1.mp4",
    duration_s=120.0,
    items=ITEMS,
    chapters=(Chapter(0, 50, "Light & leaves"), Chapter(50, 120, "")),
    captions=(Cue(1.0, 3.0, ("Light <falls>", "on leaves.")),),
)
ARABIC = Sheet(
    id=str(uuid.UUID(int=78, version=4)),
    version=1,
    title="التمثيل الضوئي (الدرس 1)",
    language="ar",
    source_filename="درس.mp4",
    duration_s=120.0,
    items=(
        make_item(
            21,
            "single_choice",
            "ما الصبغة التي تمتص الضوء (chlorophyll)؟",
            choices=make_choices("الكلوروفيل", "الماء", "السكر 50%"),
            answer="الكلوروفيل",
            explanation="الكلوروفيل يمتص الضوء الأحمر.",
            quote="يمتص الكلوروفيل الضوء",
            start_s=10.0,
            end_s=14.0,
            pause_at_s=15.0,
        ),
        make_item(22, "short_answer", "ماذا ينتج النبات؟", answer="الأكسجين", start_s=20, end_s=24, pause_at_s=25),
        make_item(
            23,
            "matching",
            "طابق كل جزء بوظيفته.",
            choices=(Choice("الثغر", True, "", "يدخل الغاز"), Choice("الثايلاكويد", True, "", "يمتص الضوء")),
            answer="",
            points=2.0,
            start_s=30,
            end_s=34,
            pause_at_s=35,
        ),
    ),
)


def with_media(sheet: Sheet, video: Path, picture: Path) -> Sheet:
    """The same with a video and, for each question, the slide that was on show."""
    return replace(sheet, video=video, items=tuple(replace(item, picture=picture) for item in sheet.items))
