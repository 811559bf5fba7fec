"""What every list may be asked for in its query."""

from marshmallow import EXCLUDE, Schema, fields

from quizsys.schemas.fields import Whole

MOST_ROWS = 1000


class PageQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    limit = Whole(
        low=1,
        high=MOST_ROWS,
        load_default=None,
        metadata={"description": "At most so many; without it, all. A `Link` header leads to the next page."},
    )
    cursor = fields.String(
        load_default="", metadata={"description": "The place where a page begins, from the `Link` header before it."}
    )
