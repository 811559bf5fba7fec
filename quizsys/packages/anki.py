"""A quiz as a deck for Anki (.apkg): the question in front; answer, proof and slide behind.

An archive of a collection (SQLite, schema 11, which every Anki since 2.0 imports) and its pictures. A note's guid is
the question's id, and the note type and its fields never change: so a second import updates what is there. Written with
APSW, since one process must not hold two SQLite libraries; genanki uses the standard one.
"""

import hashlib
import html
import json
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import apsw

from quizsys.clock import utc_now
from quizsys.packages.losses import tell_no_points, tell_no_video
from quizsys.packages.printed import Printed, letter, print_item
from quizsys.packages.sheet import Item, Loss, Sheet
from quizsys.packages.wording import Wording, find_wording

NAME = "Anki"
SCHEMA = (Path(__file__).parent / "cards" / "schema.sql").read_text(encoding="utf-8")
FRONT = (Path(__file__).parent / "cards" / "front.html").read_text(encoding="utf-8")
BACK = (Path(__file__).parent / "cards" / "back.html").read_text(encoding="utf-8")
STYLE = (Path(__file__).parent / "cards" / "style.css").read_text(encoding="utf-8")
MODEL_ID = 1_795_312_000_001
FIELDS = ("Question", "Options", "Answer", "Explanation", "Quote", "Moment", "Slide")
"""With MODEL_ID for ever: Anki takes a type with other fields for another type, and all cards for new ones."""
_SPECIAL = str.maketrans({"{": "&#123;", "[": "&#91;", "\n": "<br>", "\x1f": " "})
FIRST_ID = 1_500_000_000_000
ID_SPAN = 200_000_000_000


def write_anki(sheet: Sheet, path: Path) -> list[Loss]:
    wording = find_wording(sheet.language)
    pictures: dict[str, Path] = {}
    direction = "rtl" if sheet.right_to_left else "ltr"
    notes = [_make_note(item, wording, direction, pictures) for item in sheet.items]
    names = {str(number): name for number, name in enumerate(pictures)}
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("collection.anki2", _make_collection(sheet, notes), zipfile.ZIP_DEFLATED)
        package.writestr("media", json.dumps(names), zipfile.ZIP_DEFLATED)
        for number, picture in enumerate(pictures.values()):
            package.writestr(str(number), picture.read_bytes())
    return [*tell_no_video(sheet, NAME), *tell_no_points(sheet, NAME)]


def _make_note(item: Item, wording: Wording, direction: str, pictures: dict[str, Path]) -> dict[str, str]:
    """The fields of a note and its guid; notes its picture under a name by content, which Anki shares."""
    one = print_item(item, wording)
    slide = ""
    if one.picture is not None:
        name = f"quizsys-{hashlib.sha256(one.picture.read_bytes()).hexdigest()[:20]}.jpg"
        pictures[name] = one.picture
        slide = f'<img src="{name}" alt="{html.escape(wording.slide)}">'
    fields = (
        _show(one.stem) + (f"<br><small>{_show(one.hint)}</small>" if one.hint else ""),
        *(_directed(lines, direction) for lines in (_list_options(one), map(_show, one.right), map(_show, one.told))),
        _show(one.quote),
        _show_moment(one),
        slide,
    )
    return {"guid": item.id, "fields": "\x1f".join(fields), "first": one.stem, "tags": _list_tags(item)}


def _show(text: str) -> str:
    """As HTML, in which Anki finds no field (`{{`), no sound (`[sound:`) and no end of a field (U+001F)."""
    return html.escape(text.strip(), quote=False).translate(_SPECIAL)


def _directed(lines: Iterable[str], direction: str) -> str:
    """The letters before options would else turn lines of Arabic around."""
    text = "<br>".join(lines)
    return f'<div dir="{direction}">{text}</div>' if text else ""


def _list_options(one: Printed) -> list[str]:
    lefts = [f"{number}. {_show(text)}" for number, text in enumerate(one.lefts, 1)]
    options = [f"{letter(place)}. {_show(text)}" for place, text in enumerate(one.options)]
    return [*lefts, *(["&nbsp;"] if lefts else []), *options]


def _show_moment(one: Printed) -> str:
    return f'<a href="{html.escape(one.link)}">{one.moment}</a>' if one.link else one.moment


