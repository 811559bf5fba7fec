"""A stretch of a video with one picture, usually a slide."""

from peewee import CharField, CompositeKey, FloatField, IntegerField, TextField

from quizsys.models.base import Row


class SceneRow(Row):
    """`thumbnail_path` is relative to the storage root."""

    asset_id = CharField(max_length=36)
    position = IntegerField()
    start_s = FloatField()
    end_s = FloatField()
    confidence = FloatField()
    title = TextField()
    text = TextField()
    thumbnail_path = TextField()

    class Meta:
        table_name = "scenes"
        primary_key = CompositeKey("asset_id", "position")
