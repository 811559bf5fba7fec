"""Every other door of a real server: JSON, filters, ranges, methods; each refusal in the form that clients know."""

import itertools
import json
import re
import time
from typing import Any

import pytest

from benchmarks.running import LESSON, Server
from tests.wire import Answer, call, check_refusal, exchange, head, send_json

PROJECT = "requests"
JOBS = f"/projects/{PROJECT}/jobs"
VIDEOS = f"/projects/{PROJECT}/videos"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
LITERAL = "Input should be 'ingest', 'scene_detection', 'transcription', 'quiz_generation' or 'export'"
OBJECT = "Input should be a valid dictionary or object to extract fields from"


@pytest.fixture(scope="module")
def video(server: Server) -> str:
    """The id of a video in PROJECT."""
    return str(server.upload(PROJECT, LESSON)["asset_id"])


@pytest.fixture(autouse=True)
def _no_job_made_and_healthy(server: Server, request: pytest.FixtureRequest) -> Any:
    """What is refused leaves no job, and nothing in the log that calls for its operator."""
    before = len(call(server, "GET", JOBS).json())
    logged = (server.folder / "app.log").stat().st_size
    yield
    if "makes_jobs" not in request.fixturenames:
        assert len(call(server, "GET", JOBS).json()) == before
    with (server.folder / "app.log").open() as log:
        log.seek(logged)
        assert " ERROR " not in log.read()
    assert call(server, "GET", "/health").status == 200


@pytest.fixture
def makes_jobs() -> None:
    """For a test whose requests are good."""


def job(video: str, **more: object) -> dict[str, object]:
    return {"job_type": "ingest", "payload": {"asset_id": video}} | more


def check_problem(answer: Answer, kind: str, loc: list[object], message: str, given: object) -> dict[str, Any]:
    """A 422 with one problem; returns it."""
    check_refusal(answer, 422, "invalid")
    (problem,) = answer.json()["detail"]
    assert {key: problem[key] for key in ("type", "loc", "msg", "input")} == {
        "type": kind,
        "loc": loc,
        "msg": message,
        "input": given,
    }
    return dict(problem)


INT, NUMBER, DICT = (
    "Input should be a valid integer",
    "Input should be a valid number",
    "Input should be a valid dictionary",
)
WRONG_FIELDS = [
    ("job_type", "sing", "literal_error", LITERAL),
    ("job_type", 5, "literal_error", LITERAL),
    ("job_type", ["ingest"], "literal_error", LITERAL),
    ("job_type", "INGEST", "literal_error", LITERAL),
    ("max_attempts", 0, "greater_than_equal", "Input should be greater than or equal to 1"),
    ("max_attempts", -5, "greater_than_equal", "Input should be greater than or equal to 1"),
    ("max_attempts", 1.5, "int_from_float", INT + ", got a number with a fractional part"),
    ("max_attempts", "many", "int_parsing", INT + ", unable to parse string as an integer"),
    ("max_attempts", "9" * 5000, "int_parsing", INT + ", unable to parse string as an integer"),
    ("max_attempts", 10**200, "less_than_equal", "Input should be less than or equal to 100"),
    ("max_attempts", [1], "int_type", INT),
    ("retry_delay_seconds", -0.5, "greater_than_equal", "Input should be greater than or equal to 0"),
    ("retry_delay_seconds", 10**200, "less_than_equal", "Input should be less than or equal to 86400"),
    ("retry_delay_seconds", "inf", "finite_number", "Input should be a finite number"),
    ("retry_delay_seconds", "NaN", "finite_number", "Input should be a finite number"),
    ("retry_delay_seconds", {}, "float_parsing", NUMBER),
    ("payload", None, "dict_type", DICT),
    ("payload", [], "dict_type", DICT),
    ("payload", "asset_id", "dict_type", DICT),
]


@pytest.mark.parametrize(("name", "value", "kind", "message"), WRONG_FIELDS)
def test_a_wrong_field_is_named(server: Server, video: str, name: str, value: object, kind: str, message: str) -> None:
    check_problem(send_json(server, JOBS, job(video, **{name: value})), kind, ["body", name], message, value)


def test_every_wrong_field_is_named_at_once(server: Server) -> None:
    answer = send_json(server, JOBS, {"max_attempts": 0, "retry_delay_seconds": "soon", "payload": 1})
    check_refusal(answer, 422, "invalid")
    places = {problem["loc"][1]: problem["type"] for problem in answer.json()["detail"]}
    assert places == {
        "job_type": "missing",
        "payload": "dict_type",
        "max_attempts": "greater_than_equal",
        "retry_delay_seconds": "float_parsing",
    }


