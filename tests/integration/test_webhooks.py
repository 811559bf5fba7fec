"""Webhooks through a real server to real receivers: signed, tried again, never trusting who answers."""

import http.server
import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.running import LESSON, Server, run_server
from tests.receiver import WAIT_S, answer, check_signature, free_port, receive
from tests.wire import Answer, call, check_refusal

SECRET = "whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
DELAYS = "0.1,0.1,0.1"


@pytest.fixture(scope="module")
def hooked() -> Iterator[Server]:
    """A server that may call loopback and does not wait long."""
    with run_server(
        WORKER_CONCURRENCY=0, WEBHOOK_ALLOW_PRIVATE="true", WEBHOOK_TIMEOUT_S=0.5, WEBHOOK_RETRY_DELAYS_S=DELAYS
    ) as running:
        yield running


@pytest.fixture
def project() -> str:
    return f"hooks-{uuid.uuid4().hex[:8]}"


def send(server: Server, method: str, path: str, body: object = None) -> Answer:
    raw = None if body is None else json.dumps(body).encode()
    return call(server, method, path, raw, content_type="application/json")


def make(server: Server, project: str | None, url: str, **more: object) -> Any:
    root = f"/projects/{project}" if project else ""
    made = send(server, "POST", f"{root}/webhooks", {"url": url} | more)
    assert made.status == 201, made
    return made.json() | {"path": f"{root}/webhooks/{made.json()['id']}"}


def ping(server: Server, hook: Any) -> Any:
    sent = send(server, "POST", f"{hook['path']}/test")
    assert sent.status == 202, sent
    return sent.json()


def settle(server: Server, hook: Any, delivery_id: str) -> Any:
    """The delivery once it waits no more."""
    deadline_s = time.monotonic() + WAIT_S
    while time.monotonic() < deadline_s:
        found = call(server, "GET", f"{hook['path']}/deliveries/{delivery_id}").json()
        if found["status"] != "pending":
            return found
        time.sleep(0.02)
    raise AssertionError(found)


def read(server: Server, hook: Any) -> Any:
    return call(server, "GET", hook["path"]).json()


def test_a_message_is_signed_as_the_standard_says(hooked: Server, project: str) -> None:
    with receive() as receiver:
        hook = make(hooked, project, receiver.url, secret=SECRET)
        sent = ping(hooked, hook)
        (message,) = receiver.wait(1)
        check_signature(message, SECRET)
        assert (message.id, message.body.decode()) == (sent["id"], sent["body"])
        assert message.headers["content-type"] == "application/json"
        told = message.json()
        assert (told["type"], told["data"]) == ("webhook.ping", {"webhook_id": hook["id"], "project_id": project})
        done = settle(hooked, hook, sent["id"])
    assert (done["status"], done["tries"], done["response_status"]) == ("delivered", 1, 200)
    assert (done["response_head"], done["error"], done["next_try_at"]) == ("thanks", None, None)
    assert read(hooked, hook)["delivered_at"] is not None


def test_what_happens_is_told_to_who_asked_for_it(hooked: Server, project: str) -> None:
    with receive() as mine, receive() as all_of_it, receive() as others:
        make(hooked, project, mine.url, events=["video.deleted", "transcript.changed"])
        overall = make(hooked, None, all_of_it.url)
        make(hooked, project + "x", others.url)
        asset_id = hooked.upload(project, LESSON)["asset_id"]
        path = f"/projects/{project}/videos/{asset_id}"
        captions = b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello.\n"
        assert call(hooked, "PUT", f"{path}/transcript", captions, content_type="text/vtt").status == 200
        job = send(
            hooked, "POST", f"/projects/{project}/jobs", {"job_type": "ingest", "payload": {"asset_id": asset_id}}
        )
        assert call(hooked, "POST", f"/projects/{project}/jobs/{job.json()['id']}/cancel").status == 202
        assert call(hooked, "DELETE", path).status == 204
        told = {message.json()["type"]: message.json()["data"] for message in all_of_it.wait(4)}
        assert set(told) == {"video.created", "transcript.changed", "job.cancelled", "video.deleted"}
        assert {data["asset_id"] for data in told.values()} == {asset_id}
        assert {data["project_id"] for data in told.values()} == {project}
        assert told["job.cancelled"]["job_id"] == job.json()["id"]
        assert {message.json()["type"] for message in mine.wait(2)} == {"transcript.changed", "video.deleted"}
        assert others.messages == []
        call(hooked, "DELETE", overall["path"])


