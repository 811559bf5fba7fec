"""Videos as clients know them, and what an upload answers."""

from marshmallow import Schema, fields

from quizsys.schemas.fields import Moment


class VideoAssetResponse(Schema):
    id = fields.Raw()
    project_id = fields.Raw()
    filename = fields.Raw()
    original_filename = fields.Raw()
    relative_path = fields.Raw()
    checksum = fields.Raw()
    size_bytes = fields.Raw()
    mime_type = fields.Raw()
    status = fields.Raw()
    thumbnail_path = fields.Raw()
    rendition_path = fields.Raw()
    metadata = fields.Raw()
    created_at = Moment()
    updated_at = Moment()


class VideoUploadResponse(Schema):
    asset_id = fields.Raw(attribute="id")
    filename = fields.Raw()
    original_filename = fields.Raw()
    size_bytes = fields.Raw()
    project_id = fields.Raw()
    status = fields.Raw()
    message = fields.Constant("Upload successful")
