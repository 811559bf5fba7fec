"""Tokens, and who changed what. A frozen copy of the models of that day, on purpose."""

from peewee import BigAutoField, BigIntegerField, CharField, IntegerField, Model, TextField

INDEXES = (
    "CREATE UNIQUE INDEX tokens_hash ON tokens (token_hash)",
    "CREATE INDEX tokens_revision ON tokens (revision)",
    "CREATE INDEX audit_project ON audit (project_id, id)",
)


def up(migrator, db):
    class Token(Model):
        id = CharField(primary_key=True, max_length=36)
        name = TextField()
        role = CharField(max_length=8)
        projects = TextField()
        prefix = CharField(max_length=16)
        token_hash = CharField(max_length=64)
        revision = BigIntegerField()
        created_at = BigIntegerField()
        expires_at = BigIntegerField(null=True)
        last_used_at = BigIntegerField(null=True)
        revoked_at = BigIntegerField(null=True)

        class Meta:
            table_name = "tokens"

    class AuditRow(Model):
        id = BigAutoField()
        at = BigIntegerField()
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

    tables = (Token, AuditRow)
    with db.bind_ctx(tables):
        db.create_tables(tables, safe=False)
    for statement in INDEXES:
        db.execute_sql(statement)
