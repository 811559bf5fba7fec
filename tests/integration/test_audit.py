"""Who changed what: one entry for each change and each refusal, written with the change itself."""

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zlib import crc32

import apsw
import pytest

from benchmarks.running import LESSON
from quizsys.clock import utc_now
from quizsys.db import RIDER, Store
from quizsys.errors import QuizsysError
from quizsys.models.audit import AuditRow
from quizsys.models.tokens import Token
from quizsys.services import audit, tokens
from quizsys.services.audit import Entry
from tests.guarded import OWN, Guarded, run_command, run_guarded
from tests.wire import FORM, check_refusal, connect, form, head, part, upload

JOBS = f"/projects/{OWN}/jobs"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with run_guarded(tmp_path_factory.mktemp("audit")) as running:
        running.add("editor", role="editor", projects=[OWN])
        yield running


@pytest.fixture(scope="module")
def video(guarded: Guarded) -> str:
    answer = upload(guarded.server, OWN, part(LESSON.read_bytes()), **guarded.headers("editor"))
    return str(answer.json()["asset_id"])


def list_entries(guarded: Guarded, query: str = "") -> list[dict[str, Any]]:
    answer = guarded.call("admin", "GET", f"/audit{query}")
    assert answer.status == 200, answer
    return list(answer.json())


def test_each_change_has_one_entry(guarded: Guarded, video: str) -> None:
    job = {"job_type": "ingest", "payload": {"asset_id": video}}
    before = len(list_entries(guarded))
    made = guarded.post("editor", JOBS, job)
    job_id = made.json()["id"]
    steps = [
        (made, "create_job", "POST", "jobs", job_id),
        (guarded.post("editor", f"{JOBS}/{job_id}/cancel", {}), "cancel_job", "POST", "jobs", job_id),
        (
            guarded.call("editor", "DELETE", f"/projects/{OWN}/videos/{video}"),
            "delete_video",
            "DELETE",
            "videos",
            video,
        ),
    ]
    newest = list_entries(guarded)
    assert len(newest) == before + len(steps)
    for (answer, action, method, kind, thing_id), entry in zip(steps, newest[2::-1], strict=True):
        expected = {"action": action, "method": method, "kind": kind, "thing_id": thing_id, "status": answer.status}
        expected |= {"project_id": OWN, "token_name": "editor", "token_id": guarded.ids["editor"]}
        expected |= {"address": "127.0.0.1", "request_id": answer.headers["x-request-id"]}
        assert {key: entry[key] for key in expected} == expected
    (uploaded,) = [entry for entry in newest if entry["action"] == "create_video"]
    assert (uploaded["thing_id"], uploaded["status"]) == (video, 201)


def test_what_failed_has_no_entry_and_what_was_forbidden_has_one(guarded: Guarded) -> None:
    before = list_entries(guarded)
    assert guarded.post("editor", JOBS, {}).status == 422
    assert guarded.call("editor", "DELETE", f"/projects/{OWN}/videos/nothing").status == 404
    assert upload(guarded.server, OWN, part(b"no video"), **guarded.headers("editor")).status == 415
    assert guarded.post("stranger", JOBS, {}).status == 401
    assert guarded.call("editor", "GET", JOBS).status == 200
    assert list_entries(guarded) == before
    refused = guarded.call("editor", "GET", "/projects/secret/videos")
    check_refusal(refused, 403, "forbidden")
    (entry, *rest) = list_entries(guarded)
    assert rest == before
    assert (entry["status"], entry["action"], entry["project_id"]) == (403, "list_videos", "secret")
    assert (entry["token_name"], entry["request_id"]) == ("editor", refused.json()["request_id"])


