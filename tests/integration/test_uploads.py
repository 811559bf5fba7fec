"""The upload door of a real server: what is no good is refused with a reason, and leaves nothing behind."""

import asyncio
import itertools
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.running import Server, run_server
from media.ffmpeg import ffmpeg_binary
from quizsys.config import Settings
from quizsys.db import Store
from quizsys.services.videos import list_videos
from quizsys.storage import Storage
from quizsys.uploads import Received, open_desk
from tests.tus_wire import wait_until
from tests.wire import FORM, Answer, call, check_refusal, connect, exchange, form, head, part, read_answer, upload

LIMIT_BYTES = 1_000_000
SILENCE_S = 3
MOVING, TONE, QUIET = "testsrc=s=160x120:r=10:d=2", "sine=d=2", "anullsrc=d=2"
RECIPES = {
    "good.mp4": ["-f", "lavfi", "-i", MOVING, "-f", "lavfi", "-i", TONE, "-shortest"],
    "mute.mp4": ["-f", "lavfi", "-i", MOVING],
    "silent.mp4": ["-f", "lavfi", "-i", MOVING, "-f", "lavfi", "-i", QUIET, "-shortest"],
    "sound.mp4": ["-f", "lavfi", "-i", TONE],
    "film.avi": ["-f", "lavfi", "-i", MOVING, "-c:v", "mpeg4"],
    "huge.mp4": [
        "-f",
        "lavfi",
        "-i",
        "color=s=12000x12000:r=1,format=gray",
        "-frames:v",
        "1",
        "-threads",
        "1",
        "-preset",
        "ultrafast",
    ],
}


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The bytes of each recipe's video; `good.mp4` ends with its index."""
    folder = tmp_path_factory.mktemp("videos")
    for name, recipe in RECIPES.items():
        subprocess.run([ffmpeg_binary(), "-v", "error", *recipe, str(folder / name)], check=True, timeout=120)
    return {name: (folder / name).read_bytes() for name in RECIPES}


@pytest.fixture(scope="module")
def narrow() -> Iterator[Server]:
    """A server that takes only small files."""
    with run_server(WORKER_CONCURRENCY=0, UPLOAD_MAX_SIZE=LIMIT_BYTES, UPLOAD_IDLE_TIMEOUT_S=SILENCE_S) as running:
        yield running


_numbers = itertools.count()


@pytest.fixture
def project(server: Server, videos: dict[str, bytes]) -> Iterator[str]:
    """A new project; after the test nothing of it is on disk, and it takes a good video."""
    name = f"uploads-{next(_numbers)}"
    yield name
    check_clean(server, name)
    check_sound(server, f"{name}-after", videos["good.mp4"])


def list_files(server: Server, project: str) -> list[str]:
    folders = [server.folder / kind / project for kind in ("uploads", "thumbnails", "processed")]
    return [str(path) for folder in [*folders, server.folder / "work"] for path in folder.rglob("*") if path.is_file()]


def check_clean(server: Server, project: str) -> None:
    assert list_files(server, project) == []
    assert call(server, "GET", f"/projects/{project}/videos").json() == []


def check_sound(server: Server, project: str, video: bytes) -> None:
    """Healthy, and a good upload is kept with its poster; its files are gone once it is deleted."""
    assert call(server, "GET", "/health").json()["status"] == "healthy"
    answer = upload(server, project, part(video))
    assert answer.status == 201, answer
    assert len(list_files(server, project)) == 2
    path = f"/projects/{project}/videos/{answer.json()['asset_id']}"
    assert call(server, "DELETE", path).status == 204
    assert list_files(server, project) == []


def keep(server: Server, project: str, *parts: bytes, **headers: object) -> dict[str, Any]:
    """Upload what is good, read it back, delete it again."""
    answer = upload(server, project, *parts, **headers)
    assert answer.status == 201, answer
    path = f"/projects/{project}/videos/{answer.json()['asset_id']}"
    video: dict[str, Any] = call(server, "GET", path).json()
    assert call(server, "DELETE", path).status == 204
    return answer.json() | video


