"""The search over all projects shows each token its own; a correction bears its author's name; webhooks their owner."""

import json
from collections.abc import Iterator

import pytest

from benchmarks.running import LESSON
from tests.guarded import OTHER, OWN, PEOPLE, Guarded, run_guarded
from tests.wire import FORM, check_refusal, form, part

VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\nThe stroma is a fluid.\n"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with run_guarded(tmp_path_factory.mktemp("search-access")) as running:
        for who, wanted in PEOPLE.items():
            running.add(who, **wanted)
        yield running


@pytest.fixture(scope="module")
def videos(guarded: Guarded) -> dict[str, str]:
    """The path of a video with a transcript, by project."""
    paths = {}
    for project in (OWN, OTHER):
        sent = guarded.call(
            "editor", "POST", f"/projects/{project}/videos", form(part(LESSON.read_bytes())), content_type=FORM
        )
        paths[project] = f"/projects/{project}/videos/{sent.json()['asset_id']}"
        put = guarded.call("editor", "PUT", f"{paths[project]}/transcript", VTT, content_type="text/vtt")
        assert (put.status, put.json()["author"]) == (200, "editor")
    return paths


@pytest.mark.usefixtures("videos")
@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("admin", {OWN, OTHER}),
        ("viewer", {OWN, OTHER}),
        ("viewer of own", {OWN}),
        ("editor of other", {OTHER}),
    ],
)
def test_a_search_over_all_shows_what_the_token_may_see(guarded: Guarded, who: str, seen: set[str]) -> None:
    found = guarded.call(who, "GET", "/search?q=stroma").json()
    assert {hit["project_id"] for hit in found} == seen


def test_a_correction_bears_its_authors_name(guarded: Guarded, videos: dict[str, str]) -> None:
    path = f"{videos[OWN]}/transcript"
    body = {"revision": 1, "segments": [{"index": 0, "text": "The stroma is watery."}]}
    raw = json.dumps(body).encode()
    refused = guarded.call("viewer of own", "PATCH", path, raw, content_type="application/json")
    check_refusal(refused, 403, "forbidden")
    made = guarded.call("editor of own", "PATCH", path, raw, content_type="application/json").json()
    assert (made["author"], made["revision"]) == ("editor of own", 2)


def test_webhooks_of_all_projects_are_for_admins(guarded: Guarded) -> None:
    new = {"url": "http://93.184.216.34/", "active": False}
    assert guarded.post("editor of own", f"/projects/{OWN}/webhooks", new).status == 201
    check_refusal(guarded.post("editor of own", f"/projects/{OTHER}/webhooks", new), 403, "forbidden")
    check_refusal(guarded.post("editor", "/webhooks", new), 403, "forbidden")
    made = guarded.post("admin", "/webhooks", new).json()
    assert made["project_id"] is None
    audit = guarded.call("admin", "GET", "/audit").body
    assert made["secret"].encode() not in audit
