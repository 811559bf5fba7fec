"""Tokens as admins see them: everything but the token itself, which is told once, to whoever made it."""

from marshmallow import EXCLUDE, Schema, fields

from quizsys.schemas.fields import Literal, Moment, Text, Whole

ADMIN = "admin"
ROLES = (ADMIN, "editor", "viewer")
LONGEST_DAYS = 3650
LONGEST_NAME = 100


class TokenSchema(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True, metadata={"description": "Who or what it is for."})
    role = fields.String(required=True, metadata={"enum": list(ROLES)})
    projects = fields.List(
        fields.String(), required=True, allow_none=True, metadata={"description": "Null: all of them."}
    )
    prefix = fields.String(required=True, metadata={"description": "How the token starts, to tell it from others."})
    created_at = Moment(required=True)
    expires_at = Moment(required=True, allow_none=True)
    last_used_at = Moment(required=True, allow_none=True, metadata={"description": "To about a minute."})
    revoked_at = Moment(required=True, allow_none=True)


class NewTokenSchema(TokenSchema):
    token = fields.String(required=True, metadata={"description": "What its bearer presents. It is told this once."})


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

    token_id = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    role = fields.String(required=True, metadata={"enum": list(ROLES)})
    projects = fields.List(
        fields.String(), required=True, allow_none=True, metadata={"description": "Null: all of them."}
    )
    expires_at = Moment(required=True, allow_none=True)


class LoginQuery(Schema):
    token = fields.String(required=True, metadata={"description": "The token, as it was told when it was made."})
