"""What was said in a video: a revision, and its segments."""

from peewee import BigAutoField, CharField, FloatField, IntegerField, TextField

from quizsys.models.base import JsonField, MomentField, Row

MACHINE, EDIT, UPLOAD, REVERT = "machine", "edit", "upload", "revert"
SOURCES = (MACHINE, EDIT, UPLOAD, REVERT)


class TranscriptRow(Row):
    """`revision` counts from 1 for each asset. The newest that a person made counts, else the newest.

    `source` is one of SOURCES, `author` who made it ("" for a machine), `base_revision` the one that it was made from.
    `text_hash` is the SHA-256 of its text.
    """

    id = CharField(primary_key=True, max_length=36)
    asset_id = CharField(max_length=36)
    revision = IntegerField()
    language = CharField(max_length=16)
    model = TextField()
    text_hash = CharField(max_length=64)
    source = CharField(max_length=16, default=MACHINE)
    author = TextField(default="")
    base_revision = IntegerField(null=True)
    created_at = MomentField()

    class Meta:
        table_name = "transcripts"


class SegmentRow(Row):
    """`words` is a list of `[start_s, end_s, text, probability]`."""

    id = BigAutoField()
    transcript_id = CharField(max_length=36)
    position = IntegerField()
    start_s = FloatField()
    end_s = FloatField()
    text = TextField()
    words = JsonField()

    class Meta:
        table_name = "segments"
