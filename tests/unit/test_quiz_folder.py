"""Where `quiz FILE --out DIR` writes: told at once if it cannot, and never through a link that lies there."""

import argparse
import os
from pathlib import Path

import pytest

from media.transcript import Transcript
from quizsys.folder import write_folder
from quizsys.quiz_command import Failed, check_options
from quizsys.storage import Storage

QUIZ = {"title": "x", "generator": "x", "source": {}, "questions": [], "refused": []}


def check(out: Path, file: Path = Path(__file__)) -> None:
    check_options(argparse.Namespace(file=file, questions=None, packages=None, out=out))


@pytest.mark.parametrize("kind", ["file", "link to a file", "dangling link", "loop", "fifo", "below a file", "proc"])
def test_a_folder_that_is_none_is_told_before_the_work(tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out"
    (tmp_path / "file").write_text("kept")
    if kind == "loop":
        out.symlink_to(out)
    elif kind == "fifo":
        os.mkfifo(out)
    elif "link" in kind:
        out.symlink_to(tmp_path / ("file" if "file" in kind else "nowhere"))
    else:
        out = {"file": tmp_path / "file", "below a file": tmp_path / "file" / "x", "proc": Path("/proc")}[kind]
    with pytest.raises(Failed, match="to --out"):
        check(out)
    assert (tmp_path / "file").read_text() == "kept"


def test_a_folder_and_a_link_to_one_are_taken(tmp_path: Path) -> None:
    check(tmp_path / "new" / "folder")
    (tmp_path / "link").symlink_to(tmp_path / "new")
    check(tmp_path / "link")
    assert list((tmp_path / "new" / "folder").iterdir()) == []


@pytest.mark.parametrize("file", ["/dev/zero", "/proc", "gone", "", "bad\udcff"])
def test_a_lesson_that_is_no_file_is_told(tmp_path: Path, file: str) -> None:
    with pytest.raises(Failed, match="no file"):
        check(tmp_path, Path(file))


def test_a_link_in_the_folder_is_replaced_not_followed(tmp_path: Path) -> None:
    victim, out = tmp_path / "victim", tmp_path / "out"
    out.mkdir()
    victim.write_text("kept")
    names = ("quiz.json", "transcript.json", "captions.vtt", "captions.srt", "scenes.json")
    for name in names:
        (out / name).symlink_to(victim)
    write_folder(out, QUIZ, Transcript("en", "test", ()), [], Storage(tmp_path))
    assert victim.read_text() == "kept"
    assert all((out / name).is_file() and not (out / name).is_symlink() for name in names)
