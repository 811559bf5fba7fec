"""Messages to webhooks: written with what they tell of, claimed by a sender, tried until they arrive or are given up.

At least once, in no promised order; a message keeps its id however often it is sent.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from quizsys.clock import utc_now, wire_time
from quizsys.db import HOOKS, announce
from quizsys.errors import Code, QuizsysError
from quizsys.ids import jitter, new_id
from quizsys.json_text import write_json
from quizsys.models.webhooks import DELIVERED, EVERY_EVENT, FAILED, PENDING, PING, Delivery, Webhook
from quizsys.paging import WHOLE, Page, take_page
from quizsys.retry import next_delivery_at
from quizsys.schemas.webhooks import DeliveryResponse

GONE = 410
PRUNE_BATCH = 500
_schema = DeliveryResponse()


@dataclass(frozen=True)
class Parcel:
    """One try of one message, claimed. `secrets` sign it, the present one first."""

    delivery_id: str
    webhook_id: str
    url: str
    body: bytes
    secrets: tuple[str, ...]
    tries: int


@dataclass(frozen=True)
class Outcome:
    """How a try went: the answer's status and first bytes, or `error`, why there was none."""

    duration_ms: int
    status: int | None = None
    head: str | None = None
    error: str | None = None

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def tell_webhooks(project_id: str, event: str, data: Mapping[str, Any]) -> None:
    """Inside the transaction of what happened: a message to each webhook that asked for this event."""
    mine = (Webhook.project_id == project_id) | Webhook.project_id.is_null()
    rows = Webhook.select(Webhook.id, Webhook.events).where(mine & Webhook.is_active)
    wanted = [row.id for row in rows if event in row.events or EVERY_EVENT in row.events]
    body = _write_body(event, {"project_id": project_id, **data}) if wanted else ""
    for webhook_id in wanted:
        _insert(webhook_id, event, body)


def send_ping(webhook: Webhook) -> dict[str, Any]:
    """A message without news. Raises `conflict` for a webhook that is switched off."""
    if not webhook.is_active:
        raise QuizsysError(Code.CONFLICT, "This webhook is switched off. Switch it on first.")
    data = {"webhook_id": webhook.id, "project_id": webhook.project_id}
    return dump_delivery(_insert(webhook.id, PING, _write_body(PING, data)))


def list_deliveries(webhook: Webhook, page: Page = WHOLE) -> Iterator[dict[str, Any]]:
    """Newest first."""
    query = Delivery.select().where(Delivery.webhook_id == webhook.id)
    return (dump_delivery(row) for row in take_page(query, page, Delivery.id, newest_first=True))


def get_delivery(webhook: Webhook, delivery_id: str) -> Delivery:
    """Raises `not_found`."""
    row = Delivery.get_or_none((Delivery.id == delivery_id) & (Delivery.webhook_id == webhook.id))
    if row is None:
        raise QuizsysError(Code.NOT_FOUND, "Delivery not found")
    return row


def redeliver(webhook: Webhook, delivery_id: str) -> dict[str, Any]:
    """Try it now, and if it had ended, by the whole schedule again. Raises `not_found`."""
    row = get_delivery(webhook, delivery_id)
    if row.status != PENDING:
        # Not while it waits: a try that is on its way is known by its number.
        row.status, row.tries = PENDING, 0
    row.next_try_at = utc_now()
    row.save()
    wake_sender()
    return dump_delivery(row)


def claim_deliveries(room: int, most_each: int, sending: Mapping[str, int], lease_s: float) -> list[Parcel]:
    """What is due, at most `room`, so that no webhook has more than `most_each` on their way with those in `sending`.

    A sender that dies loses its claim after `lease_s`.
    """
    now = utc_now()
    load = Counter(dict(sending))
    due = _due_for(_list_full(load, most_each)) & (Delivery.next_try_at <= now)
    rows = Delivery.select().join(Webhook, on=(Delivery.webhook_id == Webhook.id))
    parcels = []
    for row in list(rows.where(due).order_by(Delivery.next_try_at, Delivery.id).limit(room)):
        if load[row.webhook_id] < most_each:
            load[row.webhook_id] += 1
            parcels.append(_claim(row, now, lease_s))
    return parcels


