"""XML and HTML grown from elements and texts, under the names that a format's specification gives them."""

import re
from xml.etree.ElementTree import Element, tostring

_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    """With a mark in place of each character that no XML may hold."""
    return _ILLEGAL.sub("\ufffd", text)


def grow(name: str, attributes: dict[str, str] | None = None, *inside: Element | str) -> Element:
    """An element that holds texts and elements in the order given."""
    root = Element(name, {key: legal(value) for key, value in (attributes or {}).items()})
    for part in inside:
        if isinstance(part, Element):
            root.append(part)
        elif len(root):
            root[-1].tail = (root[-1].tail or "") + legal(part)
        else:
            root.text = (root.text or "") + legal(part)
    return root


def xml_bytes(root: Element) -> bytes:
    return bytes(tostring(root, encoding="UTF-8", xml_declaration=True))


def html_text(blocks: list[Element]) -> str:
    """As formats want it that carry HTML as a text."""
    return "".join(tostring(block, encoding="unicode", method="html") for block in blocks)
