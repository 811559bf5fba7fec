"""The storage of a project: counted, wiped, and laid out on disk as clients of the seed know it."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from drawn_files import draw, make_sounds

from benchmarks.running import LESSON, Server, run_server
from tests.guarded import OTHER, OWN, PEOPLE, run_guarded
from tests.wire import FORM, Answer, call, check_refusal, form, part, send_json, upload

CATEGORIES = ("uploads", "processed", "thumbnails", "exports", "music")
EMPTY = {"bytes": 0, "megabytes": 0.0, "file_count": 0}
LESSON_BYTES = LESSON.read_bytes()


def vary(number: int) -> bytes:
    """The lesson with a box at its end that players pass over."""
    return LESSON_BYTES + b"\0\0\0\x0cfree" + number.to_bytes(4, "big")


def send(server: Server, project: str, data: bytes = LESSON_BYTES, name: bytes = b"Lesson 1.mp4") -> dict[str, Any]:
    answer = call(server, "POST", f"/projects/{project}/assets", form(part(data, filename=name)), content_type=FORM)
    assert answer.status == 201, answer
    found: dict[str, Any] = answer.json()
    return found


def read_stats(server: Server, project: str = "") -> dict[str, Any]:
    answer = call(server, "GET", f"/projects/{project}/storage/stats" if project else "/storage/stats")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    found: dict[str, Any] = answer.json()
    return found


def wipe(server: Server, project: str) -> Answer:
    return call(server, "DELETE", f"/projects/{project}/storage")


def list_files(server: Server, project: str) -> list[Path]:
    return [path for name in CATEGORIES for path in (server.folder / name / project).rglob("*") if path.is_file()]


def test_an_unknown_project_stores_nothing(server: Server) -> None:
    assert read_stats(server, "nobody") == {
        "root": None,
        "project_id": "nobody",
        "categories": dict.fromkeys(CATEGORIES, EMPTY),
    }
    assert not (server.folder / "uploads" / "nobody").exists()


def test_what_a_project_stores_is_counted_as_it_lies_on_disk(server: Server, tmp_path: Path) -> None:
    send(server, "counted")
    send(server, "counted", make_sounds(tmp_path)["tone.mp3"], b"t.mp3")
    stats = read_stats(server, "counted")
    assert list(stats) == ["root", "project_id", "categories"]
    assert list(stats["categories"]) == list(CATEGORIES)
    for name, found in stats["categories"].items():
        files = [path for path in (server.folder / name / "counted").rglob("*") if path.is_file()]
        total = sum(path.stat().st_size for path in files)
        assert found == {"bytes": total, "megabytes": round(total / 1024**2, 2), "file_count": len(files)}
        assert [type(value) for value in found.values()] == [int, float, int]
    counts = {name: found["file_count"] for name, found in stats["categories"].items()}
    assert counts == {"uploads": 1, "processed": 0, "thumbnails": 1, "exports": 0, "music": 1}
    assert stats["categories"]["uploads"]["bytes"] == len(LESSON_BYTES)


def test_a_file_that_is_still_arriving_does_not_count(server: Server) -> None:
    send(server, "arriving")
    before = read_stats(server, "arriving")
    for name in ("x.part", "x.poster"):
        (server.folder / "uploads" / "arriving" / name).write_bytes(b"half")
    assert read_stats(server, "arriving") == before
    assert wipe(server, "arriving").status == 204
    assert {path.name for path in list_files(server, "arriving")} == {"x.part", "x.poster"}
    assert read_stats(server, "arriving")["categories"] == dict.fromkeys(CATEGORIES, EMPTY)


def test_the_whole_storage_is_counted_with_its_root() -> None:
    with run_server(WORKER_CONCURRENCY=0) as server:
        for project in ("one", "two"):
            send(server, project)
        stats = read_stats(server)
        assert (stats["root"], stats["project_id"]) == (str(server.folder), None)
        assert stats["categories"]["uploads"] == {
            "bytes": 2 * len(LESSON_BYTES),
            "megabytes": round(2 * len(LESSON_BYTES) / 1024**2, 2),
            "file_count": 2,
        }


def test_a_wipe_takes_files_and_assets_and_leaves_jobs_and_neighbours(server: Server) -> None:
    kept = send(server, "neighbour")
    video = send(server, "wiped")
    send(server, "wiped", draw("PNG"), b"m.png")
    (server.folder / "exports" / "wiped").mkdir()
    (server.folder / "exports" / "wiped" / "by-hand.mp4").write_bytes(b"x")
    job = send_json(
        server, "/projects/wiped/jobs", {"job_type": "ingest", "payload": {"asset_id": video["asset_id"]}}
    ).json()
    answer = wipe(server, "wiped")
    assert (answer.status, answer.body) == (204, b"")
    assert list_files(server, "wiped") == []
    assert call(server, "GET", "/projects/wiped/videos").json() == []
    assert call(server, "GET", "/projects/wiped/assets").json() == []
    assert [row["id"] for row in call(server, "GET", "/projects/wiped/jobs").json()] == [job["id"]]
    assert call(server, "GET", f"/projects/wiped/jobs/{job['id']}").json()["status"] in (
        "cancelled",
        "running",
        "completed",
    )
    (left,) = call(server, "GET", "/projects/neighbour/videos").json()
    assert left["id"] == kept["asset_id"]
    assert len(list_files(server, "neighbour")) == 2
    assert wipe(server, "wiped").status == 204
    assert wipe(server, "never-there").status == 204


def test_projects_whose_names_differ_in_case_share_nothing(server: Server) -> None:
    lower, upper = send(server, "case"), send(server, "CASE")
    assert wipe(server, "case").status == 204
    assert call(server, "GET", "/projects/case/videos").json() == []
    (left,) = call(server, "GET", "/projects/CASE/videos").json()
    assert (left["id"], left["relative_path"]) == (upper["asset_id"], f"uploads/CASE/{upper['filename']}")
    assert lower["asset_id"] != upper["asset_id"]
    assert len(list_files(server, "CASE")) == 2


def list_all(server: Server) -> list[Path]:
    """Every file, but what is written at any time."""
    files = [path for path in server.folder.rglob("*") if path.is_file() and "app." not in path.name]
    return sorted(path for path in files if path.parent.name != "metadata")


@pytest.mark.parametrize("project", ["%2e%2e", "%2e", "..%2f..", "%20", "a%2fb", "-a", "a%00", "x" * 65, "%C3%A9"])
def test_a_wipe_of_what_is_no_project_touches_nothing(server: Server, project: str) -> None:
    send(server, "bystander")
    before = list_all(server)
    for method, path in (("DELETE", f"/projects/{project}/storage"), ("GET", f"/projects/{project}/storage/stats")):
        answer = call(server, method, path)
        assert answer.status in (400, 404), answer
        if answer.status == 400:
            check_refusal(answer, 400, "bad_project_id", "A project id is 1 to 64 letters")
    assert list_all(server) == before


def test_uploads_during_a_wipe_are_whole_or_gone(server: Server) -> None:
    stop = threading.Event()

    def wipe_on() -> None:
        while not stop.is_set():
            wipe(server, "busy")

    with ThreadPoolExecutor(1) as wiper, ThreadPoolExecutor(3) as senders:
        wiping = wiper.submit(wipe_on)
        answers = list(senders.map(lambda number: upload(server, "busy", part(vary(number))), range(24)))
        stop.set()
        wiping.result()
    assert {answer.status for answer in answers} == {201}
    videos = call(server, "GET", "/projects/busy/videos").json()
    for video in videos:
        assert (server.folder / video["relative_path"]).exists()
        assert (server.folder / video["thumbnail_path"]).exists()
    assert len(list_files(server, "busy")) == 2 * len(videos)


def test_files_lie_where_the_seed_puts_them(server: Server) -> None:
    answer = send(server, "on-disk", name="../../etc/Über (1).MP4".encode())
    assert re.fullmatch(r"uber-1-[0-9a-f]{10}\.mp4", answer["filename"])
    assert answer["original_filename"] == "../../etc/Über (1).MP4"
    stem = answer["filename"].removesuffix(".mp4")
    assert (server.folder / "uploads" / "on-disk" / answer["filename"]).read_bytes() == LESSON_BYTES
    assert (server.folder / "thumbnails" / "on-disk" / f"{stem}.jpg").exists()
    assert {name for name in CATEGORIES if (server.folder / name).is_dir()} == set(CATEGORIES)


def test_projects_are_listed_with_counts() -> None:
    with run_server(WORKER_CONCURRENCY=0) as server:
        assert call(server, "GET", "/projects").json() == []
        video = send(server, "b")
        send(server, "b", draw("PNG"), b"m.png")
        send(server, "A")
        wipe(server, "A")
        send(server, "c")
        send_json(server, "/projects/b/jobs", {"job_type": "ingest", "payload": {"asset_id": video["asset_id"]}})
        second, third = call(server, "GET", "/projects").json()
        assert (second["id"], third["id"]) == ("b", "c")
        assert (second["videos"], second["assets"], second["quizzes"]) == (1, 2, 0)
        assert second["jobs"] == {"queued": 1, "running": 0, "completed": 0, "failed": 0, "cancelled": 0}
        categories = read_stats(server, "b")["categories"]
        assert second["bytes"] == sum(category["bytes"] for category in categories.values())
        assert second["updated_at"].endswith("Z")
        first = call(server, "GET", "/projects?limit=1")
        assert [row["id"] for row in first.json()] == ["b"]
        following = first.headers["link"].split(">")[0].lstrip("<")
        rest = call(server, "GET", following)
        assert ([row["id"] for row in rest.json()], "link" in rest.headers) == (["c"], False)
        check_refusal(call(server, "GET", "/projects?cursor=WzFd"), 422, "invalid", "no place in this list")
        wipe(server, "b")
        (left, _) = call(server, "GET", "/projects").json()
        assert (left["id"], left["assets"], left["bytes"], left["jobs"]["cancelled"]) == ("b", 0, 0, 1)


def test_a_token_sees_the_projects_that_it_is_for(tmp_path: Path) -> None:
    with run_guarded(tmp_path, WORKER_CONCURRENCY=0) as guarded:
        for who in ("editor of own", "viewer", "viewer of other"):
            guarded.add(who, **PEOPLE[who])
        for project in (OWN, OTHER, "third"):
            assert upload(guarded.server, project, part(LESSON_BYTES), **guarded.headers("admin")).status == 201
        seen = {who: guarded.call(who, "GET", "/projects").json() for who in ("admin", "viewer", "editor of own")}
        assert {who: [row["id"] for row in rows] for who, rows in seen.items()} == {
            "admin": [OTHER, OWN, "third"],
            "viewer": [OTHER, OWN, "third"],
            "editor of own": [OWN],
        }
        page = guarded.call("editor of own", "GET", "/projects?limit=1")
        assert ([row["id"] for row in page.json()], "link" in page.headers) == ([OWN], False)
        check_refusal(guarded.call("stranger", "GET", "/projects"), 401, "unauthorized")
