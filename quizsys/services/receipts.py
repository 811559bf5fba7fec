"""Requests that may be repeated: the first answer is kept with what it made, and given again under the same key."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from quizsys.clock import utc_now
from quizsys.errors import invalid
from quizsys.json_text import write_json
from quizsys.models.receipts import Receipt
from quizsys.services.audit import find_id

RECEIPTS_BATCH = 500
HEADER = "Idempotency-Key"
LONGEST_KEY = 255
OTHER_BODY = "This Idempotency-Key belongs to another request. Send each new request with a key of its own."
BAD_KEY = f"An {HEADER} has 1 to {LONGEST_KEY} visible ASCII characters. A UUID is a good one."


@dataclass(frozen=True)
class Ticket:
    """Under which key a request is made, by whom, and what tells it from others."""

    project_id: str
    holder: str
    key: str
    fingerprint: str


@dataclass(frozen=True)
class Kept:
    """An answer as it is sent. `is_replay`: it was made before. `id` is what was made, if it is new."""

    status: int
    body: bytes
    is_replay: bool
    id: str | None = None


def make_ticket(project_id: str, holder: str, key: str, path: str, body: Any) -> Ticket:
    """Raises `invalid` for a key that is none."""
    if not 1 <= len(key) <= LONGEST_KEY or not all("!" <= letter <= "~" for letter in key):
        raise invalid(["header", HEADER], BAD_KEY, key[:LONGEST_KEY])
    return Ticket(project_id, holder, key, hashlib.sha256(path.encode() + b"\0" + write_json(body)).hexdigest())


def answer_once(ticket: Ticket, status: int, service: Callable[[], Any]) -> Kept:
    """What `service` returns, kept in its own transaction; or what it returned the first time.

    A repeat that comes while the first is under way waits for it: there is one writer. A refusal is not kept.
    Raises `invalid` if the key came with another request.
    """
    columns = (Receipt.project_id == ticket.project_id, Receipt.holder == ticket.holder, Receipt.key == ticket.key)
    row = Receipt.get_or_none(*columns)
    if row is not None:
        if row.fingerprint != ticket.fingerprint:
            raise invalid(["header", HEADER], OTHER_BODY, ticket.key)
        return Kept(row.status, row.body.encode(), True)
    made = service()
    body = write_json(made)
    Receipt(
        project_id=ticket.project_id,
        holder=ticket.holder,
        key=ticket.key,
        fingerprint=ticket.fingerprint,
        status=status,
        body=body.decode(),
        made_at=utc_now(),
    ).add()
    return Kept(status, body, False, find_id(made))


def prune_receipts(keep_hours: float) -> int:
    """Forget a batch of old receipts; returns how many."""
    old = Receipt.select(Receipt.project_id, Receipt.holder, Receipt.key)
    rows = old.where(Receipt.made_at < utc_now() - timedelta(hours=keep_hours)).limit(RECEIPTS_BATCH)
    found = list(rows)
    for row in found:
        row.delete_instance()
    return len(found)