@pytest.mark.parametrize("payload", [{}, {"asset_id": None}, {"asset_id": 5}, {"asset_id": ["x"]}, {"asset": "x"}])
def test_a_job_needs_a_video(server: Server, payload: dict[str, object]) -> None:
    answer = send_json(server, JOBS, {"job_type": "ingest", "payload": payload})
    sentence = "This type of job needs the id of a video."
    check_problem(answer, "missing", ["body", "payload", "asset_id"], sentence, payload.get("asset_id"))


@pytest.mark.parametrize("kind", ["ingest", "scene_detection", "transcription", "quiz_generation"])
def test_a_job_needs_a_video_of_its_own_project(server: Server, video: str, kind: str) -> None:
    for path, asset_id in ((JOBS, "nobody"), ("/projects/elsewhere/jobs", video), (JOBS, "x" * 5000), (JOBS, "\0'--")):
        answer = send_json(server, path, {"job_type": kind, "payload": {"asset_id": asset_id}})
        sentence = "There is no such video in this project."
        check_problem(answer, "value_error", ["body", "payload", "asset_id"], sentence, asset_id)
    assert call(server, "GET", "/projects/elsewhere/jobs").json() == []


def nested(levels: int, pair: bytes) -> bytes:
    return b'{"job_type":"ingest","payload":{"x":' + pair[:-1] * levels + b"1" + pair[-1:] * levels + b"}}"


BROKEN_JSON = {
    "NaN": (b'{"payload":{"x":NaN}}', 0, "NaN is not JSON"),
    "Infinity": (b'{"payload":{"x":-Infinity}}', 0, "-Infinity is not JSON"),
    "an endless number": (b'{"payload":{"x":1e400}}', 0, "a number is too large"),
    "an endless integer": (b'{"max_attempts":' + b"9" * 5000 + b"}", 0, "a number is too large"),
    "half a character": (rb'{"payload":{"x":"\ud800"}}', 0, "not text that can be kept"),
    "half a character as a key": (rb'{"\udfff":1}', 0, "not text that can be kept"),
    "no UTF-8": (b'{"job_type":"\xff"}', 0, "not text that can be kept"),
    "UTF-16": ('{"job_type":"ingest"}'.encode("utf-16"), 0, "not text that can be kept"),
    "66 lists": (nested(64, b"[]"), 0, "nested deeper than 64 levels"),
    "66 objects": (nested(64, b'{"":}'), 0, "nested deeper than 64 levels"),
    "100,000 lists": (b"[" * 100_000, 0, "not text that can be kept"),
    "a list of 5,001": (b'{"payload":{"x":[' + b"0," * 5000 + b"0]}}", 0, "a list has more than 5000 items"),
    "60,000 values": (b'{"payload":[' + b"[0,0,0,0,0,0,0,0,0,0,0]," * 4999 + b"0]}", 0, "more than 50000 values"),
    "an end in the middle": (b'{"job_type":', 12, "Expecting value"),
    "two values": (b"{} {}", 3, "Extra data"),
    "a word": (b"hello", 0, "Expecting value"),
    "a raw control character": (b'{"x":"\n"}', 6, "Invalid control character at"),
    "a form": (b"job_type=ingest", 0, "Expecting value"),
}


@pytest.mark.parametrize("kind", BROKEN_JSON)
@pytest.mark.parametrize("door", ["jobs", "quiz"])
def test_what_is_no_json_is_refused(server: Server, video: str, kind: str, door: str) -> None:
    body, place, reason = BROKEN_JSON[kind]
    path = JOBS if door == "jobs" else f"{VIDEOS}/{video}/quiz"
    problem = check_problem(send_json(server, path, body), "json_invalid", ["body", place], "JSON decode error", {})
    assert problem["ctx"] == {"error": reason}


def test_of_many_problems_the_first_hundred_are_told(server: Server) -> None:
    began_s = time.monotonic()
    answer = call(
        server,
        "PATCH",
        f"{VIDEOS}/any/transcript",
        json.dumps({"segments": [{}] * 5000}).encode(),
        content_type="application/json",
    )
    check_refusal(answer, 422, "invalid")
    assert len(answer.json()["detail"]) == 100
    assert time.monotonic() - began_s < 20


