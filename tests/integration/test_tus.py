"""Resumable uploads as tus 1.0 says, asked of a real server byte by byte."""

import base64
import hashlib
import itertools
from pathlib import Path

import pytest

from benchmarks.running import Server
from tests.tus_wire import (
    NAMED,
    OFFSET_TYPE,
    ask,
    begin,
    create,
    encode,
    offset,
    part_path,
    patch,
    place,
    reset,
    start_patch,
    tus,
    wait_until,
)
from tests.wire import call, check_refusal, connect, exchange, head, read_answer

_numbers = itertools.count()


@pytest.fixture
def project() -> str:
    return f"tus-{next(_numbers)}"


def list_videos(server: Server, project: str) -> list[dict[str, object]]:
    return list(call(server, "GET", f"/projects/{project}/videos").json())


def read_back(server: Server, project: str, asset_id: str) -> bytes:
    return call(server, "GET", f"/projects/{project}/videos/{asset_id}/content?original=true").body


def list_files(server: Server, project: str) -> list[Path]:
    return [path for path in (server.folder / "uploads" / project).glob("*") if path.is_file()]


def test_the_server_tells_what_it_can(server: Server, project: str) -> None:
    for path in (f"/projects/{project}/uploads",):
        answer = call(server, "OPTIONS", path)
        assert answer.status == 204
        assert answer.headers["tus-version"] == "1.0.0"
        assert answer.headers["tus-max-size"] == "104857600"
        extensions = "creation creation-with-upload creation-defer-length termination checksum expiration concatenation"
        assert answer.headers["tus-extension"].split(",") == extensions.split()
        assert set(answer.headers["tus-checksum-algorithm"].split(",")) == {"sha1", "sha256", "md5"}
    limits = call(server, "GET", "/limits").json()
    assert limits["max_size_bytes"] == 104857600
    assert limits["tus"]["endpoint"] == "/projects/{project_id}/uploads"
    assert set(limits["formats"]["uploads"]) == {".mp4", ".mov", ".avi"}


def test_an_upload_in_pieces_becomes_one_video(server: Server, project: str, small_video: bytes) -> None:
    address = begin(server, project, len(small_video))
    assert address.startswith(f"/projects/{project}/uploads/")
    for start in range(0, len(small_video), 5000):
        assert offset(server, address) == start
        answer = patch(server, address, start, small_video[start : start + 5000])
        assert answer.status == 204, answer
        assert int(answer.headers["upload-offset"]) == min(start + 5000, len(small_video))
        assert "upload-expires" in answer.headers
    asset_id = answer.headers["quizsys-asset-id"]
    assert [found["id"] for found in list_videos(server, project)] == [asset_id]
    assert read_back(server, project, asset_id) == small_video
    assert call(server, "GET", address).json()["asset_id"] == asset_id
    assert len(list_files(server, project)) == 1


def test_an_address_has_its_host_unless_a_proxy_may_have_another(server: Server, project: str) -> None:
    path = f"/projects/{project}/uploads/"
    assert create(server, project, 5).headers["location"].startswith(f"http://127.0.0.1{path}")
    for told in ({"x_forwarded_proto": "https"}, {"x_forwarded_for": "10.1.2.3"}, {"via": "1.1 proxy"}):
        assert create(server, project, 5, **told).headers["location"].startswith(path)


def test_head_says_all_that_is_known(server: Server, project: str, small_video: bytes) -> None:
    address = begin(server, project, len(small_video))
    patch(server, address, 0, small_video[:100])
    answer = ask(server, address)
    assert answer.status == 200
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["upload-length"] == str(len(small_video))
    assert answer.headers["upload-metadata"] == NAMED
    assert answer.headers["upload-expires"].endswith("GMT")
    state = call(server, "GET", address).json()
    assert (state["offset_bytes"], state["status"], state["filename"]) == (100, "receiving", "lesson.mp4")


