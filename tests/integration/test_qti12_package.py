"""QTI 1.2 for Canvas: item for item in the shape that text2qti writes, and with keys that qti2latex finds."""

import copy
import html
import re
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from zipfile import ZipFile

import pytest
import qti2latex
from text2qti.config import Config
from text2qti.qti import QTI
from text2qti.quiz import Quiz

from quizsys.packages.qti12 import write_qti12
from quizsys.packages.sheet import Sheet
from tests.packed_quiz import arabic, english

QTI_NAMESPACE = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"
CANVAS = "{http://canvas.instructure.com/xsd/cccv1p0}"
CARTRIDGE = "{http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1}"
SAME_QUIZ = """\
Quiz title: Plants <1>

Points: 2
1.  Which gas do plants &lt;take in> & why is it \\"so\\"?
... It is bound in the dark reactions.

    [1:05–1:12](https://lessons.example/v/7?t=65&x=1) “plants take in carbon dioxide”

    ![Light & dark](slide.jpg)
a)  Oxygen
... They give it off.
*b) Carbon dioxide
... Right.
c)  a &lt; b

Points: 3
2.  Which are made?
[*] Sugar
[ ] Salt
... No.
[*] Oxygen
[ ] Iron
[*] Water

3.  Leaves are green.
*a) True
b)  False
... Look again.

4.  Plants make \\_\\_\\_\\_.
a)  salt
*b) sugar
c)  iron

5.  What is the green stuff called?
... From the Greek for pale green.
*   Chlorophyll
*   chlorophyl
*   leaf green

Points: 1.5
6.  How much is it?
=   3.5 +- 0.25

7.  How many stages?
=   2

10. Why do leaves fall?
... To lose no water.

    1:05–1:12 “they fall to save water”

    ![Light & dark](slide.jpg)
____
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    return english(tmp_path)


@pytest.fixture
def package(sheet: Sheet, tmp_path: Path) -> Path:
    write_qti12(sheet, tmp_path / "quiz.zip")
    return tmp_path / "quiz.zip"


def read_files(package: Path) -> dict[str, bytes]:
    with ZipFile(package) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def read_items(package: Path) -> list[Element]:
    (name,) = [name for name in read_files(package) if re.fullmatch(r"(quiz-.*)/\1\.xml", name)]
    return list(ElementTree.fromstring(read_files(package)[name]).iter(f"{QTI_NAMESPACE}item"))


def words(text: str) -> str:
    """What is read, and what pictures it shows, without the tags around it."""
    seen = re.sub(r'<img\b[^>]*?alt="([^"]*)"[^>]*>', r" (\1) ", text)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", seen)).split())


def outline(item: Element) -> list[tuple[str, dict[str, str], str]]:
    """Every element with its attributes and text, the makers' own identifiers numbered as they come."""
    known: dict[str, str] = {}

    def number(text: str) -> str:
        bare = text.removesuffix("_fb")
        return known.get(bare, bare) + text[len(bare) :]

    lines = []
    for element in item.iter():
        tag, text = element.tag.removeprefix(QTI_NAMESPACE), (element.text or "").strip()
        if tag == "response_label" and element.get("ident") != "answer1":
            known.setdefault(element.get("ident", ""), f"option {len(known) + 1}")
        given = {name: number(value) for name, value in element.attrib.items() if name not in ("title", "ident")}
        if tag in ("response_label", "itemfeedback"):
            given["ident"] = number(element.get("ident", ""))
        if tag in ("varequal", "vargte", "varlte"):
            text = number(text)
        lines.append((tag, given, as_number(words(text) if tag == "mattext" else text)))
    return lines


def as_number(text: str) -> str:
    return f"{float(text):g}" if re.fullmatch(r"-?\d+(\.\d+)?", text) else text


def labels(item: Element) -> dict[str, str]:
    return {key: str(value) for key, value in qti2latex.get_qti_metadata(item).items()}


def compare(item: Element) -> list[tuple[str, dict[str, str], str]]:
    """Its outline less the entries that differ by right: its answers' ids, its reference to a question bank."""
    kept, label = [], ""
    for tag, given, text in outline(item):
        label = text if tag == "fieldlabel" else label
        hidden = tag == "fieldentry" and label in ("original_answer_ids", "assessment_question_identifierref")
        kept.append((tag, given, "" if hidden else text))
    return kept


