"""A quiz with a question of every kind, in two languages, to be packed and read again by others."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import cv2
import numpy as np

from media.captions import Cue
from quizsys.packages.sheet import Chapter, Item, Sheet
from quizsys.questions.question import Choice

_PLAIN = Item(
    id="",
    kind="single_choice",
    stem="",
    choices=(),
    answer="",
    variants=(),
    tolerance=0.0,
    points=1,
    explanation="",
    quote="",
    start_s=65.0,
    end_s=72.4,
    pause_at_s=73.0,
    chapter="Light & dark",
    bloom="understand",
    difficulty="hard",
)


def draw_slide(path: Path, shade: int = 200) -> Path:
    cv2.imwrite(str(path), np.full((36, 64, 3), shade, np.uint8))
    return path


def choices(*marked: str) -> tuple[Choice, ...]:
    """`=text` is right, `~text` wrong; what follows a bar is its feedback, what follows an arrow its match."""
    made = []
    for mark in marked:
        text, _, feedback = mark[1:].partition("|")
        text, _, match = text.partition("->")
        made.append(Choice(text, mark[0] == "=", feedback, match))
    return tuple(made)


def _write(*kinds: dict[str, object]) -> tuple[Item, ...]:
    return tuple(replace(_PLAIN, id=str(UUID(int=number)), **given) for number, given in enumerate(kinds, 1))


def english(folder: Path) -> Sheet:
    slide = draw_slide(folder / "slide.jpg")
    items = _write(
        {
            "stem": 'Which gas do plants <take in> & why is it "so"?',
            "choices": choices("~Oxygen|They give it off.", "=Carbon dioxide|Right.", "~a < b"),
            "explanation": "It is bound in the dark reactions.",
            "quote": "plants take in carbon dioxide",
            "points": 2,
            "picture": slide,
            "link": "https://lessons.example/v/7?t=65&x=1",
        },
        {
            "kind": "multiple_choice",
            "stem": "Which are made?",
            "choices": choices("=Sugar", "~Salt|No.", "=Oxygen", "~Iron", "=Water"),
            "points": 3,
        },
        {"kind": "true_false", "stem": "Leaves are green.", "choices": choices("=True", "~False|Look again.")},
        {"kind": "cloze", "stem": "Plants make ____.", "choices": choices("~salt", "=sugar", "~iron")},
        {
            "kind": "short_answer",
            "stem": "What is the green stuff called?",
            "answer": "Chlorophyll",
            "variants": ("chlorophyl", "chlorophyll", "leaf green"),
            "explanation": "From the Greek for pale green.",
        },
        {"kind": "numeric", "stem": "How much is it?", "answer": "3,5 %", "tolerance": 0.25, "points": 1.5},
        {"kind": "numeric", "stem": "How many stages?", "answer": "2"},
        {
            "kind": "ordering",
            "stem": "Put the stages in order.",
            "choices": choices("=Light falls", "=Water splits", "=Sugar is made"),
            "points": 2,
        },
        {
            "kind": "matching",
            "stem": "What does what?",
            "choices": choices("=Leaf->makes sugar", "=Root->takes water", "=Stem->carries both", "=->does nothing"),
            "points": 3,
        },
        {
            "kind": "open",
            "stem": "Why do leaves fall?",
            "answer": "To lose no water.",
            "quote": "they fall to save water",
            "picture": slide,
        },
    )
    chapters = (Chapter(0, 80, "Light & dark"), Chapter(80, 120, ""))
    return Sheet(str(UUID(int=99)), 1, "Plants <1>", "en", "plants.mp4", 120.0, items, chapters)


def arabic(folder: Path) -> Sheet:
    slide = draw_slide(folder / "slide-ar.jpg", 90)
    items = _write(
        {
            "stem": "ما الغاز الذي تمتصه النباتات (CO₂)؟",
            "choices": choices("~الأكسجين|تطلقه النباتات.", "=ثاني أكسيد الكربون CO₂", "~النيتروجين"),
            "explanation": "يُستخدم في التفاعلات.",
            "quote": "تمتص النباتات ثاني أكسيد الكربون",
            "picture": slide,
        },
        {"kind": "true_false", "stem": "الأوراق خضراء.", "choices": choices("=صحيح", "~خطأ")},
        {"kind": "short_answer", "stem": "ما اسم الصبغة؟", "answer": "الكلوروفيل", "variants": ("كلوروفيل",)},
        {"kind": "matching", "stem": "صِل.", "choices": choices("=ورقة->تصنع السكر", "=جذر->يمتص الماء")},
        {"kind": "ordering", "stem": "رتّب.", "choices": choices("=الضوء", "=الماء", "=السكر")},
    )
    return Sheet(str(UUID(int=98)), 1, "النباتات", "ar", "plants.mp4", 60.0, items)


def filmed(folder: Path, video: Path) -> Sheet:
    """Three questions, two of them at one pause, of a video of two seconds with captions."""
    sheet = english(folder)
    pauses_s = (0.5, 1.5, 1.5)
    items = tuple(replace(item, pause_at_s=at) for item, at in zip(sheet.items, pauses_s, strict=False))
    return replace(sheet, items=items, video=video, captions=(Cue(0.0, 1.0, ("Plants take in", "a < b --> c")),))
