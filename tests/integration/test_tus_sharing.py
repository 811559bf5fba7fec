"""Several at one upload, slow ones, many at once, parts of a whole, and what nobody goes on with."""

import itertools
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from benchmarks.running import Server, run_server
from tests.tus_wire import (
    NAMED,
    OFFSET_TYPE,
    ask,
    begin,
    create,
    offset,
    part_path,
    patch,
    place,
    reset,
    start_patch,
    tus,
    wait_until,
)
from tests.wire import FORM, Answer, call, check_refusal, connect, head, read_answer

_numbers = itertools.count()
SILENCE_S = 3


@pytest.fixture
def project() -> str:
    return f"shared-{next(_numbers)}"


@pytest.fixture(scope="module")
def narrow() -> Iterator[Server]:
    """A server that takes two uploads at a time, none that trickles, and forgets those that rest."""
    limits = {"MAX_UPLOADS": 2, "UPLOAD_IDLE_TIMEOUT_S": SILENCE_S, "UPLOAD_MIN_BYTES_PER_S": 1000}
    with run_server(WORKER_CONCURRENCY=0, UPLOAD_EXPIRY_S=4, **limits) as running:
        yield running


def has_come(server: Server, address: str, size_bytes: int) -> bool:
    return size(server, address) == size_bytes


def size(server: Server, address: str) -> int:
    path = part_path(server, address)
    return path.stat().st_size if path.exists() else 0


def test_what_came_before_a_cut_is_kept(server: Server, project: str) -> None:
    address = begin(server, project, 200_000)
    for number in range(1, 5):
        start = offset(server, address)
        with start_patch(server, address, start, b"x" * 10_000, 200_000 - start) as connection:
            time.sleep(0.1)
            reset(connection)
        wait_until(partial(has_come, server, address, 10_000 * number))
    assert part_path(server, address).read_bytes() == b"x" * 40_000


def test_a_new_request_takes_over_from_a_silent_one(server: Server, project: str, small_video: bytes) -> None:
    address = begin(server, project, len(small_video))
    with start_patch(server, address, 0, small_video[:7000], len(small_video)) as dead:
        time.sleep(0.2)
        began_s = time.monotonic()
        assert offset(server, address) == 7000
        assert time.monotonic() - began_s < 3
        check_refusal(read_answer(dead, "PATCH"), 423, "locked", "taken this upload over")
    with start_patch(server, address, 7000, small_video[7000:8000], len(small_video) - 7000):
        time.sleep(0.2)
        answer = patch(server, address, 8000, small_video[8000:])
    assert answer.status == 204, answer
    found = call(server, "GET", f"/projects/{project}/videos").json()
    assert [video["id"] for video in found] == [answer.headers["quizsys-asset-id"]]


def test_of_two_at_once_that_both_send_one_is_refused_and_nothing_is_mixed(server: Server, project: str) -> None:
    address = begin(server, project, 50_000_000)
    stop = threading.Event()
    with start_patch(server, address, 0, b"a" * 1000, 50_000_000) as first:
        feeding = threading.Thread(target=feed, args=(first, stop))
        feeding.start()
        time.sleep(0.2)
        with ThreadPoolExecutor() as pool:
            asked = pool.submit(ask, server, address)
            check_refusal(patch(server, address, 1000, b"b" * 50_000), 423, "locked", "Another request")
            assert asked.result().status == 423
        stop.set()
        feeding.join()
    wait_until(lambda: size(server, address) > 1000)
    assert set(part_path(server, address).read_bytes()) == {ord("a")}


def feed(connection: object, stop: threading.Event) -> None:
    while not stop.is_set():
        connection.sendall(b"a" * 1000)
        stop.wait(0.05)


def test_many_patches_at_one_offset_write_once(server: Server, project: str) -> None:
    address = begin(server, project, 10_000_000)
    letters = b"abcdefgh"
    answers: list[Answer] = []
    threads = [
        threading.Thread(
            target=lambda letter=letter: answers.append(patch(server, address, 0, bytes([letter]) * 500_000))
        )
        for letter in letters
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in answers) == [204] + [409] * (len(letters) - 1)
    data = part_path(server, address).read_bytes()
    assert (len(data), len(set(data))) == (500_000, 1)


