"""The outbox of webhooks: written with the change or not at all, claimed by one, closed once; where it never goes."""

import asyncio
import json
import socket
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from handlers.sending import REFUSED, open_sender
from quizsys.clock import utc_now
from quizsys.config import Settings
from quizsys.courier import LIMITS, Courier, run_courier
from quizsys.db import Store
from quizsys.ids import first_id_at
from quizsys.models.webhooks import DELIVERED, FAILED, PENDING, Delivery, Webhook
from quizsys.retry import next_delivery_at
from quizsys.services import claims, deliveries, webhooks
from quizsys.services.deliveries import (
    Limits,
    Outcome,
    Parcel,
    claim_deliveries,
    finish_delivery,
    next_delivery_in_s,
    tell_webhooks,
)
from quizsys.services.webhooks import NewWebhook
from tests import queueing
from tests.receiver import accept, receive

NOBODY: dict[str, int] = {}
FINE = Outcome(3, 204, "")
WRONG = Outcome(3, 500, "oh")


async def hook(store: Store, url: str = "http://127.0.0.1:1/", project_id: str | None = "p") -> str:
    made = await store.run(webhooks.create_webhook, project_id, NewWebhook(url, ("*",)))
    return str(made["id"])


async def tell(store: Store, count: int = 1) -> None:
    for number in range(count):
        await store.run(tell_webhooks, "p", "job.completed", {"number": number})


async def claim(store: Store, room: int = 100, most_each: int = 100, lease_s: float = 30) -> list[Parcel]:
    return await store.run(claim_deliveries, room, Limits(most_each, 100), NOBODY, lease_s)


async def rows(store: Store) -> list[Delivery]:
    return await store.read(lambda: list(Delivery.select().order_by(Delivery.id)))


async def test_a_change_that_is_undone_tells_nobody(store: Store) -> None:
    await hook(store)

    def fail() -> None:
        tell_webhooks("p", "job.completed", {})
        raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        await store.run(fail)
    assert await rows(store) == []


async def test_a_jobs_end_is_told_once_and_a_retry_is_no_end(store: Store) -> None:
    await hook(store)
    await store.run(queueing.add_asset)
    await queueing.enqueue(store)
    done = await queueing.claim(store)
    await store.run(claims.complete_job, done, {"transcript": "x" * 1000})
    await queueing.enqueue(store, max_tries=2)
    for _ in range(2):
        failing = await queueing.claim(store)
        await store.run(claims.fail_job, failing, claims.Failure("no_audio", "There is no sound."), 1.0)
    told = [json.loads(row.body) for row in await rows(store)]
    assert [(one["type"], one["data"]["job_id"]) for one in told] == [
        ("job.completed", done.job_id),
        ("job.failed", failing.job_id),
    ]
    assert told[1]["data"]["error_code"] == "no_audio"
    assert "result" not in told[0]["data"]


async def test_two_senders_never_hold_one_message(store: Store) -> None:
    await hook(store)
    await tell(store, 30)
    taken = await asyncio.gather(*(claim(store, 7) for _ in range(6)))
    ids = [parcel.delivery_id for parcels in taken for parcel in parcels]
    assert (len(ids), len(set(ids))) == (30, 30)


async def test_a_dead_senders_message_goes_to_the_next_and_its_late_word_does_not_count(store: Store) -> None:
    await hook(store)
    await tell(store)
    (first,) = await claim(store, lease_s=0)
    (second,) = await claim(store, lease_s=30)
    assert (second.delivery_id, second.body, second.tries) == (first.delivery_id, first.body, 2)
    await store.run(finish_delivery, first, WRONG, (60.0, 60.0, 60.0))
    assert [(row.status, row.response_status) for row in await rows(store)] == [(PENDING, None)]
    await store.run(finish_delivery, second, FINE, ())
    await store.run(finish_delivery, second, WRONG, ())
    assert [(row.status, row.response_status) for row in await rows(store)] == [(DELIVERED, 204)]