def test_items_have_the_shape_of_text2qti(package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = Config()
    config.load()
    QTI(Quiz(SAME_QUIZ, config=config, source_name=str(tmp_path / "quiz.txt"))).save(tmp_path / "reference.zip")
    with ZipFile(tmp_path / "reference.zip") as archive:
        (name,) = [name for name in archive.namelist() if re.fullmatch(r"(.*)/\1\.xml", name)]
        wanted = list(ElementTree.fromstring(archive.read(name)).iter(f"{QTI_NAMESPACE}item"))
    ours = [item for item in read_items(package) if labels(item)["question_type"] != "matching_question"]
    assert len(ours) == len(wanted) == 8
    # Of an essay's two rules Canvas writes the feedback's first, as we do, and text2qti the other.
    assert sorted(map(str, compare(ours.pop()))) == sorted(map(str, compare(wanted.pop())))
    for item, reference in zip(ours, wanted, strict=True):
        assert compare(item) == compare(reference)


def read_key(item: Element) -> set[str]:
    """What scores. The reader takes every option that a rule names, so it is shown only the rules that score."""
    scoring = copy.deepcopy(item)
    (rules,) = qti2latex.findall_anyns(scoring, "resprocessing")
    for rule in qti2latex.childall_anyns(rules, "respcondition"):
        if not qti2latex.childall_anyns(rule, "setvar"):
            rules.remove(rule)
    return set(qti2latex.get_correct_idents(scoring))


def test_a_reader_of_canvas_packages_finds_kinds_points_and_keys(package: Path, sheet: Sheet) -> None:
    found = {item.attrib["ident"]: item for item in read_items(package)}
    assert [*found] == [f"q-{item.id}" for item in sheet.items]
    for asked in sheet.items:
        item = found[f"q-{asked.id}"]
        assert float(labels(item)["points_possible"]) == asked.points
        assert words(qti2latex.get_item_stem(item)) == asked.stem
        right = {words(text) for ident, text in qti2latex.get_choices(item) if ident in read_key(item)}
        if asked.kind in ("single_choice", "multiple_choice", "true_false", "cloze"):
            assert right == {choice.text for choice in asked.choices if choice.correct}
            assert [words(text) for _, text in qti2latex.get_choices(item)] == [one.text for one in asked.choices]
    kinds = [labels(item)["question_type"].removesuffix("_question") for item in found.values()]
    assert kinds == [
        "multiple_choice",
        "multiple_answers",
        "true_false",
        "multiple_choice",
        "short_answer",
        *("numerical", "numerical", "matching", "matching", "essay"),
    ]
    assert read_key(found[f"q-{sheet.items[4].id}"]) == {"Chlorophyll", "chlorophyl", "leaf green"}


def read_pairs(item: Element) -> dict[str, str]:
    """What each list of a matching asks, and the option that scores there."""
    spelled = dict(qti2latex.get_choices(item))
    keys = {key.attrib["respident"]: key.text or "" for key in qti2latex.findall_anyns(item, "varequal")}
    lists = qti2latex.findall_anyns(item, "response_lid")
    return {words(qti2latex.findall_anyns(one, "mattext")[0].text): spelled[keys[one.attrib["ident"]]] for one in lists}


def test_matching_and_ordering_keep_their_pairs(package: Path, sheet: Sheet) -> None:
    ordering, matching = (item for item in read_items(package) if labels(item)["question_type"] == "matching_question")
    assert read_pairs(matching) == {one.text: one.match for one in sheet.items[8].choices if one.text}
    assert {text for _, text in qti2latex.get_choices(matching)} >= {"does nothing"}
    assert read_pairs(ordering) == {"Light falls": "1", "Water splits": "2", "Sugar is made": "3"}
    assert [*read_pairs(ordering)] != ["Light falls", "Water splits", "Sugar is made"]
    shares = [float(part.text or "") for part in qti2latex.findall_anyns(matching, "setvar")]
    assert sum(shares) == pytest.approx(100, abs=0.1)


def test_canvas_finds_settings_and_pictures(package: Path, sheet: Sheet) -> None:
    """It passes the settings over unless one identifier names quiz, folder, assessment and settings."""
    files = read_files(package)
    manifest = ElementTree.fromstring(files["imsmanifest.xml"])
    resources = {one.attrib["type"]: one for one in manifest.iter(f"{CARTRIDGE}resource")}
    quiz = resources["imsqti_xmlv1p2"].attrib["identifier"]
    assert {one.attrib["href"] for one in manifest.iter(f"{CARTRIDGE}file")} == {*files} - {"imsmanifest.xml"}
    dependency = resources["imsqti_xmlv1p2"].find(f"{CARTRIDGE}dependency")
    settings = resources["associatedcontent/imscc_xmlv1p1/learning-application-resource"]
    assert dependency is not None
    assert dependency.attrib["identifierref"] == settings.attrib["identifier"]
    assert settings.attrib["href"] == f"{quiz}/assessment_meta.xml"
    meta = ElementTree.fromstring(files[f"{quiz}/assessment_meta.xml"])
    assert meta.attrib["identifier"] == quiz == meta.findtext(f"{CANVAS}assignment/{CANVAS}quiz_identifierref")
    assert meta.findtext(f"{CANVAS}title") == "Plants <1>"
    assert float(meta.findtext(f"{CANVAS}points_possible") or "") == sum(item.points for item in sheet.items) == 16.5
    assert sheet.items[0].picture is not None
    assert files["media/slide-1.jpg"] == sheet.items[0].picture.read_bytes()
    assert files[f"{quiz}/{quiz}.xml"].count(b"%24IMS-CC-FILEBASE%24/media/slide-1.jpg") == 2


def test_text_that_runs_to_the_left_survives(tmp_path: Path) -> None:
    sheet = arabic(tmp_path)
    write_qti12(sheet, tmp_path / "arabic.zip")
    items = read_items(tmp_path / "arabic.zip")
    for item, asked in zip(items, sheet.items, strict=True):
        assert f'<div dir="rtl" lang="ar"><p>{asked.stem}</p></div>' == qti2latex.get_item_stem(item)
    assert [words(text) for _, text in qti2latex.get_choices(items[0])] == [one.text for one in sheet.items[0].choices]
    # Where Canvas shows no HTML, invisible marks turn the line.
    assert read_pairs(items[3]) == {
        "\u2067ورقة\u2069": "\u2067تصنع السكر\u2069",
        "\u2067جذر\u2069": "\u2067يمتص الماء\u2069",
    }
    assert labels(items[1])["question_type"] == "multiple_choice_question"