def test_terminating_stops_who_sends(server: Server, project: str) -> None:
    address = begin(server, project, 1_000_000)
    with start_patch(server, address, 0, b"x" * 1000, 1_000_000) as connection:
        wait_until(lambda: part_path(server, address).exists())
        began_s = time.monotonic()
        assert tus(server, "DELETE", address).status == 204
        assert time.monotonic() - began_s < 1.5
        check_refusal(read_answer(connection, "PATCH"), 423, "locked")
    assert not part_path(server, address).exists()
    assert ask(server, address).status == 404


@pytest.mark.parametrize("method", ["DELETE", "HEAD", "PATCH"])
def test_another_project_cannot_stop_who_sends(server: Server, project: str, method: str) -> None:
    address = begin(server, project, 2000)
    with start_patch(server, address, 0, b"x" * 1000, 2000) as connection:
        wait_until(lambda: part_path(server, address).exists())
        foreign = address.replace(project, f"{project}-other")
        told = {"upload_offset": 1000, "content_type": OFFSET_TYPE} if method == "PATCH" else {}
        assert tus(server, method, foreign, **told).status == 404
        connection.sendall(b"x" * 1000)
        assert read_answer(connection, "PATCH").status in (204, 415)


def test_who_falls_silent_is_told_and_what_came_is_kept(narrow: Server, project: str) -> None:
    address = begin(narrow, project, 100_000)
    with start_patch(narrow, address, 0, b"x" * 5000, 100_000) as connection:
        check_refusal(read_answer(connection, "PATCH"), 408, "timeout", "Check the connection")
    assert offset(narrow, address) == 5000


@pytest.mark.parametrize("kind", ["tus", "raw", "form"])
def test_who_only_trickles_is_dropped(narrow: Server, project: str, kind: str) -> None:
    path = f"/projects/{project}/videos"
    if kind == "tus":
        connection = start_patch(narrow, begin(narrow, project, 100_000), 0, b"", 100_000)
    elif kind == "raw":
        connection = connect(narrow)
        connection.sendall(head("POST", f"{path}?filename=a.mp4", content_length=100_000, content_type="video/mp4"))
    else:
        connection = connect(narrow)
        connection.sendall(head("POST", path, content_length=100_000, content_type=FORM))
        connection.sendall(b'--mark-of-a-form\r\ncontent-disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n')
    stop = threading.Event()
    trickling = threading.Thread(target=trickle, args=(connection, stop))
    with connection:
        trickling.start()
        began_s = time.monotonic()
        check_refusal(read_answer(connection), 408, "timeout")
        assert time.monotonic() - began_s < SILENCE_S + 5
        stop.set()
        trickling.join()


def trickle(connection: object, stop: threading.Event) -> None:
    while not stop.wait(0.2):
        try:
            connection.sendall(b"z" * 20)
        except OSError:
            return


def test_only_so_many_send_at_a_time(narrow: Server, project: str, small_video: bytes) -> None:
    addresses = [begin(narrow, project, len(small_video)) for _ in range(3)]
    busy = [start_patch(narrow, address, 0, small_video[:100], len(small_video)) for address in addresses[:2]]
    wait_until(lambda: all(part_path(narrow, address).exists() for address in addresses[:2]))
    for answer in (
        patch(narrow, addresses[2], 0, small_video),
        call(narrow, "POST", f"/projects/{project}/videos", b"x", content_type=FORM),
        call(narrow, "POST", f"/projects/{project}/videos?filename=a.mp4", b"x", content_type="video/mp4"),
    ):
        check_refusal(answer, 503, "busy", "2 uploads at a time")
        assert int(answer.headers["retry-after"]) > 0
    for connection in busy:
        reset(connection)
    wait_until(lambda: patch(narrow, addresses[2], 0, small_video).status in (204, 409))


def test_what_nobody_goes_on_with_expires(narrow: Server, project: str, small_video: bytes) -> None:
    address = begin(narrow, project, len(small_video))
    assert patch(narrow, address, 0, small_video[:100]).status == 204
    wait_until(lambda: ask(narrow, address).status in (404, 410))
    wait_until(lambda: not part_path(narrow, address).exists())
    check_refusal(patch(narrow, address, 100, small_video[100:]), 404, "not_found", "Begin a new one")


