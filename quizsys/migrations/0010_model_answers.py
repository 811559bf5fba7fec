"""What a language model answered is remembered."""

from peewee import BigIntegerField, CharField, Model, TextField


def up(migrator, db):
    class ModelAnswer(Model):
        key = CharField(primary_key=True, max_length=64)
        model = TextField()
        answer = TextField()
        created_at = BigIntegerField()

        class Meta:
            table_name = "model_answers"

    with db.bind_ctx((ModelAnswer,)):
        db.create_tables((ModelAnswer,), safe=False)
