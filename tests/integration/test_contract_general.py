"""What clients of the seed rely on everywhere: JSON, moments, errors, redirects, CORS, what is up and what it is."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from benchmarks.running import LESSON, Server, run_server
from tests.wire import Answer, call, check_refusal, send_json

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
OURS, FOREIGN = "http://localhost:5173", "http://localhost:5174"
PATHS = {
    "/health": {"get"},
    "/info": {"get"},
    "/storage/stats": {"get"},
    "/projects/{project_id}/videos": {"get", "post"},
    "/projects/{project_id}/videos/{asset_id}": {"delete"},
    "/projects/{project_id}/storage": {"delete"},
    "/projects/{project_id}/storage/stats": {"get"},
    "/projects/{project_id}/jobs": {"get", "post"},
    "/projects/{project_id}/jobs/{job_id}": {"get"},
    "/projects/{project_id}/jobs/{job_id}/events": {"get"},
}
SCHEMAS = {
    *(
        "JobCreateRequest",
        "JobResponse",
        "JobLogEntryResponse",
        "JobStatus",
        "VideoUploadResponse",
        "VideoAssetResponse",
    ),
    *("StorageStatsResponse", "HealthResponse", "ProjectInfoResponse", "HTTPValidationError", "ValidationError"),
}
GETS = (
    "/health",
    "/info",
    "/storage/stats",
    "/projects",
    "/projects/p/videos",
    "/projects/p/jobs",
    "/projects/p/storage/stats",
    "/projects/p/assets",
)


@pytest.mark.parametrize("path", GETS)
def test_answers_are_json_without_a_charset(server: Server, path: str) -> None:
    answer = call(server, "GET", path)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    told = call(server, "HEAD", path)
    assert (told.status, told.body, told.headers["content-type"]) == (200, b"", "application/json")


@pytest.mark.parametrize("path", [*GETS, "/projects/p/videos/x", "/projects/p/jobs/x"])
def test_options_says_what_may_be_done(server: Server, path: str) -> None:
    answer = call(server, "OPTIONS", path)
    assert (answer.status, answer.body) == (204, b"")
    allowed = {name.strip() for name in answer.headers["allow"].split(",")}
    assert {"GET", "HEAD", "OPTIONS"} <= allowed
    wrong = call(server, "TRACE", path)
    check_refusal(wrong, 405, "method_not_allowed")
    assert wrong.json()["detail"] == "Method Not Allowed"
    assert {name.strip() for name in wrong.headers["allow"].split(",")} == allowed - {"OPTIONS"}
    check_refusal(call(server, "OPTIONS", "/nowhere"), 404, "not_found", "Not Found")


def test_health_and_info_are_the_seeds(server: Server) -> None:
    health = call(server, "GET", "/health").json()
    assert health["status"] == "healthy"
    assert MOMENT.fullmatch(health["timestamp"])
    assert abs(datetime.fromisoformat(health["timestamp"]) - datetime.now(UTC)) < timedelta(minutes=1)
    assert call(server, "GET", "/info").json() == {"name": "Quiz System Backend", "version": "0.1.0", "debug": False}


def test_an_unknown_route_and_a_missing_thing_say_so(server: Server) -> None:
    for path, sentence in (
        ("/nowhere", "Not Found"),
        ("/projects/p/videos/x", "Asset not found"),
        ("/projects/p/jobs/x", "Job not found"),
    ):
        answer = call(server, "GET", path)
        check_refusal(answer, 404, "not_found")
        assert answer.json()["detail"] == sentence


def test_a_422_lists_every_problem_with_its_place(server: Server) -> None:
    answer = send_json(server, "/projects/p/jobs", {"job_type": "sing", "payload": [], "max_attempts": 0})
    check_refusal(answer, 422, "invalid")
    problems = {tuple(problem["loc"]): problem for problem in answer.json()["detail"]}
    assert set(problems) == {("body", "job_type"), ("body", "payload"), ("body", "max_attempts")}
    for problem in problems.values():
        assert {"type", "loc", "msg", "input"} <= set(problem) <= {"type", "loc", "msg", "input", "ctx"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/health"),
        ("GET", "/projects/p/videos"),
        ("POST", "/projects/p/videos"),
        ("DELETE", "/projects/p/storage"),
        ("GET", "/storage/stats"),
    ],
)
def test_a_trailing_slash_leads_on(server: Server, method: str, path: str) -> None:
    answer = call(server, method, f"{path}/?a=b%26c")
    assert (answer.status, answer.headers["location"]) == (307, f"{path}?a=b%26c")


@pytest.mark.parametrize(
    "project", ["%20", "a%20b", "%2e%2e", "%2e", "-x", "_x", "%C3%A4", "x" * 65, "a%0a", "a%00", "~"]
)
def test_a_project_has_a_plain_name(server: Server, project: str) -> None:
    for method, path in (
        ("GET", "videos"),
        ("GET", "jobs"),
        ("GET", "assets"),
        ("GET", "storage/stats"),
        ("DELETE", "storage"),
    ):
        answer = call(server, method, f"/projects/{project}/{path}")
        if answer.status == 404 and project in ("%2e", "%2e%2e"):
            # The path was made shorter on the way, as RFC 3986 has it: it names nothing of ours.
            continue
        check_refusal(answer, 400, "bad_project_id", "A project id is 1 to 64 letters, digits, dots")


def test_every_path_and_schema_of_the_seed_is_described(server: Server) -> None:
    document = call(server, "GET", "/openapi.json").json()
    assert document["openapi"].startswith("3.1.")
    for path, methods in PATHS.items():
        assert methods <= set(document["paths"][path]), path
    assert set(document["components"]["schemas"]) >= SCHEMAS
    for path in ("/docs", "/redoc"):
        page = call(server, "GET", path)
        assert (page.status, page.headers["content-type"].split(";")[0]) == (200, "text/html")


def check_open(answer: Answer) -> None:
    assert answer.headers["access-control-allow-origin"] == OURS
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "Origin" in answer.headers["vary"]


def test_a_page_of_an_allowed_origin_may_read_everything(server: Server) -> None:
    video = server.upload("cors", LESSON)["asset_id"]
    path = f"/projects/cors/videos/{video}"
    for method, place, status in (
        ("GET", "/health", 200),
        ("GET", "/nowhere", 404),
        ("PATCH", "/health", 405),
        ("POST", "/projects/cors/videos", 422),
        ("GET", f"{path}/content", 200),
        ("DELETE", path, 204),
        ("GET", "/health/", 307),
        ("DELETE", path, 404),
    ):
        answer = call(server, method, place, origin=OURS)
        assert answer.status == status
        check_open(answer)
        plain = call(server, method, place, origin=FOREIGN)
        assert "access-control-allow-origin" not in plain.headers


def test_a_preflight_is_answered_as_the_seed_did(server: Server) -> None:
    asked: dict[str, Any] = {"access_control_request_method": "DELETE", "access_control_request_headers": "X-One,x-two"}
    answer = call(server, "OPTIONS", "/projects/p/storage", origin=OURS, **asked)
    assert (answer.status, answer.body) == (200, b"OK")
    assert answer.headers["content-type"].startswith("text/plain")
    check_open(answer)
    assert answer.headers["access-control-allow-methods"] == "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
    assert answer.headers["access-control-max-age"] == "600"
    assert answer.headers["access-control-allow-headers"] == "X-One,x-two"
    refused = call(server, "OPTIONS", "/projects/p/storage", origin=FOREIGN, **asked)
    assert (refused.status, refused.body) == (400, b"Disallowed CORS origin")


def test_the_origins_are_those_of_the_setting() -> None:
    with run_server(WORKER_CONCURRENCY=0, CORS_ORIGINS="https://one.example, https://two.example") as server:
        for origin, is_open in (("https://one.example", True), ("https://two.example", True), (OURS, False)):
            headers = call(server, "GET", "/health", origin=origin).headers
            assert (headers.get("access-control-allow-origin") == origin) is is_open