def test_a_lost_last_answer_is_told_again_and_makes_no_second_video(
    server: Server, project: str, small_video: bytes
) -> None:
    address = begin(server, project, len(small_video))
    with start_patch(server, address, 0, small_video, len(small_video)) as connection:
        wait_until(lambda: call(server, "GET", address).json()["status"] != "receiving")
        reset(connection)
    answer = ask(server, address)
    assert (answer.status, answer.headers["upload-offset"]) == (200, str(len(small_video)))
    asset_id = answer.headers["quizsys-asset-id"]
    assert patch(server, address, 0, small_video).status == 409
    again = patch(server, address, len(small_video), b"")
    assert (again.status, again.headers["quizsys-asset-id"]) == (204, asset_id)
    assert [found["id"] for found in list_videos(server, project)] == [asset_id]


def test_creation_may_bring_the_first_bytes_or_all(server: Server, project: str, small_video: bytes) -> None:
    told = {"content_type": OFFSET_TYPE, "upload_length": len(small_video), "upload_metadata": NAMED}
    answer = tus(server, "POST", f"/projects/{project}/uploads", small_video[:3000], **told)
    assert (answer.status, answer.headers["upload-offset"]) == (201, "3000")
    assert patch(server, place(answer), 3000, small_video[3000:]).status == 204
    answer = tus(server, "POST", f"/projects/{project}-b/uploads", small_video, **told)
    assert (answer.status, answer.headers["upload-offset"]) == (201, str(len(small_video)))
    assert list_videos(server, f"{project}-b")[0]["id"] == answer.headers["quizsys-asset-id"]


def test_a_length_may_be_told_later_and_once(server: Server, project: str, small_video: bytes) -> None:
    address = begin(server, project, None, upload_length=None, upload_defer_length=1)
    assert ask(server, address).headers["upload-defer-length"] == "1"
    assert patch(server, address, 0, small_video[:4000]).status == 204
    check_refusal(patch(server, address, 4000, b"", upload_length=3999), 400, "bad_request", "told once")
    check_refusal(patch(server, address, 4000, b"", upload_length=10**12), 413, "too_large")
    assert patch(server, address, 4000, b"", upload_length=len(small_video)).status == 204
    assert ask(server, address).headers["upload-length"] == str(len(small_video))
    check_refusal(
        patch(server, address, 4000, b"", upload_length=len(small_video) + 1), 400, "bad_request", "told once"
    )
    answer = patch(server, address, 4000, small_video[4000:], upload_length=len(small_video))
    assert "quizsys-asset-id" in answer.headers


def test_another_version_is_refused(server: Server, project: str) -> None:
    address = begin(server, project, 100)
    for version in ("0.2.2", "1.0.1", "", None):
        for answer in (
            create(server, project, 100, tus_resumable=version),
            patch(server, address, 0, b"x", tus_resumable=version),
            tus(server, "DELETE", address, tus_resumable=version),
        ):
            check_refusal(answer, 412, "tus_version", "Send Tus-Resumable")
            assert answer.headers["tus-version"] == answer.headers["tus-resumable"] == "1.0.0"
    assert offset(server, address) == 0


def test_a_wrong_offset_changes_nothing(server: Server, project: str, small_video: bytes) -> None:
    address = begin(server, project, len(small_video))
    patch(server, address, 0, small_video[:1000])
    for wrong in (0, 999, 1001, 10**17):
        check_refusal(patch(server, address, wrong, small_video[1000:1100]), 409, "conflict", "1000 bytes")
    for garbage in ("-1", "1e3", "0x10", "", "١", "1" * 30, "1000 000", "+1000"):
        check_refusal(patch(server, address, 0, b"x", upload_offset=garbage), 400, "bad_request", "in digits")
    check_refusal(patch(server, address, 0, b"x", upload_offset=None), 400, "bad_request", "Upload-Offset")
    assert part_path(server, address).read_bytes() == small_video[:1000]


