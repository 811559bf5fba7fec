"""A package of QTI 2.1 or 3.0: a manifest, a test, an item for each question, its slides and, if it may, the video."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from quizsys.packages.losses import tell_no_video, tell_strict_answers
from quizsys.packages.qti_film import name_film, show_stretch, write_captions
from quizsys.packages.qti_items import build_item, build_test, can_tell_choices, name_item
from quizsys.packages.qti_kinds import ask
from quizsys.packages.qti_manifest import Edition, Packed, build_manifest
from quizsys.packages.sheet import Item, Loss, Sheet
from quizsys.packages.telling import name_pictures
from quizsys.packages.trees import xml_bytes
from quizsys.packages.zips import write_zip


def write_package(sheet: Sheet, path: Path, edition: Edition) -> list[Loss]:
    sheet = sheet if edition.plays_film else replace(sheet, video=None)
    losses = [*_tell_of_film(sheet, edition), *tell_strict_answers(sheet, edition.name)]
    pictures, film, spoken = name_pictures(sheet), name_film(sheet), write_captions(sheet)
    packed: list[Packed] = []
    texts: dict[str, bytes] = {}
    for number, item in enumerate(sheet.items, 1):
        asked = ask(item, edition.name)
        losses.extend(_tell(item, asked.losses if asked else None))
        if asked:
            picture = pictures[item.picture] if item.picture else None
            stretch = show_stretch(sheet, number) if film else None
            built = build_item(sheet, number, asked, picture, stretch)
            texts[f"{name_item(item)}.xml"] = xml_bytes(edition.translate(built, sheet))
            packed.append(Packed(number, item, (*filter(None, [picture]), *film, *spoken)))
    media = {name: picture for picture, name in pictures.items()} | film
    test = build_test(sheet, [one.item for one in packed])
    head = {
        "imsmanifest.xml": xml_bytes(build_manifest(sheet, packed, [*media, *spoken], edition)),
        "test.xml": xml_bytes(edition.translate(test, sheet)),
    }
    write_zip(path, head | texts | spoken, media)
    return losses


def _tell_of_film(sheet: Sheet, edition: Edition) -> list[Loss]:
    if sheet.video is None or not sheet.items:
        return tell_no_video(sheet, edition.name)
    detail = f"{edition.name} knows no pauses: each question shows the stretch of the video that leads to it."
    return [Loss("", "pauses_split", detail)]


def _tell(item: Item, losses: Iterable[Loss] | None) -> list[Loss]:
    if losses is None:
        return [Loss(item.id, "no_key", "Nothing is marked as its right answer, so it is left out.", True)]
    if not can_tell_choices(item) and any(choice.feedback for choice in item.choices):
        dropped = Loss(item.id, "feedback_dropped", "Feedback for single options of this kind has no place there.")
        return [*losses, dropped]
    return list(losses)