def _list_tags(item: Item) -> str:
    tags = ["_".join(text.split()) for text in (item.chapter, item.bloom, item.difficulty)]
    return f" {' '.join(tag for tag in tags if tag)} "


def _make_collection(sheet: Sheet, notes: Sequence[dict[str, str]]) -> bytes:
    """The file's bytes. The time of writing is the notes' too: Anki replaces an older note of the same guid."""
    now_s = int(utc_now().timestamp())
    deck_id, taken = _number(sheet.id), set[int]()
    collection = apsw.Connection(":memory:")
    collection.execute(SCHEMA)
    about = (
        *(1, now_s, now_s * 1000, now_s * 1000, 11, 0, 0, 0),
        *map(json.dumps, ({}, {str(MODEL_ID): _model(deck_id)}, _decks(sheet, deck_id, now_s), {"1": _PRESET}, {})),
    )
    collection.execute(f"INSERT INTO col VALUES ({','.join('?' * len(about))})", about)
    for place, note in enumerate(notes):
        note_id = _number(note["guid"])
        while note_id in taken:
            note_id += 1
        taken.add(note_id)
        _insert(collection, note, note_id, deck_id, now_s, place)
    data = collection.serialize("main")
    collection.close()
    return data


def _number(text: str) -> int:
    """An id as Anki makes them, of milliseconds; always the same for the same text."""
    return FIRST_ID + int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) % ID_SPAN


def _insert(
    collection: apsw.Connection, note: dict[str, str], note_id: int, deck_id: int, now_s: int, place: int
) -> None:
    checksum = int(hashlib.sha1(note["first"].encode(), usedforsecurity=False).hexdigest()[:8], 16)
    values = (note_id, note["guid"], MODEL_ID, now_s, -1, note["tags"], note["fields"], note["first"], checksum, 0, "")
    collection.execute("INSERT INTO notes VALUES (?,?,?,?,?,?,?,?,?,?,?)", values)
    card = (note_id, note_id, deck_id, 0, now_s, -1, 0, 0, place + 1, *(0,) * 8, "")
    collection.execute("INSERT INTO cards VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", card)


def _decks(sheet: Sheet, deck_id: int, now_s: int) -> dict[str, Any]:
    """`::` would part the name into decks within decks."""
    title = " ".join(sheet.title.split()).replace("::", ": ") or "Quiz"
    return {str(number): _deck(number, name, now_s) for number, name in ((1, "Default"), (deck_id, title))}


def _deck(deck_id: int, name: str, now_s: int) -> dict[str, Any]:
    today = {key: [0, 0] for key in ("lrnToday", "revToday", "newToday", "timeToday")}
    more = {"collapsed": False, "conf": 1, "desc": "", "dyn": 0, "extendNew": 10, "extendRev": 50}
    return {"id": deck_id, "name": name, "mod": now_s, "usn": -1, **more, **today}


def _model(deck_id: int) -> dict[str, Any]:
    """Of a fixed time, since its content is fixed: only a change of ours would be newer."""
    more = {"font": "Arial", "media": [], "rtl": False, "size": 20, "sticky": False}
    card = {"name": "Card", "ord": 0, "qfmt": FRONT, "afmt": BACK, "bqfmt": "", "bafmt": "", "did": None}
    return {
        **{"id": MODEL_ID, "name": "quizsys", "type": 0, "mod": MODEL_ID // 1000, "usn": -1, "sortf": 0},
        **{"did": deck_id, "tmpls": [card], "css": STYLE, "latexPre": "", "latexPost": "", "tags": [], "vers": []},
        "flds": [{"name": name, "ord": place, **more} for place, name in enumerate(FIELDS)],
        "req": [[0, "any", [0]]],
    }


_PRESET: dict[str, Any] = {
    **{"id": 1, "name": "Default", "mod": 0, "usn": 0, "maxTaken": 60, "timer": 0, "autoplay": True, "replayq": True},
    "new": {
        **{"bury": True, "delays": [1, 10], "initialFactor": 2500, "ints": [1, 4, 7], "order": 1, "perDay": 20},
        "separate": True,
    },
    "rev": {"bury": True, "ease4": 1.3, "fuzz": 0.05, "ivlFct": 1, "maxIvl": 36500, "minSpace": 1, "perDay": 100},
    "lapse": {"delays": [10], "leechAction": 0, "leechFails": 8, "minInt": 1, "mult": 0},
}
