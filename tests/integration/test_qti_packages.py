"""QTI 2.1 and 3.0: one turns into the other by a converter of others, and an importer of others finds every key."""

import html
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
import qti_convert
from onyx2moodle.parser import AssessmentItem, parse_item

from quizsys.packages.qti12 import write_qti12
from quizsys.packages.qti21 import write_qti21
from quizsys.packages.qti30 import write_qti30
from quizsys.packages.sheet import Sheet
from tests.packed_quiz import arabic, choices, english, filmed

WRITERS = {"qti12": write_qti12, "qti21": write_qti21, "qti30": write_qti30}
SHEETS = {"english": english, "arabic": arabic}
Tree = tuple[str, dict[str, str], str, list["Tree"], str]


@pytest.fixture(params=SHEETS)
def sheet(request: pytest.FixtureRequest, tmp_path: Path) -> Sheet:
    return SHEETS[request.param](tmp_path)


def unpack(package: Path, folder: Path) -> dict[str, bytes]:
    with ZipFile(package) as archive:
        archive.extractall(folder)
        return {name: archive.read(name) for name in archive.namelist()}


def read_tree(element: ElementTree.Element) -> Tree:
    name = element.tag.split("}")[-1]
    attributes = {key: value for key, value in element.attrib.items() if "schemaLocation" not in key}
    return name, attributes, element.text or "", [read_tree(child) for child in element], element.tail or ""


def without(text: bytes, *patterns: str) -> Tree:
    """The document's tree after what the converter alone adds or drops is taken out of the text."""
    plain = text.decode()
    for pattern in patterns:
        plain = re.sub(pattern, "", plain)
    return read_tree(ElementTree.fromstring(plain))


def test_a_converter_makes_our_3_0_of_our_2_1(sheet: Sheet, tmp_path: Path) -> None:
    write_qti21(sheet, tmp_path / "21.zip")
    write_qti30(sheet, tmp_path / "30.zip")
    qti_convert.upgrade_package(tmp_path / "21.zip", tmp_path / "upgraded.zip")
    ours = unpack(tmp_path / "30.zip", tmp_path / "30")
    theirs = unpack(tmp_path / "upgraded.zip", tmp_path / "upgraded")
    assert {*theirs} == {*ours}
    for name in ours:
        if name.endswith(".jpg"):
            assert theirs[name] == ours[name]
        elif name != "imsmanifest.xml":
            # 2.1 knows neither people who mark nor directions; its place are marks around the text.
            mine = without(
                ours[name], ' external-scored="human"', ' dir="rtl"', "(?<=content-body>)<div>|</div>(?=</qti-content)"
            )
            assert without(theirs[name], ' min-choices="1"', "[\u2067\u2069]") == mine


def test_a_converter_makes_our_2_1_of_our_3_0(tmp_path: Path) -> None:
    sheet = english(tmp_path)
    write_qti21(sheet, tmp_path / "21.zip")
    write_qti30(sheet, tmp_path / "30.zip")
    told = qti_convert.downgrade_package(tmp_path / "30.zip", tmp_path / "downgraded.zip")
    assert [warning.code for warning in told.warnings] == ["removed-attribute"]
    ours = unpack(tmp_path / "21.zip", tmp_path / "21")
    theirs = unpack(tmp_path / "downgraded.zip", tmp_path / "downgraded")
    for name in ours:
        if name.endswith(".xml") and name != "imsmanifest.xml":
            assert without(theirs[name], '(?<=show">)<div>|</div>(?=</modal)') == without(ours[name])


@pytest.mark.parametrize("edition", ["qti21", "qti30"])
def test_the_manifest_names_every_file_and_nothing_else(sheet: Sheet, tmp_path: Path, edition: str) -> None:
    WRITERS[edition](sheet, tmp_path / "quiz.zip")
    checked = qti_convert.fix_package_references(tmp_path / "quiz.zip", tmp_path / "fixed.zip")
    assert (checked.fixed, checked.unresolved) == ([], [])
    files = unpack(tmp_path / "quiz.zip", tmp_path / "files")
    manifest = ElementTree.fromstring(files["imsmanifest.xml"])
    resources = [one for one in manifest.iter() if one.tag.endswith("}resource")]
    assert {one.attrib["href"] for one in resources} == {*files} - {"imsmanifest.xml"}
    known = {one.attrib["identifier"] for one in resources}
    needed = {one.attrib["identifierref"] for one in manifest.iter() if one.tag.endswith("}dependency")}
    assert needed < known
    assert len(known) == len(resources) == len(sheet.items) + 2