def test_the_secret_is_told_once_and_never_again(hooked: Server, project: str) -> None:
    hook = make(hooked, project, "http://127.0.0.1:1/x")
    assert hook["secret"].startswith("whsec_")
    shown = [
        call(hooked, "GET", hook["path"]).body,
        call(hooked, "GET", f"/projects/{project}/webhooks").body,
        send(hooked, "PATCH", hook["path"], {"description": "d"}).body,
        call(hooked, "GET", "/audit").body,
        (hooked.folder / "app.log").read_bytes(),
    ]
    assert not [body for body in shown if hook["secret"].encode() in body or b'"secret"' in body]


def test_a_new_secret_signs_beside_the_old_one(hooked: Server, project: str) -> None:
    with receive() as receiver:
        hook = make(hooked, project, receiver.url)
        rotated = send(hooked, "POST", f"{hook['path']}/rotate", {"secret": SECRET}).json()
        assert rotated["secret"] == SECRET
        ping(hooked, hook)
        check_signature(receiver.wait(1)[0], SECRET, hook["secret"])
        fresh = send(hooked, "POST", f"{hook['path']}/rotate").json()["secret"]
        assert fresh not in (SECRET, hook["secret"])


def test_a_failure_is_tried_again_under_the_same_id(hooked: Server, project: str) -> None:
    def respond(handler: http.server.BaseHTTPRequestHandler, number: int) -> None:
        answer(handler, 200 if number == 3 else 500, f"try {number}".encode())

    with receive(respond) as receiver:
        hook = make(hooked, project, receiver.url)
        done = settle(hooked, hook, ping(hooked, hook)["id"])
        messages = receiver.wait(3)
    assert (done["status"], done["tries"], done["response_head"]) == ("delivered", 3, "try 3")
    assert {(message.id, message.body) for message in messages} == {(done["id"], done["body"].encode())}
    for message in messages:
        check_signature(message, hook["secret"])


def test_what_never_arrives_is_given_up_and_the_webhook_switched_off(hooked: Server, project: str) -> None:
    hook = make(hooked, project, f"http://127.0.0.1:{free_port()}/nobody")
    sent = ping(hooked, hook)
    done = settle(hooked, hook, sent["id"])
    assert (done["status"], done["tries"], done["response_status"]) == ("failed", 4, None)
    assert done["error"] == "It cannot be connected to."
    off = read(hooked, hook)
    assert (off["active"], "Nothing has arrived" in off["disabled_reason"]) == (False, True)
    check_refusal(send(hooked, "POST", f"{hook['path']}/test"), 409, "conflict", "switch it on")
    on = send(hooked, "PATCH", hook["path"], {"active": True}).json()
    assert (on["active"], on["disabled_reason"]) == (True, "")


def test_it_can_be_delivered_again_by_hand(hooked: Server, project: str) -> None:
    port = free_port()
    hook = make(hooked, project, f"http://127.0.0.1:{port}/later")
    sent = ping(hooked, hook)
    settle(hooked, hook, sent["id"])
    with receive(port=port) as receiver:
        send(hooked, "PATCH", hook["path"], {"active": True})
        again = send(hooked, "POST", f"{hook['path']}/deliveries/{sent['id']}/redeliver")
        assert (again.status, again.json()["tries"]) == (202, 0)
        assert receiver.wait(1)[0].id == sent["id"]
        assert settle(hooked, hook, sent["id"])["status"] == "delivered"
    listed = call(hooked, "GET", f"{hook['path']}/deliveries?limit=1").json()
    assert [row["id"] for row in listed] == [sent["id"]]


