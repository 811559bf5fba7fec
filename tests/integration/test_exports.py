"""The export job over HTTP: what is refused before it is queued, what comes out, and that nothing is left behind."""

import itertools
import time
from pathlib import Path
from typing import Any

import av
import psutil
import pytest
from drawn_files import SRT, draw, make_sounds
from films import RAMP, list_numbers, make

from benchmarks.running import LESSON, Server
from tests.wire import FORM, Answer, call, check_refusal, form, part, send_json, upload

LIMIT_S = 60
UNKNOWN = "019aab3e-6c1f-7d52-9a43-0d3f4f5a6b7c"
_numbers = itertools.count()


@pytest.fixture
def project() -> str:
    return f"exports-{next(_numbers)}"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two seconds whose frames tell their number."""
    folder = tmp_path_factory.mktemp("ramp")
    return make(folder / "ramp.mp4", RAMP.format(2), "sine=d=2").path.read_bytes()


@pytest.fixture(scope="module")
def lesson_id(server: Server) -> str:
    """A video of 245 seconds that no test changes."""
    return str(server.upload("refusals", LESSON)["asset_id"])


def send_film(server: Server, project: str, film: bytes) -> str:
    return str(upload(server, project, part(film)).json()["asset_id"])


def send_asset(server: Server, project: str, data: bytes, name: str) -> dict[str, Any]:
    body = form(part(data, filename=name.encode()))
    made = call(server, "POST", f"/projects/{project}/assets", body, content_type=FORM).json()
    found: dict[str, Any] = call(server, "GET", f"/projects/{project}/assets/{made['asset_id']}").json()
    return found


def ask(server: Server, project: str, payload: Any) -> Answer:
    return send_json(server, f"/projects/{project}/jobs", {"job_type": "export", "payload": payload})


def read_job(server: Server, project: str, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = call(server, "GET", f"/projects/{project}/jobs/{job_id}").json()
    return found


def wait_for(server: Server, project: str, job_id: str, *states: str) -> dict[str, Any]:
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        job = read_job(server, project, job_id)
        if job["status"] in states:
            return job
        assert job["status"] not in ("failed", "cancelled", "completed"), job
        time.sleep(0.02)
    raise AssertionError(f"the export is still {job['status']}")


def export(server: Server, project: str, payload: Any) -> dict[str, Any]:
    answer = ask(server, project, payload)
    assert answer.status == 201, answer
    result: dict[str, Any] = wait_for(server, project, answer.json()["id"], "completed")["result"]
    return result


def list_files(server: Server, project: str) -> set[str]:
    folders = [server.folder / name / project for name in ("uploads", "processed", "exports", "thumbnails", "music")]
    return {path.relative_to(server.folder).as_posix() for folder in folders for path in folder.glob("*")}


def small(asset_id: str, **more: Any) -> dict[str, Any]:
    """A timeline of two short clips in a small size, so that it is made fast."""
    clips = [
        {"asset_id": asset_id, "in_point": 0.4, "out_point": 0.8},
        {"asset_id": asset_id, "in_point": 1.2, "out_point": 1.4},
    ]
    return {"clips": clips, "resolution": "source", "proxy_resolution": None} | more


def test_an_export_leaves_videos_that_are_listed_and_downloaded(server: Server, project: str, film: bytes) -> None:
    asset_id = send_film(server, project, film)
    template = {"name": "Für Telefone", "format": "webm", "width": 90, "height": 160, "aspect_ratio": "9:16"}
    payload = small(asset_id, export_templates=[template | {"fit": "crop", "generate_thumbnails": True}])
    result = export(server, project, {"timeline": payload | {"proxy_resolution": "540p"}})
    assert set(result) == {"timeline", "proxy", "exports", "thumbnails"}
    timeline, (phone,) = result["timeline"], result["exports"]
    assert timeline["relative_path"] == f"processed/{project}/{timeline['name']}"
    assert phone["relative_path"] == f"exports/{project}/{phone['name']}"
    assert (phone["metadata"]["label"], phone["metadata"]["aspect_ratio"]) == ("Für Telefone", "9:16")
    assert (result["proxy"]["metadata"]["width"], result["proxy"]["metadata"]["height"]) == (960, 540)
    assert [picture["context"] for picture in result["thumbnails"]] == ["timeline"] * 2 + ["Für Telefone"] * 2
    assert [picture["clip_index"] for picture in result["thumbnails"]] == [0, 1, 0, 1]
    videos = {row["id"]: row for row in call(server, "GET", f"/projects/{project}/videos").json()}
    assert set(videos) == {asset_id, timeline["asset_id"], result["proxy"]["asset_id"], phone["asset_id"]}
    assert videos[timeline["asset_id"]]["metadata"] == timeline["metadata"]
    for picture in result["thumbnails"]:
        shown = call(server, "GET", f"/projects/{project}/assets/{picture['asset_id']}/content")
        assert (shown.status, shown.headers["content-type"], shown.body[:2]) == (200, "image/jpeg", b"\xff\xd8")
    some = call(server, "GET", f"/projects/{project}/videos/{phone['asset_id']}/content", range="bytes=0-3")
    assert (some.status, some.headers["content-type"], some.body) == (206, "video/webm", b"\x1a\x45\xdf\xa3")
    assert call(server, "GET", f"/projects/{project}/videos/{phone['asset_id']}/thumbnail").status == 200
    row = call(server, "GET", f"/projects/{project}/assets/{timeline['asset_id']}").json()
    assert row["source_asset_ids"] == [asset_id]
    made = call(server, "GET", f"/projects/{project}/assets?category=exports").json()
    assert [found["id"] for found in made] == [phone["asset_id"]]


def test_an_exported_video_shows_what_was_asked_and_may_be_cut_again(
    server: Server, project: str, film: bytes, tmp_path: Path
) -> None:
    first = export(server, project, small(send_film(server, project, film)))["timeline"]
    clip = {"asset_id": first["asset_id"], "in_point": 0.2}
    again = export(server, project, small("", clips=[clip]))["timeline"]
    for made, numbers in ((first, [*range(10, 20), *range(30, 35)]), (again, [*range(15, 20), *range(30, 35)])):
        target = tmp_path / made["name"]
        target.write_bytes(call(server, "GET", f"/projects/{project}/videos/{made['asset_id']}/content").body)
        assert list_numbers(target) == numbers


def test_what_an_export_made_is_deleted_alone(server: Server, project: str, film: bytes) -> None:
    asset_id = send_film(server, project, film)
    before = list_files(server, project)
    result = export(server, project, small(asset_id))
    for made in (result["timeline"], *result["thumbnails"]):
        assert call(server, "DELETE", f"/projects/{project}/assets/{made['asset_id']}").status == 204
    assert list_files(server, project) == before
    result = export(server, project, small(asset_id))
    assert call(server, "DELETE", f"/projects/{project}/videos/{asset_id}").status == 204
    assert list_files(server, project) == {
        result["timeline"]["relative_path"],
        call(server, "GET", f"/projects/{project}/videos").json()[0]["thumbnail_path"],
        *(picture["path"] for picture in result["thumbnails"]),
    }
    assert call(server, "DELETE", f"/projects/{project}/storage").status == 204
    assert list_files(server, project) == set()


def test_music_marks_and_subtitles_are_named_by_their_paths(
    server: Server, project: str, film: bytes, tmp_path: Path
) -> None:
    music = send_asset(server, project, make_sounds(tmp_path)["tone.mp3"], "tone.mp3")
    mark = send_asset(server, project, draw("png"), "mark.png")
    words = send_asset(server, project, SRT.encode(), "words.srt")
    payload = small(
        send_film(server, project, film),
        background_music={"track": music["relative_path"], "loop": True, "ducking": True},
        default_watermark={"path": mark["relative_path"], "position": "top_left"},
        global_subtitles={"path": words["relative_path"], "encoding": "utf-8", "force_style": "Fontsize=20"},
        loudness=-16,
        chapters="clips",
    )
    metadata = export(server, project, payload)["timeline"]["metadata"]
    assert (metadata["duration"], metadata["copied"]) == (0.6, False)


def test_a_plain_cut_is_copied(server: Server, lesson_id: str) -> None:
    clip = {"asset_id": lesson_id, "in_point": 3.5, "out_point": 33.5}
    payload = {"clips": [clip], "resolution": "source", "proxy_resolution": None, "generate_thumbnails": False}
    made = export(server, "refusals", payload)["timeline"]
    assert (made["metadata"]["copied"], made["metadata"]["duration"]) == (True, 30)
    with av.open(str(server.folder / made["relative_path"])) as container:
        assert container.streams.video[0].frames == 30 * 25


def refused(more: Any, *loc: Any, says: str = "") -> Any:
    return pytest.param(more, list(loc), says, id="-".join(map(str, (*loc, says.replace(" ", "_"))))[:60])


@pytest.mark.parametrize(
    ("more", "loc", "says"),
    [
        refused({"clips": None}, "clips"),
        refused({"clips": []}, "clips", says="at least 1"),
        refused({"clips": [{}] * 500}, "clips", says="at most"),
        refused({"clips": {"0": {}}}, "clips", says="list"),
        refused({"clips": [7]}, "clips", 0, says="dictionary"),
        refused({"clips": [{}]}, "clips", 0, "asset_id", says="field required"),
        refused({"clips": [{"asset_id": UNKNOWN}]}, "clips", 0, "asset_id", says="no such video"),
        refused({"clips": [{"out_point": 2}, {"in_point": 9, "out_point": 5}]}, "clips", 1, "out_point", says="before"),
        refused({"clips": [{"out_point": 5, "in_point": 5}]}, "clips", 0, "out_point", says="before"),
        refused({"clips": [{"out_point": 246}]}, "clips", 0, "out_point", says="ends at 245.36"),
        refused({"clips": [{"in_point": 300}]}, "clips", 0, "in_point", says="ends at 245.36"),
        refused({"clips": [{"in_point": -1}]}, "clips", 0, "in_point"),
        refused({"clips": [{"in_point": 1e308}]}, "clips", 0, "in_point"),
        refused({"clips": [{"in_point": "9" * 200}]}, "clips", 0, "in_point"),
        refused({"clips": [{"transition": {"type": "spin"}}]}, "clips", 0, "transition", "type"),
        refused(
            {"clips": [{"transition": {"type": "crossfade", "style": "custom"}}]}, "clips", 0, "transition", "style"
        ),
        refused(
            {"clips": [{"out_point": 1, "transition": {"type": "crossfade", "duration": 2}}, {}]},
            *("clips", 0, "transition", "duration"),
            says="shorter",
        ),
        refused(
            {
                "clips": [
                    {"transition": {"type": "crossfade", "duration": 1}},
                    {"out_point": 1.5, "transition": {"type": "crossfade", "duration": 1}},
                    {},
                ]
            },
            *("clips", 1, "transition", "duration"),
            says="shorter",
        ),
        refused(
            {"clips": [{"watermark": {"path": "../../etc/passwd"}}]}, "clips", 0, "watermark", "path", says="inside"
        ),
        refused({"clips": [{"watermark": {"path": "/etc/passwd"}}]}, "clips", 0, "watermark", "path", says="inside"),
        refused({"clips": [{"watermark": {"path": "file:x.png"}}]}, "clips", 0, "watermark", "path", says="no such"),
        refused({"clips": [{"subtitles": {"path": "app.db"}}]}, "clips", 0, "subtitles", "path", says="no such"),
        refused({"clips": [{"subtitles": {}}]}, "clips", 0, "subtitles", says="transcript"),
        refused({"global_subtitles": {"path": "x", "encoding": "rot13"}}, "global_subtitles", "encoding"),
        refused({"global_subtitles": {"force_style": "Fontsize=1':enable=0"}}, "global_subtitles", "force_style"),
        refused(
            {"global_subtitles": {"force_style": "Filename=x"}}, "global_subtitles", "force_style", says="no field"
        ),
        refused({"background_music": {"track": "music/../x.mp3"}}, "background_music", "track", says="inside"),
        refused({"background_music": {"track": "x", "volume": -1}}, "background_music", "volume"),
        refused({"background_music": {"track": "x", "ducking": {"ratio": 99}}}, "background_music", "ducking", "ratio"),
        refused({"resolution": "8000p"}, "resolution"),
        refused({"aspect_ratio": "4:3"}, "aspect_ratio"),
        refused({"loudness": 3}, "loudness"),
        refused({"chapters": "scenes"}, "chapters", says="no scenes"),
        refused({"quiz_id": UNKNOWN}, "quiz_id", says="no such quiz"),
        refused({"scenes": [1]}, "scenes", says="not both"),
        refused(
            {"export_templates": [{"name": "a"}, {"name": "b", "width": 640, "height": 480, "aspect_ratio": "16:9"}]},
            *("export_templates", 1, "aspect_ratio"),
            says="640 x 480",
        ),
        refused({"export_templates": [{"name": "a", "width": 10**9}]}, "export_templates", 0, "width"),
        refused({"export_templates": [{"name": "a", "format": "gif"}]}, "export_templates", 0, "format"),
        refused({"export_templates": [{"name": "a", "video_bitrate": "1e9"}]}, "export_templates", 0, "video_bitrate"),
        refused({"export_templates": [{"name": "a"}] * 50}, "export_templates", says="at most"),
    ],
)
@pytest.mark.parametrize("wrapped", [False, True], ids=["plain", "wrapped"])
def test_what_cannot_be_composed_is_refused_with_its_place(
    server: Server, lesson_id: str, more: dict[str, Any], loc: list[Any], says: str, wrapped: bool
) -> None:
    payload = {"clips": [{}]} | more
    if isinstance(payload["clips"], list) and says != "field required":
        known = {"asset_id": lesson_id}
        payload["clips"] = [known | clip if isinstance(clip, dict) else clip for clip in payload["clips"]]
    answer = ask(server, "refusals", {"timeline": payload} if wrapped else payload)
    check_refusal(answer, 422, "invalid", says)
    first = answer.json()["detail"][0]
    assert first["loc"] == ["body", "payload", *(["timeline"] if wrapped else []), *loc]


def test_another_projects_files_are_not_there(server: Server, project: str, lesson_id: str) -> None:
    check_refusal(ask(server, project, small(lesson_id)), 422, "invalid", "no such video")
    mark = send_asset(server, project, draw("png"), "mark.png")
    stolen = {"clips": [{"asset_id": lesson_id, "watermark": {"path": mark["relative_path"]}}]}
    check_refusal(ask(server, "refusals", stolen), 422, "invalid", "no such image")


def test_an_export_whose_video_went_away_says_so(server: Server, project: str, film: bytes, lesson_id: str) -> None:
    """The first clip's video keeps the job; one of the others may be deleted before the job begins."""
    first, second = send_film(server, project, film), send_film(server, project, film + b"\0\0\0\x08free")
    busy = ask(server, "refusals", {"clips": [{"asset_id": lesson_id}], "resolution": "540p"}).json()
    clips = [{"asset_id": first}, {"asset_id": second}]
    job = ask(server, project, small("", clips=clips)).json()
    assert call(server, "DELETE", f"/projects/{project}/videos/{second}").status == 204
    call(server, "POST", f"/projects/refusals/jobs/{busy['id']}/cancel", b"")
    failed = wait_for(server, project, job["id"], "failed")
    assert (failed["attempts"], failed["error_code"]) == (1, "invalid")
    assert "no such video" in failed["error_message"]


def test_a_cancelled_export_leaves_nothing(server: Server, lesson_id: str) -> None:
    before = list_files(server, "refusals")
    payload = {"clips": [{"asset_id": lesson_id}], "export_templates": [{"name": "one", "format": "webm"}]}
    job = ask(server, "refusals", payload).json()
    wait_for(server, "refusals", job["id"], "running")
    while not (running := list_ffmpegs(server)):
        time.sleep(0.05)
    assert call(server, "POST", f"/projects/refusals/jobs/{job['id']}/cancel", b"").status == 202
    wait_for(server, "refusals", job["id"], "cancelled")
    psutil.wait_procs(running, timeout=2)
    assert list_ffmpegs(server) == []
    assert list_files(server, "refusals") == before
    deadline = time.monotonic() + 5
    while any((server.folder / "work").iterdir()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert list((server.folder / "work").iterdir()) == []


def list_ffmpegs(server: Server) -> list[psutil.Process]:
    family = psutil.Process(server.process.pid).children(recursive=True)
    return [process for process in family if "ffmpeg" in process.name() and process.status() != psutil.STATUS_ZOMBIE]
