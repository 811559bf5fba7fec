"""Webhooks: made, listed, changed, deleted. Their messages are in `deliveries`. `project_id` None: for all projects."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from quizsys import signing
from quizsys.addresses import check_port, read_target
from quizsys.clock import utc_now
from quizsys.errors import Code, QuizsysError, invalid
from quizsys.ids import new_id, new_key
from quizsys.models.webhooks import Webhook
from quizsys.paging import WHOLE, Page, take_page
from quizsys.schemas.webhooks import WebhookResponse
from quizsys.services.deliveries import forget_messages, wake_sender

MOST_WEBHOOKS = 20
OLD_SECRET_LIVES = timedelta(hours=24)
_schema = WebhookResponse()


@dataclass(frozen=True)
class NewWebhook:
    """What is asked for; `secret` None: we make one."""

    url: str
    events: tuple[str, ...]
    secret: str | None = None
    description: str = ""
    active: bool = True


def check_webhook_url(url: str, *, allow_private: bool) -> None:
    """By its form alone. Raises `invalid`."""
    try:
        target = read_target(url)
        if not allow_private:
            check_port(target.port)
    except ValueError as error:
        raise invalid(["body", "url"], str(error), url) from None


def create_webhook(project_id: str | None, new: NewWebhook) -> dict[str, Any]:
    """The webhook, and its secret this once. Raises `invalid`, or `conflict` when there are too many."""
    secret = _choose_secret(new.secret)
    if Webhook.select().where(_belongs(project_id)).count() >= MOST_WEBHOOKS:
        raise QuizsysError(Code.CONFLICT, f"There are {MOST_WEBHOOKS} webhooks already. Delete one of them first.")
    now = utc_now()
    row = Webhook(
        id=new_id(),
        project_id=project_id,
        url=new.url,
        description=new.description,
        events=sorted(set(new.events)),
        secret=secret,
        is_active=new.active,
        disabled_reason="",
        created_at=now,
        updated_at=now,
    )
    row.save(force_insert=True)
    return dump_webhook(row) | {"secret": secret}


def list_webhooks(project_id: str | None, page: Page = WHOLE) -> Iterator[dict[str, Any]]:
    """Oldest first."""
    return (dump_webhook(row) for row in take_page(Webhook.select().where(_belongs(project_id)), page, Webhook.id))


def get_webhook(project_id: str | None, webhook_id: str) -> dict[str, Any]:
    """Raises `not_found`, also for another project's."""
    return dump_webhook(get_row(project_id, webhook_id))


def get_row(project_id: str | None, webhook_id: str) -> Webhook:
    row = Webhook.get_or_none((Webhook.id == webhook_id) & _belongs(project_id))
    if row is None:
        raise QuizsysError(Code.NOT_FOUND, "Webhook not found")
    return row


def update_webhook(project_id: str | None, webhook_id: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Switched on again, it gets what has been waiting for it. Raises `not_found`."""
    row = get_row(project_id, webhook_id)
    row.url = changes.get("url", row.url)
    row.description = changes.get("description", row.description)
    if "events" in changes:
        row.events = sorted(set(changes["events"]))
    if "active" in changes:
        row.is_active, row.disabled_reason = changes["active"], ""
    row.updated_at = utc_now()
    row.save()
    wake_sender()
    return dump_webhook(row)


def rotate_secret(project_id: str | None, webhook_id: str, secret: str | None) -> dict[str, Any]:
    """Another secret, told this once; the old one signs too for a day. Raises `not_found`, `invalid`."""
    row = get_row(project_id, webhook_id)
    now = utc_now()
    row.old_secret, row.old_secret_until_at = row.secret, now + OLD_SECRET_LIVES
    row.secret = _choose_secret(secret)
    row.updated_at = now
    row.save()
    return dump_webhook(row) | {"secret": row.secret}


def delete_webhook(project_id: str | None, webhook_id: str) -> None:
    """With a batch of its messages, sent or not; the rest goes at the next pruning. Raises `not_found`."""
    row = get_row(project_id, webhook_id)
    forget_messages(row.id)
    row.delete_instance()


def dump_webhook(row: Webhook) -> dict[str, Any]:
    """Without its secrets."""
    return dict(_schema.dump(row))


def _belongs(project_id: str | None) -> Any:
    return Webhook.project_id.is_null() if project_id is None else Webhook.project_id == project_id


def _choose_secret(given: str | None) -> str:
    if given is None:
        return signing.write_secret(new_key())
    try:
        signing.read_secret(given)
    except ValueError as error:
        # Not quoted back: nothing that may be a secret is told twice.
        raise invalid(["body", "secret"], str(error), None) from None
    return given
