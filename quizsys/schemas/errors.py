"""Errors as clients know them."""

from marshmallow import Schema, fields

from quizsys.errors import Code
from quizsys.schemas.plain import Part, Plain, Word

CODES = tuple(code.value for code in Code)
REQUEST_ID = Plain("string", "What the server's log calls this request.", examples=["0f3a9c2b7d1e4f60"])


class ErrorResponse(Schema):
    """Why a request was refused, or failed."""

    detail = Plain("string", "What is wrong and what helps, in a sentence.")
    code = Word("ErrorCode", CODES, "The same for programs.")
    request_id = REQUEST_ID


class ValidationError(Schema):
    """One problem with one value."""

    type = Plain("string", "The kind of problem.", examples=["missing"])
    loc = fields.Raw(
        metadata={
            "type": "array",
            "items": {"type": ["string", "integer"]},
            "description": "Where it is: `body`, `query` or `path`, then names and indices.",
            "examples": [["body", "job_type"]],
        }
    )
    msg = Plain("string", "What is wrong, in a sentence.", examples=["Field required"])
    input = fields.Raw(metadata={"description": "What was given there; null if nothing was."})
    ctx = fields.Raw(
        metadata={"type": "object", "additionalProperties": True, "description": "More about it.", "x-optional": True}
    )


class HTTPValidationError(Schema):
    """Which values of a request are wrong."""

    detail = Part(ValidationError, "Every problem that was found.", many=True)
    code = Word("ErrorCode", CODES, "Always `invalid`.")
    request_id = REQUEST_ID