def test_another_content_type_or_packed_bytes_are_refused(server: Server, project: str) -> None:
    address = begin(server, project, 100)
    for kind in ("video/mp4", "application/octet-stream", "multipart/form-data; boundary=x", None):
        check_refusal(patch(server, address, 0, b"x", content_type=kind), 415, "unsupported_media", OFFSET_TYPE)
    packed = patch(server, address, 0, b"x", content_encoding="gzip")
    check_refusal(packed, 415, "unsupported_media", "Content-Encoding")
    assert offset(server, address) == 0


@pytest.mark.parametrize("length", ["-1", "abc", "", "1.5", "99999999999999999999", "1e9", " "])
def test_a_length_that_is_no_number_is_refused(server: Server, project: str, length: str) -> None:
    check_refusal(create(server, project, None, upload_length=length), 400, "bad_request")


def test_a_length_must_be_told_or_deferred(server: Server, project: str) -> None:
    check_refusal(create(server, project, None, upload_length=None), 400, "bad_request", "either")
    check_refusal(create(server, project, 5, upload_defer_length=1), 400, "bad_request", "either")
    check_refusal(create(server, project, None, upload_length=None, upload_defer_length=2), 400, "bad_request")
    check_refusal(create(server, project, 104857601), 413, "too_large", "Export it smaller")
    assert list_files(server, project) == []


def test_a_body_beyond_the_length_is_not_kept(server: Server, project: str) -> None:
    address = begin(server, project, 100)
    assert patch(server, address, 0, b"a" * 60).status == 204
    check_refusal(patch(server, address, 60, b"b" * 41), 413, "too_large", "100 bytes")
    told = {"tus_resumable": "1.0.0", "upload_offset": 60, "content_type": OFFSET_TYPE, "transfer_encoding": "chunked"}
    answer = exchange(server, head("PATCH", address, **told) + b"29\r\n" + b"c" * 41 + b"\r\n0\r\n\r\n", "PATCH")
    check_refusal(answer, 413, "too_large")
    assert part_path(server, address).read_bytes() == b"a" * 60
    told = {"content_type": OFFSET_TYPE, "upload_length": 3, "upload_metadata": NAMED}
    check_refusal(tus(server, "POST", f"/projects/{project}/uploads", b"xxxx", **told), 413, "too_large")


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("filename bGVzc29uLm1wNA==,filename eA==", "each key once"),
        ("filename %%%", "no base64"),
        ("filename bGVzc29uLm1wNA", "no base64"),
        ("filename bGVz c29uLm1wNA==", "no base64"),
        (" ,,", "key base64"),
        ("filename", "Name the file"),
        ("", "Name the file"),
        ("title eA==", "Name the file"),
        (encode(filename="a.mp4", sha256="xyz"), "64 hex"),
        (encode(filename="a.mp4", sha256="0" * 63), "64 hex"),
        (encode(filename="a.mp4", category="../../etc"), "categor"),
        (encode(filename="a.mp4", category="metadata"), "categor"),
    ],
)
def test_metadata_that_does_not_tell_is_refused(server: Server, project: str, header: str, says: str) -> None:
    check_refusal(create(server, project, 100, upload_metadata=header), 400, "bad_request", says)


def test_metadata_beyond_measure_is_refused(server: Server, project: str) -> None:
    huge = encode(filename="a.mp4", note="x" * 1_000_000)
    check_refusal(create(server, project, 100, upload_metadata=huge), 400, "bad_request")


@pytest.mark.parametrize("name", ["lesson.txt", "lesson", "lesson.mp4\0", "a\0.exe", "..", "/"])
def test_a_name_that_we_do_not_take_is_refused_before_the_first_byte(server: Server, project: str, name: str) -> None:
    check_refusal(
        create(server, project, 100, upload_metadata=encode(filename=name)), 415, "unsupported_media", "Allowed formats"
    )


