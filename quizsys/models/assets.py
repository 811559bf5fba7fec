"""A file that somebody sent, or that we made of one."""

from peewee import BigIntegerField, CharField, TextField

from quizsys.models.base import JsonField, MomentField, Row


class Asset(Row):
    """`category` is a key of `quizsys.storage.KINDS`; `source_asset_ids` are those that it was made of."""

    id = CharField(primary_key=True, max_length=36)
    project_id = CharField(max_length=64)
    filename = TextField()
    original_filename = TextField()
    relative_path = TextField(unique=True)
    checksum = CharField(max_length=64)
    size_bytes = BigIntegerField()
    mime_type = TextField()
    status = CharField(max_length=16)
    thumbnail_path = TextField(null=True)
    rendition_path = TextField(null=True)
    metadata = JsonField()
    category = CharField(max_length=16, default="uploads")
    source_asset_ids = JsonField(default=list)
    ingested_at = MomentField(null=True)
    created_at = MomentField()
    updated_at = MomentField()

    class Meta:
        table_name = "assets"
