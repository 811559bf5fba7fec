"""Tokens as admins see them: everything but the token itself, which is told once, to whoever made it."""

from marshmallow import EXCLUDE, Schema, fields

from quizsys.schemas.fields import Literal, Moment, Text, Whole
from quizsys.schemas.plain import ID, Plain, moment

ADMIN = "admin"
ROLES = (ADMIN, "editor", "viewer")
LONGEST_DAYS = 3650
LONGEST_NAME = 100


class TokenSchema(Schema):
    id = Plain("string", "The token's id, which is not the token.", **ID)
    name = Plain("string", "Who or what it is for.", examples=["Ann's laptop"])
    role = Plain("string", "What it may do; each role includes those after it.", enum=list(ROLES))
    projects = Plain("array", "What it is limited to; null: all projects.", nullable=True, items={"type": "string"})
    prefix = Plain("string", "How the token starts, to tell it from others.", examples=["qsys_a1B2c3"])
    created_at = Moment(metadata=moment("When it was made."))
    expires_at = Moment(allow_none=True, metadata=moment("When it ends by itself; null: never."))
    last_used_at = Moment(allow_none=True, metadata=moment("When it was last used, to about a minute."))
    revoked_at = Moment(allow_none=True, metadata=moment("When an admin ended it."))


class NewTokenSchema(TokenSchema):
    token = Plain("string", "What its bearer presents. It is told this once.")


class TokenCreateRequest(Schema):
    class Meta:
        unknown = EXCLUDE

    name = Text(low=1, high=LONGEST_NAME, required=True, metadata={"description": "Who or what it is for."})
    role = Literal(ROLES, required=True, metadata={"description": "Each includes what those after it may do."})
    projects = fields.List(
        Text(low=1, high=64),
        allow_none=True,
        load_default=None,
        metadata={"description": "What an editor or viewer is limited to; null: all projects."},
    )
    days = Whole(
        low=1,
        high=LONGEST_DAYS,
        allow_none=True,
        load_default=None,
        metadata={"description": "How long it is good; null: until it is revoked."},
    )


class MeSchema(Schema):
    """Who is asking. Without AUTH_REQUIRED everybody is an admin called `anyone`."""

    token_id = Plain("string", "The id of the token that was sent.", nullable=True, **ID)
    name = Plain("string", "Who or what the token is for.")
    role = Plain("string", "What it may do.", enum=list(ROLES))
    projects = Plain("array", "What it is limited to; null: all projects.", nullable=True, items={"type": "string"})
    expires_at = Moment(allow_none=True, metadata=moment("When it ends by itself; null: never."))


class LoginQuery(Schema):
    token = fields.String(required=True, metadata={"description": "The token, as it was told when it was made."})
