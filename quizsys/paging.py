"""Lists in pages. A page begins behind a row, told by that row's sort key: what comes or goes meanwhile shifts nothing.

A service that lists takes a Page last, narrows its query by `take_page` and yields what it dumps.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import Field

from quizsys.errors import QuizsysError, invalid
from quizsys.models.base import EPOCH, MomentField


@dataclass(frozen=True)
class Page:
    """At most `limit` rows (None: all) behind the row with the key `after` (empty: from the start)."""

    limit: int | None = None
    after: tuple[Any, ...] = ()


WHOLE = Page()


def take_page(query: Any, page: Page, *columns: Field, newest_first: bool = False) -> Any:
    """The page's rows in the order of `columns`, which must make a unique key, and one more if there is a next page.

    Raises `invalid` for the place of another list.
    """
    query = query.order_by(*(column.desc() if newest_first else column for column in columns))
    if page.after:
        query = query.where(_behind(columns, _read_key(columns, page.after), newest_first))
    return query if page.limit is None else query.limit(page.limit + 1)


def bad_cursor() -> QuizsysError:
    sentence = "This is no place in this list. Take the cursor from a Link header, or begin without one."
    return invalid(["query", "cursor"], sentence, None)


def _behind(columns: tuple[Field, ...], key: list[Any], newest_first: bool) -> Any:
    """Row values compared, written out: a later first column, or the same and a later second one, and so on."""
    column, value = columns[0], key[0]
    later = column < value if newest_first else column > value
    return later | ((column == value) & _behind(columns[1:], key[1:], newest_first)) if columns[1:] else later


def _read_key(columns: tuple[Field, ...], after: tuple[Any, ...]) -> list[Any]:
    if len(after) != len(columns):
        raise bad_cursor()
    return [_read_value(column, value) for column, value in zip(columns, after, strict=True)]


def _read_value(column: Field, value: Any) -> Any:
    """A value of the wire as its column takes it."""
    try:
        if isinstance(column, MomentField):
            # Raises for a naive one, which does not compare.
            return max(datetime.fromisoformat(value), EPOCH)
        known = column.adapt(value)
        _check_storable(known)
        return known
    except (TypeError, ValueError, OverflowError):
        raise bad_cursor() from None


def _check_storable(value: Any) -> None:
    """Raises ValueError for what SQLite does not take: half a character, an integer past 64 bits."""
    str(value).encode()
    if isinstance(value, int) and value.bit_length() > 63:
        raise ValueError
