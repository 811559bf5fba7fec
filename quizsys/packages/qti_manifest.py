"""What a package of QTI 2.1 or 3.0 holds, told in its manifest (IMS Content Packaging)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from quizsys.packages.qti_items import name_item, name_quiz
from quizsys.packages.sheet import Item, Sheet
from quizsys.packages.telling import title_item
from quizsys.packages.trees import grow

XSI = "http://www.w3.org/2001/XMLSchema-instance"
LOM = "http://ltsc.ieee.org/xsd/LOM"
_DIFFICULTY = {"easy": "easy", "medium": "medium", "hard": "difficult"}


@dataclass(frozen=True)
class Edition:
    """What tells one version of QTI from another. `translate` puts an item or a test, built for 2.1, into its words.

    `plays_film`: its items can hold a video as web pages do.
    """

    name: str
    suffix: str
    manifest: str
    manifest_schema: str
    schema: str
    schema_version: str
    translate: Callable[[Element, Sheet], Element]
    plays_film: bool = False


@dataclass(frozen=True)
class Packed:
    """A question that is in the package: its place in the quiz from 1, the media that it shows."""

    number: int
    item: Item
    shows: tuple[str, ...]


def build_manifest(sheet: Sheet, packed: list[Packed], media: Iterable[str], edition: Edition) -> Element:
    names = [name_item(one.item) for one in packed]
    test = _resource(f"test-{sheet.id}", f"imsqti_test_{edition.suffix}", "test.xml", names)
    described = [_describe(sheet, one, edition) for one in packed]
    files = [_resource(_media_id(name), "webcontent", name, ()) for name in media]
    schemas = f"{edition.manifest} {edition.manifest_schema}"
    return grow(
        "manifest",
        {"xmlns": edition.manifest, "xmlns:xsi": XSI, "xsi:schemaLocation": schemas, "identifier": name_quiz(sheet)},
        grow(
            "metadata",
            {},
            grow("schema", {}, edition.schema),
            grow("schemaversion", {}, edition.schema_version),
        ),
        grow("organizations"),
        grow("resources", {}, test, *described, *files),
    )


def _media_id(name: str) -> str:
    return Path(name).stem


def _resource(identifier: str, kind: str, href: str, needs: Iterable[str]) -> Element:
    dependencies = [grow("dependency", {"identifierref": need}) for need in needs]
    attributes = {"identifier": identifier, "type": kind, "href": href}
    return grow("resource", attributes, grow("file", {"href": href}), *dependencies)


def _describe(sheet: Sheet, packed: Packed, edition: Edition) -> Element:
    name, needs = name_item(packed.item), map(_media_id, packed.shows)
    resource = _resource(name, f"imsqti_item_{edition.suffix}", f"{name}.xml", needs)
    resource.insert(0, grow("metadata", {}, _describe_learning(sheet, packed.number, packed.item)))
    return resource


def _describe_learning(sheet: Sheet, number: int, item: Item) -> Element:
    """IEEE Learning Object Metadata: the title, chapter and Bloom level as keywords, how hard it is."""

    def say(name: str, text: str) -> Element:
        return grow(name, {}, grow("string", {"language": sheet.language}, text))

    keywords = [say("keyword", text) for text in (item.chapter, item.bloom) if text]
    described = grow("lom", {"xmlns": LOM}, grow("general", {}, say("title", title_item(number, item)), *keywords))
    if item.difficulty in _DIFFICULTY:
        level = (grow("source", {}, "LOMv1.0"), grow("value", {}, _DIFFICULTY[item.difficulty]))
        described.append(grow("educational", {}, grow("difficulty", {}, *level)))
    return described
