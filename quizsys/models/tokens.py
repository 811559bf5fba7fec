"""Who may do what: a token's hash, never the token."""

from peewee import BigIntegerField, CharField, TextField

from quizsys.models.base import JsonField, MomentField, Row


class Token(Row):
    """`prefix` is the visible start of the token; `projects` None means all of them.

    `revision` is one more than any before at each change: the greatest one tells whether anything changed.
    """

    id = CharField(primary_key=True, max_length=36)
    name = TextField()
    role = CharField(max_length=8)
    projects = JsonField()
    prefix = CharField(max_length=16)
    token_hash = CharField(max_length=64)
    revision = BigIntegerField()
    created_at = MomentField()
    expires_at = MomentField(null=True)
    last_used_at = MomentField(null=True)
    revoked_at = MomentField(null=True)

    class Meta:
        table_name = "tokens"
