"""No answer is taken for a page, whatever somebody wrote into an address or a name."""

import re
from urllib.parse import quote

import pytest

from benchmarks.running import Server
from tests.wire import call, part, upload

PAGES = ("/docs", "/redoc")
STREAMS = ("/events", "/ws")
SCRIPT = quote("<script>hit</script>", safe="")
PROJECT = "plain"
NAMES = [
    b"<img src=x onerror=hit>.mp4",
    b"a; filename=evil.html.mp4",
    b"evil.html%0d%0aContent-Type: text/html.mp4",
    "evil\u202e4pm.html.mp4".encode(),
    b"../../evil.mp4",
    b"CON.mp4",
]


def list_addresses(server: Server, project_id: str) -> list[str]:
    paths = [path for path, about in call(server, "GET", "/openapi.json").json()["paths"].items() if "get" in about]
    named = [path.replace("{project_id}", project_id) for path in paths if not path.endswith(STREAMS + PAGES)]
    return [re.sub(r"\{[^}]+\}", SCRIPT, path) for path in named]


@pytest.mark.parametrize("project_id", [PROJECT, SCRIPT])
def test_every_address_answers_what_it_says(server: Server, project_id: str) -> None:
    addresses = list_addresses(server, project_id)
    assert len(addresses) > 50
    for address in addresses:
        answer = call(server, "GET", f"{address}?q={SCRIPT}&limit={SCRIPT}")
        assert answer.headers["x-content-type-options"] == "nosniff", address
        kind = answer.headers.get("content-type", "")
        assert answer.status < 500, address
        assert kind.startswith(("application/json", "text/plain", "text/css", "text/javascript")) or not answer.body
        assert "text/html" not in kind, address


@pytest.mark.parametrize("path", ["/nowhere", f"/{SCRIPT}", f"/docs/{SCRIPT}", f"/projects/p/videos/{SCRIPT}/content"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PUT"])
def test_an_error_is_no_page(server: Server, method: str, path: str) -> None:
    answer = call(server, method, path, b"" if method != "GET" else None)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert b"<script>" not in answer.body


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_a_name_wherever_it_is_told(server: Server, small_video: bytes, name: bytes) -> None:
    sent = upload(server, PROJECT, part(small_video, filename=name, more=b"Content-Type: text/html\r\n"))
    assert sent.status == 201, sent
    asset_id, stored = sent.json()["asset_id"], sent.json()["filename"]
    assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*-[0-9a-f]{10}\.mp4", stored)
    content = call(server, "GET", f"/projects/{PROJECT}/videos/{asset_id}/content?download=true")
    assert content.headers["content-type"] == "video/mp4"
    shown = content.headers.get("content-disposition", "attachment")
    assert re.fullmatch(
        r"attachment(?:; filename=\"[A-Za-z0-9 ._()-]+\.mp4\"; filename\*=UTF-8''[\w.%-]+\.mp4)?", shown
    )
    assert [path.suffix for path in (server.folder / "uploads" / PROJECT).iterdir() if path.name == stored] == [".mp4"]
    assert call(server, "DELETE", f"/projects/{PROJECT}/videos/{asset_id}").status == 204
