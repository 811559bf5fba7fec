"""Tokens as admins see them: everything but the token itself."""

from marshmallow import Schema, fields

from quizsys.schemas.fields import Moment


class TokenSchema(Schema):
    """`prefix` is how the token starts, to tell it from others; `projects` null means all of them."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True)
    projects = fields.List(fields.String(), required=True, allow_none=True)
    prefix = fields.String(required=True)
    created_at = Moment(required=True)
    expires_at = Moment(required=True, allow_none=True)
    last_used_at = Moment(required=True, allow_none=True)
    revoked_at = Moment(required=True, allow_none=True)
