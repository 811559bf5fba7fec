"""Who changed what, as admins read it."""

from marshmallow import Schema

from quizsys.schemas.fields import Moment, Text
from quizsys.schemas.paging import PageQuery
from quizsys.schemas.plain import ID, Plain, moment


class AuditSchema(Schema):
    id = Plain("integer", "Greater than any before.", minimum=1)
    at = Moment(metadata=moment("When it was done."))
    token_id = Plain("string", "Whose token; null without AUTH_REQUIRED, and for a stranger.", nullable=True, **ID)
    token_name = Plain("string", "What that token is for, or who ran the command.")
    address = Plain("string", "The client's, or `command line`.", examples=["192.0.2.7"])
    method = Plain("string", "How it was asked for.", examples=["DELETE"])
    action = Plain("string", "The `operationId` of what was asked for.", examples=["delete_video"])
    project_id = Plain("string", "The project that it was done in.", nullable=True)
    kind = Plain("string", "What sort of thing it was done to.", examples=["videos"])
    thing_id = Plain("string", "Which one.", nullable=True)
    status = Plain("integer", "Of the answer; 403 for what was forbidden, 0 for a command.", examples=[204])
    request_id = Plain("string", "What the log calls the request.")


class AuditQuery(PageQuery):
    project = Text(high=64, load_default=None, metadata={"description": "Only what was done in this project."})
