"""What a language model answered, by the hash of what it was asked."""

from peewee import CharField, TextField

from quizsys.models.base import MomentField, Row


class ModelAnswer(Row):
    """`key` is the SHA-256 of server, model, messages and schema."""

    key = CharField(primary_key=True, max_length=64)
    model = TextField()
    answer = TextField()
    created_at = MomentField()

    class Meta:
        table_name = "model_answers"
