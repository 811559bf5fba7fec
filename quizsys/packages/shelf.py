"""The formats that a quiz can be had in, by name."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from quizsys.config import Settings
from quizsys.packages.anki import write_anki
from quizsys.packages.chapters import write_chapters
from quizsys.packages.gift import write_gift
from quizsys.packages.h5p import write_h5p
from quizsys.packages.moodle import write_moodle
from quizsys.packages.page import write_page
from quizsys.packages.pdf import write_pdf
from quizsys.packages.plain_json import write_json
from quizsys.packages.qti12 import write_qti12
from quizsys.packages.qti21 import write_qti21
from quizsys.packages.qti30 import write_qti30
from quizsys.packages.sheet import Writer
from quizsys.packages.table import write_table


@dataclass(frozen=True)
class Format:
    """`keyless` writes it without the right answers, where that makes sense."""

    name: str
    title: str
    filename: str
    media_type: str
    write: Writer
    keyless: Writer | None = None


FORMATS = (
    Format("gift", "GIFT (Moodle and others)", "quiz.gift", "text/plain", write_gift),
    Format("moodle", "Moodle XML", "quiz.moodle.xml", "application/xml", write_moodle),
    Format("qti12", "QTI 1.2 (Canvas)", "quiz.qti12.zip", "application/zip", write_qti12),
    Format("qti21", "QTI 2.1", "quiz.qti21.zip", "application/zip", write_qti21),
    Format("qti30", "QTI 3.0", "quiz.qti30.zip", "application/zip", write_qti30),
    Format("csv", "Table (CSV)", "quiz.csv", "text/csv", write_table),
    Format("h5p", "H5P Interactive Video", "quiz.h5p", "application/zip", write_h5p),
    Format("anki", "Anki cards", "quiz.apkg", "application/zip", write_anki),
    Format("html", "To print (HTML)", "quiz.html", "text/html", write_page, partial(write_page, key=False)),
    Format("pdf", "To print (PDF)", "quiz.pdf", "application/pdf", write_pdf, partial(write_pdf, key=False)),
    Format("chapters", "Chapters (WebVTT)", "chapters.vtt", "text/vtt", write_chapters),
    Format("json", "JSON of quizsys", "quiz.json", "application/json", write_json),
)
"""In the order in which they are listed."""


def suit(formats: Iterable[Format], settings: Settings) -> list[Format]:
    """The formats as the settings want them."""
    write = partial(write_h5p, version=settings.h5p_version, libraries=settings.h5p_libraries)
    return [replace(one, write=write) if one.write is write_h5p else one for one in formats]


SHELF = {one.name: one for one in FORMATS}
ALL = "all"


def choose_formats(wanted: str) -> list[Format]:
    """By a comma list of names, or `all`, which leaves JSON out: that is a folder's `quiz.json`. Raises KeyError."""
    if wanted == ALL:
        return [one for one in FORMATS if one.name != "json"]
    return [SHELF[name] for name in dict.fromkeys(part.strip() for part in wanted.split(","))]
