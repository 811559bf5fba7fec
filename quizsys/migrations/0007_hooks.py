"""Webhooks and their messages."""

from peewee import BigIntegerField, BooleanField, CharField, IntegerField, Model, TextField

INDEXES = (
    "CREATE INDEX webhooks_project ON webhooks (project_id, id)",
    "CREATE INDEX webhook_deliveries_due ON webhook_deliveries (status, next_try_at)",
    "CREATE INDEX webhook_deliveries_webhook ON webhook_deliveries (webhook_id, id)",
)


def up(migrator, db):
    class Webhook(Model):
        id = CharField(primary_key=True, max_length=36)
        project_id = CharField(max_length=64, null=True)
        url = TextField()
        description = TextField()
        events = TextField()
        secret = TextField()
        old_secret = TextField(null=True)
        old_secret_until_at = BigIntegerField(null=True)
        is_active = BooleanField()
        disabled_reason = TextField()
        delivered_at = BigIntegerField(null=True)
        created_at = BigIntegerField()
        updated_at = BigIntegerField()

        class Meta:
            table_name = "webhooks"

    class Delivery(Model):
        id = CharField(primary_key=True, max_length=36)
        webhook_id = CharField(max_length=36)
        event = CharField(max_length=32)
        body = TextField()
        status = CharField(max_length=16)
        tries = IntegerField()
        next_try_at = BigIntegerField(null=True)
        response_status = IntegerField(null=True)
        response_head = TextField(null=True)
        error = TextField(null=True)
        duration_ms = IntegerField(null=True)
        created_at = BigIntegerField()
        tried_at = BigIntegerField(null=True)

        class Meta:
            table_name = "webhook_deliveries"

    tables = (Webhook, Delivery)
    with db.bind_ctx(tables):
        db.create_tables(tables, safe=False)
    for statement in INDEXES:
        db.execute_sql(statement)
