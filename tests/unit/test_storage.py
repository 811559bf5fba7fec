"""Names and places: what a client calls a file or a project never decides where anything lies."""

import errno
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizsys import storage
from quizsys.errors import Code, QuizsysError
from quizsys.storage import Storage, check_project_id, commit, is_abandoned, stored_name


@given(st.text(max_size=300))
def test_a_stored_name_is_always_plain(name: str) -> None:
    stored = stored_name(name + ".mp4")
    assert re.fullmatch(r"[A-Za-z0-9._-]+-[0-9a-f]{10}\.[a-z0-9]{3,4}", stored)
    assert len(stored) <= 100
    assert stored == stored.lower()


@pytest.mark.parametrize(
    ("given_name", "stem"),
    [
        ("Lesson 1.mp4", "lesson-1"),
        ("../../etc/evil.MP4", "evil"),
        ("C:\\videos\\Über uns.mov", "uber-uns"),
        ("\x00\n.avi", "video"),
        ("....mp4", "video"),
    ],
)
def test_only_the_last_part_of_a_name_is_kept(given_name: str, stem: str) -> None:
    assert re.fullmatch(re.escape(stem) + r"-[0-9a-f]{10}\.(mp4|mov|avi)", stored_name(given_name))


def test_two_uploads_of_one_name_differ() -> None:
    assert stored_name("a.mp4") != stored_name("a.mp4")


@pytest.mark.parametrize("name", ["notes.txt", "lesson", "lesson.mp4.exe", "", ".mp4x"])
def test_another_extension_is_refused_with_those_allowed(name: str) -> None:
    with pytest.raises(QuizsysError, match=r"Allowed formats: \.avi, \.mov, \.mp4") as caught:
        stored_name(name)
    assert caught.value.code is Code.UNSUPPORTED_MEDIA


@pytest.mark.parametrize("project_id", ["a", "Demo", "2026.math_1-b", "x" * 64])
def test_a_plain_project_id_is_kept_as_it_is(project_id: str) -> None:
    assert check_project_id(project_id) == project_id


@pytest.mark.parametrize("project_id", ["", " ", ".", "..", "-a", "a/b", "a b", "x" * 65, "é", "a\n", "a\x00"])
def test_any_other_project_id_is_refused(project_id: str) -> None:
    with pytest.raises(QuizsysError, match="A project id is") as caught:
        check_project_id(project_id)
    assert caught.value.code is Code.BAD_PROJECT_ID


@pytest.mark.parametrize("path", ["/etc/passwd", "uploads/../../x", ".."])
def test_a_path_never_leaves_the_root(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="leaves the storage root"):
        Storage(tmp_path).path(path)


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_commit_replaces_a_folder_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool) -> None:
    def refuse(*_: Path) -> None:
        raise OSError(errno.EINVAL, "not on this file system")

    if not can_exchange:
        monkeypatch.setattr(storage, "exchange", refuse)
    old, new = tmp_path / "final", tmp_path / "scratch"
    for folder, name in ((old, "old.jpg"), (new, "new.jpg")):
        folder.mkdir()
        (folder / name).write_text(name)
    commit(new, old)
    assert [path.name for path in old.iterdir()] == ["new.jpg"]
    assert not new.exists()


@pytest.mark.parametrize("inside", ["", "folder/"])
def test_a_link_or_a_pipe_is_never_put_among_our_files(tmp_path: Path, inside: str) -> None:
    (tmp_path / "app.db").write_text("secret")
    (tmp_path / "scratch" / "folder").mkdir(parents=True)
    out = tmp_path / "scratch" / f"{inside}out.mp4"
    part = tmp_path / "scratch" / (inside or "out.mp4")
    for make in (lambda: out.symlink_to(tmp_path / "app.db"), lambda: os.mkfifo(out)):
        make()
        with pytest.raises(OSError, match=r"link|argument"):
            commit(part, tmp_path / "exports" / "out.mp4")
        out.unlink()
    (tmp_path / "linked").symlink_to(tmp_path / "scratch")
    with pytest.raises(OSError, match="link"):
        commit(tmp_path / "linked", tmp_path / "exports" / "folder")
    assert not (tmp_path / "exports").exists()


def test_what_lies_behind_a_link_is_not_a_projects(tmp_path: Path) -> None:
    outside = tmp_path / "home"
    outside.mkdir()
    (outside / "letter-0123456789.mp4").write_text("x")
    storage = Storage(tmp_path / "storage")
    storage.prepare()
    (storage.root / "uploads" / "p").symlink_to(outside)
    assert storage.list_project("p") == []
    storage.remove("uploads/p")
    assert [path.name for path in outside.iterdir()] == ["letter-0123456789.mp4"]


def test_a_package_that_is_being_written_is_left_alone_for_an_hour(tmp_path: Path) -> None:
    fresh, old, scratch = (tmp_path / name for name in ("package-a", "package-b", "some.1.owner"))
    for folder in (fresh, old, scratch):
        folder.mkdir()
    os.utime(old, (1, 1))
    assert [is_abandoned(folder) for folder in (fresh, old, scratch, tmp_path / "gone")] == [False, True, True, False]