@pytest.mark.parametrize("given", ["%ff%fe", "%00", "%ed%a0%80", "x" * 5000, "%F0%9F%98%80", "..%2f..", "'--"])
def test_a_refusal_is_noted_whatever_was_asked_for(guarded: Guarded, given: str) -> None:
    for path in (f"/projects/{given}/videos", f"/projects/other{crc32(given.encode())}/jobs/{given}"):
        answer = guarded.call("editor", "GET", path)
        check_refusal(answer, 403, "forbidden", "not for this project")
        entry = list_entries(guarded, "?limit=1")[0]
        assert entry["request_id"] == answer.json()["request_id"]
        assert len(entry["project_id"]) <= 64
        assert len(entry["thing_id"] or "") <= 64


def test_tokens_made_and_revoked_are_entries_without_the_token(guarded: Guarded) -> None:
    token = guarded.add("brief", role="viewer")
    guarded.call("admin", "DELETE", f"/tokens/{guarded.ids['brief']}")
    run_command(guarded.server.folder, "token", "create", "--name", "by hand", "--role", "viewer")
    by_command, revoked, made = list_entries(guarded)[:3]
    assert (made["action"], revoked["action"]) == ("create_token", "revoke_token")
    assert made["thing_id"] == revoked["thing_id"] == guarded.ids["brief"]
    assert (by_command["action"], by_command["address"]) == ("create_token", "command line")
    assert by_command["thing_id"]
    assert token not in json.dumps(list_entries(guarded))


def test_what_changes_no_row_has_an_entry_too(guarded: Guarded) -> None:
    before = len(list_entries(guarded))
    answer = guarded.call("editor", "POST", "/logout", b"")
    (entry, *_) = entries = list_entries(guarded)
    assert len(entries) == before + 1
    assert (entry["action"], entry["status"], entry["token_name"]) == ("log_out", answer.status, "editor")


def test_neither_strangers_nor_repeated_refusals_fill_the_table(guarded: Guarded) -> None:
    before = len(list_entries(guarded))
    for _ in range(3):
        assert guarded.call("stranger", "POST", "/logout", b"").status == 204
        check_refusal(guarded.call("editor", "GET", "/projects/polled/videos"), 403, "forbidden")
    assert len(list_entries(guarded)) == before + 1


def test_a_repeat_of_a_request_is_no_change(guarded: Guarded, video: str) -> None:
    assert video
    again = upload(guarded.server, OWN, part(LESSON.read_bytes()), **guarded.headers("editor")).json()["asset_id"]
    body = json.dumps({"job_type": "ingest", "payload": {"asset_id": again}}).encode()
    sent = {"content_type": "application/json", "idempotency_key": "once"}
    first, second = (guarded.call("editor", "POST", JOBS, body, **sent) for _ in range(2))
    assert first.json() == second.json()
    made = [entry for entry in list_entries(guarded) if entry["thing_id"] == first.json()["id"]]
    assert [entry["action"] for entry in made] == ["create_job"]
    assert [entry["request_id"] for entry in made] == [first.headers["x-request-id"]]
    assert second.headers["x-request-id"] not in [entry["request_id"] for entry in list_entries(guarded)]


def test_entries_are_read_in_pages_and_by_project(guarded: Guarded, video: str) -> None:
    assert video
    whole = list_entries(guarded)
    paged, path = [], "/audit?limit=2"
    while path:
        answer = guarded.call("admin", "GET", path)
        paged += answer.json()
        path = answer.headers.get("link", "").partition("<")[2].partition(">")[0]
    assert paged == whole
    assert [entry["id"] for entry in whole] == sorted((entry["id"] for entry in whole), reverse=True)
    own = list_entries(guarded, f"?project={OWN}")
    assert own == [entry for entry in whole if entry["project_id"] == OWN]
    assert 0 < len(own) < len(whole)
    assert list_entries(guarded, "?project=nobody") == []
    for query in ("?limit=0", "?cursor=x", "?project=" + "x" * 65, "?project=%00"):
        assert guarded.call("admin", "GET", f"/audit{query}").status == 422


def test_only_admins_read_it(guarded: Guarded) -> None:
    check_refusal(guarded.call("editor", "GET", "/audit"), 403, "forbidden", "role admin")