@pytest.mark.parametrize(
    "name", [b"../../etc/x.mp4", b"a\0b\n.mp4", b"\xff\xfe.mp4", "\u202e.MP4".encode(), b"C:\\x.mp4"]
)
def test_a_strange_name_is_stored_under_a_plain_one(
    server: Server, project: str, small_video: bytes, name: bytes
) -> None:
    address = begin(server, project, len(small_video), upload_metadata=encode(filename=name))
    assert patch(server, address, 0, small_video).status == 204
    (found,) = list_videos(server, project)
    assert found["original_filename"] == name.decode(errors="replace")
    (path,) = list_files(server, project)
    assert path.name == found["filename"]


@pytest.mark.parametrize("form", ["x", "..", "%2e%2e", "a%2Fb", "%00", "a" * 5000, "0" * 36, "{upload_id}", "%ff"])
def test_an_unknown_upload_is_not_found_in_any_form(server: Server, project: str, form: str) -> None:
    for method in ("PATCH", "DELETE", "GET", "HEAD"):
        headers = {"upload_offset": 0, "content_type": OFFSET_TYPE, "content_length": 0}
        answer = tus(server, method, f"/projects/{project}/uploads/{form}", **headers)
        assert answer.status in (404, 400, 307 if form in ("..", "%2e%2e") else 404, 405), answer
    assert not (server.folder / "uploads" / project).exists()


def test_another_projects_upload_is_not_found(server: Server, project: str, small_video: bytes) -> None:
    address = begin(server, project, len(small_video))
    patch(server, address, 0, small_video[:10])
    foreign = address.replace(project, f"{project}-other")
    check_refusal(patch(server, foreign, 10, b"x"), 404, "not_found")
    check_refusal(call(server, "GET", foreign), 404, "not_found")
    check_refusal(tus(server, "DELETE", foreign), 404, "not_found")
    assert ask(server, foreign).status == 404
    assert offset(server, address) == 10


def test_a_terminated_upload_is_gone(server: Server, project: str, small_video: bytes) -> None:
    address = begin(server, project, len(small_video))
    patch(server, address, 0, small_video[:10])
    assert tus(server, "DELETE", address).status == 204
    assert list_files(server, project) == []
    check_refusal(tus(server, "DELETE", address), 404, "not_found", "Begin a new one")
    assert ask(server, address).status == 404
    assert patch(server, address, 10, b"x").status == 404


def test_terminating_what_is_done_keeps_the_video(server: Server, project: str, small_video: bytes) -> None:
    address = begin(server, project, len(small_video))
    patch(server, address, 0, small_video)
    assert tus(server, "DELETE", address).status == 204
    assert len(list_videos(server, project)) == 1


def test_a_refused_file_is_gone_with_its_upload(server: Server, project: str) -> None:
    address = begin(server, project, 1000)
    check_refusal(patch(server, address, 0, b"no film!" * 125), 415, "unsupported_media", "Export the lesson")
    assert ask(server, address).status == 404
    check_refusal(create(server, project, 0), 415, "unsupported_media")
    assert list_files(server, project) == []


