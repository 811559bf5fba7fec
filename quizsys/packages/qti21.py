"""QTI 2.1, which Canvas New Quizzes, Moodle plug-ins, TAO, OpenOLAT and others read."""

from pathlib import Path
from xml.etree.ElementTree import Element

from quizsys.packages.qti_manifest import XSI, Edition
from quizsys.packages.qti_package import write_package
from quizsys.packages.sheet import Loss, Sheet

_NAMESPACE = "http://www.imsglobal.org/xsd/imsqti_v2p1"
_SCHEMA = "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1p2.xsd"
_TEXTS = ("p", "simpleChoice", "simpleAssociableChoice")
_ISOLATE, _END = "\u2067", "\u2069"


def _translate(root: Element, sheet: Sheet) -> Element:
    """QTI 2.1 has no `dir`, so text that runs to the left is wrapped in marks that make it do so (U+2067, U+2069)."""
    for element in root.iter() if sheet.right_to_left else ():
        if element.tag in _TEXTS and "".join(element.itertext()).strip():
            element.text = _ISOLATE + (element.text or "")
            if len(element):
                element[-1].tail = (element[-1].tail or "") + _END
            else:
                element.text += _END
    root.attrib |= {"xmlns": _NAMESPACE, "xmlns:xsi": XSI, "xsi:schemaLocation": f"{_NAMESPACE} {_SCHEMA}"}
    return root


_EDITION = Edition(
    name="QTI 2.1",
    suffix="xmlv2p1",
    manifest="http://www.imsglobal.org/xsd/imscp_v1p1",
    manifest_schema="http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd",
    schema="QTIv2.1 Package",
    schema_version="1.0.0",
    translate=_translate,
)


def write_qti21(sheet: Sheet, path: Path) -> list[Loss]:
    return write_package(sheet, path, _EDITION)
