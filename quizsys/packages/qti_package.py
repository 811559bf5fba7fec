"""A package of QTI 2.1 or 3.0: a manifest (IMS Content Packaging), a test, an item for each question, the slides."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from quizsys.packages.losses import tell_no_video, tell_strict_answers
from quizsys.packages.qti_items import build_item, build_test, can_tell_choices, name_item, name_quiz
from quizsys.packages.qti_kinds import ask
from quizsys.packages.sheet import Item, Loss, Sheet
from quizsys.packages.telling import name_pictures, title_item
from quizsys.packages.trees import grow, xml_bytes
from quizsys.packages.zips import write_zip

XSI = "http://www.w3.org/2001/XMLSchema-instance"
LOM = "http://ltsc.ieee.org/xsd/LOM"
_DIFFICULTY = {"easy": "easy", "medium": "medium", "hard": "difficult"}


@dataclass(frozen=True)
class Edition:
    """What tells one version of QTI from another. `translate` puts an item or a test, built for 2.1, into its words."""

    name: str
    suffix: str
    manifest: str
    manifest_schema: str
    schema: str
    schema_version: str
    translate: Callable[[Element, Sheet], Element]


def write_package(sheet: Sheet, path: Path, edition: Edition) -> list[Loss]:
    losses = [*tell_no_video(sheet, edition.name), *tell_strict_answers(sheet, edition.name)]
    pictures = name_pictures(sheet)
    items: dict[int, Item] = {}
    texts: dict[str, bytes] = {}
    for number, item in enumerate(sheet.items, 1):
        asked = ask(item, edition.name)
        losses.extend(_tell(item, asked.losses if asked else None))
        if asked:
            built = build_item(sheet, number, asked, pictures.get(item.picture) if item.picture else None)
            texts[f"{name_item(item)}.xml"] = xml_bytes(edition.translate(built, sheet))
            items[number] = item
    test = xml_bytes(edition.translate(build_test(sheet, items.values()), sheet))
    manifest = xml_bytes(_build_manifest(sheet, items, pictures, edition))
    media = {name: picture for picture, name in pictures.items()}
    write_zip(path, {"imsmanifest.xml": manifest, "test.xml": test, **texts}, media)
    return losses


def _tell(item: Item, losses: Iterable[Loss] | None) -> list[Loss]:
    if losses is None:
        return [Loss(item.id, "no_key", "Nothing is marked as its right answer, so it is left out.", True)]
    if not can_tell_choices(item) and any(choice.feedback for choice in item.choices):
        dropped = Loss(item.id, "feedback_dropped", "Feedback for single options of this kind has no place there.")
        return [*losses, dropped]
    return list(losses)


def _build_manifest(sheet: Sheet, items: dict[int, Item], pictures: dict[Path, str], edition: Edition) -> Element:
    test = _resource(f"test-{sheet.id}", f"imsqti_test_{edition.suffix}", "test.xml", map(name_item, items.values()))
    described = [_describe(sheet, number, item, pictures, edition) for number, item in items.items()]
    media = [_resource(_media_id(name), "webcontent", name, ()) for name in pictures.values()]
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
        grow("resources", {}, test, *described, *media),
    )


def _media_id(name: str) -> str:
    return Path(name).stem


def _resource(identifier: str, kind: str, href: str, needs: Iterable[str]) -> Element:
    dependencies = [grow("dependency", {"identifierref": need}) for need in needs]
    attributes = {"identifier": identifier, "type": kind, "href": href}
    return grow("resource", attributes, grow("file", {"href": href}), *dependencies)


def _describe(sheet: Sheet, number: int, item: Item, pictures: dict[Path, str], edition: Edition) -> Element:
    needs = [_media_id(pictures[item.picture])] if item.picture else []
    resource = _resource(name_item(item), f"imsqti_item_{edition.suffix}", f"{name_item(item)}.xml", needs)
    resource.insert(0, grow("metadata", {}, _describe_learning(sheet, number, item)))
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
