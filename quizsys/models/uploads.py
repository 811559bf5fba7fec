"""A resumable upload. How much of it has come is not here: that is the size of its file."""

from peewee import BigIntegerField, CharField, TextField

from quizsys.models.base import JsonField, MomentField, Row


class UploadRow(Row):
    """`concat` is "", `partial` or `final`; a final one lists its `part_ids`, and they name it in `final_id`."""

    id = CharField(primary_key=True, max_length=36)
    project_id = CharField(max_length=64)
    length_bytes = BigIntegerField(null=True)
    metadata = TextField()
    filename = TextField()
    mime_type = TextField()
    category = CharField(max_length=16)
    checksum = CharField(max_length=64, null=True)
    concat = CharField(max_length=8)
    part_ids = JsonField()
    final_id = CharField(max_length=36, null=True)
    asset_id = CharField(max_length=36, null=True)
    created_at = MomentField()
    done_at = MomentField(null=True)

    class Meta:
        table_name = "uploads"