def concat(server: Server, project: str, addresses: list[str], **headers: object) -> Answer:
    told = {"upload_length": None, "upload_concat": "final;" + " ".join(addresses)} | headers
    return create(server, project, None, **told)


def begin_part(server: Server, project: str, data: bytes, length: int | None = None) -> str:
    told = {"upload_concat": "partial", "upload_metadata": None}
    address = begin(server, project, len(data) if length is None else length, **told)
    assert patch(server, address, 0, data).status == 204
    return address


def test_parts_are_joined_in_their_order_and_then_gone(server: Server, project: str, small_video: bytes) -> None:
    cuts = [0, 5000, 5000, 9000, len(small_video)]
    parts = [begin_part(server, project, small_video[a:b]) for a, b in itertools.pairwise(cuts)]
    assert ask(server, parts[0]).headers["upload-concat"] == "partial"
    mixed = [parts[0], f"http://127.0.0.1:{server.port}{parts[1]}", *parts[2:]]
    answer = concat(server, project, mixed)
    assert answer.status == 201, answer
    asset_id = answer.headers["quizsys-asset-id"]
    assert call(server, "GET", f"/projects/{project}/videos/{asset_id}/content?original=true").body == small_video
    told = ask(server, place(answer))
    assert told.headers["upload-concat"] == "final;" + " ".join(parts)
    assert told.headers["upload-offset"] == told.headers["upload-length"] == str(len(small_video))
    check_refusal(patch(server, place(answer), len(small_video), b"x"), 403, "forbidden", "parts")
    assert [ask(server, part).status for part in parts] == [404] * 4
    assert len(list((server.folder / "uploads" / project).iterdir())) == 1
    again = concat(server, project, mixed)
    assert (again.status, place(again)) == (201, place(answer))
    assert len(call(server, "GET", f"/projects/{project}/videos").json()) == 1


def test_what_cannot_be_joined_is_refused(server: Server, project: str, small_video: bytes) -> None:
    whole, half = begin_part(server, project, small_video), begin_part(server, project, b"x", 2)
    plain, foreign = begin(server, project, 5), begin_part(server, f"{project}-other", small_video)
    check_refusal(concat(server, project, [whole, half]), 409, "conflict", "not whole yet")
    check_refusal(concat(server, project, [plain]), 409, "conflict", "no partial upload")
    check_refusal(concat(server, project, [foreign]), 400, "bad_request", "own project")
    check_refusal(concat(server, project, [foreign.replace("-other", "")]), 404, "not_found")
    check_refusal(concat(server, project, [f"{whole}/../x", "http://", "//"]), 400, "bad_request")
    check_refusal(concat(server, project, []), 400, "bad_request", "up to 64 parts")
    check_refusal(concat(server, project, ["/" + "a"] * 65), 400, "bad_request", "up to 64 parts")
    check_refusal(concat(server, project, [whole] * 10_000), 400, "bad_request")
    check_refusal(concat(server, project, [whole], upload_length=5), 400, "bad_request", "no Upload-Length")
    check_refusal(concat(server, project, [whole], upload_metadata=""), 400, "bad_request", "Name the file")
    check_refusal(create(server, project, 5, upload_concat="both"), 400, "bad_request")
    assert offset(server, whole) == len(small_video)
    assert concat(server, project, [whole]).status == 201


