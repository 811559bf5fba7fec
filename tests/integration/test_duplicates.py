"""The same file again: recognised by its hash, answered at once, kept once. What does not fit a quota is refused."""

import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks.running import LESSON, Server, run_server
from tests.wire import FORM, Answer, call, check_refusal, exchange, form, head, part, upload

LESSON_BYTES = LESSON.read_bytes()
_numbers = itertools.count()


@pytest.fixture
def project() -> str:
    return f"again-{next(_numbers)}"


def send(server: Server, project: str, data: bytes = LESSON_BYTES, filename: bytes = b"lesson.mp4") -> Answer:
    return upload(server, project, part(data, filename=filename))


def list_files(server: Server, project: str) -> list[str]:
    folders = [server.folder / kind / project for kind in ("uploads", "thumbnails")]
    return [path.name for folder in folders for path in folder.rglob("*") if path.is_file()]


def test_the_same_file_again_is_the_asset_that_is_there(server: Server, project: str) -> None:
    first, again = send(server, project), send(server, project, filename=b"other name.MOV")
    assert (first.status, again.status) == (201, 201)
    assert (first.json()["duplicate"], again.json()["duplicate"]) == (False, True)
    assert again.json() == first.json() | {"duplicate": True}
    assert len(call(server, "GET", f"/projects/{project}/videos").json()) == 1
    assert len(list_files(server, project)) == 2


def test_it_is_its_own_asset_in_another_project_and_after_its_deletion(server: Server, project: str) -> None:
    first = send(server, project).json()["asset_id"]
    other = send(server, project.title()).json()
    assert (other["duplicate"], other["asset_id"] == first) == (False, False)
    assert call(server, "DELETE", f"/projects/{project}/videos/{first}").status == 204
    assert list_files(server, project) == []
    later = send(server, project).json()
    assert (later["duplicate"], later["asset_id"] == first) == (False, False)
    assert call(server, "GET", f"/projects/{project}/videos/{later['asset_id']}/content").body == LESSON_BYTES


def test_a_wrong_name_is_refused_for_known_bytes_too(server: Server, project: str) -> None:
    send(server, project)
    check_refusal(send(server, project, filename=b"lesson.exe"), 415, "unsupported_media", "Allowed formats")
    check_refusal(send(server, project, filename=b"lesson.avi"), 415, "unsupported_media", "Name it with .mp4")
    assert len(list_files(server, project)) == 2


def test_two_uploads_of_the_same_bytes_at_once_are_one_asset(server: Server, project: str) -> None:
    start = threading.Barrier(4)

    def race(_number: int) -> Answer:
        start.wait()
        return send(server, project)

    with ThreadPoolExecutor(4) as runners:
        answers = [answer.json() for answer in runners.map(race, range(4))]
    assert len({answer["asset_id"] for answer in answers}) == 1
    assert sorted(answer["duplicate"] for answer in answers) == [False, True, True, True]
    assert len(list_files(server, project)) == 2


def test_a_file_that_was_removed_by_hand_is_back_when_it_is_sent_again(server: Server, project: str) -> None:
    first = send(server, project).json()
    (server.folder / "uploads" / project / first["filename"]).unlink()
    assert send(server, project).json()["asset_id"] == first["asset_id"]
    content = call(server, "GET", f"/projects/{project}/videos/{first['asset_id']}/content")
    assert content.body == LESSON_BYTES


@pytest.fixture(scope="module")
def tight() -> Iterator[Server]:
    """A server on which a project may store two lessons, and all of them three."""
    quota = {"PROJECT_QUOTA_BYTES": len(LESSON_BYTES) * 5 // 2, "STORAGE_QUOTA_BYTES": len(LESSON_BYTES) * 7 // 2}
    with run_server(WORKER_CONCURRENCY=0, UPLOAD_IDLE_TIMEOUT_S=3, **quota) as running:
        yield running


def vary(number: int) -> bytes:
    """The lesson with a box at its end that players pass over."""
    return LESSON_BYTES + b"\0\0\0\x0cfree" + number.to_bytes(4, "big")


def test_quotas_hold_whichever_way_they_are_reached(tight: Server) -> None:
    with ThreadPoolExecutor(4) as runners:
        answers = list(runners.map(lambda number: send(tight, "p", vary(number)), range(4)))
    kept = [answer.json() for answer in answers if answer.status == 201]
    assert len(kept) == 2
    for answer in answers:
        if answer.status != 201:
            check_refusal(answer, 507, "quota_full", "This project may store")
    assert len(list_files(tight, "p")) == 4

    told = head("POST", "/projects/p/videos", content_type=FORM, content_length=len(form(part(vary(9)))))
    check_refusal(exchange(tight, told), 507, "quota_full", "This project may store")
    assert send(tight, "q", vary(1)).status == 201
    check_refusal(send(tight, "q", vary(2)), 507, "quota_full", "all projects")
    call(tight, "DELETE", f"/projects/p/videos/{kept[0]['asset_id']}")
    assert send(tight, "p", vary(9)).status == 201
