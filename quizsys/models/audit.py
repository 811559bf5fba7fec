"""Who changed what: one row for each request that changed something, or was forbidden to."""

from peewee import BigAutoField, CharField, IntegerField, TextField

from quizsys.models.base import MomentField, Row


class AuditRow(Row):
    """`action` is what was asked for, `kind` and `thing_id` what it was done to."""

    id = BigAutoField()
    at = MomentField()
    token_id = CharField(max_length=36, null=True)
    token_name = TextField()
    address = CharField(max_length=64)
    method = CharField(max_length=16)
    action = CharField(max_length=64)
    project_id = CharField(max_length=64, null=True)
    kind = CharField(max_length=32)
    thing_id = TextField(null=True)
    status = IntegerField()
    request_id = CharField(max_length=16)

    class Meta:
        table_name = "audit"
