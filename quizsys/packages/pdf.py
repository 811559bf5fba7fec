"""A quiz as a PDF to print: the questions, then on a page of their own the answers.

Set by Typst (Apache-2.0), which comes whole in its package: it shapes Arabic, breaks Chinese and has fonts for Latin,
Greek and Cyrillic. Other letters need a font of the system. The PDF is tagged (PDF/UA-1), so that it can be read aloud.
"""

import json
import re
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typst

from media.compose.fonts import ask_for_fonts
from quizsys.packages.losses import tell_no_video
from quizsys.packages.printed import Printed, letter, print_item
from quizsys.packages.sheet import Loss, Sheet
from quizsys.packages.wording import find_wording

TEMPLATE = Path(__file__).parent / "paper" / "quiz.typ"
ACCESSIBLE = "ua-1"
UNSHOWN = re.compile(r'the text `"(.+?)"` could not be displayed')
LONGEST_WHOLE_CHARS = 1200
BASIC_FONT = "Libertinus Serif"
FONTS = {
    "ar": ("Noto Naskh Arabic", "Amiri", "Noto Sans Arabic", "DejaVu Sans"),
    "fa": ("Noto Naskh Arabic", "Noto Sans Arabic", "DejaVu Sans"),
    "ja": ("Noto Serif CJK JP", "Noto Sans CJK JP"),
    "ko": ("Noto Serif CJK KR", "Noto Sans CJK KR"),
    "zh": ("Noto Serif CJK SC", "Noto Sans CJK SC"),
}
"""Which to prefer; any other font of the system that has a letter is found without being named."""


def write_pdf(sheet: Sheet, path: Path, *, key: bool = True) -> list[Loss]:
    """Without `key` no answer is in it. A letter that no font has is a box, and the loss names the font to install."""
    fonts = typst.Fonts()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        quiz = _lay_out(sheet, key, set(fonts.families()), root)
        shutil.copy(TEMPLATE, root)
        compiler = typst.Compiler(root / TEMPLATE.name, root=root, font_paths=fonts)
        return [*tell_no_video(sheet, "Paper"), *_compile(compiler, quiz, path)]


def _compile(compiler: typst.Compiler, quiz: dict[str, Any], path: Path) -> list[Loss]:
    try:
        _set(compiler, quiz, path, [ACCESSIBLE])
    except typst.TypstError as error:
        lacking = UNSHOWN.findall(error.diagnostic)
        if lacking:
            _set(compiler, quiz, path, [])
            return [Loss("", "no_font", ask_for_fonts(lacking))]
        if not any(one["picture"] for one in quiz["key"]):
            raise OSError(f"Typst could not set the PDF: {error.message}") from error
        bare = quiz | {"key": [one | {"picture": ""} for one in quiz["key"]]}
        detail = "A slide's picture could not be read, so the PDF has none."
        return [Loss("", "pictures_dropped", detail), *_compile(compiler, bare, path)]
    return []


def _set(compiler: typst.Compiler, quiz: dict[str, Any], path: Path, standards: list[Any]) -> None:
    told = {"quiz": json.dumps(quiz, ensure_ascii=False)}
    compiler.compile(output=path, format="pdf", sys_inputs=told, pdf_standards=standards)


def _lay_out(sheet: Sheet, key: bool, families: set[str], root: Path) -> dict[str, Any]:
    """What the template reads; the pictures are linked into its folder, out of which Typst reads nothing."""
    wording = find_wording(sheet.language)
    language = sheet.language.split("-")[0].lower()
    printed = [print_item(item, wording) for item in sheet.items]
    return {
        "title": " ".join(sheet.title.split()) or "Quiz",
        "source": sheet.source_filename,
        "lang": language if re.fullmatch("[a-z]{2,3}", language) else "en",
        "rtl": sheet.right_to_left,
        "fonts": [BASIC_FONT, *(name for name in FONTS.get(language, ()) if name in families)],
        "words": asdict(wording),
        "total": f"{sum(one.points for one in printed):g}",
        "questions": [_ask(one) for one in printed],
        "key": [_tell(one, _link(one.picture, root)) for one in printed] if key else [],
    }


def _ask(one: Printed) -> dict[str, Any]:
    options = [(f"{letter(place)}.", text) for place, text in enumerate(one.options)]
    return {
        **{"stem": one.stem, "hint": one.hint, "points": f"{one.points:g}", "lines": one.lines},
        **{"lefts": one.lefts, "options": options, "long": _is_long(one.stem, *one.lefts, *one.options)},
    }


def _tell(one: Printed, picture: str) -> dict[str, Any]:
    return {
        **{"right": one.right, "told": one.told, "quote": one.quote, "moment": one.moment, "link": one.link},
        **{"picture": picture, "long": _is_long(*one.right, *one.told, one.quote)},
    }


def _is_long(*texts: str) -> bool:
    """Whether it may be parted between pages: what may not be, and is longer than a page, would be cut off."""
    return sum(map(len, texts)) > LONGEST_WHOLE_CHARS


def _link(picture: Path | None, root: Path) -> str:
    if picture is None:
        return ""
    name = f"{len(list(root.iterdir()))}.jpg"
    shutil.copy(picture, root / name)
    return name