async def test_the_waits_are_those_of_the_table(store: Store) -> None:
    await hook(store)
    await tell(store)
    delays_s = (5.0, 30.0)
    for tries, delay_s in enumerate(delays_s, 1):
        (parcel,) = await claim(store)
        before = utc_now()
        await store.run(finish_delivery, parcel, WRONG, delays_s)
        (row,) = await rows(store)
        wait = row.next_try_at - before
        assert (row.tries, timedelta(seconds=delay_s) <= wait <= timedelta(seconds=delay_s * 1.1 + 5)) == (tries, True)
        assert await claim(store) == []
        await store.run(deliveries.redeliver, Webhook(id=row.webhook_id), row.id)
    (parcel,) = await claim(store)
    await store.run(finish_delivery, parcel, WRONG, delays_s)
    assert [(row.status, row.next_try_at) for row in await rows(store)] == [(FAILED, None)]


def test_the_table_ends() -> None:
    now = utc_now()
    assert next_delivery_at(now, 1, (5.0,), 0.0) == now + timedelta(seconds=5)
    assert next_delivery_at(now, 1, (5.0,), 1.0) == now + timedelta(seconds=5.5)
    assert next_delivery_at(now, 2, (5.0,), 0.0) is None


async def test_a_webhook_that_hears_other_messages_is_not_switched_off(store: Store) -> None:
    hook_id = await hook(store)
    await tell(store, 2)
    bad, good = await claim(store)
    await store.run(finish_delivery, good, FINE, ())
    await store.run(finish_delivery, bad, WRONG, ())
    found = await store.read(webhooks.get_webhook, "p", hook_id)
    assert (found["active"], found["disabled_reason"]) == (True, "")


async def test_messages_wait_while_it_is_switched_off_and_go_when_it_is_on(store: Store) -> None:
    hook_id = await hook(store)
    await tell(store)
    await store.run(webhooks.update_webhook, "p", hook_id, {"active": False})
    await tell(store)
    assert await claim(store) == []
    await store.run(webhooks.update_webhook, "p", hook_id, {"active": True})
    assert len(await claim(store)) == 1


async def test_one_webhook_leaves_room_for_others(store: Store) -> None:
    busy = await hook(store)
    await tell(store, 10)
    quiet = await hook(store, project_id=None)
    await tell(store)
    first = await claim(store, room=8, most_each=4)
    assert [parcel.webhook_id for parcel in first] == [busy] * 4 + [quiet]
    await tell(store)
    second = await store.run(claim_deliveries, 4, Limits(4, 100), {busy: 4}, 30)
    assert [parcel.webhook_id for parcel in second] == [quiet]


async def test_one_project_leaves_room_for_others(store: Store) -> None:
    for _ in range(3):
        await hook(store)
    await tell(store, 4)
    far = await hook(store, project_id="q")
    await store.run(tell_webhooks, "q", "job.completed", {})
    limits = Limits(each=4, project=6)
    first = await store.run(claim_deliveries, 100, limits, NOBODY, 30)
    assert [parcel.webhook_id for parcel in first].count(far) == 1
    assert len(first) == 7
    sending = Counter(parcel.webhook_id for parcel in first)
    assert await store.run(claim_deliveries, 100, limits, sending, 30) == []
    assert await store.read(next_delivery_in_s, limits, sending) > 0
    assert await store.read(next_delivery_in_s, limits, NOBODY) == 0


