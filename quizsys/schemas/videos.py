"""Videos as clients know them, and what an upload answers."""

from typing import Any

from marshmallow import Schema, fields

from quizsys.schemas.fields import Moment
from quizsys.schemas.plain import ID, Part, Plain, moment

OF_EXPORTS: dict[str, Any] = {"x-optional": True}


class VideoMetadata(Schema):
    """What the file is, as its probe found it."""

    duration = Plain("number", "How long it is, in seconds.", minimum=0)
    width = Plain("integer", "Pixels as shown, after turning.", minimum=1)
    height = Plain("integer", "Pixels as shown, after turning.", minimum=1)
    codec = Plain("string", "The pictures' codec.", examples=["h264"])
    fps = Plain("number", "Pictures a second.", minimum=0)
    bitrate = Plain("integer", "Bits a second.", minimum=0)
    size_bytes = Plain("integer", "The file's size.", minimum=0)
    has_audio = Plain("boolean", "Whether there is sound.")
    audio_codec = Plain("string", "The sound's codec.", nullable=True, examples=["aac"])
    audio_channels = Plain("integer", "How many channels.", nullable=True, minimum=0)
    audio_sample_rate = Plain("integer", "Samples a second.", nullable=True, minimum=0)
    container = Plain("string", "The family of containers.", examples=["mp4"])
    pixel_format = Plain("string", "How its pixels are kept.", examples=["yuv420p"])
    frame_rate = Plain("string", "Pictures a second, as a fraction.", examples=["30000/1001"])
    rotation = Plain("integer", "Degrees clockwise to turn the stored pictures by.", enum=[0, 90, 180, 270])
    label = Plain("string", "What an export calls it; uploads have none.", **OF_EXPORTS)
    aspect_ratio = Plain("string", "Its shape, of an export.", examples=["16:9"], **OF_EXPORTS)
    job_id = Plain("string", "The export that made it.", **ID, **OF_EXPORTS)
    copied = Plain("boolean", "Cut without encoding anew, of an export.", **OF_EXPORTS)


class FileForm(Schema):
    """A form with one file."""

    file = Plain("string", "The file, with the name that it has with you.", format="binary", required=True)


class VideoAssetResponse(Schema):
    id = Plain("string", "The video's id; elsewhere `asset_id`.", **ID)
    project_id = Plain("string", "The project that it belongs to.")
    filename = Plain("string", "What it is called on disk.", examples=["lesson-0a1b2c3d4e.mp4"])
    original_filename = Plain("string", "What its uploader called it.", examples=["Lesson.mp4"])
    relative_path = Plain("string", "The file, relative to the storage root.")
    checksum = Plain("string", "The file's SHA-256, in hex.", pattern="^[0-9a-f]{64}$")
    size_bytes = Plain("integer", "The file's size.", minimum=0)
    mime_type = Plain("string", "The type that its uploader gave.", examples=["video/mp4"])
    status = Plain("string", "`ready` once it may be used.", examples=["ready"])
    thumbnail_path = Plain("string", "Its picture, relative to the storage root.", nullable=True)
    rendition_path = Plain("string", "A copy that browsers can play, if one had to be made.", nullable=True)
    metadata = Part(VideoMetadata, "What the file is.")
    created_at = Moment(metadata=moment("When it was uploaded."))
    updated_at = Moment(metadata=moment("When it last changed."))


class VideoUploadResponse(Schema):
    asset_id = Plain("string", "The new video's id.", attribute="id", **ID)
    filename = Plain("string", "What it is called on disk.", examples=["lesson-0a1b2c3d4e.mp4"])
    original_filename = Plain("string", "What its uploader called it.", examples=["Lesson.mp4"])
    size_bytes = Plain("integer", "The file's size.", minimum=0)
    project_id = Plain("string", "The project that it belongs to.")
    status = Plain("string", "`ready`: it may be used.", examples=["ready"])
    message = fields.Constant("Upload successful", metadata={"type": "string", "description": "For people."})
    category = Plain("string", "What it is for; `uploads` are videos.", examples=["uploads"])
    duplicate = Plain("boolean", "The project had this very file already: nothing new was stored.")
