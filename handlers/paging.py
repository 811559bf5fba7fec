"""Lists on the wire: bare arrays, whole as the seed sends them, or by `limit` and `cursor` with a `Link` to go on."""

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import islice
from typing import Any

from aiohttp import web

from handlers.bodies import read_query
from handlers.context import CONTEXT
from quizsys.json_text import write_json
from quizsys.paging import Page, bad_cursor
from quizsys.schemas.paging import PageQuery

# Written so many at a time: one long list as a whole would keep the event loop from its turn.
ROWS_A_PIECE = 100
_query = PageQuery()
Row = dict[str, Any]


async def answer_list(
    request: web.Request,
    service: Callable[..., Iterable[Row]],
    *args: Any,
    key: Sequence[str] = ("id",),
    is_slow: bool = False,
) -> web.Response:
    """What `service(*args, page)` yields. `key` names the columns of `take_page` as they are dumped.

    Read, dumped and written in a reader's thread: the slow one for a whole list, or if `is_slow`. Raises `invalid` for
    a bad limit or cursor.
    """
    page = read_page(request)
    listing = partial(service, *args, page)
    store = request.app[CONTEXT].store
    read = store.read_slowly if is_slow or page.limit is None else store.read
    body, after = await read(_write_list, listing, page.limit, key)
    response = web.Response(body=body, content_type="application/json")
    if after is not None:
        # A reference without a host: it holds behind any proxy.
        following = request.rel_url.update_query(cursor=_write_cursor(after))
        response.headers["Link"] = f'<{following.raw_path_qs}>; rel="next"'
    return response


def read_page(request: web.Request) -> Page:
    asked = read_query(request, _query)
    return Page(asked["limit"], _read_cursor(asked["cursor"]))


def _write_list(
    listing: Callable[[], Iterable[Row]], limit: int | None, key: Sequence[str]
) -> tuple[bytes, list[Any] | None]:
    """The array, and the key of its last row if another one follows."""
    rows, pieces, last = iter(listing()), [], None
    left = limit
    while piece := list(islice(rows, ROWS_A_PIECE if left is None else min(left, ROWS_A_PIECE))):
        pieces.append(write_json(piece)[1:-1])
        last = piece[-1]
        left = left if left is None else left - len(piece)
    has_more = last is not None and next(rows, None) is not None
    return b"[" + b",".join(pieces) + b"]", [last[name] for name in key] if last and has_more else None


def _write_cursor(after: list[Any]) -> str:
    return base64.urlsafe_b64encode(write_json(after)).rstrip(b"=").decode()


def _read_cursor(text: str) -> tuple[Any, ...]:
    """Raises `invalid`."""
    if not text:
        return ()
    try:
        after = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        raise bad_cursor() from None
    if not isinstance(after, list) or not after:
        raise bad_cursor()
    return tuple(after)
