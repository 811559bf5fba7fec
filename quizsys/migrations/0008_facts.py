"""A few facts about the database itself: whose storage it describes, when it was last backed up."""

from peewee import CharField, Model, TextField


def up(migrator, db):
    class Fact(Model):
        name = CharField(primary_key=True, max_length=64)
        value = TextField()

        class Meta:
            table_name = "facts"

    with db.bind_ctx([Fact]):
        db.create_tables([Fact], safe=False)