@pytest.mark.parametrize("body", [[], [1, 2], "text", 5, None, True])
@pytest.mark.parametrize("door", ["jobs", "quiz"])
def test_json_that_is_no_object_is_refused(server: Server, video: str, body: object, door: str) -> None:
    path = JOBS if door == "jobs" else f"{VIDEOS}/{video}/quiz"
    check_problem(send_json(server, path, body), "model_attributes_type", ["body"], OBJECT, body)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", ";;;", "multipart/form-data"]
)
def test_a_body_of_another_type_is_refused(server: Server, video: str, content_type: str) -> None:
    raw = json.dumps(job(video))
    answer = send_json(server, JOBS, raw.encode(), content_type=content_type)
    check_problem(answer, "model_attributes_type", ["body"], OBJECT, raw)


def test_a_missing_body_is_refused(server: Server) -> None:
    for answer in (call(server, "POST", JOBS), send_json(server, JOBS, b""), send_json(server, JOBS, b" \n")):
        check_problem(answer, "missing", ["body"], "Field required", None)


def test_a_large_body_is_refused_told_or_not(server: Server) -> None:
    large = b'{"x":"' + b"y" * 2_000_000 + b'"}'
    check_refusal(send_json(server, JOBS, large), 413, "too_large", "Send less")
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(large), large)
    told = head("POST", JOBS, content_type="application/json", transfer_encoding="chunked")
    check_refusal(exchange(server, told + chunks), 413, "too_large", "Send less")


def test_a_body_that_never_comes_ends_in_bounded_time(server: Server) -> None:
    began_s = time.monotonic()
    answer = exchange(server, head("POST", JOBS, content_type="application/json", content_length=100) + b'{"job')
    check_refusal(answer, 408, "timeout", "within 3 seconds. Check the connection")
    assert time.monotonic() - began_s < 13


def test_a_body_that_is_not_what_its_headers_say_is_refused(server: Server) -> None:
    told = head("POST", JOBS, content_type="application/json", transfer_encoding="chunked")
    check_refusal(exchange(server, told + b"5\r\n{   }\r\nnonsense\r\n"), 400, "bad_request", "Check")


NO_HTTP = {
    "nonsense": b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    "an unknown method": b"BREW /health HTTP/1.1\r\nhost: a\r\n\r\n",
    "a raw letter beyond ASCII": "GET /projects/\u00e9/jobs HTTP/1.1\r\nhost: a\r\n\r\n".encode(),
    "an endless header": b"GET /health HTTP/1.1\r\nhost: a\r\nx: " + b"a" * 20_000 + b"\r\n\r\n",
    "an endless path": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nhost: a\r\n\r\n",
    "too many headers": b"GET /health HTTP/1.1\r\nhost: a\r\n" + b"x: y\r\n" * 500 + b"\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "a negative length": b"POST /health HTTP/1.1\r\nhost: a\r\ncontent-length: -3\r\n\r\n",
}


@pytest.mark.parametrize("kind", NO_HTTP)
def test_what_is_no_http_is_refused_like_all_else(server: Server, kind: str) -> None:
    check_refusal(exchange(server, NO_HTTP[kind]), 400, "bad_request", "Check its first line")


@pytest.mark.usefixtures("makes_jobs")
def test_a_job_has_all_that_clients_know(server: Server, video: str) -> None:
    made = send_json(server, JOBS, job(video, extra=1, max_attempts="2", retry_delay_seconds=None))
    assert (made.status, made.headers["content-type"]) == (201, "application/json")
    found = made.json()
    kinds = {
        **dict.fromkeys(("id", "project_id", "job_type", "status", "created_at", "updated_at", "run_at"), str),
        **{"progress": float, "retry_delay_seconds": float, "attempts": int, "max_attempts": int},
        **{"payload": dict, "result": dict, "logs": list, "asset_id": str},
    }
    assert {name: type(found[name]) for name in kinds} == kinds
    assert {name: found[name] for name in ("status", "progress", "attempts", "max_attempts", "error_message")} == {
        "status": "queued",
        "progress": 0.0,
        "attempts": 0,
        "max_attempts": 2,
        "error_message": None,
    }
    assert (found["result"], found["payload"]) == ({}, {"asset_id": video})
    (line,) = found["logs"]
    assert set(line) == {"timestamp", "level", "message", "details"}
    assert (line["level"], line["message"]) == ("INFO", "Job queued")
    assert line["details"] == {"max_attempts": 2, "retry_delay_seconds": 0.0}
    for moment in (found["created_at"], found["updated_at"], line["timestamp"]):
        assert MOMENT.fullmatch(moment)
    assert call(server, "GET", f"{JOBS}/{found['id']}").json()["id"] == found["id"]


@pytest.mark.usefixtures("makes_jobs")
def test_of_a_key_given_twice_the_last_one_counts(server: Server, video: str) -> None:
    body = b'{"job_type":"sing","payload":{},"job_type":"ingest","payload":{"asset_id":"%b","x":"\\u0000"}}'
    made = send_json(server, JOBS, body % video.encode())
    assert made.status == 201
    assert made.json()["payload"] == {"asset_id": video, "x": "\0"}