async def test_who_claims_or_prunes_goes_by_an_index(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await hook(store)
    await tell(store)
    asked: list[tuple[str, Any]] = []
    execute = store.db.execute_sql

    def record(sql: str, params: Any = None) -> Any:
        if '"webhook_deliveries"' in sql:
            asked.append((sql, params))
        return execute(sql, params)

    monkeypatch.setattr(store.db, "execute_sql", record)
    await claim(store)
    await store.run(deliveries.prune_deliveries, 1)
    monkeypatch.undo()
    plans = await store.read(
        lambda: [row[3] for one in asked for row in execute(f"EXPLAIN QUERY PLAN {one[0]}", one[1])]
    )
    assert not [plan for plan in plans if plan.startswith("USE TEMP") or plan.startswith("SCAN t1 USING")], plans
    assert len([plan for plan in plans if "deliveries_due (webhook_id=? AND status=?" in plan]) == 2, plans
    assert len([plan for plan in plans if "(id<?)" in plan]) == 1, plans


async def test_a_deleted_webhooks_messages_go_in_batches(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "PRUNE_BATCH", 2)
    gone = await hook(store)
    await tell(store, 5)
    (last, *_) = await claim(store, 1)
    await store.run(webhooks.delete_webhook, "p", gone)
    assert len(await rows(store)) == 3
    assert await claim(store) == []
    await store.run(finish_delivery, last, WRONG, ())
    assert await store.read(deliveries.list_lost_webhooks) == [gone]
    counts = [await store.run(deliveries.forget_messages, gone) for _ in range(3)]
    assert (counts, await rows(store)) == ([2, 1, 0], [])


async def test_old_messages_are_forgotten(store: Store) -> None:
    await hook(store)
    await tell(store, 3)
    assert await store.run(deliveries.prune_deliveries, 1) == 0
    long_ago = utc_now() - timedelta(days=2)
    (one, *_) = await rows(store)
    await store.run(
        lambda: Delivery.update(id=f"{first_id_at(long_ago)}{one.id[13:]}").where(Delivery.id == one.id).execute()
    )
    assert await store.run(deliveries.prune_deliveries, 1) == 1
    assert len(await rows(store)) == 2


async def test_a_message_written_before_a_start_is_sent_after_it(store: Store, settings: Settings) -> None:
    allowing = replace(settings, webhook_allow_private=True)
    with receive() as receiver:
        await hook(store, receiver.url)
        await tell(store)
        async with open_sender(allowing) as sender, run_courier(Courier(store, sender.post, (), 30)):
            (message,) = await asyncio.to_thread(receiver.wait, 1)
    assert message.json()["data"] == {"project_id": "p", "number": 0}


async def test_many_messages_all_arrive_once(store: Store, settings: Settings) -> None:
    allowing = replace(settings, webhook_allow_private=True)
    with receive() as receiver:
        await hook(store, receiver.url)
        await hook(store, receiver.url, None)
        async with open_sender(allowing) as sender, run_courier(Courier(store, sender.post, (), 30)):
            await tell(store, 5 * LIMITS.each)
            messages = await asyncio.to_thread(receiver.wait, 10 * LIMITS.each)
    assert len({message.id for message in messages}) == len(messages) == 10 * LIMITS.each


class Turncoat(AbstractResolver):
    """Means the public internet at first, and loopback as soon as it has been believed."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)

    async def resolve(self, host: str, port: int = 0, **_more: Any) -> list[ResolveResult]:
        addresses = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [
            ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0)
            for address in addresses
        ]

    async def close(self) -> None:
        pass


def parcel_to(url: str) -> Parcel:
    return Parcel("id", "hook", url, b"{}", ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",), 1)


async def test_a_name_that_turns_inside_is_not_followed(settings: Settings) -> None:
    public = "192.88.99.1"
    quick = replace(settings, webhook_timeout_s=0.2)
    with receive() as receiver:
        url = f"http://rebind.example:{receiver.port}/"
        for answers in ([[public], ["127.0.0.1"]], [[public, "127.0.0.1"], ["127.0.0.1", public]]):
            async with open_sender(quick, Turncoat(*answers)) as sender:
                outcomes = [await sender.post(parcel_to(url)) for _ in range(3)]
            assert [outcome.status for outcome in outcomes] == [None] * 3
        assert receiver.messages == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "[::ffff:127.0.0.1]"])
async def test_an_address_inside_is_refused_at_every_send(settings: Settings, host: str) -> None:
    with receive() as receiver:
        async with open_sender(settings) as sender:
            outcome = await sender.post(parcel_to(f"http://{host}:{receiver.port}/"))
        assert outcome.status is None
        assert outcome.error in (REFUSED, "Its URL cannot be called.")
        assert receiver.messages == []


async def test_a_redirect_inside_is_no_way_in_either(settings: Settings) -> None:
    allowing = replace(settings, webhook_allow_private=True)
    with receive(accept) as receiver:
        async with open_sender(allowing) as sender:
            assert (await sender.post(parcel_to(receiver.url))).status == 200
        async with open_sender(settings) as sender:
            outcome = await sender.post(parcel_to("http://93.184.216.34:25/"))
        assert outcome.error == "A webhook goes to port 80, 443, or one from 1024 on."