def test_the_method_may_be_told_in_a_header(server: Server, project: str, small_video: bytes) -> None:
    address = begin(server, project, len(small_video))
    told = {"upload_offset": 0, "content_type": OFFSET_TYPE, "x_http_method_override": "PATCH"}
    answer = tus(server, "POST", address, small_video[:50], **told)
    assert (answer.status, answer.headers["upload-offset"]) == (204, "50")
    assert tus(server, "POST", address, b"", x_http_method_override="HEAD").headers["upload-offset"] == "50"
    answer = tus(server, "POST", address, b"", x_http_method_override="PUT")
    check_refusal(answer, 405, "method_not_allowed")
    assert "PATCH" in answer.headers["allow"]
    assert tus(server, "POST", address, b"", x_http_method_override="DELETE").status == 204
    assert ask(server, address).status == 404


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_bytes_with_a_checksum_are_kept_if_it_is_right(
    server: Server, project: str, small_video: bytes, algorithm: str
) -> None:
    address = begin(server, project, len(small_video))
    first, rest = small_video[:3000], small_video[3000:]
    digest = base64.b64encode(hashlib.new(algorithm, first).digest()).decode()
    wrong = patch(server, address, 0, b"x" * 3000, upload_checksum=f"{algorithm} {digest}")
    check_refusal(wrong, 460, "checksum_mismatch", "Send these bytes again")
    assert offset(server, address) == 0
    assert patch(server, address, 0, first, upload_checksum=f"{algorithm} {digest}").status == 204
    for garbage in ("crc32 AAAA", algorithm, f"{algorithm} ???", f"{algorithm} AAAA", ""):
        check_refusal(
            patch(server, address, 3000, rest, upload_checksum=garbage), 400, "bad_request", "Upload-Checksum"
        )
    torn = base64.b64encode(hashlib.new(algorithm, rest).digest()).decode()
    with start_checked(server, address, rest[:500], len(rest), f"{algorithm} {torn}") as connection:
        wait_until(lambda: len(list_files(server, project)) == 2)
        reset(connection)
    assert offset(server, address) == 3000
    assert patch(server, address, 3000, rest, upload_checksum=f"{algorithm} {torn}").status == 204
    assert len(list_videos(server, project)) == len(list_files(server, project)) == 1


def start_checked(server: Server, address: str, body: bytes, length: int, checksum: str):
    connection = connect(server)
    headers = {"tus_resumable": "1.0.0", "upload_offset": 3000, "content_type": OFFSET_TYPE}
    connection.sendall(head("PATCH", address, content_length=length, upload_checksum=checksum, **headers) + body)
    return connection


def test_a_promised_hash_is_held_against_the_file(server: Server, project: str, small_video: bytes) -> None:
    wrong = encode(filename="a.mp4", sha256="0" * 64)
    address = begin(server, project, len(small_video), upload_metadata=wrong)
    check_refusal(patch(server, address, 0, small_video), 460, "checksum_mismatch", "SHA-256")
    assert ask(server, address).status == 404
    assert list_files(server, project) == []


def test_a_file_that_the_project_has_is_recognised_by_its_hash_before_it_is_sent(
    server: Server, project: str, small_video: bytes
) -> None:
    right = encode(filename="a.mp4", sha256=hashlib.sha256(small_video).hexdigest())
    address = begin(server, project, len(small_video), upload_metadata=right)
    asset_id = patch(server, address, 0, small_video).headers["quizsys-asset-id"]
    again = create(server, project, len(small_video), upload_metadata=right)
    assert (again.status, again.headers["upload-offset"]) == (201, str(len(small_video)))
    assert again.headers["quizsys-asset-id"] == asset_id
    assert ask(server, place(again)).headers["quizsys-asset-id"] == asset_id
    other = create(server, f"{project}-other", len(small_video), upload_metadata=right)
    assert (other.headers["upload-offset"], "quizsys-asset-id" in other.headers) == ("0", False)
    shorter = create(server, project, len(small_video) - 1, upload_metadata=right)
    assert shorter.headers["upload-offset"] == "0"


def test_a_client_that_expects_is_invited_or_refused_before_it_sends(
    server: Server, project: str, small_video: bytes
) -> None:
    address = begin(server, project, len(small_video))
    told = {"tus_resumable": "1.0.0", "content_type": OFFSET_TYPE, "content_length": len(small_video)}
    with connect(server) as connection:
        connection.sendall(head("PATCH", address, upload_offset=0, expect="100-continue", **told))
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(small_video)
        assert read_answer(connection, "PATCH").status == 204
    answer = exchange(server, head("PATCH", address, upload_offset=7, expect="100-continue", **told), "PATCH")
    check_refusal(answer, 409, "conflict")
    large = {"tus_resumable": "1.0.0", "upload_length": 10**10, "content_length": 10**10, "content_type": OFFSET_TYPE}
    asked = head("POST", f"/projects/{project}/uploads", upload_metadata=NAMED, expect="100-continue", **large)
    check_refusal(exchange(server, asked), 413, "too_large")
