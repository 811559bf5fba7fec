"""Retry by hand, states kept in the outbox, receipts for repeated requests. A frozen copy of that day's models."""

from peewee import BigIntegerField, CharField, CompositeKey, IntegerField, Model, TextField

STATEMENTS = (
    "ALTER TABLE jobs ADD COLUMN spent_tries INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE events ADD COLUMN snapshot TEXT",
    "CREATE INDEX receipts_made ON receipts (made_at)",
)


def up(migrator, db):
    class Receipt(Model):
        project_id = CharField(max_length=64)
        holder = CharField(max_length=36)
        key = CharField(max_length=255)
        fingerprint = CharField(max_length=64)
        status = IntegerField()
        body = TextField()
        made_at = BigIntegerField()

        class Meta:
            table_name = "receipts"
            primary_key = CompositeKey("project_id", "holder", "key")

    with db.bind_ctx([Receipt]):
        db.create_tables([Receipt], safe=False)
    for statement in STATEMENTS:
        db.execute_sql(statement)