NOT_VIDEOS = {
    "text": (b"Dear diary, this is no film.\n" * 50, "Export the lesson as MP4"),
    "nothing": (b"", "Export the lesson as MP4"),
    "an HLS playlist": (b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n", "Export"),
    "an ffconcat script": (b"ffconcat version 1.0\nfile /etc/passwd\n", "Export"),
    "an SDP": (b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n", "Export"),
    "a first box without more": (b"\0\0\0\x18ftypisom\0\0\2\0isomiso2", "send it again|export|upload"),
}


@pytest.mark.parametrize("kind", NOT_VIDEOS)
def test_what_is_no_video_is_refused(server: Server, project: str, kind: str) -> None:
    data, remedy = NOT_VIDEOS[kind]
    answer = upload(server, project, part(data))
    check_refusal(answer, 415, "unsupported_media")
    assert any(word in answer.json()["detail"].lower() for word in remedy.lower().split("|"))


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("end", ["head", "tail"])
def test_a_part_of_a_video_is_refused(
    server: Server, project: str, videos: dict[str, bytes], share: float, end: str
) -> None:
    data = videos["good.mp4"]
    size = round(len(data) * share)
    answer = upload(server, project, part(data[:size] if end == "head" else data[-size:]))
    check_refusal(answer, 415, "unsupported_media")


@pytest.mark.parametrize(
    ("name", "filename", "remedy"),
    [
        ("sound.mp4", b"lesson.mp4", "Upload the recording with its video"),
        ("huge.mp4", b"lesson.mp4", "12000 x 12000 pixels, more than we accept (8K). Export"),
        ("film.avi", b"film.mp4", "Name it with .avi"),
        ("good.mp4", b"film.avi", "Name it with .mp4"),
        ("good.mp4", b"lesson.txt", "Unsupported video format '.txt'. Allowed formats: .avi, .mov, .mp4"),
        ("good.mp4", b"lesson", "Unsupported video format ''. Allowed formats: .avi, .mov, .mp4"),
        ("good.mp4", b"", "Unsupported video format ''. Allowed formats: .avi, .mov, .mp4"),
        ("good.mp4", b"lesson.mp4/..", "Unsupported video format '.'. Allowed formats: .avi, .mov, .mp4"),
    ],
)
def test_a_video_that_is_not_taken_says_why(
    server: Server, project: str, videos: dict[str, bytes], name: str, filename: bytes, remedy: str
) -> None:
    check_refusal(upload(server, project, part(videos[name], filename=filename)), 415, "unsupported_media", remedy)


def test_a_mute_video_fails_at_its_transcription(server: Server, project: str, videos: dict[str, bytes]) -> None:
    mute = upload(server, project, part(videos["mute.mp4"])).json()
    jobs = run_quiz(server, project, mute["asset_id"])
    assert jobs["ingest"]["status"] == "completed"
    assert (jobs["transcription"]["status"], jobs["transcription"]["error_code"]) == ("failed", "no_audio")
    assert "sound" in jobs["transcription"]["error_message"]
    assert (jobs["quiz_generation"]["status"], jobs["quiz_generation"]["error_code"]) == ("failed", "dependency_failed")
    assert call(server, "DELETE", f"/projects/{project}/videos/{mute['asset_id']}").status == 204


def test_silence_gives_a_quiz_without_questions_that_says_so(
    server: Server, project: str, videos: dict[str, bytes]
) -> None:
    silent = upload(server, project, part(videos["silent.mp4"])).json()
    jobs = run_quiz(server, project, silent["asset_id"])
    assert {job["status"] for job in jobs.values()} == {"completed"}, jobs
    assert jobs["transcription"]["result"]["segments"] == []
    assert jobs["quiz_generation"]["result"]["questions"] == 0
    assert jobs["quiz_generation"]["result"]["note"].endswith(".")
    assert call(server, "DELETE", f"/projects/{project}/videos/{silent['asset_id']}").status == 204


def run_quiz(server: Server, project: str, asset_id: str) -> dict[str, dict[str, Any]]:
    """The finished jobs of a video's chain, by type."""
    asked = call(server, "POST", f"/projects/{project}/videos/{asset_id}/quiz").json()
    last = f"/projects/{project}/jobs/{asked['job_id']}"
    wait_until(lambda: call(server, "GET", last).json()["status"] in ("completed", "failed"), 90)
    return {job["job_type"]: job for job in call(server, "GET", f"/projects/{project}/jobs").json()}


GOOD_NAMES = {
    "slashes": (b"a/b/../../etc/lesson one.mp4", "a/b/../../etc/lesson one.mp4", "lesson-one"),
    "backslashes": (rb"C:\\films\\x.mp4", r"C:\films\x.mp4", "x"),
    "turned text": ("a\u202egpj.mp4".encode(), "a\u202egpj.mp4", "agpj"),
    "5,000 characters": (b"n" * 5000 + b".MP4", "n" * 5000 + ".MP4", "n" * 80),
    "a smile": ("\U0001f600.mp4".encode(), "\U0001f600.mp4", "video"),
    "quotes": (rb"a\"b'c.mp4", "a\"b'c.mp4", "a-b-c"),
    "bytes that are no UTF-8": (b"\xe9t\xe9.mp4", "?t?.mp4", "t"),
    "an extension alone": (b".mp4", ".mp4", "video"),
    "escapes": (b"%2e%2e%2f%00x.mp4", "%2e%2e%2f%00x.mp4", "2e-2e-2f-00x"),
}


@pytest.mark.parametrize("kind", GOOD_NAMES)
def test_a_strange_name_is_kept_and_stored_under_a_plain_one(
    server: Server, project: str, videos: dict[str, bytes], kind: str
) -> None:
    sent, original, stem = GOOD_NAMES[kind]
    video = keep(server, project, part(videos["good.mp4"], filename=sent))
    assert video["original_filename"] == original
    assert video["filename"][:-15] == stem
    assert video["relative_path"] == f"uploads/{project}/{video['filename']}"


def test_an_encoded_name_may_hold_anything(server: Server, project: str, videos: dict[str, bytes]) -> None:
    sent = part(videos["good.mp4"], filename=None).replace(
        b'name="file"', b"name=\"file\"; filename*=UTF-8''%E2%82%AC%00%0A%1B%5B31m%2F..%2Fx.mp4"
    )
    video = keep(server, project, sent)
    assert video["original_filename"] == "\u20ac\0\n\x1b[31m/../x.mp4"
    assert video["filename"].startswith("x-")


@pytest.mark.parametrize("name", [b"a\0b.mp4", b"a\x1b[31mb.mp4", b"a\nb.mp4", b"n" * 9000 + b".mp4"])
def test_a_name_that_no_header_can_hold_is_refused(
    server: Server, project: str, videos: dict[str, bytes], name: bytes
) -> None:
    answer = upload(server, project, part(videos["good.mp4"], filename=name))
    check_refusal(answer, 400, "bad_request", "short and plain filename")


def test_a_content_type_is_stored_whatever_it_is(server: Server, project: str, videos: dict[str, bytes]) -> None:
    strange = part(videos["good.mp4"], more=b"Content-Type: \xff\xfe/" + b"x" * 999 + b"\r\n")
    assert keep(server, project, strange)["mime_type"] == "??/" + "x" * 252
    assert keep(server, project, part(videos["good.mp4"]))["mime_type"] == "application/octet-stream"


def test_of_several_files_the_last_one_counts(server: Server, project: str, videos: dict[str, bytes]) -> None:
    good, bad = part(videos["good.mp4"], filename=b"two.mp4"), part(b"no film", filename=b"one.mp4")
    assert keep(server, project, bad, good)["original_filename"] == "two.mp4"
    check_refusal(upload(server, project, good, bad), 415, "unsupported_media")
    check_refusal(upload(server, project, good, part(b"text", filename=None)), 422, "invalid")


def test_a_form_may_have_16_parts(server: Server, project: str, videos: dict[str, bytes]) -> None:
    field, good = part(b"x", name=b"other", filename=None), part(videos["good.mp4"])
    keep(server, project, *[field] * 15, good)
    check_refusal(upload(server, project, *[field] * 16, good), 400, "bad_request", "send only")


def test_a_form_without_a_file_names_the_field(server: Server, project: str) -> None:
    path = f"/projects/{project}/videos"
    missing = [
        upload(server, project, part(b"x", name=b"movie")),
        upload(server, project),
        upload(server, project, b"--mark-of-a-form\r\n\r\nno header at all\r\n"),
        call(server, "POST", path, b"{}", content_type="application/json"),
        call(server, "POST", path, b""),
        call(server, "POST", path),
    ]
    for answer in missing:
        check_refusal(answer, 422, "invalid")
        problem = {"type": "missing", "loc": ["body", "file"], "msg": "Field required", "input": None}
        assert answer.json()["detail"] == [problem]
    answer = upload(server, project, part(b"hello", filename=None))
    check_refusal(answer, 422, "invalid", "send it as the field 'file' with a filename")
    assert answer.json()["detail"][0]["type"] == "value_error"


NESTED = (
    b'--mark-of-a-form\r\nContent-Disposition: form-data; name="file"\r\nContent-Type: multipart/mixed; boundary=z\r\n'
)
BROKEN_FORMS: dict[str, tuple[bytes, str]] = {
    "nested": (form(NESTED + b"\r\n--z\r\n\r\nhi\r\n--z--\r\n"), FORM),
    "another boundary": (form(part(b"x" * 200)), "multipart/form-data; boundary=another"),
    "no boundary": (form(part(b"x")), "multipart/form-data"),
    "an endless boundary": (form(part(b"x")), "multipart/form-data; boundary=" + "z" * 200),
    "no end": (part(b"x" * 200), FORM),
    "an end in the file": (part(b"x" * 200)[:-100], FORM),
    "an end in the headers": (part(b"x" * 200)[:60], FORM),
    "nothing in it": (b"", FORM),
    "500 headers": (form(part(b"x", more=b"x: y\r\n" * 500)), FORM),
    "a header of 2 MB": (form(part(b"x", more=b"x: " + b"y" * 2_000_000 + b"\r\n")), FORM),
    "a header without a colon": (form(part(b"x", more=b"nothing\r\n")), FORM),
    "a line of 2 MB before it": (b"x" * 2_000_000 + b"\r\n" + form(part(b"x")), FORM),
    "an unknown charset": (form(part(b"nonsense-8", name=b"_charset_", filename=None), part(b"x")), FORM),
    "no charset": (form(part(b"x" * 99, name=b"_charset_", filename=None), part(b"x")), FORM),
}


@pytest.mark.parametrize("kind", BROKEN_FORMS)
def test_a_broken_form_is_refused(server: Server, project: str, kind: str) -> None:
    body, content_type = BROKEN_FORMS[kind]
    answer = call(server, "POST", f"/projects/{project}/videos", body, content_type=content_type)
    check_refusal(answer, 400, "bad_request", "send the file")


def test_a_packed_body_is_refused_before_it_is_read(server: Server, project: str) -> None:
    headers = {"content_type": FORM, "content_encoding": "gzip", "content_length": 5000}
    for more in ({}, {"expect": "100-continue"}):
        answer = exchange(server, head("POST", f"/projects/{project}/videos", **headers, **more))
        check_refusal(answer, 415, "unsupported_media", "without a Content-Encoding")


@pytest.mark.parametrize(
    "name", ["..", "%2e%2e", ".", "a%2Fb", "%20", "a" * 65, "%C3%A9", "%ff", "a%00", "-a", "a%0A", "a%5Cb", "%zz"]
)
def test_a_project_id_that_is_no_plain_name_is_refused(server: Server, name: str, videos: dict[str, bytes]) -> None:
    before = sorted(path for path in server.folder.rglob("*") if path.is_dir())
    check_refusal(upload(server, name, part(videos["good.mp4"])), 400, "bad_project_id", "1 to 64 letters, digits")
    expecting = head("POST", f"/projects/{name}/videos", content_type=FORM, content_length=9, expect="100-continue")
    check_refusal(exchange(server, expecting), 400, "bad_project_id")
    assert sorted(path for path in server.folder.rglob("*") if path.is_dir()) == before


def test_a_client_that_expects_is_invited(server: Server, project: str, videos: dict[str, bytes]) -> None:
    body = form(part(videos["good.mp4"]))
    path = f"/projects/{project}/videos"
    with connect(server) as connection:
        connection.sendall(head("POST", path, content_type=FORM, content_length=len(body), expect="100-continue"))
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        answer = read_answer(connection)
    assert answer.status == 201
    assert call(server, "DELETE", f"{path}/{answer.json()['asset_id']}").status == 204


def check_too_large(server: Server, answer: Answer) -> None:
    check_refusal(answer, 413, "too_large", f"more than the {LIMIT_BYTES} bytes that are allowed. Export it smaller")
    check_clean(server, "large")


def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(narrow: Server) -> None:
    headers = {"content_type": FORM, "content_length": 2 * LIMIT_BYTES}
    for more in ({}, {"expect": "100-continue"}):
        began_s = time.monotonic()
        answer = exchange(narrow, head("POST", "/projects/large/videos", **headers, **more))
        check_too_large(narrow, answer)
        assert answer.headers["connection"] == "close"
        assert time.monotonic() - began_s < SILENCE_S


def test_a_body_is_refused_as_soon_as_it_is_too_large(narrow: Server) -> None:
    endless = itertools.chain([part(b"")[:-2]], itertools.repeat(b"z" * 50_000))
    answer, sent_bytes = send_chunks(narrow, "large", endless, most_bytes=100 * LIMIT_BYTES)
    check_too_large(narrow, answer)
    assert sent_bytes < 100 * LIMIT_BYTES
    check_too_large(narrow, upload(narrow, "large", part(b"z" * (LIMIT_BYTES + 1))))


def test_a_file_of_the_largest_size_is_taken(narrow: Server, videos: dict[str, bytes]) -> None:
    whole = videos["good.mp4"]
    padding = LIMIT_BYTES - len(whole)
    padded = whole + struct.pack(">I4s", padding, b"free") + bytes(padding - 8)
    check_sound(narrow, "large", padded)


@pytest.mark.parametrize("start", [b"", part(b"", name=b"other", filename=None)], ids=["preamble", "other field"])
def test_a_form_that_never_comes_to_its_file_ends_in_bounded_time(server: Server, project: str, start: bytes) -> None:
    slow = (time.sleep(0.1) or chunk for chunk in itertools.repeat(b"z\r\n"))
    began_s = time.monotonic()
    answer, _ = send_chunks(server, project, itertools.chain([start or b"z\r\n"], slow), most_bytes=10**6)
    check_refusal(answer, 408, "timeout", "Check the connection")
    assert time.monotonic() - began_s < SILENCE_S + 10


FIELD = part(b"", name=b"other", filename=None)[:-2]
ENDLESS = {
    "a preamble": (b"z\r\n", b"z\r\n" * 10_000, 400, "bad_request"),
    "a preamble of one line": (b"z", b"z" * 60_000, 400, "bad_request"),
    "another field": (FIELD, b"z" * 30_000, 413, "too_large"),
    "a field of ends of lines": (FIELD, b"\r\n-" * 10_000, 413, "too_large"),
    "headers of a part": (b"--mark-of-a-form\r\n", b"x: y\r\n" * 10_000, 400, "bad_request"),
    "one header of a part": (b"--mark-of-a-form\r\nx: ", b"y" * 60_000, 400, "bad_request"),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_what_is_endless_before_the_file_is_refused_after_a_little_of_it(
    server: Server, project: str, kind: str
) -> None:
    start, more, status, code = ENDLESS[kind]
    answer, sent_bytes = send_chunks(server, project, itertools.chain([start], itertools.repeat(more)), 50_000_000)
    check_refusal(answer, status, code)
    assert sent_bytes < 10_000_000


def send_chunks(server: Server, project: str, chunks: Iterable[bytes], most_bytes: int) -> tuple[Answer, int]:
    """Send until there is an answer, or `most_bytes` are gone; also how many bytes went."""
    sent_bytes = 0
    with connect(server) as connection:
        connection.sendall(head("POST", f"/projects/{project}/videos", content_type=FORM, transfer_encoding="chunked"))
        connection.settimeout(0.001)
        for chunk in chunks:
            try:
                if connection.recv(1, socket.MSG_PEEK) or sent_bytes > most_bytes:
                    break
            except TimeoutError:
                pass
            connection.settimeout(20)
            connection.sendall(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            sent_bytes += len(chunk)
            connection.settimeout(0.001)
        connection.settimeout(20)
        return read_answer(connection), sent_bytes


def leave_by_reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@pytest.mark.parametrize("leave", [leave_by_reset, socket.socket.close])
def test_a_client_that_dies_leaves_nothing(
    server: Server, project: str, lesson: Path, leave: Callable[[socket.socket], None]
) -> None:
    body = form(part(lesson.read_bytes()))
    connection = connect(server)
    connection.sendall(head("POST", f"/projects/{project}/videos", content_type=FORM, content_length=len(body)))
    connection.sendall(body[: len(body) // 2])
    wait_until(lambda: len(list_files(server, project)) == 1)
    leave(connection)
    wait_until(lambda: list_files(server, project) == [])


def test_a_client_that_dies_after_its_last_byte_leaves_a_whole_video_or_nothing(server: Server, lesson: Path) -> None:
    body = form(part(lesson.read_bytes()))
    path = "/projects/left-late/videos"
    for wait_s in (0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12):
        with connect(server) as connection:
            connection.sendall(head("POST", path, content_type=FORM, content_length=len(body)) + body)
            time.sleep(wait_s)
            leave_by_reset(connection)
    wait_until(lambda: len(list_files(server, "left-late")) == 2 * len(call(server, "GET", path).json()))
    assert not [name for name in list_files(server, "left-late") if name.endswith((".part", ".poster"))]


@pytest.mark.parametrize("missing_bytes", [1, 100_000])
def test_a_client_that_falls_silent_is_told_and_leaves_nothing(
    server: Server, project: str, lesson: Path, missing_bytes: int
) -> None:
    body = form(part(lesson.read_bytes()))
    told = head("POST", f"/projects/{project}/videos", content_type=FORM, content_length=len(body))
    check_refusal(exchange(server, told + body[:-missing_bytes]), 408, "timeout", "Check the connection")


@pytest.mark.parametrize("length", [0, 60, 200, 20_000])
def test_a_body_longer_than_its_length_is_refused(
    server: Server, project: str, videos: dict[str, bytes], length: int
) -> None:
    body = form(part(videos["good.mp4"]))
    told = head("POST", f"/projects/{project}/videos", content_type=FORM, content_length=length)
    answer = exchange(server, told + body)
    assert answer.status in (400, 422)
    assert "request_id" in answer.json()


def test_a_broken_chunk_ends_the_upload(server: Server, project: str) -> None:
    start = part(b"z" * 5000)
    told = head("POST", f"/projects/{project}/videos", content_type=FORM, transfer_encoding="chunked")
    answer = exchange(server, told + b"%x\r\n%b\r\nnonsense\r\n" % (len(start), start))
    assert answer.status in (400, 408)
    assert "request_id" in answer.json()


async def test_an_upload_cancelled_at_its_commit_keeps_file_and_row_together(
    settings: Settings, store: Store, lesson: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = Storage(settings.storage_root)
    storage.prepare()
    target = storage.path(storage.place("uploads", "late", "x.part"))
    shutil.copyfile(lesson, target)
    commit = store.run

    async def leave_meanwhile(service: Callable[..., Any], *args: Any) -> Any:
        found = await commit(service, *args)
        uploading.cancel()
        await asyncio.sleep(0)
        return found

    async with open_desk(store, storage) as desk:
        monkeypatch.setattr(store, "run", leave_meanwhile)
        received = Received(target, "x.mp4", "video/mp4", target.stat().st_size, "0" * 64)
        uploading = asyncio.create_task(desk.keep("late", received))
        with pytest.raises(asyncio.CancelledError):
            await uploading
    (video,) = await store.read(lambda: list(list_videos("late")))
    assert storage.path(video["relative_path"]).exists()
    assert storage.path(video["thumbnail_path"]).exists()
