"""Our H5P files as the servers of others take them: Lumi's, which enforces what each library may hold, and pyh5p."""

import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from quizsys.packages.h5p import VERSIONS, write_h5p
from quizsys.packages.sheet import Sheet
from tests.carried import ARABIC, SHEET
from tests.h5p_bundle import make_bundle
from tests.nodes import needs_node, run_node

ONLY_LIBRARIES_MISSING = "install-missing-libraries "


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bundle(tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="module")
def package(lesson: Path, bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With its video, its captions and all libraries."""
    path = tmp_path_factory.mktemp("package") / "quiz.h5p"
    write_h5p(replace(SHEET, video=lesson), path, libraries=bundle)
    return path


def read_content(package: Path) -> dict[str, Any]:
    with zipfile.ZipFile(package) as archive:
        return dict(json.loads(archive.read("content/content.json")))


def check_by_pyh5p(package: Path) -> str:
    run = "import sys; from pyh5p.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", run, "validate", str(package)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


def spoil(package: Path, target: Path) -> None:
    """The same file without its language, and with captions of a kind that H5P does not take."""
    with zipfile.ZipFile(package) as source, zipfile.ZipFile(target, "w") as spoilt:
        for name in source.namelist():
            spoilt.writestr(name, source.read(name).replace(b'"language": "en",', b""))
        spoilt.writestr("content/files/captions.srt", "1")


@pytest.fixture(scope="module")
def sites(package: Path, lesson: Path, bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What new sites made of files, all in one process since Node.js takes seconds to begin."""
    folder = tmp_path_factory.mktemp("sites")
    files = {name: folder / f"{name}.h5p" for name in ("arabic", "spoilt", *VERSIONS)}
    write_h5p(replace(ARABIC, video=lesson), files["arabic"], libraries=bundle)
    spoil(package, files["spoilt"])
    for version in VERSIONS:
        write_h5p(SHEET, files[version], version=version)
    files["english"] = package
    return dict(zip(files, run_node("read_h5p.mjs", folder, *files.values()), strict=True)) | {"files": files}


@needs_node
@pytest.mark.parametrize("sheet", [SHEET, ARABIC], ids=["english", "arabic"])
def test_a_site_that_enforces_the_libraries_keeps_every_word(sheet: Sheet, sites: dict[str, Any]) -> None:
    name = "arabic" if sheet.right_to_left else "english"
    told = sites[name]
    assert told["refused"] == []
    assert told["metadata"]["title"] == sheet.title
    sent, kept = read_content(sites["files"][name]), told["parameters"]
    for content in (sent, kept):
        video = content["interactiveVideo"]["video"]
        # The site calls the files anew.
        assert Path(video["files"].pop()["path"]).suffix == ".mp4"
        for track in video["textTracks"].get("videoTrack", ()):
            assert Path(track["track"].pop("path")).suffix == ".vtt"
    # This site strikes every `dir` out; others keep it.
    assert kept == json.loads(json.dumps(sent).replace(' dir=\\"rtl\\"', ""))


@needs_node
@pytest.mark.parametrize("version", VERSIONS)
def test_a_site_without_the_libraries_asks_for_just_these(version: str, sites: dict[str, Any]) -> None:
    (refused,) = sites[version]["refused"]
    assert refused.startswith(ONLY_LIBRARIES_MISSING)
    assert f"H5P.InteractiveVideo-{version}" in refused


@needs_node
def test_a_site_sees_what_is_wrong_with_a_file(sites: dict[str, Any]) -> None:
    """So that the other tests could fail."""
    assert sites["spoilt"]["refused"]
    assert not sites["spoilt"]["refused"][0].startswith(ONLY_LIBRARIES_MISSING)


def test_pyh5p_finds_it_valid(package: Path) -> None:
    assert check_by_pyh5p(package).strip() == "valid"


def test_pyh5p_finds_nothing_but_the_libraries_missing(tmp_path: Path) -> None:
    write_h5p(ARABIC, tmp_path / "quiz.h5p")
    assert check_by_pyh5p(tmp_path / "quiz.h5p").strip() == (
        "$.h5p.mainLibrary: main library is not included (dependency)"
    )