def next_delivery_in_s(sending: Mapping[str, int], most_each: int) -> float | None:
    """Seconds until a message is due (0 if one is), webhooks with `most_each` on their way left out; None: never."""
    rows = Delivery.select(Delivery.next_try_at).join(Webhook, on=(Delivery.webhook_id == Webhook.id))
    first = rows.where(_due_for(_list_full(sending, most_each))).order_by(Delivery.next_try_at).first()
    if first is None or first.next_try_at is None:
        return None
    return float(max(0.0, (first.next_try_at - utc_now()).total_seconds()))


def finish_delivery(parcel: Parcel, outcome: Outcome, delays_s: tuple[float, ...]) -> None:
    """Write how a try went. Nothing, if the message was deleted or somebody else tries it by now."""
    row = Delivery.get_or_none((Delivery.id == parcel.delivery_id) & (Delivery.tries == parcel.tries))
    if row is None or row.status != PENDING:
        return
    row.response_status, row.response_head = outcome.status, outcome.head
    row.error, row.duration_ms, row.tried_at = outcome.error, outcome.duration_ms, utc_now()
    if outcome.is_success:
        row.status, row.next_try_at = DELIVERED, None
        Webhook.update(delivered_at=row.tried_at).where(Webhook.id == row.webhook_id).execute()
    elif outcome.status == GONE:
        row.status, row.next_try_at = FAILED, None
        _disable(row, "The receiver answered 410 Gone: it wants no more messages.")
    else:
        row.next_try_at = next_delivery_at(row.tried_at, row.tries, delays_s, jitter(1))
        if row.next_try_at is None:
            _give_up(row)
    row.save()


def prune_deliveries(days: int) -> int:
    """Forget a batch of messages older than so many days, sent or not; returns how many."""
    before = utc_now() - timedelta(days=days)
    old = Delivery.select(Delivery.id).where(Delivery.created_at < before).limit(PRUNE_BATCH)
    return int(Delivery.delete().where(Delivery.id.in_(old)).execute())


def wake_sender() -> None:
    """Inside a transaction: have the sender look after the commit."""
    announce(HOOKS)


def dump_delivery(row: Delivery) -> dict[str, Any]:
    return dict(_schema.dump(row))


def _write_body(event: str, data: Mapping[str, Any]) -> str:
    return write_json({"type": event, "timestamp": wire_time(utc_now()), "data": data}).decode()


def _insert(webhook_id: str, event: str, body: str) -> Delivery:
    now = utc_now()
    row = Delivery(
        id=new_id(),
        webhook_id=webhook_id,
        event=event,
        body=body,
        status=PENDING,
        tries=0,
        next_try_at=now,
        created_at=now,
    )
    row.add()
    wake_sender()
    return row


def _list_full(load: Mapping[str, int], most_each: int) -> list[str]:
    return [webhook_id for webhook_id, count in load.items() if count >= most_each]


def _due_for(full: Collection[str]) -> Any:
    waiting = (Delivery.status == PENDING) & Webhook.is_active
    return waiting & Delivery.webhook_id.not_in(sorted(full)) if full else waiting


def _claim(row: Delivery, now: datetime, lease_s: float) -> Parcel:
    row.tries += 1
    row.next_try_at = now + timedelta(seconds=lease_s)
    row.save()
    webhook = Webhook.get_by_id(row.webhook_id)
    secrets: tuple[str, ...] = (webhook.secret,)
    if webhook.old_secret and webhook.old_secret_until_at and webhook.old_secret_until_at > now:
        secrets += (webhook.old_secret,)
    return Parcel(row.id, row.webhook_id, webhook.url, row.body.encode(), secrets, row.tries)


def _give_up(row: Delivery) -> None:
    """No try is left; if nothing has arrived since this message was made, the webhook is switched off."""
    row.status = FAILED
    webhook = Webhook.get_by_id(row.webhook_id)
    if webhook.delivered_at is None or webhook.delivered_at < row.created_at:
        _disable(row, f"Nothing has arrived since {wire_time(row.created_at)}, whatever was tried.")


def _disable(row: Delivery, reason: str) -> None:
    changes = {"is_active": False, "disabled_reason": reason, "updated_at": utc_now()}
    Webhook.update(changes).where(Webhook.id == row.webhook_id).execute()
