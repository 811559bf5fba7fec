"""A resumable upload as people read it, and what the server takes."""

from marshmallow import EXCLUDE, Schema

from quizsys.schemas.fields import Moment, Text
from quizsys.schemas.plain import ID, Part, Plain, moment


class RawQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    filename = Text(
        high=4096, load_default="", metadata={"description": "The file's name, when the body is the file itself."}
    )


class UploadResponse(Schema):
    id = Plain("string", "The upload's id.", **ID)
    project_id = Plain("string", "The project that it belongs to.")
    status = Plain("string", "How far it is.", enum=["receiving", "whole", "done"])
    offset_bytes = Plain("integer", "How many bytes have come.", minimum=0)
    length_bytes = Plain("integer", "How many it will have; null until the client tells.", nullable=True, minimum=0)
    filename = Plain("string", "What its uploader called it.", examples=["Lesson.mp4"])
    mime_type = Plain("string", "The type that its uploader gave.", examples=["video/mp4"])
    category = Plain("string", "What kind of asset it becomes.", examples=["uploads"])
    concat = Plain("string", "Whether it is a part of a larger one, or joined of such.", enum=["", "partial", "final"])
    asset_id = Plain("string", "The asset that it became.", nullable=True, **ID)
    created_at = Moment(metadata=moment("When it was begun."))
    expires_at = Moment(metadata=moment("When it is deleted if nobody goes on with it."))


class TusLimits(Schema):
    version = Plain("string", "The version of the protocol.", examples=["1.0.0"])
    endpoint = Plain("string", "Where uploads are begun.", examples=["/projects/{project_id}/uploads"])
    extensions = Plain("array", "The protocol's extensions that the server has.", items={"type": "string"})
    checksum_algorithms = Plain("array", "What Upload-Checksum may be by.", items={"type": "string"})
    chunk_size_bytes = Plain("integer", "A good length of one PATCH where a client must choose.", minimum=1)
    expiry_s = Plain("number", "An upload is deleted when nobody goes on with it for so long.", minimum=0)


class LimitsResponse(Schema):
    max_size_bytes = Plain("integer", "The largest file.", minimum=1)
    formats = Plain(
        "object",
        "The extensions that are taken, by category.",
        additionalProperties={"type": "array", "items": {"type": "string"}},
    )
    max_uploads = Plain("integer", "Uploads at the same time, of all clients together.", minimum=1)
    idle_timeout_s = Plain("number", "A sender may be silent for so long.", minimum=0)
    min_bytes_per_s = Plain("number", "A sender must not be slower.", minimum=0)
    tus = Part(TusLimits, "Resumable uploads.")
