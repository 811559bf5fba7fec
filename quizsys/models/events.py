"""The outbox: one row for each change of a job, written in the transaction that made it."""

from peewee import BigAutoField, CharField

from quizsys.models.base import MomentField, Row


class Event(Row):
    id = BigAutoField()
    job_id = CharField(max_length=36)
    at = MomentField()

    class Meta:
        table_name = "events"