def test_gone_switches_it_off_at_once(hooked: Server, project: str) -> None:
    with receive(lambda handler, _number: answer(handler, 410, b"bye")) as receiver:
        hook = make(hooked, project, receiver.url)
        done = settle(hooked, hook, ping(hooked, hook)["id"])
        assert (done["status"], done["tries"]) == ("failed", 1)
        assert len(receiver.messages) == 1
    assert "410" in read(hooked, hook)["disabled_reason"]


def test_a_redirect_is_not_followed(hooked: Server, project: str) -> None:
    with receive() as inner, receive(lambda handler, _: answer(handler, 302, b"", Location=inner.url)) as receiver:
        hook = make(hooked, project, receiver.url)
        done = settle(hooked, hook, ping(hooked, hook)["id"])
        assert (done["status"], done["response_status"]) == ("failed", 302)
        assert inner.messages == []


def test_an_endless_answer_is_read_a_little(hooked: Server, project: str) -> None:
    def respond(handler: http.server.BaseHTTPRequestHandler, _number: int) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"\x1b[31m<b>" + b"x" * 65536)

    with receive(respond) as receiver:
        hook = make(hooked, project, receiver.url)
        done = settle(hooked, hook, ping(hooked, hook)["id"])
    assert (done["status"], done["tries"]) == ("delivered", 1)
    assert done["response_head"].startswith("[31m<b>xxx")
    assert len(done["response_head"]) <= 4096


@pytest.mark.parametrize(
    "raw", [b"", b"HTTP/1.1 200 OK\r\n", b"\x00\xff junk\r\n\r\n", b"HTTP/1.1 200 OK\r\nx: " + b"y" * 99_999]
)
def test_what_is_no_answer_is_a_failure(hooked: Server, project: str, raw: bytes) -> None:
    def respond(handler: http.server.BaseHTTPRequestHandler, _number: int) -> None:
        handler.wfile.write(raw)
        handler.wfile.flush()
        handler.close_connection = True

    with receive(respond) as receiver:
        hook = make(hooked, project, receiver.url)
        done = settle(hooked, hook, ping(hooked, hook)["id"])
    assert (done["status"], done["response_status"]) == ("failed", None)
    assert done["error"]


def test_a_silent_receiver_holds_up_nobody_else(hooked: Server, project: str) -> None:
    def respond(_handler: http.server.BaseHTTPRequestHandler, _number: int) -> None:
        time.sleep(0.8)

    with receive(respond) as slow, receive() as quick:
        lazy = make(hooked, project, slow.url)
        lively = make(hooked, project, quick.url)
        first = [ping(hooked, lazy) for _ in range(40)]
        ping(hooked, lively)
        quick.wait(1)
        assert call(hooked, "GET", f"{lazy['path']}/deliveries/{first[-1]['id']}").json()["tries"] == 0
        slow.wait(4)
        deadline_s = time.monotonic() + WAIT_S
        while (done := call(hooked, "GET", f"{lazy['path']}/deliveries/{first[0]['id']}").json())["error"] is None:
            assert time.monotonic() < deadline_s
            time.sleep(0.02)
        assert done["error"] == "No answer came within 0.5 s."
        assert call(hooked, "DELETE", lazy["path"]).status == 204
    check_refusal(call(hooked, "GET", lazy["path"]), 404, "not_found")


