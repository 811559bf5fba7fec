"""Who is told of what happens, and each message to them: the outbox, and its log."""

from peewee import BooleanField, CharField, IntegerField, TextField

from quizsys.models.base import JsonField, MomentField, Row

PING = "webhook.ping"
EVENTS = (
    *("job.completed", "job.failed", "job.cancelled"),
    *("video.created", "video.deleted", "asset.created", "asset.deleted"),
    *("transcript.changed", "quiz.created", "quiz.published"),
)
EVERY_EVENT = "*"
PENDING, DELIVERED, FAILED = "pending", "delivered", "failed"
DELIVERY_STATUSES = (PENDING, DELIVERED, FAILED)


class Webhook(Row):
    """`project_id` None: for all projects. `events` may hold EVERY_EVENT. `old_secret` signs too until
    `old_secret_until_at`. `disabled_reason` is set when we switched it off, and "" else."""

    id = CharField(primary_key=True, max_length=36)
    project_id = CharField(max_length=64, null=True)
    url = TextField()
    description = TextField()
    events = JsonField()
    secret = TextField()
    old_secret = TextField(null=True)
    old_secret_until_at = MomentField(null=True)
    is_active = BooleanField()
    disabled_reason = TextField()
    delivered_at = MomentField(null=True)
    created_at = MomentField()
    updated_at = MomentField()

    class Meta:
        table_name = "webhooks"


class Delivery(Row):
    """One message to one webhook, written in the transaction of what it tells of. `body` is sent as it stands.

    `next_try_at` is also the claim: who takes a message to send it puts this off, so that nobody else does. The
    `response_` columns, `error` and `duration_ms` are of the latest try.
    """

    id = CharField(primary_key=True, max_length=36)
    webhook_id = CharField(max_length=36)
    event = CharField(max_length=32)
    body = TextField()
    status = CharField(max_length=16)
    tries = IntegerField()
    next_try_at = MomentField(null=True)
    response_status = IntegerField(null=True)
    response_head = TextField(null=True)
    error = TextField(null=True)
    duration_ms = IntegerField(null=True)
    created_at = MomentField()
    tried_at = MomentField(null=True)

    class Meta:
        table_name = "webhook_deliveries"
