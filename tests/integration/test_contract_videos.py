"""Videos as clients of the seed know them: uploaded, listed, deleted."""

import hashlib
import itertools
import re
import uuid
from typing import Any

import pytest

from benchmarks.running import LESSON, Server, run_server
from tests.wire import FORM, call, check_refusal, exchange, form, head, part, send_json, upload

LESSON_BYTES = LESSON.read_bytes()
UPLOADED = {
    **dict.fromkeys(("asset_id", "filename", "original_filename", "project_id", "status", "message"), str),
    "size_bytes": int,
}
LISTED = {
    **dict.fromkeys(("filename", "original_filename", "project_id", "id", "relative_path", "checksum"), str),
    **dict.fromkeys(("mime_type", "status", "thumbnail_path", "created_at", "updated_at"), str),
    **{"size_bytes": int, "metadata": dict},
}
METADATA = {
    **{"duration": float, "width": int, "height": int, "codec": str, "fps": float, "bitrate": int, "size_bytes": int},
    **{"has_audio": bool, "audio_codec": str, "audio_channels": int, "audio_sample_rate": int},
}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_numbers = itertools.count()


@pytest.fixture
def project() -> str:
    return f"contract-{next(_numbers)}"


def send(server: Server, project: str, *parts: bytes, **headers: object) -> dict[str, Any]:
    answer = upload(server, project, *parts or (part(LESSON_BYTES),), **headers)
    assert (answer.status, answer.headers["content-type"]) == (201, "application/json"), answer
    found: dict[str, Any] = answer.json()
    return found


def list_videos(server: Server, project: str) -> list[dict[str, Any]]:
    answer = call(server, "GET", f"/projects/{project}/videos")
    assert answer.status == 200
    found: list[dict[str, Any]] = answer.json()
    return found


def check_kinds(found: dict[str, Any], kinds: dict[str, type]) -> None:
    assert {name: type(found[name]) for name in kinds} == kinds


def test_an_upload_answers_a_ready_video(server: Server, project: str) -> None:
    found = send(server, project, part(LESSON_BYTES, filename=b"Lesson One.MP4"))
    check_kinds(found, UPLOADED)
    assert str(uuid.UUID(found["asset_id"])) == found["asset_id"]
    assert re.fullmatch(r"lesson-one-[0-9a-f]{10}\.mp4", found["filename"])
    assert (found["original_filename"], found["project_id"]) == ("Lesson One.MP4", project)
    assert (found["size_bytes"], found["status"]) == (len(LESSON_BYTES), "ready")
    assert found["message"] == "Upload successful"


def test_a_listed_video_has_the_seeds_keys(server: Server, project: str) -> None:
    sent = send(server, project, part(LESSON_BYTES, more=b"Content-Type: video/x-mine\r\n"))
    (found,) = list_videos(server, project)
    check_kinds(found, LISTED)
    check_kinds(found["metadata"], METADATA)
    stem = sent["filename"].removesuffix(".mp4")
    assert found["id"] == sent["asset_id"]
    assert found["relative_path"] == f"uploads/{project}/{sent['filename']}"
    assert found["thumbnail_path"] == f"thumbnails/{project}/{stem}.jpg"
    assert found["checksum"] == hashlib.sha256(LESSON_BYTES).hexdigest()
    assert (found["mime_type"], found["status"]) == ("video/x-mine", "ready")
    assert found["metadata"]["duration"] > 10
    assert found["metadata"]["size_bytes"] == found["size_bytes"] == len(LESSON_BYTES)
    assert "stub" not in found["metadata"]
    assert MOMENT.fullmatch(found["created_at"])
    assert MOMENT.fullmatch(found["updated_at"])
    assert (server.folder / found["relative_path"]).read_bytes() == LESSON_BYTES
    assert (server.folder / found["thumbnail_path"]).read_bytes().startswith(b"\xff\xd8\xff")


def test_an_unknown_project_has_no_videos(server: Server) -> None:
    assert call(server, "GET", "/projects/nobody-at-all/videos").body == b"[]"


def test_without_a_content_type_it_is_an_octet_stream(server: Server, project: str) -> None:
    send(server, project)
    assert list_videos(server, project)[0]["mime_type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("sent", "stem"),
    [
        ("../../etc/evil.mp4", "evil"),
        ("A  \u20ac! b.mp4", "a-b"),
        ("a.b_c-d.MP4", "a.b_c-d"),
        ("\u00fc\u00df.mOv", "u"),
    ],
)
def test_a_name_is_kept_as_sent_and_stored_plainly(server: Server, project: str, sent: str, stem: str) -> None:
    found = send(server, project, part(LESSON_BYTES, filename=sent.encode()))
    assert found["original_filename"] == sent
    assert re.fullmatch(rf"{re.escape(stem)}-[0-9a-f]{{10}}\.(mp4|mov)", found["filename"])
    assert (server.folder / "uploads" / project / found["filename"]).exists()
    assert not (server.folder.parent / "etc").exists()


def test_two_uploads_of_one_name_have_two_names(server: Server, project: str) -> None:
    other = LESSON_BYTES + b"\0\0\0\x08free"
    names = {send(server, project, part(data))["filename"] for data in (LESSON_BYTES, other)}
    assert len(names) == 2
    assert len(list_videos(server, project)) == 2


