"""Whether the server is up, and what it is."""

from marshmallow import Schema

from quizsys.schemas.fields import Moment
from quizsys.schemas.plain import SECONDS, Part, Plain, moment


class HealthResponse(Schema):
    status = Plain("string", "`healthy`, or `unhealthy` with a 503.", enum=["healthy", "unhealthy"])
    timestamp = Moment(metadata=moment("The server's clock."))


class LiveResponse(Schema):
    status = Plain("string", "Always `alive`: the event loop answers.", enum=["alive"])


class ReadyResponse(Schema):
    status = Plain("string", "`ready`, or `not_ready` with a 503.", enum=["ready", "not_ready"])
    reasons = Plain("array", "Why no new work should be sent here; empty when ready.", items={"type": "string"})


class VersionsResponse(Schema):
    quizsys = Plain("string", "This server.")
    python = Plain("string", "The interpreter.")
    sqlite = Plain("string", "The database's library.")
    ffmpeg = Plain("string", "The program that makes videos; empty if it does not tell.")
    speech_model = Plain("string", "What hears the speech.", examples=["bundled"])


class DiskResponse(Schema):
    total_bytes = Plain("integer", "The size of the disk that holds the storage.")
    used_bytes = Plain("integer", "What is taken of it, by whatever.")
    free_bytes = Plain("integer", "What is left.")


class QueueResponse(Schema):
    jobs = Plain("object", "Stored jobs by state.", additionalProperties={"type": "integer"})
    oldest_wait_s = Plain("number", "How long the first job waits that could start; 0 without one.", **SECONDS)


class HealthDetailsResponse(Schema):
    uptime_s = Plain("number", "Since the start.", **SECONDS)
    faults = Plain("array", "What speaks against sending work here.", items={"type": "string"})
    versions = Part(VersionsResponse, "What runs here.")
    walls = Plain(
        "object",
        "By place (`seat`, `ffmpeg`) the walls of the sandbox, and whether each stands.",
        additionalProperties={"type": "object", "additionalProperties": {"type": "boolean"}},
    )
    gaps = Plain("array", "The walls that do not stand, and why as far as that is known.", items={"type": "string"})
    disk = Part(DiskResponse, "The disk of the storage.")
    queue = Part(QueueResponse, "The jobs.")
    seats = Plain(
        "object",
        "By pool (`jobs`, `uploads`): `total`, `busy`, and `deaths` since the start.",
        additionalProperties={"type": "object", "additionalProperties": {"type": "integer"}},
    )
    workers = Plain("integer", "Further processes that run jobs on this host.")
    streams = Plain("integer", "Open live streams.")
    last_backup_at = Moment(allow_none=True, metadata=moment("When `server.py backup` last succeeded; null if never."))


class ProjectInfoResponse(Schema):
    name = Plain("string", "What the operator calls this server.", examples=["Quiz System Backend"])
    version = Plain("string", "The server's version.", examples=["0.1.0"])
    debug = Plain("boolean", "Whether it runs in debug mode.")
