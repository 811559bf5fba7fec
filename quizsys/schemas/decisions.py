"""How the log of decisions may be read."""

from marshmallow import EXCLUDE, Schema

from quizsys.schemas.fields import Whole


class DecisionsQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    after = Whole(
        low=0, high=2**53, load_default=None, metadata={"description": "Only decisions with a greater `id`, to go on."}
    )
    limit = Whole(low=1, high=1_000_000, load_default=None, metadata={"description": "At most so many lines."})
