"""QTI 3.0. Its elements are those of 2.1 renamed: `responseIf` is `qti-response-if`, `mapKey` is `map-key`."""

import re
from pathlib import Path
from xml.etree.ElementTree import Element

from quizsys.packages.qti_manifest import XSI, Edition
from quizsys.packages.qti_package import write_package
from quizsys.packages.sheet import Loss, Sheet
from quizsys.packages.trees import grow

_NAMESPACE = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
_SCHEMA = "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0p1_v1p0.xsd"
_HTML = frozenset({"a", "div", "img", "p", "source", "track", "video"})


def _translate(root: Element, sheet: Sheet) -> Element:
    for element in list(root.iter()):
        if element.tag == "modalFeedback":
            _wrap(element, sheet)
        elif element.tag == "itemBody" and sheet.right_to_left:
            element.set("dir", "rtl")
    _let_people_mark(root)
    for element in root.iter():
        element.tag = element.tag if element.tag in _HTML else f"qti-{_kebab(element.tag)}"
        element.attrib = {_kebab(name): value for name, value in element.attrib.items()}
    root.attrib |= {"xmlns": _NAMESPACE, "xmlns:xsi": XSI, "xsi:schemaLocation": f"{_NAMESPACE} {_SCHEMA}"}
    return root


def _kebab(name: str) -> str:
    return re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", name)


def _wrap(feedback: Element, sheet: Sheet) -> None:
    """What is shown stands in a body of its own, which can run to the left."""
    blocks = list(feedback)
    for block in blocks:
        feedback.remove(block)
    feedback.append(grow("contentBody", {}, grow("div", {"dir": "rtl"} if sheet.right_to_left else {}, *blocks)))


def _let_people_mark(root: Element) -> None:
    if root.find("itemBody/extendedTextInteraction") is not None:
        score = root.find("outcomeDeclaration[@identifier='SCORE']")
        if score is not None:
            score.set("externalScored", "human")


_EDITION = Edition(
    name="QTI 3.0",
    suffix="xmlv3p0",
    manifest="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    manifest_schema="https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd",
    schema="QTI Package",
    schema_version="3.0.1",
    translate=_translate,
    plays_film=True,
)


def write_qti30(sheet: Sheet, path: Path) -> list[Loss]:
    return write_package(sheet, path, _EDITION)
