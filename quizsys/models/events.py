"""The outbox: one row for each change of a job, written in the transaction that made it."""

from peewee import BigAutoField, CharField, TextField

from quizsys.models.base import MomentField, Row


class Event(Row):
    """`snapshot` is the job as JSON after a change of its state; null for a new job, mere progress, and large jobs."""

    id = BigAutoField()
    job_id = CharField(max_length=36)
    at = MomentField()
    snapshot = TextField(null=True)

    class Meta:
        table_name = "events"
