"""The first message that waits for each webhook is found without a look at the others."""


def up(_migrator, db):
    db.execute_sql("DROP INDEX webhook_deliveries_due")
    db.execute_sql("CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, status, next_try_at, id)")
