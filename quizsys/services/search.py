"""Full-text search over what was said and what stood on the slides."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from media.plain import plain_text
from quizsys.errors import Code, QuizsysError
from quizsys.models.assets import Asset
from quizsys.paging import WHOLE, Page, bad_cursor
from quizsys.sqlite import HIT, HIT_END, Sought, search_text

MOST_TEXTS = 16
DEFAULT_LIMIT = 50
DEEPEST = 10_000
_PART = re.compile(r'"([^"]*)"?|([^"\s]+)')
_MARKED = re.compile(f"{HIT}([^{HIT_END}]*){HIT_END}")


@dataclass(frozen=True)
class Filters:
    """Where to look: `projects` None stands for all."""

    projects: frozenset[str] | None
    asset_id: str | None = None
    kind: str | None = None


def search(filters: Filters, query: str, page: Page = WHOLE) -> Iterator[dict[str, Any]]:
    """Best hits first. Every word must occur, the last one may be only begun; quotes hold a phrase together.

    Raises `bad_request` for a query without a word.
    """
    texts, is_last_begun = read_query_text(query)
    if not texts:
        raise QuizsysError(Code.BAD_REQUEST, "Give at least one word to search for, as ?q=word.")
    offset = _read_offset(page)
    if offset >= DEEPEST or filters.projects == frozenset():
        return iter(())
    limit = DEFAULT_LIMIT if page.limit is None else page.limit + 1
    sought = Sought(texts, is_last_begun, filters.projects, filters.asset_id, filters.kind)
    found = search_text(Asset._meta.database, sought, limit, offset)
    names = _list_names({hit["asset_id"] for hit in found})
    return (_dump_hit(hit, names, offset + place) for place, hit in enumerate(found, 1) if hit["asset_id"] in names)


def read_query_text(query: str) -> tuple[tuple[str, ...], bool]:
    """The words and phrases of what somebody typed, and whether the last one may still go on."""
    parts = [
        (found[1] if found[2] is None else found[2], found[2] is not None)
        for found in _PART.finditer(plain_text(query))
    ]
    kept = [part for part in parts if any(character.isalnum() for character in part[0])]
    texts = tuple(text for text, _ in kept[:MOST_TEXTS])
    is_last_begun = bool(texts) and len(kept) <= MOST_TEXTS and kept[-1][1] and kept[-1][0][-1].isalnum()
    return texts, is_last_begun


def _read_offset(page: Page) -> int:
    if not page.after:
        return 0
    if len(page.after) != 1 or type(page.after[0]) is not int or page.after[0] < 0:
        raise bad_cursor()
    return page.after[0]


def _list_names(asset_ids: set[str]) -> dict[str, str]:
    rows = Asset.select(Asset.id, Asset.original_filename).where(Asset.id.in_(sorted(asset_ids)))
    return {row.id: row.original_filename for row in rows}


def _dump_hit(hit: dict[str, Any], names: dict[str, str], position: int) -> dict[str, Any]:
    marked = hit.pop("snippet")
    filename = names[hit["asset_id"]]
    video = f"/projects/{quote(hit['project_id'])}/videos/{quote(hit['asset_id'])}"
    return hit | {
        "position": position,
        "filename": filename,
        "title": PurePosixPath(filename.replace("\\", "/")).stem,
        "snippet": marked.replace(HIT, "").replace(HIT_END, ""),
        "parts": split_marked(marked),
        "video_url": video,
        "content_url": f"{video}/content#t={hit['start_s']:g}",
    }


def split_marked(marked: str) -> list[dict[str, Any]]:
    """The snippet in pieces, each with whether it is a hit: plain text, to be shown as text."""
    pieces = [{"text": text, "hit": bool(place % 2)} for place, text in enumerate(_MARKED.split(marked))]
    return [piece for piece in pieces if piece["text"]]
