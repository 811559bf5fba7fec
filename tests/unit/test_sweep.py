"""Leftovers of a killed server go, and nothing else."""

from pathlib import Path

import pytest

from quizsys.storage import Storage
from quizsys.sweep import sweep


def put(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")


def list_files(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def test_what_belongs_to_a_known_upload_stays(tmp_path: Path) -> None:
    kept = (
        "uploads/p/a-0123456789.mp4",
        "thumbnails/p/a-0123456789.jpg",
        "thumbnails/p/a-0123456789.scenes/scene-001.jpg",
        "processed/p/a-0123456789.web.mp4",
    )
    put(tmp_path, *kept)
    assert sweep(Storage(tmp_path), {"uploads/p/a-0123456789.mp4"}) == 0
    assert list_files(tmp_path) == set(kept)


def test_what_a_worker_may_just_have_moved_there_stays(tmp_path: Path) -> None:
    put(tmp_path, "exports/p/film-0123456789.mp4", "processed/p/b-0123456789.web.mp4")
    assert sweep(Storage(tmp_path), set()) == 0


def test_what_belongs_to_no_upload_is_set_aside_and_half_an_upload_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quizsys.sweep.FRESH_S", -60)
    put(
        tmp_path,
        "uploads/p/b-0123456789.mp4",
        "uploads/p/1234.part",
        "uploads/p/1234.poster",
        "thumbnails/p/b-0123456789.jpg",
        "thumbnails/p/b-0123456789.scenes/scene-001.jpg",
        "processed/p/b-0123456789.web.mp4",
        "uploads/other/a-0123456789.mp4",
    )
    assert sweep(Storage(tmp_path), {"uploads/p/a-0123456789.mp4"}) == 7
    left = list_files(tmp_path)
    assert {name.split("/")[0] for name in left} == {"lost"}
    assert "lost/uploads/p/b-0123456789.mp4" in left
    assert not [name for name in left if name.endswith((".part", ".poster"))]


def test_a_file_that_the_operator_put_there_stays(tmp_path: Path) -> None:
    put(tmp_path, "uploads/p/README.txt", "uploads/p/mine.mp4")
    assert sweep(Storage(tmp_path), set()) == 0


def test_what_lies_behind_a_link_stays_where_it_is(tmp_path: Path) -> None:
    put(tmp_path / "home", "letter-0123456789.mp4", "half.part")
    storage = Storage(tmp_path / "storage")
    storage.prepare()
    (storage.root / "uploads" / "p").symlink_to(tmp_path / "home")
    assert sweep(storage, set()) == 0
    assert list_files(tmp_path / "home") == {"letter-0123456789.mp4", "half.part"}