@pytest.mark.usefixtures("makes_jobs")
def test_jobs_are_listed_newest_first_and_by_status(server: Server, video: str) -> None:
    ids = [send_json(server, JOBS, job(video)).json()["id"] for _ in range(3)]
    listed = call(server, "GET", JOBS)
    assert listed.headers["content-type"] == "application/json"
    assert [found["id"] for found in listed.json()][:3] == ids[::-1]
    cancelled = call(server, "POST", f"{JOBS}/{ids[-1]}/cancel")
    assert cancelled.status == 202
    every = "&".join(f"status={name}" for name in ("Queued", "RUNNING", "completed", "failed", "cancelled"))
    assert {found["id"] for found in call(server, "GET", f"{JOBS}?{every}").json()} >= set(ids)
    assert {found["status"] for found in call(server, "GET", f"{JOBS}?status=FAILED").json()} <= {"failed"}


def test_a_project_that_nobody_knows_is_empty(server: Server) -> None:
    for path in ("/projects/nobody/jobs", "/projects/nobody/videos", "/projects/nobody/search?q=word"):
        assert call(server, "GET", path).json() == []


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("status=zz&status=aaa&status=queued&status=aaa", "aaa, zz"),
        ("status=", ""),
        ("status=queued,failed", "queued,failed"),
        ("status=a%0D%0AERROR", "a\r\nERROR"),
        ("status=%ED%A0%80", "\ufffd\ufffd\ufffd"),
    ],
)
def test_unknown_states_are_named_in_order(server: Server, query: str, named: str) -> None:
    answer = call(server, "GET", f"{JOBS}?{query}")
    check_refusal(answer, 400, "bad_filter")
    assert answer.json()["detail"] == f"Invalid status filter(s): {named}"


UNKNOWN = ["nobody", "%00", "%ff", "%ED%A0%80", "x" * 5000, "%27%20OR%201=1--", ".."]
MISSING = {
    "jobs/{}": "Job not found",
    "jobs/{}/events": "Job not found",
    "jobs/{}/ws": "Job not found",
    "videos/{}": "Asset not found",
    "videos/{}/content": "Asset not found",
    "videos/{}/thumbnail": "Asset not found",
    "videos/{}/scenes": "Asset not found",
    "videos/{}/scenes/0/thumbnail": "Asset not found",
    "videos/{}/transcript": "Asset not found",
    "videos/{}/captions.vtt": "Asset not found",
    "videos/{}/quizzes": "Asset not found",
    "quizzes/{}": "Quiz not found",
}


@pytest.mark.parametrize("path", MISSING)
def test_what_is_not_there_says_what(server: Server, path: str) -> None:
    for name in UNKNOWN:
        answer = call(server, "GET", f"/projects/{PROJECT}/" + path.format(name))
        check_refusal(answer, 404, "not_found", MISSING[path])


def test_what_is_another_projects_is_not_there(server: Server, video: str) -> None:
    for method, path in (("GET", ""), ("GET", "/content"), ("DELETE", ""), ("POST", "/quiz")):
        answer = call(server, method, f"/projects/elsewhere/videos/{video}{path}")
        check_refusal(answer, 404, "not_found", "Asset not found")
    assert call(server, "GET", f"{VIDEOS}/{video}").status == 200
    check_refusal(call(server, "POST", f"{JOBS}/nobody/cancel"), 404, "not_found", "Job not found")


def test_what_was_not_made_yet_says_how_to_make_it(server: Server, video: str) -> None:
    for path in ("transcript", "captions.vtt", "captions.srt", "captions?format=srt"):
        answer = call(server, "GET", f"{VIDEOS}/{video}/{path}")
        check_refusal(answer, 404, "not_found", "Start its transcription, or its quiz, first")
    check_refusal(call(server, "GET", f"{VIDEOS}/{video}/scenes/0/thumbnail"), 404, "not_found", "no such scene")
    check_refusal(call(server, "GET", f"{VIDEOS}/{video}/captions?format=pdf"), 400, "bad_request", "?format=vtt or")


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20", "?q=%22%22", "?q=%00", "?word=x"])
def test_a_search_needs_a_word(server: Server, query: str) -> None:
    answer = call(server, "GET", f"/projects/{PROJECT}/search{query}")
    check_refusal(answer, 400, "bad_request", "at least one word")