def test_an_upload_that_is_cut_off_has_no_entry(guarded: Guarded) -> None:
    before = list_entries(guarded)
    body = form(part(LESSON.read_bytes()))
    with connect(guarded.server) as connection:
        headers = guarded.headers("editor")
        connection.sendall(
            head("POST", f"/projects/{OWN}/videos", content_type=FORM, content_length=len(body), **headers)
        )
        connection.sendall(body[:100_000])
        time.sleep(0.2)
    time.sleep(0.3)
    assert list_entries(guarded) == before


def make_entry() -> Entry:
    return Entry("t", "name", "addr", "POST", "act", "p", "things", None, 201, "request")


def count(store: Store) -> int:
    with apsw.Connection(store.db.database, flags=apsw.SQLITE_OPEN_READONLY) as db:
        return int(db.execute("SELECT COUNT(*) FROM audit").fetchone()[0])


async def test_a_change_and_its_entry_are_one_commit(store: Store) -> None:
    """The service has not returned yet when the entry is already in its transaction: no crash can part them."""
    entry = make_entry()
    RIDER.set(entry)
    made = await store.run(tokens.create_token, tokens.NewToken("x", "viewer"))
    assert entry.done
    row = await store.read(AuditRow.get)
    assert row.thing_id == made["id"]
    await store.run(tokens.revoke_token, made["id"], keep_an_admin=False)
    assert count(store) == 1


async def test_a_change_whose_entry_cannot_be_written_does_not_happen(store: Store) -> None:
    entry = make_entry()
    entry.kind = None  # type: ignore[assignment]
    RIDER.set(entry)
    with pytest.raises(Exception, match="NOT NULL"):
        await store.run(tokens.create_token, tokens.NewToken("x", "viewer"))
    assert not entry.done
    assert not await store.read(Token.select().exists)


async def test_a_change_that_fails_leaves_no_entry_for_itself_nor_its_neighbours_twice(store: Store) -> None:
    async def change(number: int) -> Entry:
        entry = make_entry()
        entry.request_id = str(number)
        RIDER.set(entry)
        try:
            if number % 3:
                await store.run(tokens.create_token, tokens.NewToken("x", "viewer"))
            else:
                await store.run(tokens.revoke_token, "nobody", keep_an_admin=False)
        except QuizsysError:
            assert number % 3 == 0
        return entry

    entries = await asyncio.gather(*(asyncio.create_task(change(number)) for number in range(60)))
    assert [entry.done for entry in entries] == [bool(number % 3) for number in range(60)]
    rows = await store.read(lambda: [row.request_id for row in AuditRow.select()])
    assert sorted(rows, key=int) == [str(number) for number in range(60) if number % 3]


async def test_old_entries_are_forgotten_in_batches(store: Store) -> None:
    def fill() -> None:
        for _ in range(700):
            make_entry().ride(None)

    def age() -> None:
        old = AuditRow.select(AuditRow.id).order_by(AuditRow.id).limit(600)
        AuditRow.update(at=utc_now() - timedelta(days=31)).where(AuditRow.id.in_(old)).execute()

    await store.run(fill)
    await store.run(age)
    assert await store.run(audit.prune_entries, 40) == 0
    assert await store.run(audit.prune_entries, 30) == audit.PRUNE_BATCH
    assert await store.run(audit.prune_entries, 30) == 100
    assert count(store) == 100


async def test_a_status_that_became_another_one_is_corrected(store: Store) -> None:
    for request_id in ("first", "second", "first"):
        entry = make_entry()
        entry.request_id = request_id
        await store.run(entry.ride, None)
    await store.run(audit.correct_status, "first", 503)
    rows = await store.read(lambda: [(row.request_id, row.status) for row in AuditRow.select().order_by(AuditRow.id)])
    assert rows == [("first", 201), ("second", 201), ("first", 503)]
