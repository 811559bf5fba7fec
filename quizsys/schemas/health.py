"""Whether the server is up, and what it is."""

from marshmallow import Schema

from quizsys.schemas.fields import Moment
from quizsys.schemas.plain import Plain, moment


class HealthResponse(Schema):
    status = Plain("string", "`healthy` while the server can answer.", examples=["healthy"])
    timestamp = Moment(metadata=moment("The server's clock."))


class ProjectInfoResponse(Schema):
    name = Plain("string", "What the operator calls this server.", examples=["Quiz System Backend"])
    version = Plain("string", "The server's version.", examples=["0.1.0"])
    debug = Plain("boolean", "Whether it runs in debug mode.")
