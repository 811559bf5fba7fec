"""Messages to webhooks: written with what they tell of, claimed by a sender, tried until they arrive or are given up.

At least once, in no promised order; a message keeps its id however often it is sent.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from quizsys.clock import utc_now, wire_time
from quizsys.db import HOOKS, announce
from quizsys.errors import Code, QuizsysError
from quizsys.ids import first_id_at, jitter, new_id
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


@dataclass(frozen=True)
class Limits:
    """How many messages may be on their way at once, to a webhook and to all those of a project."""

    each: int
    project: int


class _Load:
    """What is on its way. The webhooks of all projects count as one project's."""

    def __init__(self, limits: Limits, sending: Mapping[str, int]) -> None:
        self._limits = limits
        self._each = Counter(dict(sending))
        self._projects: Counter[str | None] = Counter()
        rows = Webhook.select(Webhook.id, Webhook.project_id).where(Webhook.id.in_(sorted(sending)))
        for row in rows:
            self._projects[row.project_id] += sending[row.id]

    def room_for(self, webhook: Webhook) -> int:
        each = self._limits.each - self._each[webhook.id]
        return max(0, min(each, self._limits.project - self._projects[webhook.project_id]))

    def add(self, webhook: Webhook, count: int) -> None:
        self._each[webhook.id] += count
        self._projects[webhook.project_id] += count


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


def claim_deliveries(room: int, limits: Limits, sending: Mapping[str, int], lease_s: float) -> list[Parcel]:
    """What is due, at most `room`, and with those in `sending` (by webhook) no more on their way than `limits` allow.

    A sender that dies loses its claim after `lease_s`.
    """
    now = utc_now()
    load = _Load(limits, sending)
    parcels: list[Parcel] = []
    for first_at, webhook in _list_waiting():
        if first_at > now or len(parcels) >= room:
            break
        due = _pending(webhook.id) & (Delivery.next_try_at <= now)
        rows = Delivery.select().where(due).order_by(Delivery.next_try_at, Delivery.id)
        claimed = list(rows.limit(min(load.room_for(webhook), room - len(parcels))))
        load.add(webhook, len(claimed))
        parcels += [_claim(row, webhook, now, lease_s) for row in claimed]
    return parcels


def next_delivery_in_s(limits: Limits, sending: Mapping[str, int]) -> float | None:
    """Seconds until a message is due (0 if one is), webhooks that `limits` hold back left out; None: never."""
    load = _Load(limits, sending)
    first_at = next((first_at for first_at, webhook in _list_waiting() if load.room_for(webhook)), None)
    return None if first_at is None else max(0.0, (first_at - utc_now()).total_seconds())


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
    # By id, which tells when it was made: the oldest come first without a look at the others.
    return _forget(Delivery.id < first_id_at(utc_now() - timedelta(days=days)))


def list_lost_webhooks() -> list[str]:
    """Deleted webhooks of which messages are left."""
    left = Delivery.select(Delivery.webhook_id).distinct()
    return [row.webhook_id for row in left.where(Delivery.webhook_id.not_in(Webhook.select(Webhook.id)))]


def forget_messages(webhook_id: str) -> int:
    """A batch of those to a webhook; returns how many."""
    return _forget(Delivery.webhook_id == webhook_id)


def _forget(which: Any) -> int:
    ids = Delivery.select(Delivery.id).where(which).order_by(Delivery.id).limit(PRUNE_BATCH)
    return int(Delivery.delete().where(Delivery.id.in_(ids)).execute())


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


def _list_waiting() -> list[tuple[datetime, Webhook]]:
    """The webhooks with messages to send, and since or until when the first of them waits; longest first.

    By webhook, since an index finds the first message of each: one with many keeps nobody from the others'.
    """
    first_at = Delivery.select(fn.MIN(Delivery.next_try_at)).where(_pending(Webhook.id))
    rows: Any = Webhook.select(Webhook, first_at.alias("first_at")).where(Webhook.is_active)
    read: Any = Delivery.next_try_at.python_value
    waiting = [(read(row.first_at), row) for row in rows if row.first_at is not None]
    return sorted(waiting, key=lambda found: found[0])


def _pending(webhook_id: Any) -> Any:
    return (Delivery.webhook_id == webhook_id) & (Delivery.status == PENDING)


def _claim(row: Delivery, webhook: Webhook, now: datetime, lease_s: float) -> Parcel:
    row.tries += 1
    row.next_try_at = now + timedelta(seconds=lease_s)
    row.save()
    secrets: tuple[str, ...] = (webhook.secret,)
    if webhook.old_secret and webhook.old_secret_until_at and webhook.old_secret_until_at > now:
        secrets += (webhook.old_secret,)
    return Parcel(row.id, row.webhook_id, webhook.url, row.body.encode(), secrets, row.tries)


def _give_up(row: Delivery) -> None:
    """No try is left; if nothing has arrived since this message was made, the webhook is switched off."""
    row.status = FAILED
    # None: it was deleted meanwhile.
    webhook = Webhook.get_or_none(Webhook.id == row.webhook_id)
    if webhook is None or webhook.delivered_at is None or webhook.delivered_at < row.created_at:
        _disable(row, f"Nothing has arrived since {wire_time(row.created_at)}, whatever was tried.")


def _disable(row: Delivery, reason: str) -> None:
    changes = {"is_active": False, "disabled_reason": reason, "updated_at": utc_now()}
    Webhook.update(changes).where(Webhook.id == row.webhook_id).execute()