WRONG: list[tuple[dict[str, object], list[object], str]] = [
    ({}, ["url"], "required"),
    ({"url": 5}, ["url"], "string"),
    ({"url": "ftp://example.org/"}, ["url"], "https://"),
    ({"url": "https://"}, ["url"], "a host"),
    ({"url": "https://user:pw@example.org/"}, ["url"], "name and password"),
    ({"url": "https://example.org/#x"}, ["url"], "fragment"),
    ({"url": "https://exa mple.org/"}, ["url"], "spaces"),
    ({"url": "http://[::1"}, ["url"], "no URL"),
    ({"url": "https://example.org:99999/"}, ["url"], "no URL"),
    ({"url": "https://example.org/" + "x" * 2048}, ["url"], "2048 characters"),
    ({"url": "http://127.0.0.1:1/", "events": []}, ["events"], "at least one event"),
    ({"url": "http://127.0.0.1:1/", "events": ["job.exploded"]}, ["events", 0], "job.completed"),
    ({"url": "http://127.0.0.1:1/", "events": "*"}, ["events"], "list"),
    ({"url": "http://127.0.0.1:1/", "secret": "whsec_short"}, ["secret"], "24 to 64"),
    ({"url": "http://127.0.0.1:1/", "secret": SECRET.removeprefix("whsec_")}, ["secret"], "whsec_"),
    ({"url": "http://127.0.0.1:1/", "description": "x" * 501}, ["description"], "500 characters"),
    ({"url": "http://127.0.0.1:1/", "active": "maybe"}, ["active"], "boolean"),
]


@pytest.mark.parametrize(("body", "place", "says"), WRONG)
def test_a_wrong_webhook_is_named(
    hooked: Server, project: str, body: dict[str, object], place: list[object], says: str
) -> None:
    refused = send(hooked, "POST", f"/projects/{project}/webhooks", body)
    check_refusal(refused, 422, "invalid", says)
    assert refused.json()["detail"][0]["loc"] == ["body", *place]
    assert call(hooked, "GET", f"/projects/{project}/webhooks").json() == []


def test_a_project_has_a_number_of_them_and_its_own_only(hooked: Server, project: str) -> None:
    hooks = [make(hooked, project, f"http://127.0.0.1:1/{n}", active=False) for n in range(20)]
    many = send(hooked, "POST", f"/projects/{project}/webhooks", {"url": "http://127.0.0.1:1/"})
    check_refusal(many, 409, "conflict", "20 webhooks")
    assert [row["url"] for row in call(hooked, "GET", f"/projects/{project}/webhooks").json()] == [
        h["url"] for h in hooks
    ]
    stranger = hooks[0]["path"].replace(project, "another")
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/test"), ("GET", "/deliveries"), ("POST", "/rotate")):
        check_refusal(send(hooked, method, stranger + path), 404, "not_found")
    check_refusal(call(hooked, "GET", f"/webhooks/{hooks[0]['id']}"), 404, "not_found")


INSIDE = [
    *("127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1"),
    *(
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[fd00::1]",
        "[fe80::1]",
        "[ff02::1]",
        "[::ffff:10.0.0.1]",
        "[::ffff:7f00:1]",
    ),
    *(
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:db8::1]",
        "localhost",
        "127.1",
        "0x7f.1",
        "2130706433",
    ),
    *("017700000001", "[fd00:ec2::254]"),
]


@pytest.mark.parametrize("host", INSIDE)
def test_no_webhook_goes_inside_unless_allowed(server: Server, host: str) -> None:
    """The shared server runs as everybody's does: WEBHOOK_ALLOW_PRIVATE is off."""
    refused = send(server, "POST", "/projects/hooks/webhooks", {"url": f"http://{host}/x"})
    check_refusal(refused, 422, "invalid", "public internet")


def test_other_services_ports_are_refused(server: Server) -> None:
    refused = send(server, "POST", "/projects/hooks/webhooks", {"url": "http://93.184.216.34:25/"})
    check_refusal(refused, 422, "invalid", "80, 443")
    made = send(server, "POST", "/projects/hooks/webhooks", {"url": "http://93.184.216.34:8443/", "active": False})
    assert made.status == 201
    refused = send(server, "PATCH", f"/projects/hooks/webhooks/{made.json()['id']}", {"url": "http://10.0.0.1/"})
    check_refusal(refused, 422, "invalid", "public internet")
