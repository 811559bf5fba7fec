"""Who changed what, as admins read it."""

from marshmallow import Schema, fields

from quizsys.schemas.fields import Moment, Text
from quizsys.schemas.paging import PageQuery


class AuditSchema(Schema):
    id = fields.Integer(required=True)
    at = Moment(required=True)
    token_id = fields.String(
        required=True, allow_none=True, metadata={"description": "Null without AUTH_REQUIRED, and for a stranger."}
    )
    token_name = fields.String(required=True)
    address = fields.String(required=True, metadata={"description": "The client's, or `command line`."})
    method = fields.String(required=True)
    action = fields.String(required=True, metadata={"description": "The operationId of what was asked for."})
    project_id = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True, metadata={"description": "What sort of thing it was done to."})
    thing_id = fields.String(required=True, allow_none=True)
    status = fields.Integer(required=True, metadata={"description": "Of the answer; 403 for what was forbidden."})
    request_id = fields.String(required=True, metadata={"description": "Under which the log has more."})


class AuditQuery(PageQuery):
    project = Text(high=64, load_default=None, metadata={"description": "Only what was done in this project."})
