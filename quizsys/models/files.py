"""Every file or folder of ours in the storage."""

from peewee import BigIntegerField, BooleanField, CharField, TextField

from quizsys.models.base import Row


class FileRow(Row):
    """`is_doomed`: its asset is gone, and it is about to be removed; such a row no longer counts."""

    path = TextField(primary_key=True)
    project_id = CharField(max_length=64)
    asset_id = CharField(max_length=36)
    size_bytes = BigIntegerField()
    is_doomed = BooleanField(default=False)

    class Meta:
        table_name = "files"
