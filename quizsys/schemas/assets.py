"""Files of every kind as clients know them."""

from marshmallow import EXCLUDE, Schema

from quizsys.kinds import KINDS, MADE
from quizsys.schemas.fields import Flag, Literal, Moment
from quizsys.schemas.plain import ID, Plain, moment

SENT = tuple(KINDS)
CATEGORIES = (*SENT, *MADE)
CATEGORY = "What the file is for; `uploads` are videos."


class AssetResponse(Schema):
    id = Plain("string", "The asset's id; elsewhere `asset_id`.", **ID)
    project_id = Plain("string", "The project that it belongs to.")
    filename = Plain("string", "What it is called on disk.", examples=["jingle-0a1b2c3d4e.mp3"])
    original_filename = Plain("string", "What its uploader called it.", examples=["Jingle.mp3"])
    relative_path = Plain("string", "The file, relative to the storage root.")
    checksum = Plain("string", "The file's SHA-256, in hex.", pattern="^[0-9a-f]{64}$")
    size_bytes = Plain("integer", "The file's size.", minimum=0)
    mime_type = Plain("string", "The type that its uploader gave.", examples=["audio/mpeg"])
    status = Plain("string", "`ready` once it may be used.", examples=["ready"])
    category = Plain("string", CATEGORY, enum=list(CATEGORIES))
    source_asset_ids = Plain("array", "The assets that it was made of.", items={"type": "string"})
    thumbnail_path = Plain("string", "Its picture; sounds and subtitles have none.", nullable=True)
    rendition_path = Plain("string", "A copy that browsers can play, if one had to be made.", nullable=True)
    metadata = Plain(
        "object",
        "What is in it. Videos: as theirs. Sounds: `duration`, `bitrate`, `audio_codec`, `audio_channels`, "
        "`audio_sample_rate`. Images: `width`, `height`, `has_alpha`. Subtitles: `format`, `encoding`, `cue_count`, "
        "`start`, `end`. All: `size_bytes`.",
    )
    created_at = Moment(metadata=moment("When it was uploaded."))
    updated_at = Moment(metadata=moment("When it last changed."))


class AssetsQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    category = Literal(SENT, load_default=None, metadata={"description": CATEGORY})


class AssetListQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    category = Literal(
        CATEGORIES, load_default=None, metadata={"description": f"{CATEGORY} Made by exports: {', '.join(MADE)}."}
    )


class ContentQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    download = Flag(load_default=False, metadata={"description": "To be saved, under the name that it came with."})


class VideoContentQuery(ContentQuery):
    original = Flag(load_default=False, metadata={"description": "As it was uploaded, though browsers cannot play it."})