def test_a_part_belongs_to_one_whole(server: Server, project: str, small_video: bytes) -> None:
    middle = len(small_video) // 2
    first, second = (begin_part(server, project, data) for data in (small_video[:middle], small_video[middle:]))
    answers: list[Answer] = []
    orders = [[first, second], [second, first], [first, second], [first]]
    threads = [
        threading.Thread(target=lambda order=order: answers.append(concat(server, project, order))) for order in orders
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    good = {place(answer) for answer in answers if answer.status == 201}
    assert len(good) <= 1, answers
    assert {answer.status for answer in answers} <= {201, 404, 409, 415}
    assert len(call(server, "GET", f"/projects/{project}/videos").json()) == len(good)


def test_a_joined_file_that_is_no_video_is_gone_with_its_parts(server: Server, project: str) -> None:
    parts = [begin_part(server, project, b"no film" * 10) for _ in range(2)]
    check_refusal(concat(server, project, parts), 415, "unsupported_media")
    assert list((server.folder / "uploads" / project).iterdir()) == []
    assert ask(server, parts[0]).status == 404


def test_a_raw_body_is_a_video_like_any_other(server: Server, project: str, small_video: bytes) -> None:
    path = f"/projects/{project}/videos"
    answer = call(server, "POST", f"{path}?filename=Lesson%20one.MP4", small_video, content_type="video/mp4")
    assert answer.status == 201, answer
    told = answer.json()
    assert (told["original_filename"], told["status"], told["size_bytes"]) == (
        "Lesson one.MP4",
        "ready",
        len(small_video),
    )
    assert call(server, "GET", f"{path}/{told['asset_id']}").json()["mime_type"] == "video/mp4"
    chunked = head(
        "POST", f"{path}?filename=b.mp4", content_type="application/octet-stream", transfer_encoding="chunked"
    )
    with connect(server) as connection:
        connection.sendall(chunked + b"%x\r\n%b\r\n0\r\n\r\n" % (len(small_video), small_video))
        again = read_answer(connection)
    assert (again.status, again.json()["duplicate"]) == (201, True)


def test_a_raw_body_that_is_no_good_is_refused_and_leaves_nothing(server: Server, project: str) -> None:
    path = f"/projects/{project}/videos"
    for query, body, kind, status, code in (
        ("", b"x", "video/mp4", 422, "invalid"),
        ("?filename=", b"x", "video/mp4", 422, "invalid"),
        ("?filename=a.mp4", b"{}", "application/json", 422, "invalid"),
        ("?filename=a.mp4", b"no film", "video/mp4", 415, "unsupported_media"),
        ("?filename=a.mp4", b"", "video/mp4", 422, "invalid"),
        ("?filename=a.exe", b"x", "video/mp4", 415, "unsupported_media"),
        ("?filename=%00.mp4", b"x" * 99, "application/octet-stream", 422, "invalid"),
    ):
        check_refusal(call(server, "POST", path + query, body, content_type=kind), status, code)
    big = head("POST", f"{path}?filename=a.mp4", content_type="video/mp4", content_length=10**10, expect="100-continue")
    with connect(server) as connection:
        connection.sendall(big)
        check_refusal(read_answer(connection), 413, "too_large")
    with connect(server) as connection:
        connection.sendall(head("POST", f"{path}?filename=a.mp4", content_type="video/mp4", content_length=100) + b"x")
        folder = server.folder / "uploads" / project
        wait_until(lambda: folder.exists() and any(folder.iterdir()))
        reset(connection)
    wait_until(lambda: not any(folder.iterdir()))


def test_a_page_of_an_allowed_origin_can_read_what_tus_says(server: Server, project: str) -> None:
    ours = {"origin": "http://localhost:3000"}
    answer = create(server, project, 100, **ours)
    exposed = {name.strip().lower() for name in answer.headers["access-control-expose-headers"].split(",")}
    needed = "location upload-offset upload-length upload-expires tus-resumable quizsys-asset-id upload-metadata"
    assert exposed >= set(needed.split())
    asked = {"access_control_request_method": "PATCH", "access_control_request_headers": "tus-resumable, upload-offset"}
    allowed = call(server, "OPTIONS", place(answer), **ours, **asked)
    assert allowed.status == 200
    assert "PATCH" in allowed.headers["access-control-allow-methods"]
    assert "upload-offset" in allowed.headers["access-control-allow-headers"]
    foreign = create(server, project, 100, origin="http://evil.example")
    assert "access-control-expose-headers" not in foreign.headers


def test_no_metadata_header_at_all_is_like_an_empty_one(server: Server, project: str) -> None:
    assert create(server, project, 5, upload_metadata=None).status == 400
    assert create(server, project, 5, upload_metadata="", upload_concat="partial").status == 201
    assert create(server, project, 5, upload_metadata=NAMED + " ,is_confidential").status == 201