def import_items(sheet: Sheet, folder: Path) -> list[AssessmentItem]:
    """As a converter to Moodle reads them."""
    write_qti21(sheet, folder / "quiz.zip")
    unpack(folder / "quiz.zip", folder / "items")
    return [parse_item(folder / "items" / f"q-{item.id}.xml") for item in sheet.items]


def plain(markup: str) -> str:
    return html.unescape(re.sub("<[^>]+>|[\u2067\u2069]", "", markup))


def test_an_importer_finds_every_key(sheet: Sheet, tmp_path: Path) -> None:
    for asked, read in zip(sheet.items, import_items(sheet, tmp_path), strict=True):
        assert "".join(read.body_xml.itertext()).strip("\u2067\u2069").startswith(asked.stem)
        (response,) = read.response_decls.values()
        if asked.kind == "ordering":
            # It knows the key, but no field that takes an order.
            assert response.correct_values == ["c1", "c2", "c3"]
            continue
        (field,) = read.interactions
        if asked.kind == "matching":
            prompts = {one.identifier: plain(one.html) for one in field.match_sources}
            targets = {one.identifier: plain(one.html) for one in field.match_targets}
            pairs = [key.split() for key in response.correct_values]
            found = {prompts[left]: targets[right] for left, right in pairs}
            assert found == {one.text: one.match for one in asked.choices if one.text}
        elif asked.kind in ("short_answer", "numeric"):
            wanted = {"3,5 %": "3.5"}.get(asked.answer, asked.answer)
            assert response.correct_values == [wanted]
            accepted = {key.casefold() for key in (wanted, *asked.variants)}
            assert {key.casefold() for key in response.mapping or {wanted}} == accepted
        elif asked.kind != "open":
            texts = {one.identifier: plain(one.html) for one in field.choices}
            assert [*texts.values()] == [one.text for one in asked.choices]
            assert {texts[key] for key in response.correct_values} == {one.text for one in asked.choices if one.correct}
            told = {texts[one.identifier]: plain(one.html) for one in read.feedback if one.identifier in texts}
            assert told == {one.text: one.feedback for one in asked.choices if one.feedback}


@pytest.mark.parametrize("edition", WRITERS)
def test_the_same_quiz_is_the_same_file(sheet: Sheet, tmp_path: Path, edition: str) -> None:
    for name in ("first.zip", "second.zip"):
        WRITERS[edition](sheet, tmp_path / name)
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()


@pytest.mark.parametrize("edition", WRITERS)
def test_what_a_format_loses_is_told(tmp_path: Path, edition: str) -> None:
    sheet = english(tmp_path)
    told = WRITERS[edition](sheet, tmp_path / "quiz.zip")
    codes = {
        loss.code: sheet.items[[item.id for item in sheet.items].index(loss.item_id)].kind if loss.item_id else ""
        for loss in told
    }
    own = (
        {"labels_dropped": "", "kind_changed": "ordering"}
        if edition == "qti12"
        else {"partial_credit_dropped": "ordering"}
    )
    everywhere = {
        "pauses_dropped": "",
        "answers_compared_strictly": "",
        "unit_dropped": "numeric",
        "marked_by_hand": "open",
    }
    assert codes == everywhere | own
    assert not any(loss.dropped for loss in told)


@pytest.mark.parametrize("edition", WRITERS)
def test_a_question_without_a_key_is_left_out_and_told(tmp_path: Path, edition: str) -> None:
    whole = english(tmp_path)
    keyless = [
        replace(whole.items[0], choices=choices("~a", "~b")),
        replace(whole.items[4], answer="", variants=()),
        replace(whole.items[5], answer=" "),
        replace(whole.items[7], choices=()),
        replace(whole.items[8], choices=choices("=a", "=b")),
    ]
    told = WRITERS[edition](replace(whole, items=(*keyless, whole.items[2])), tmp_path / "quiz.zip")
    assert [loss.item_id for loss in told if loss.dropped] == [item.id for item in keyless]
    files = unpack(tmp_path / "quiz.zip", tmp_path / "files")
    written = b"".join(content for name, content in files.items() if name.endswith(".xml"))
    assert whole.items[2].stem.encode() in written
    assert not any(f"q-{item.id}".encode() in written for item in keyless)