@pytest.mark.parametrize(
    ("name", "shown"), [("notes.txt", ".txt"), ("lesson", ""), ("a.MP3", ".mp3"), ("x.mp4.exe", ".exe")]
)
def test_another_extension_is_refused_with_the_seeds_sentence(
    server: Server, project: str, name: str, shown: str
) -> None:
    answer = upload(server, project, part(LESSON_BYTES, filename=name.encode()))
    check_refusal(answer, 415, "unsupported_media")
    assert answer.json()["detail"] == f"Unsupported video format '{shown}'. Allowed formats: .avi, .mov, .mp4"
    assert list_videos(server, project) == []


def test_a_form_without_a_file_is_a_422_that_names_the_field(server: Server, project: str) -> None:
    path = f"/projects/{project}/videos"
    missing = {"type": "missing", "loc": ["body", "file"], "msg": "Field required", "input": None}
    for answer in (
        upload(server, project, part(b"x", name=b"movie")),
        send_json(server, path, {"file": "x"}),
        call(server, "POST", path, b""),
    ):
        check_refusal(answer, 422, "invalid")
        assert answer.json()["detail"] == [missing]
    answer = upload(server, project, part(b"text", filename=None))
    check_refusal(answer, 422, "invalid")
    assert (answer.json()["detail"][0]["type"], answer.json()["detail"][0]["loc"]) == ("value_error", ["body", "file"])


def test_junk_for_a_form_is_a_400(server: Server, project: str) -> None:
    for content_type in ("multipart/form-data", FORM):
        answer = call(server, "POST", f"/projects/{project}/videos", b"junk" * 100, content_type=content_type)
        check_refusal(answer, 400, "bad_request")


def test_of_two_files_the_last_one_wins(server: Server, project: str) -> None:
    first, last = part(b"no film", filename=b"a.mp4"), part(LESSON_BYTES, filename=b"b.mp4")
    assert send(server, project, first, last)["original_filename"] == "b.mp4"


def test_what_is_no_video_is_a_415_and_leaves_nothing(server: Server, project: str) -> None:
    for data in (b"", b"not a video at all", LESSON_BYTES[:1000], b"\x89PNG\r\n\x1a\n" * 99):
        check_refusal(upload(server, project, part(data)), 415, "unsupported_media")
    assert list_videos(server, project) == []
    assert [path for path in (server.folder / "uploads" / project).rglob("*") if path.is_file()] == []


def test_the_limit_of_the_setting_is_a_limit() -> None:
    with run_server(WORKER_CONCURRENCY=0, UPLOAD_MAX_SIZE=len(LESSON_BYTES)) as server:
        send(server, "p")
        check_refusal(upload(server, "p", part(LESSON_BYTES + b"\0")), 413, "too_large")
        told = head("POST", "/projects/p/videos", content_type=FORM, content_length=10**9)
        check_refusal(exchange(server, told), 413, "too_large")


def test_a_full_quota_is_a_507() -> None:
    with run_server(WORKER_CONCURRENCY=0, PROJECT_QUOTA_BYTES=1000) as server:
        check_refusal(upload(server, "p", part(LESSON_BYTES)), 507, "quota_full")
        assert list_videos(server, "p") == []


def test_a_deletion_takes_file_picture_and_metadata(server: Server, project: str) -> None:
    kept = send(server, project)
    gone = send(server, project, part(LESSON_BYTES + b"\0\0\0\x08free"))
    (video,) = [video for video in list_videos(server, project) if video["id"] == gone["asset_id"]]
    path = f"/projects/{project}/videos/{gone['asset_id']}"
    check_refusal(call(server, "DELETE", f"/projects/other/videos/{gone['asset_id']}"), 404, "not_found")
    answer = call(server, "DELETE", path)
    assert (answer.status, answer.body) == (204, b"")
    for name in (video["relative_path"], video["thumbnail_path"]):
        assert not (server.folder / name).exists()
    assert [video["id"] for video in list_videos(server, project)] == [kept["asset_id"]]
    again = call(server, "DELETE", path)
    check_refusal(again, 404, "not_found")
    assert again.json()["detail"] == "Asset not found"
    check_refusal(call(server, "DELETE", f"/projects/{project}/videos/unknown"), 404, "not_found", "Asset not found")


def test_the_list_is_a_bare_array_in_pages_if_asked(server: Server, project: str) -> None:
    ids = [
        send(server, project, part(LESSON_BYTES + b"\0\0\0\x09free" + bytes([number])))["asset_id"]
        for number in range(3)
    ]
    assert [video["id"] for video in list_videos(server, project)] == ids
    path, seen = f"/projects/{project}/videos?limit=2", []
    while path:
        answer = call(server, "GET", path)
        seen.append([video["id"] for video in answer.json()])
        path = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
    assert seen == [ids[:2], ids[2:]]
    check_refusal(call(server, "GET", f"/projects/{project}/videos?limit=0"), 422, "invalid")


def test_the_same_form_in_pieces_is_the_same_upload(server: Server, project: str) -> None:
    body = form(part(LESSON_BYTES))
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (body[:100_000], body[100_000:]))
    told = head("POST", f"/projects/{project}/videos", content_type=FORM, transfer_encoding="chunked")
    assert exchange(server, told + chunks + b"0\r\n\r\n").status == 201
