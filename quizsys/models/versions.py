"""A quiz as it was published: never changed afterwards."""

from peewee import CharField, CompositeKey, IntegerField, TextField

from quizsys.models.base import JsonField, MomentField, Row


class QuizVersion(Row):
    """`version` counts from 1 for each quiz. `content` is the quiz as clients read it, its approved questions alone,
    with the right answers; `content_hash` the SHA-256 of what learners can notice of it.
    """

    quiz_id = CharField(max_length=36)
    version = IntegerField()
    content = JsonField()
    content_hash = CharField(max_length=64)
    published_at = MomentField()
    published_by = TextField()

    class Meta:
        table_name = "quiz_versions"
        primary_key = CompositeKey("quiz_id", "version")