def list_tags(markup: str) -> list[str]:
    tags: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, _: tags.append(tag)  # type: ignore[method-assign]
    parser.feed(markup)
    return tags


@pytest.mark.parametrize("edition", WRITERS)
def test_hostile_text_stays_text(tmp_path: Path, edition: str) -> None:
    """Control characters, half a surrogate pair, markup and an end of a comment; and a quiz without a question."""
    nasty = "a\x00b\x0b\ud800c ]]> --> <script>alert(1)</script> &amp; \ufffe"
    whole = english(tmp_path)
    item = replace(
        whole.items[0], stem=nasty, choices=choices(f"={nasty}|{nasty}", "~x"), explanation=nasty, chapter=nasty
    )
    WRITERS[edition](replace(whole, title=nasty, items=(item,)), tmp_path / "quiz.zip")
    WRITERS[edition](replace(whole, items=(), title=""), tmp_path / "empty.zip")
    for name in ("quiz", "empty"):
        files = unpack(tmp_path / f"{name}.zip", tmp_path / name)
        for element in (
            one for file in files if file.endswith(".xml") for one in ElementTree.fromstring(files[file]).iter()
        ):
            assert not element.tag.endswith("script")
            if element.get("texttype") == "text/html":
                assert {*list_tags(element.text or "")} <= {"a", "img", "p"}


@pytest.mark.parametrize("edition", ["qti21", "qti30"])
def test_the_order_of_the_file_does_not_tell_the_key(tmp_path: Path, edition: str) -> None:
    """For a player that does not shuffle."""
    sheet = english(tmp_path)
    WRITERS[edition](sheet, tmp_path / "quiz.zip")
    files = unpack(tmp_path / "quiz.zip", tmp_path / "files")
    steps = re.findall(r'[cC]hoice identifier="(c\d)"', files[f"q-{sheet.items[7].id}.xml"].decode())
    targets = re.findall(r'match-?[mM]ax="0">([^<]+)<', files[f"q-{sheet.items[8].id}.xml"].decode())
    assert sorted(steps) == ["c1", "c2", "c3"] != steps
    assert targets[:3] != [one.match for one in sheet.items[8].choices][:3]


def test_3_0_shows_the_stretch_of_the_video_that_leads_to_a_question(tmp_path: Path, small_video: bytes) -> None:
    video = tmp_path / "lesson.mp4"
    video.write_bytes(small_video)
    sheet = filmed(tmp_path, video)
    told = {edition: WRITERS[edition](sheet, tmp_path / f"{edition}.zip") for edition in WRITERS}
    assert {edition: told[edition][0].code for edition in WRITERS} == {
        **dict.fromkeys(("qti12", "qti21"), "pauses_dropped"),
        "qti30": "pauses_split",
    }
    for edition in WRITERS:
        files = unpack(tmp_path / f"{edition}.zip", tmp_path / edition)
        assert (files.get("media/lesson.mp4") == small_video) == (edition == "qti30")
    checked = qti_convert.fix_package_references(tmp_path / "qti30.zip", tmp_path / "fixed.zip")
    assert (checked.fixed, checked.unresolved) == ([], [])
    written = [files[f"q-{item.id}.xml"].decode() for item in sheet.items]
    stretches = [re.findall(r'<source src="media/lesson.mp4#t=([^"]+)" type="video/mp4"', text) for text in written]
    assert stretches == [["0,0.5"], ["0.5,1.5"], ["0.5,1.5"]]
    assert files["media/captions.vtt"].startswith(b"WEBVTT")
    manifest = files["imsmanifest.xml"].decode()
    assert manifest.count('identifierref="lesson"') == manifest.count('identifierref="captions"') == 3


def test_every_text_of_2_1_is_marked_to_run_to_the_left(tmp_path: Path) -> None:
    """It has no other way to say so."""
    for read in import_items(arabic(tmp_path), tmp_path):
        texts = [text for text in read.body_xml.itertext() if text.strip()]
        assert texts
        assert all(text[0] == "\u2067" and text[-1] == "\u2069" for text in texts)
