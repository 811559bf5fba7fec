"""What the database knows of itself: a name and a text for each."""

from peewee import CharField, TextField

from quizsys.models.base import Row


class Fact(Row):
    name = CharField(primary_key=True, max_length=64)
    value = TextField()

    class Meta:
        table_name = "facts"
