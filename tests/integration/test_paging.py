"""Lists in pages through a real server: whole without a limit, nothing twice or left out, no place made up."""

import base64
import re
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.running import LESSON, Server, run_server
from tests.wire import Answer, call, check_refusal, send_json

JOBS = "/projects/pages/jobs"
LINK = re.compile(r'<(/[^>]+)>; rel="next"')


@pytest.fixture(scope="module")
def idle() -> Iterator[Server]:
    with run_server(WORKER_CONCURRENCY=0, MAX_QUEUE_SIZE=10_000) as running:
        yield running


@pytest.fixture(scope="module")
def ids(idle: Server) -> list[str]:
    """Jobs, newest first; the three oldest are cancelled."""
    asset_id = idle.upload("pages", LESSON)["asset_id"]
    body = {"job_type": "ingest", "payload": {"asset_id": asset_id}}
    made = [str(send_json(idle, JOBS, body).json()["id"]) for _ in range(11)]
    for job_id in made[:3]:
        call(idle, "POST", f"{JOBS}/{job_id}/cancel")
    return made[::-1]


def follow(server: Server, path: str | None) -> Iterator[list[str]]:
    """The ids of each page."""
    while path:
        answer = call(server, "GET", path)
        assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
        yield [row["id"] for row in answer.json()]
        path = find_next(answer)


def find_next(answer: Answer) -> str | None:
    found = LINK.fullmatch(answer.headers["link"]) if "link" in answer.headers else None
    return found[1] if found else None


@pytest.mark.parametrize("limit", [1, 3, 4, 10, 11, 12, 1000])
def test_pages_together_are_the_whole_list(idle: Server, ids: list[str], limit: int) -> None:
    pages = list(follow(idle, f"{JOBS}?limit={limit}"))
    assert [job_id for page in pages for job_id in page] == ids
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert 0 < len(pages[-1]) <= limit


def test_without_a_limit_the_list_is_whole_and_leads_nowhere(idle: Server, ids: list[str]) -> None:
    answer = call(idle, "GET", JOBS)
    assert [job["id"] for job in answer.json()] == ids
    assert "link" not in answer.headers
    assert call(idle, "GET", "/projects/nobody/jobs?limit=5").json() == []


def test_the_filter_stays_from_page_to_page(idle: Server, ids: list[str]) -> None:
    pages = list(follow(idle, f"{JOBS}?status=CANCELLED&status=failed&limit=2"))
    assert pages == [ids[-3:-1], ids[-1:]]


def test_a_page_goes_on_where_the_last_one_ended_whatever_comes_meanwhile(idle: Server, ids: list[str]) -> None:
    first = call(idle, "GET", f"{JOBS}?limit=4")
    made = send_json(idle, JOBS, {"job_type": "ingest", "payload": first.json()[0]["payload"]}).json()["id"]
    second = call(idle, "GET", find_next(first) or "")
    assert [job["id"] for job in second.json()] == ids[4:8]
    ids.insert(0, made)


@pytest.mark.parametrize(
    ("limit", "kind"),
    [
        *(("0", "greater_than_equal"), ("-1", "greater_than_equal"), ("1001", "less_than_equal")),
        *((text, "int_parsing") for text in ("", "1.5", "many", "9" * 5000, "NaN")),
    ],
)
def test_a_limit_out_of_bounds_is_refused(idle: Server, limit: str, kind: str) -> None:
    answer = call(idle, "GET", f"{JOBS}?limit={limit}")
    check_refusal(answer, 422, "invalid", "Input should be")
    (problem,) = answer.json()["detail"]
    assert (problem["type"], problem["loc"]) == (kind, ["query", "limit"])


def write_cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


BAD: list[Any] = ["junk!", "aGVsbG8", "%00", "x" * 7000, "1", write_cursor("[]"), write_cursor("{}"), write_cursor("5")]
BAD += [write_cursor('["a","b"]'), write_cursor(r'["\ud800"]'), write_cursor("[" * 5000)]


@pytest.mark.parametrize("cursor", BAD)
def test_a_place_that_is_none_is_refused(idle: Server, cursor: str) -> None:
    answer = call(idle, "GET", f"{JOBS}?limit=2&cursor={cursor}")
    check_refusal(answer, 422, "invalid", "Take the cursor from a Link header")
    assert answer.json()["detail"][0]["loc"] == ["query", "cursor"]


def test_a_strange_place_of_the_right_form_is_only_a_place(idle: Server, ids: list[str]) -> None:
    for value, found in (('"~"', ids), ('" "', []), ("12345", ids), ('"\' OR 1=1--"', [])):
        answer = call(idle, "GET", f"{JOBS}?cursor={write_cursor(f'[{value}]')}")
        assert [job["id"] for job in answer.json()] == found
