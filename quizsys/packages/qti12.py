"""QTI 1.2 for Canvas, Classic and New Quizzes: a manifest, the questions, and the quiz's settings beside them.

Canvas reads the settings only if the quiz has one identifier in all three, and its folder too.
"""

from pathlib import Path
from xml.etree.ElementTree import Element

from quizsys.packages.amounts import show_amount
from quizsys.packages.losses import tell_no_video, tell_strict_answers
from quizsys.packages.qti12_items import NAME, Page, ask, build_item
from quizsys.packages.qti_items import can_tell_choices
from quizsys.packages.sheet import Item, Loss, Sheet
from quizsys.packages.telling import name_pictures
from quizsys.packages.trees import grow, xml_bytes
from quizsys.packages.zips import write_zip

_QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
_CARTRIDGE = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
_CANVAS = "http://canvas.instructure.com/xsd/cccv1p0"
_SETTINGS = "associatedcontent/imscc_xmlv1p1/learning-application-resource"
_FILES = "%24IMS-CC-FILEBASE%24"
"""`$IMS-CC-FILEBASE$`: the package's own folder, in the addresses of pictures."""


def write_qti12(sheet: Sheet, path: Path) -> list[Loss]:
    losses = [*tell_no_video(sheet, NAME), *tell_strict_answers(sheet, NAME), *_tell_lost_words(sheet)]
    pictures = name_pictures(sheet)
    items: list[Element] = []
    points = 0.0
    for number, item in enumerate(sheet.items, 1):
        asked = ask(item, Page(sheet))
        if asked is None:
            losses.append(Loss(item.id, "no_key", "Nothing is marked as its right answer, so it is left out.", True))
            continue
        picture = f"{_FILES}/{pictures[item.picture]}" if item.picture else None
        items.append(build_item(sheet, number, asked, picture))
        losses.extend(asked.losses)
        points += item.points
    quiz = _name(sheet)
    texts = {
        "imsmanifest.xml": _build_manifest(sheet, list(pictures.values())),
        f"{quiz}/{quiz}.xml": _build_assessment(sheet, items),
        f"{quiz}/assessment_meta.xml": _build_settings(sheet, points),
    }
    media = {name: picture for picture, name in pictures.items()}
    write_zip(path, {name: xml_bytes(root) for name, root in texts.items()}, media)
    return losses


def _tell_lost_words(sheet: Sheet) -> list[Loss]:
    """What Canvas has no place for."""
    losses = [
        Loss(item.id, "feedback_dropped", "Feedback for single options of this kind has no place there.")
        for item in sheet.items
        if not can_tell_choices(item) and any(choice.feedback for choice in item.choices)
    ]
    if any(_labels(item) for item in sheet.items):
        losses.append(Loss("", "labels_dropped", f"{NAME} carries no chapters, Bloom levels and difficulties."))
    return losses


def _labels(item: Item) -> bool:
    return bool(item.chapter or item.bloom or item.difficulty)


def _name(sheet: Sheet) -> str:
    return f"quiz-{sheet.id}"


def _title(sheet: Sheet) -> str:
    return sheet.title or sheet.source_filename


def _build_assessment(sheet: Sheet, items: list[Element]) -> Element:
    section = grow("section", {"ident": "root_section"}, *items)
    assessment = grow("assessment", {"ident": _name(sheet), "title": _title(sheet)}, section)
    return grow("questestinterop", {"xmlns": _QTI}, assessment)


def _build_manifest(sheet: Sheet, pictures: list[str]) -> Element:
    quiz, settings = _name(sheet), f"settings-{sheet.id}"
    meta = f"{quiz}/assessment_meta.xml"
    return grow(
        "manifest",
        {"xmlns": _CARTRIDGE, "identifier": f"manifest-{sheet.id}"},
        grow("metadata", {}, grow("schema", {}, "IMS Content"), grow("schemaversion", {}, "1.1.3")),
        grow("organizations"),
        grow(
            "resources",
            {},
            grow(
                "resource",
                {"identifier": quiz, "type": "imsqti_xmlv1p2"},
                grow("file", {"href": f"{quiz}/{quiz}.xml"}),
                grow("dependency", {"identifierref": settings}),
            ),
            _file(settings, _SETTINGS, meta),
            *(_file(Path(name).stem, "webcontent", name) for name in pictures),
        ),
    )


def _file(identifier: str, kind: str, href: str) -> Element:
    return grow("resource", {"identifier": identifier, "type": kind, "href": href}, grow("file", {"href": href}))


def _build_settings(sheet: Sheet, points: float) -> Element:
    """Unpublished, for the teacher to look at first; tried as often as the learner likes, the best try counts."""
    settings = {
        "title": _title(sheet),
        "description": "",
        "shuffle_answers": "false",
        "scoring_policy": "keep_highest",
        "hide_results": "",
        "quiz_type": "assignment",
        "points_possible": show_amount(points),
        "show_correct_answers": "true",
        "allowed_attempts": "-1",
        "one_question_at_a_time": "false",
        "cant_go_back": "false",
        "available": "false",
    }
    assignment = {
        "title": _title(sheet),
        "workflow_state": "unpublished",
        "quiz_identifierref": _name(sheet),
        "points_possible": show_amount(points),
        "grading_type": "points",
        "submission_types": "online_quiz",
    }
    return grow(
        "quiz",
        {"xmlns": _CANVAS, "identifier": _name(sheet)},
        *(grow(name, {}, value) for name, value in settings.items()),
        grow(
            "assignment",
            {"identifier": f"assignment-{sheet.id}"},
            *(grow(name, {}, value) for name, value in assignment.items()),
        ),
        grow("assignment_group_identifierref", {}, f"group-{sheet.id}"),
    )
