"""The first answer to a request that carried an Idempotency-Key."""

from peewee import CharField, CompositeKey, IntegerField, TextField

from quizsys.models.base import MomentField, Row


class Receipt(Row):
    """`holder` is the token's id, empty where auth is off; `fingerprint` tells whether a repeat asks for the same."""

    project_id = CharField(max_length=64)
    holder = CharField(max_length=36)
    key = CharField(max_length=255)
    fingerprint = CharField(max_length=64)
    status = IntegerField()
    body = TextField()
    made_at = MomentField()

    class Meta:
        table_name = "receipts"
        primary_key = CompositeKey("project_id", "holder", "key")
