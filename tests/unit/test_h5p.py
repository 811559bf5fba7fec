"""A quiz as an H5P Interactive Video: what is asked when, what counts as right, and what the file is made of."""

import json
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from quizsys.checks import check_h5p_libraries
from quizsys.config import read_settings
from quizsys.packages.h5p import STAY_S, write_h5p
from quizsys.packages.sheet import Chapter, Loss, Sheet
from quizsys.packages.shelf import SHELF, suit
from quizsys.questions.question import Choice
from tests.carried import ARABIC, ITEMS, SHEET, make_item
from tests.h5p_bundle import make_bundle

VIDEO = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 40


def write(sheet: Sheet, folder: Path, **more: Any) -> tuple[dict[str, Any], list[Loss]]:
    """The content of the file and what was lost."""
    losses = write_h5p(sheet, folder / "quiz.h5p", **more)
    with zipfile.ZipFile(folder / "quiz.h5p") as package:
        assert package.testzip() is None
        return json.loads(package.read("content/content.json")), losses


def list_tasks(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each action by the id of its question."""
    found = content["interactiveVideo"]["assets"]["interactions"]
    return {one["action"]["subContentId"]: one["action"] for one in found}


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    content, _ = write(SHEET, tmp_path_factory.mktemp("h5p"))
    by_id = list_tasks(content)
    return [by_id[item.id] for item in SHEET.items]


def test_choices_keep_their_key_and_their_feedback(tasks: list[dict[str, Any]]) -> None:
    single, several = tasks[0], tasks[1]
    assert single["library"] == several["library"] == "H5P.MultiChoice 1.16"
    assert [answer["correct"] for answer in single["params"]["answers"]] == [True, False, False, False]
    assert single["params"]["answers"][0]["tipsAndFeedback"]["chosenFeedback"] == "<div>Told about chlorophyll</div>"
    assert single["params"]["answers"][1]["text"].startswith("<div>&lt;b&gt;*bold*&lt;/b&gt; &amp; ")
    assert [answer["correct"] for answer in several["params"]["answers"]] == [True, False, True, False]
    assert (single["params"]["behaviour"]["type"], several["params"]["behaviour"]["type"]) == ("single", "multi")
    assert "0:10–0:14" in single["params"]["overallFeedback"][0]["feedback"]


def test_truth_is_told_in_words_that_h5p_knows(tasks: list[dict[str, Any]]) -> None:
    params = tasks[2]["params"]
    assert params["correct"] == "true"
    assert params["behaviour"]["feedbackOnCorrect"].startswith("Yes, it does.")
    assert params["behaviour"]["feedbackOnWrong"].startswith("But it does.")


def test_a_gap_with_options_stays_a_choice(tasks: list[dict[str, Any]]) -> None:
    assert tasks[3]["library"] == "H5P.MultiChoice 1.16"
    assert tasks[3]["params"]["question"] == "<p>Plants give off ____ by day.</p>"


def test_signs_that_h5p_reads_as_its_own_are_kept_in_blanks(tasks: list[dict[str, Any]]) -> None:
    assert tasks[4]["params"]["questions"] == ["<p>*O2 &#47; oxygen&#58; gas/oxygen/dioxygen*</p>"]
    assert tasks[5]["params"]["questions"] == ["<p>*6.5/6,5*</p>"]


def test_a_gap_without_options_is_filled_in_where_it_stands(tmp_path: Path) -> None:
    item = make_item(1, "cloze", "5*3 <is> ____ here.", answer="fifteen")
    content, _ = write(replace(SHEET, items=(item,)), tmp_path)
    params = list_tasks(content)[item.id]["params"]
    assert (params["text"], params["questions"]) == ("", ["<p>5&#42;3 &lt;is&gt; *fifteen* here.</p>"])


def test_steps_and_pairs_are_dragged_to_their_places(tasks: list[dict[str, Any]]) -> None:
    assert tasks[6]["params"]["textField"] == "1. *Light is taken in*\n2. *Water∶ is split*\n3. *Sugar is made*"
    lines = tasks[7]["params"]["textField"].splitlines()
    assert lines == ["stroma – *makes sugar*", "thylakoid – *takes in light*", "stoma – *lets gas ∗in∗*"]


def test_what_is_lost_is_told(tmp_path: Path) -> None:
    _, losses = write(SHEET, tmp_path)
    told = {(loss.item_id, loss.code) for loss in losses}
    assert told == {
        (ITEMS[0].id, "points_changed"),
        (ITEMS[5].id, "tolerance_dropped"),
        (ITEMS[6].id, "kind_changed"),
        (ITEMS[8].id, "answer_dropped"),
        ("", "video_missing"),
    }


def test_questions_never_cover_each_other_and_all_come_before_the_end(tmp_path: Path) -> None:
    pauses = (5.0, 5.0, 5.5, 119.5, 120.0, 120.0)
    items = tuple(
        make_item(number, "open", "Why?", answer="So.", pause_at_s=pause) for number, pause in enumerate(pauses, 1)
    )
    content, _ = write(replace(SHEET, items=items), tmp_path)
    spans = [one["duration"] for one in content["interactiveVideo"]["assets"]["interactions"]]
    assert spans[0] == {"from": 5.0, "to": 5.0 + STAY_S}
    assert all(before["to"] <= after["from"] for before, after in pairwise(spans))
    assert spans[-1]["to"] == SHEET.duration_s
    assert all(span["from"] >= pause for span, pause in zip(spans[:3], pauses[:3], strict=True))


def test_more_questions_than_a_short_video_has_seconds_still_come_one_by_one(tmp_path: Path) -> None:
    items = tuple(make_item(number, "open", "Why?", answer="So.", pause_at_s=1.5) for number in range(13))
    content, _ = write(replace(SHEET, items=items, duration_s=2.0, chapters=()), tmp_path)
    spans = [one["duration"] for one in content["interactiveVideo"]["assets"]["interactions"]]
    assert all(before["to"] <= after["from"] + 0.002 for before, after in pairwise(spans))
    assert spans[0]["from"] >= 0
    assert spans[-1]["to"] <= 2.001


def test_what_would_refuse_the_whole_file_is_mended(tmp_path: Path) -> None:
    sheet = replace(SHEET, title="Two\nlines " + "&" * 300, language="x-klingon", items=())
    content, _ = write(sheet, tmp_path)
    with zipfile.ZipFile(tmp_path / "quiz.h5p") as package:
        about = json.loads(package.read("h5p.json"))
    assert len(about["title"]) <= 255
    assert about["title"].startswith("Two lines &")
    assert about["language"] == "und" or about["language"].isalpha()
    start = content["interactiveVideo"]["video"]["startScreenOptions"]["title"]
    assert len(start) <= 60
    assert start.endswith("&amp;")


def test_the_same_quiz_is_the_same_file_and_holds_the_video_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "lesson.mp4").write_bytes(VIDEO)
    sheet = replace(SHEET, video=tmp_path / "lesson.mp4")
    assert all(write_h5p(sheet, tmp_path / name) for name in ("one.h5p", "two.h5p"))
    assert (tmp_path / "one.h5p").read_bytes() == (tmp_path / "two.h5p").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.h5p") as package:
        assert package.read("content/videos/lesson.mp4") == VIDEO
        assert b"&lt;falls&gt;" in package.read("content/files/captions.vtt")


def test_chapters_are_bookmarks_and_right_to_left_is_said(tmp_path: Path) -> None:
    sheet = replace(ARABIC, chapters=(Chapter(3, 50, "الضوء <1>"), Chapter(50, 120, "")))
    content, _ = write(sheet, tmp_path)
    assert content["interactiveVideo"]["assets"]["bookmarks"] == [{"time": 3, "label": "الضوء &lt;1&gt;"}]
    first = list_tasks(content)[ARABIC.items[0].id]["params"]
    assert first["question"] == '<p dir="rtl">ما الصبغة التي تمتص الضوء (chlorophyll)؟</p>'


def test_truth_in_other_words_is_a_choice(tmp_path: Path) -> None:
    item = make_item(1, "true_false", "Wahr oder falsch?", choices=(Choice("Wahr", False), Choice("Falsch", True)))
    content, _ = write(replace(SHEET, items=(item,)), tmp_path)
    assert [one["correct"] for one in list_tasks(content)[item.id]["params"]["answers"]] == [False, True]


@pytest.mark.parametrize("kind", ["single_choice", "true_false", "ordering", "cloze", "short_answer", "numeric"])
def test_a_draft_without_options_and_answer_is_asked_openly(tmp_path: Path, kind: str) -> None:
    item = make_item(1, kind, "What?", answer=" ", points=2.0)
    content, losses = write(replace(SHEET, items=(item,)), tmp_path)
    task = list_tasks(content)[item.id]
    assert (task["library"], task["params"]["maxScore"]) == ("H5P.FreeTextQuestion 1.0", 2.0)
    assert (item.id, "answer_dropped") in {(loss.item_id, loss.code) for loss in losses}


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_bundle_brings_the_libraries_that_are_needed(tmp_path: Path, kind: str) -> None:
    bundle = make_bundle(tmp_path / "bundle")
    if kind == "file":
        with zipfile.ZipFile(tmp_path / "bundle.h5p", "w") as archive:
            for path in sorted(bundle.rglob("*")):
                archive.write(path, path.relative_to(bundle))
        bundle = tmp_path / "bundle.h5p"
    _, losses = write(replace(SHEET, items=SHEET.items[:1]), tmp_path, libraries=bundle)
    assert "libraries_missing" not in {loss.code for loss in losses}
    with zipfile.ZipFile(tmp_path / "quiz.h5p") as package:
        names = package.namelist()
    folders = {name.split("/")[0] for name in names}
    assert "H5P.InteractiveVideo-1.26/scripts/main.js" in names
    assert "H5P.MultiChoice-1.16" in folders
    assert "H5P.Blanks-1.14" not in folders
    assert not any("/." in name for name in names)


def test_what_a_bundle_lacks_is_told(tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path / "bundle", without="H5P.Blanks 1.14")
    (bundle / "h5p-video" / "library.json").write_text("{ broken")
    _, losses = write(SHEET, tmp_path, libraries=bundle)
    (told,) = (loss.detail for loss in losses if loss.code == "libraries_missing")
    assert "H5P.Blanks 1.14, H5P.Video 1.6" in told


@pytest.mark.parametrize("name", ["broken.h5p", "missing.h5p"])
def test_a_bundle_that_is_none_costs_only_the_libraries(tmp_path: Path, name: str) -> None:
    (tmp_path / "broken.h5p").write_text("no archive")
    content, losses = write(SHEET, tmp_path, libraries=tmp_path / name)
    assert len(list_tasks(content)) == len(ITEMS)
    (told,) = (loss.detail for loss in losses if loss.code == "libraries_missing")
    assert "H5P.InteractiveVideo 1.26" in told


def test_the_settings_choose_version_and_libraries(tmp_path: Path) -> None:
    env = {"H5P_VERSION": "1.28", "H5P_LIBRARIES": str(make_bundle(tmp_path / "bundle"))}
    settings = read_settings(env, dotenv=None)
    told = [problem.sentence for problem in check_h5p_libraries(settings)]
    assert told == [f"{tmp_path / 'bundle'} lacks H5P.InteractiveVideo 1.28."]
    (suited,) = suit([SHELF["h5p"]], settings)
    losses = suited.write(SHEET, tmp_path / "quiz.h5p")
    assert "lacks H5P.InteractiveVideo 1.28:" in next(one.detail for one in losses if one.code == "libraries_missing")
    assert not list(check_h5p_libraries(read_settings(env | {"H5P_VERSION": "1.26"}, dotenv=None)))
    (missing,) = check_h5p_libraries(read_settings({"H5P_LIBRARIES": str(tmp_path / "no")}, dotenv=None))
    assert missing.sentence.endswith("is neither an H5P file nor a folder of H5P libraries.")
