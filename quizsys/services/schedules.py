"""What is planned for later, when the clock was ahead and has been set back."""

from quizsys.clock import utc_now
from quizsys.db import QUEUE, announce
from quizsys.models.jobs import QUEUED, Job
from quizsys.models.webhooks import PENDING, Delivery
from quizsys.services.deliveries import wake_sender


def heed_clock() -> None:
    """What was put off in the future begins its wait anew now: else it would wait until the clock is there again."""
    now = utc_now()
    late = (Job.status == QUEUED) & (Job.run_at > now) & (Job.updated_at > now)
    for row in list(Job.select().where(late)):
        row.run_at, row.updated_at = now + (row.run_at - row.updated_at), now
        row.save()
    pending = (Delivery.status == PENDING) & (Delivery.next_try_at > now)
    ahead = (Delivery.tried_at > now) | (Delivery.created_at > now)
    for message in list(Delivery.select().where(pending & ahead)):
        message.next_try_at = now + (message.next_try_at - (message.tried_at or message.created_at))
        message.created_at = min(message.created_at, now)
        message.tried_at = message.tried_at and min(message.tried_at, now)
        message.save()
    announce(QUEUE)
    wake_sender()
