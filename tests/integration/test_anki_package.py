"""Our decks in Anki's own library: cards as they were sent, pictures with them, and nothing twice."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from quizsys.packages.anki import write_anki
from quizsys.packages.sheet import Sheet
from tests.carried import ARABIC, HOSTILE, ITEMS, SHEET
from tests.nodes import CLIENTS

NOTHING = {"new": 0, "updated": 0, "duplicate": 0, "conflicting": 0, "missing_notetype": 0, "empty_first_field": 0}


def read_decks(folder: Path, *decks: Path) -> dict[str, Any]:
    """What a collection made of the decks, one after the other."""
    folder.mkdir()
    command = [sys.executable, str(CLIENTS / "read_anki.py"), str(folder), *map(str, decks)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def pictured(tmp_path_factory: pytest.TempPathFactory) -> Sheet:
    """Nine questions on two slides."""
    folder = tmp_path_factory.mktemp("slides")
    slides = [folder / f"{colour}.jpg" for colour in ("red", "blue")]
    for slide in slides:
        Image.new("RGB", (64, 36), slide.stem).save(slide)
    items = (replace(item, picture=slides[place % 2]) for place, item in enumerate(ITEMS))
    return replace(SHEET, items=tuple(items))


@pytest.fixture(scope="module")
def told(pictured: Sheet, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The same deck twice, and then one in Arabic."""
    folder = tmp_path_factory.mktemp("decks")
    assert next(loss.code for loss in write_anki(pictured, folder / "quiz.apkg")) == "pauses_dropped"
    write_anki(ARABIC, folder / "arabic.apkg")
    return read_decks(folder / "anki", folder / "quiz.apkg", folder / "quiz.apkg", folder / "arabic.apkg")


@pytest.fixture(scope="module")
def notes(told: dict[str, Any]) -> dict[str, Any]:
    return {note["guid"]: note for note in told["notes"]}


def test_the_second_time_everything_is_known(told: dict[str, Any]) -> None:
    counts = [NOTHING | {"new": 9}, NOTHING | {"duplicate": 9}, NOTHING | {"new": 3}]
    assert told["runs"] == counts
    assert len(told["notes"]) == 12
    assert told["sound"][1] is True


def test_every_card_has_its_question_in_front_and_its_answer_behind(notes: dict[str, Any]) -> None:
    for item in ITEMS:
        note = notes[item.id]
        assert note["deck"] == SHEET.title
        assert sorted(note["tags"]) == ["Light_<reactions>", "medium", "remember"]
        assert item.stem.replace("<", "&lt;") in note["front"]
        assert "Chlorophyll takes in red &amp; blue light." in note["back"]
        assert f'<blockquote dir="auto">{item.quote}</blockquote>' in note["back"]
        assert f'<a href="{item.link}">' in note["back"]
        assert "taken in by" not in note["front"]


def test_answers_are_those_that_were_sent(notes: dict[str, Any]) -> None:
    answers = [
        notes[item.id]["fields"]["Answer"].removeprefix('<div dir="ltr">').removesuffix("</div>") for item in ITEMS
    ]
    assert answers[:6] == [
        "A. chlorophyll",
        "A. water<br>C. carbon dioxide",
        "A. True",
        "A. oxygen",
        "O2 / oxygen: gas<br>Also right: oxygen, dioxygen",
        "6.5 (± 0.5)",
    ]
    assert [line[3:] for line in answers[6].split("<br>")] == [choice.text for choice in ITEMS[6].choices]
    assert answers[8] == "They send back green light.<br>The rest is taken in."


def test_signs_of_html_and_of_anki_are_text(notes: dict[str, Any]) -> None:
    options = notes[ITEMS[0].id]["front"]
    shown = HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("{", "&#123;")
    assert f"B. {shown}<br>" in options


def test_slides_come_with_their_cards_and_once_each(told: dict[str, Any], notes: dict[str, Any]) -> None:
    assert told["media"] == {"missing": [], "unused": []}
    assert len(told["files"]) == 2
    shown = {name for name in told["files"] for note in notes.values() if name in note["back"]}
    assert shown == set(told["files"])


def test_arabic_runs_from_the_right(notes: dict[str, Any]) -> None:
    note = notes[ARABIC.items[0].id]
    assert note["deck"] == ARABIC.title
    assert '<div dir="rtl">A. الكلوروفيل<br>B. الماء' in note["front"]


def test_a_new_version_changes_the_cards_that_are_there(
    pictured: Sheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_anki(pictured, tmp_path / "old.apkg")
    monkeypatch.setattr("quizsys.packages.anki.utc_now", lambda: datetime(2037, 1, 1, tzinfo=UTC))
    changed = (replace(ITEMS[0], stem="What takes in light?"), *pictured.items[1:])
    write_anki(replace(pictured, version=4, title="A new title", items=changed), tmp_path / "new.apkg")
    told = read_decks(tmp_path / "anki", tmp_path / "old.apkg", tmp_path / "new.apkg")
    assert told["runs"][1] == NOTHING | {"updated": 9}
    assert len(told["notes"]) == 9
    (note,) = (note for note in told["notes"] if note["guid"] == ITEMS[0].id)
    assert "What takes in light?" in note["front"]


def test_an_empty_quiz_is_an_empty_deck(tmp_path: Path) -> None:
    write_anki(replace(SHEET, items=()), tmp_path / "quiz.apkg")
    assert read_decks(tmp_path / "anki", tmp_path / "quiz.apkg")["notes"] == []