@pytest.mark.parametrize("query", ["a%00b", "NEAR(", "a%22b", "%ED%A0%80x", "text:a*", "a%20-b%20OR", "a%20" * 1500])
def test_a_search_for_anything_is_only_a_search(server: Server, query: str) -> None:
    assert call(server, "GET", f"/projects/{PROJECT}/search?q={query}").json() == []


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "//health", "/health%2f", "/project", "/projects//jobs", "/healthz/"]
)
def test_an_unknown_path_is_not_found(server: Server, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = call(server, method, path)
        check_refusal(answer, 404, "not_found")
        assert answer.json()["detail"] == "Not Found"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/health", {"GET", "HEAD"}),
        ("PUT", JOBS, {"GET", "HEAD", "POST"}),
        ("PATCH", VIDEOS, {"GET", "HEAD", "POST"}),
        ("POST", f"{VIDEOS}/x", {"DELETE", "GET", "HEAD"}),
        ("GET", f"{VIDEOS}/x/quiz", {"POST"}),
        ("POST", f"{JOBS}/x/events", {"GET"}),
        ("HEAD", f"{JOBS}/x/ws", {"GET"}),
        ("TRACE", "/health", {"GET", "HEAD"}),
    ],
)
def test_a_wrong_method_names_the_right_ones(server: Server, method: str, path: str, allowed: set[str]) -> None:
    answer = call(server, method, path)
    assert {name.strip() for name in answer.headers["allow"].split(",")} - {"OPTIONS"} == allowed
    if method == "HEAD":
        assert (answer.status, answer.body) == (405, b"")
        return
    check_refusal(answer, 405, "method_not_allowed")
    assert answer.json()["detail"] == "Method Not Allowed"


def test_a_trailing_slash_leads_to_the_path_without_it(server: Server) -> None:
    for method, path, target in (
        ("GET", "/health/", "/health"),
        ("GET", f"{JOBS}/?status=failed&status=a%26b", f"{JOBS}?status=failed&status=a%26b"),
        ("POST", f"{JOBS}/", JOBS),
    ):
        answer = call(server, method, path)
        assert (answer.status, answer.headers["location"]) == (307, target)


def test_head_tells_what_get_would(server: Server, video: str) -> None:
    for path in ("/info", VIDEOS, f"{VIDEOS}/{video}", f"{VIDEOS}/{video}/content", f"{VIDEOS}/{video}/thumbnail"):
        got, told = call(server, "GET", path), call(server, "HEAD", path)
        assert (told.status, told.body) == (200, b"")
        assert told.headers["content-length"] == str(len(got.body))
        assert told.headers["content-type"] == got.headers["content-type"]
    assert call(server, "HEAD", "/nowhere").status == 404


def test_health_and_info_have_their_shape(server: Server) -> None:
    health, info = call(server, "GET", "/health"), call(server, "GET", "/info")
    assert health.headers["content-type"] == info.headers["content-type"] == "application/json"
    assert set(health.json()) == {"status", "timestamp"}
    assert health.json()["status"] == "healthy"
    assert MOMENT.fullmatch(health.json()["timestamp"])
    assert info.json() == {"name": "Quiz System Backend", "version": "0.1.0", "debug": False}


def test_a_video_has_all_that_clients_know(server: Server, video: str) -> None:
    (found,) = call(server, "GET", VIDEOS).json()
    kinds = {
        **dict.fromkeys(("id", "filename", "original_filename", "project_id", "relative_path", "checksum"), str),
        **dict.fromkeys(("mime_type", "status", "thumbnail_path", "created_at", "updated_at"), str),
        **{"size_bytes": int, "metadata": dict},
    }
    assert {name: type(found[name]) for name in kinds} == kinds
    kinds = {"duration": float, "width": int, "height": int, "codec": str, "fps": float, "bitrate": int}
    kinds |= {"size_bytes": int, "has_audio": bool, "audio_codec": str, "audio_channels": int, "audio_sample_rate": int}
    assert {name: type(found["metadata"][name]) for name in kinds} == kinds
    assert MOMENT.fullmatch(found["created_at"])
    assert found["thumbnail_path"] == f"thumbnails/{PROJECT}/{found['filename'][:-4]}.jpg"
    assert found == call(server, "GET", f"{VIDEOS}/{video}").json()


def test_an_odd_path_is_refused_whatever_it_is(server: Server) -> None:
    letters = ["%00", "..", "%2f", "{}", "x" * 300, "%F0%9F%98%80", "*", "~", "%25", "'"]
    for first, second in itertools.product(letters, letters):
        answer = call(server, "GET", f"/projects/{first}/{second}/{first}")
        assert answer.status in (400, 404), (first, second, answer)
        assert set(answer.json()) == {"detail", "code", "request_id"}
