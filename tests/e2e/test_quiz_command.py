"""`python server.py quiz` on the real lesson, by the real speech model: what it writes is exactly what was promised."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.running import ROOT

KINDS = {
    "single_choice",
    "multiple_choice",
    "true_false",
    "cloze",
    "short_answer",
    "numeric",
    "ordering",
    "matching",
    "open",
}

PACKAGES = (
    *("quiz.gift", "quiz.moodle.xml", "quiz.qti12.zip", "quiz.qti21.zip", "quiz.qti30.zip", "quiz.h5p", "quiz.apkg"),
    *("quiz.csv", "quiz.html", "quiz.pdf", "chapters.vtt", "fidelity.json"),
)


def run_server_py(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(ROOT / "server.py"), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)


@pytest.fixture(scope="module")
def out(lesson: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quiz") / "out"
    done = run_server_py("quiz", str(lesson), "--out", str(folder), "--packages", "all")
    assert done.returncode == 0, done.stderr
    assert "draft questions" in done.stdout
    return folder


def read(out: Path, name: str) -> Any:
    return json.loads((out / name).read_text())


@pytest.fixture(scope="module")
def truth(lesson: Path) -> Any:
    return json.loads(lesson.with_suffix(".truth.json").read_text())


def test_the_folder_holds_what_was_promised_and_nothing_else(out: Path) -> None:
    names = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    pictures = {scene["thumbnail"] for scene in read(out, "scenes.json")}
    packages = {f"packages/{name}" for name in PACKAGES}
    assert (
        names - packages == {"quiz.json", "transcript.json", "captions.vtt", "captions.srt", "scenes.json"} | pictures
    )
    assert packages <= names
    assert all((out / picture).read_bytes()[:2] == b"\xff\xd8" for picture in pictures)


def test_the_quiz_has_exactly_the_promised_keys(out: Path) -> None:
    quiz = read(out, "quiz.json")
    assert list(quiz) == ["title", "generator", "source", "questions", "refused"]
    assert set(quiz["source"]) == {"filename", "duration_s"}
    for question in quiz["questions"]:
        assert set(question) == {
            *("id", "kind", "stem", "choices", "answer", "explanation", "evidence", "pause_at_s", "chapter"),
            *("bloom", "difficulty"),
        }
        assert set(question["evidence"]) == {"quote", "start_s", "end_s"}
        assert all(set(choice) == {"text", "correct", "feedback"} for choice in question["choices"])
        assert question["kind"] in KINDS
    assert all(set(row) == {"reason", "count"} for row in quiz["refused"])


def test_there_are_at_least_eight_questions_and_open_cards_among_them(out: Path) -> None:
    kinds = [question["kind"] for question in read(out, "quiz.json")["questions"]]
    assert len(kinds) >= 8
    assert "open" in kinds


def test_every_package_tells_what_it_carries(out: Path) -> None:
    quiz = read(out, "quiz.json")
    told = {one["filename"]: one for one in read(out, "packages/fidelity.json")["packages"]}
    assert set(told) == set(PACKAGES) - {"fidelity.json"}
    ids = {question["id"] for question in quiz["questions"]}
    for one in told.values():
        dropped = {loss["question_id"] for loss in one["losses"] if loss["dropped"]}
        assert one["questions"] == (0 if None in dropped else len(ids) - len(dropped))
        assert {loss["question_id"] for loss in one["losses"]} <= ids | {None}
    gift = (out / "packages" / "quiz.gift").read_text()
    assert set(re.findall(r"\[id:(.+?)]", gift)) == ids


def test_every_quote_is_in_the_transcript_at_its_time(out: Path, truth: Any) -> None:
    segments = read(out, "transcript.json")["segments"]
    text = " ".join(segment["text"] for segment in segments)
    for question in read(out, "quiz.json")["questions"]:
        evidence = question["evidence"]
        assert evidence["quote"] in text
        assert 0 <= evidence["start_s"] < evidence["end_s"] <= truth["duration"]
        assert 0 < question["pause_at_s"] <= truth["duration"]
        inside = [word["text"] for segment in segments for word in segment["words"]
                  if evidence["start_s"] - 0.01 <= word["start_s"] < evidence["end_s"]]  # fmt: skip
        assert " ".join(inside).find(evidence["quote"]) >= 0


def test_nothing_is_asked_about_noise_or_what_was_taken_back(out: Path, truth: Any) -> None:
    forbidden = truth["noise"] + [said for said in truth["sentences"] if "no, sorry" in said["text"]]
    for question in read(out, "quiz.json")["questions"]:
        middle = (question["evidence"]["start_s"] + question["evidence"]["end_s"]) / 2
        assert not [said["text"] for said in forbidden if said["start"] < middle < said["end"]], question["stem"]


def test_scenes_are_the_slides(out: Path, truth: Any) -> None:
    scenes = read(out, "scenes.json")
    starts = [(scene["start_s"], slide["start"]) for scene, slide in zip(scenes, truth["slides"], strict=True)]
    assert all(abs(found - true) <= 0.5 for found, true in starts)
    titles = [re.sub(r"\W", "", scene["title"]).lower() for scene in scenes]
    assert titles == [re.sub(r"\W", "", slide["title"]).lower() for slide in truth["slides"]]
    assert all(set(scene) == {"start_s", "end_s", "title", "text", "thumbnail"} for scene in scenes)


def test_the_transcript_has_the_promised_form(out: Path, truth: Any) -> None:
    transcript = read(out, "transcript.json")
    assert list(transcript) == ["language", "model", "segments"]
    assert transcript["language"] == "en"
    for segment in transcript["segments"]:
        assert set(segment) == {"start_s", "end_s", "text", "words"}
        assert segment["text"] == " ".join(word["text"] for word in segment["words"])
        assert all(set(word) == {"start_s", "end_s", "text", "probability"} for word in segment["words"])
    spoken = " ".join(segment["text"] for segment in transcript["segments"]).lower().split()
    assert abs(len(spoken) - sum(len(said["text"].split()) for said in truth["sentences"])) < 40


def test_captions_are_in_both_forms(out: Path) -> None:
    vtt, srt = (out / "captions.vtt").read_text(), (out / "captions.srt").read_text()
    assert vtt.startswith("WEBVTT\n\n")
    assert vtt.count(" --> ") == srt.count(" --> ") > 20


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("quiz", "/nowhere.mp4"), "there is no file /nowhere.mp4. Check the path."),
        (("quiz", str(ROOT / "Makefile")), "Unsupported video format ''"),
        (("quiz", str(ROOT / "tests/data/lesson.mp4"), "--questions", "0"), "--questions takes a whole number from 1"),
        (("quiz", str(ROOT / "tests/data/lesson.mp4"), "--packages", "all"), "Add --out DIR."),
        (
            ("quiz", str(ROOT / "tests/data/lesson.mp4"), "--out", "/tmp", "--packages", "gift,word"),
            "there is no package 'word'. --packages takes all, gift, moodle",
        ),
    ],
)
def test_what_cannot_work_is_told_in_a_sentence(words: tuple[str, ...], sentence: str) -> None:
    done = run_server_py(*words)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["serve", "worker", "quiz", "check", "migrate", "backup"])
def test_every_command_has_help(command: str) -> None:
    done = run_server_py(command, "--help")
    assert done.returncode == 0
    assert f"server.py {command}" in done.stdout
