"""Files of other kinds at the door of a real server: told apart by their content, refused with a reason, given back."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from drawn_files import PLAYLIST, SRT, VTT, claim_size, draw, make_sounds, zip_up

from benchmarks.running import LESSON, Server
from tests.wire import FORM, Answer, call, check_refusal, exchange, form, head, part

_numbers = itertools.count()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return make_sounds(tmp_path_factory.mktemp("sounds"))


@pytest.fixture
def project() -> str:
    return f"assets-{next(_numbers)}"


@pytest.fixture
def spotless(server: Server, project: str) -> Iterator[str]:
    """A project of which nothing is on disk after the test."""
    yield project
    assert list_files(server, project) == []
    assert call(server, "GET", f"/projects/{project}/assets").json() == []


def list_files(server: Server, project: str) -> list[str]:
    folders = [server.folder / kind / project for kind in ("uploads", "music", "thumbnails", "processed")]
    return sorted(str(path.relative_to(server.folder)) for folder in folders for path in folder.rglob("*.*"))


def send(server: Server, project: str, data: bytes, name: str, category: str | None = None, *more: bytes) -> Answer:
    query = f"?category={category}" if category else ""
    body = form(part(data, filename=name.encode()), *more)
    return call(server, "POST", f"/projects/{project}/assets{query}", body, content_type=FORM)


def keep(server: Server, project: str, data: bytes, name: str, category: str | None = None) -> dict[str, Any]:
    """Upload what is good; returns the asset as it is read."""
    answer = send(server, project, data, name, category)
    assert answer.status == 201, answer
    found: dict[str, Any] = call(server, "GET", f"/projects/{project}/assets/{answer.json()['asset_id']}").json()
    return found


@pytest.mark.parametrize("name", ["tone.mp3", "tone.m4a", "tone.wav", "tone.flac", "tone.ogg"])
def test_a_sound_is_described(server: Server, project: str, sounds: dict[str, bytes], name: str) -> None:
    asset = keep(server, project, sounds[name], name.upper(), "voice_over")
    assert asset["relative_path"] == f"music/{project}/{asset['filename']}"
    assert (asset["category"], asset["thumbnail_path"], asset["status"]) == ("voice_over", None, "ready")
    found = asset["metadata"]
    assert found["duration"] == pytest.approx(2, abs=0.1)
    assert (found["audio_channels"], found["audio_sample_rate"]) == (2, 44100)
    assert found["size_bytes"] == asset["size_bytes"] == len(sounds[name])
    path = f"/projects/{project}/assets/{asset['id']}"
    check_refusal(call(server, "GET", f"{path}/thumbnail"), 404, "not_found")
    content = call(server, "GET", f"{path}/content", range="bytes=5-9")
    assert (content.status, content.body) == (206, sounds[name][5:10])
    assert content.headers["content-type"].startswith("audio/")
    assert content.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("form_name", "name", "mode", "has_alpha"),
    [
        ("PNG", "m.png", "RGBA", True),
        ("JPEG", "m.jpg", "RGB", False),
        ("WEBP", "m.webp", "RGBA", True),
        ("JPEG", "m.JPEG", "L", False),
    ],
)
def test_an_image_is_described_and_has_a_picture(
    server: Server, project: str, form_name: str, name: str, mode: str, has_alpha: bool
) -> None:
    asset = keep(server, project, draw(form_name, mode=mode), name)
    assert asset["category"] == "image"
    found = asset["metadata"]
    assert (found["width"], found["height"], found["has_alpha"]) == (300, 200, has_alpha)
    path = f"/projects/{project}/assets/{asset['id']}"
    picture = call(server, "GET", f"{path}/thumbnail")
    assert (picture.status, picture.headers["content-type"]) == (200, "image/jpeg")
    assert picture.body.startswith(b"\xff\xd8\xff")
    assert call(server, "DELETE", path).status == 204
    assert list_files(server, project) == []


@pytest.mark.parametrize(
    ("text", "name", "encoding", "told"),
    [
        (VTT, "s.vtt", "utf-8", "utf-8"),
        (SRT, "s.srt", "utf-8-sig", "utf-8"),
        (SRT, "s.srt", "utf-16", "utf-16"),
        (SRT, "s.srt", "cp1252", "windows-1252"),
    ],
)
def test_subtitles_are_read(server: Server, project: str, text: str, name: str, encoding: str, told: str) -> None:
    asset = keep(server, project, text.encode(encoding), name)
    assert asset["category"] == "subtitle"
    found = asset["metadata"]
    assert (found["format"], found["encoding"], found["cue_count"]) == (name[2:], told, 2)
    assert (found["start"], found["end"]) == (1.0, 4.25 if name == "s.srt" else 4.0)
    content = call(server, "GET", f"/projects/{project}/assets/{asset['id']}/content")
    assert content.body == text.encode(encoding)
    assert content.headers["content-type"].endswith(f"; charset={told}")


def test_what_is_no_sound_is_refused(server: Server, spotless: str, sounds: dict[str, bytes]) -> None:
    wav = sounds["tone.wav"]
    cases = {
        "playlist.mp3": (PLAYLIST, "Export it"),
        "tagged.mp3": (b"ID3\4\0\0\0\0\0\0" + PLAYLIST * 50, "damaged"),
        "archive.wav": (zip_up(wav), "Export it"),
        "header.wav": (wav[:44], "cut off"),
        "half.wav": (wav[:5000], "cut off"),
        "head.flac": (sounds["tone.flac"][:500], "damaged"),
        "film.m4a": (LESSON.read_bytes(), "moving picture"),
        "other.ogg": (sounds["tone.flac"], "Name it with .flac"),
        "tone.aac": (sounds["tone.mp3"], "Allowed formats: .flac, .m4a, .mp3, .ogg, .wav"),
        "empty.mp3": (b"", "Export it"),
        "noise.mp3": (b"\xff\xfb" + bytes(range(256)) * 20, "damaged"),
    }
    for name, (data, says) in cases.items():
        check_refusal(send(server, spotless, data, name, "music"), 415, "unsupported_media", says)


def test_what_is_no_image_is_refused(server: Server, spotless: str) -> None:
    png = draw("PNG")
    cases = {
        "film.png": (LESSON.read_bytes(), "Export it"),
        "huge.png": (claim_size(100_000, 100_000), "100000 x 100000 pixels"),
        "wide.png": (claim_size(60_000, 600), "60000 x 600 pixels"),
        "endless.png": (claim_size(2**31 - 1, 2**31 - 1), "pixels, more than we accept"),
        "none.png": (claim_size(0, 0), "damaged"),
        "liar.png": (claim_size(100, 100), "damaged"),
        "large.jpg": (draw("JPEG", (12_000, 4_000), "L"), "12000 x 4000 pixels"),
        "list.png": (png[:8] + PLAYLIST, "damaged"),
        "half.png": (png[:60], "damaged"),
        "photo.png": (draw("JPEG"), "Name it with .jp"),
        "drawing.svg": (SVG, "Unsupported image format '.svg'. Allowed formats: .jpeg, .jpg, .png, .webp"),
        "drawing.png": (SVG, "Export it"),
        "old.gif": (draw("GIF", mode="L"), "Allowed formats"),
    }
    for name, (data, says) in cases.items():
        check_refusal(send(server, spotless, data, name, "image"), 415, "unsupported_media", says)


def test_what_is_no_subtitle_is_refused(server: Server, spotless: str, sounds: dict[str, bytes]) -> None:
    cases = {
        "words.srt": (b"Dear diary\n\nthis is no film\n", "no subtitles that can be read"),
        "zeros.srt": (bytes(5000), "subtitle"),
        "tone.srt": (sounds["tone.mp3"], "Export it"),
        "noise.vtt": (bytes(range(256)) * 40, "subtitle"),
        "other.srt": (VTT.encode(), "Name it with .vtt"),
        "other.vtt": (SRT.encode(), "Name it with .srt"),
        "page.vtt": (b"<html><script>alert(1)</script></html>", "no subtitles"),
        "back.srt": (b"1\n00:00:05,000 --> 00:00:01,000\nx\n", "no subtitles"),
        "clock.srt": (b"1\n99:99:99,000 --> 00:00:01,000\nx\n", "no subtitles"),
        "subs.ass": (b"[Script Info]", "Allowed formats: .srt, .vtt"),
    }
    for name, (data, says) in cases.items():
        check_refusal(send(server, spotless, data, name, "subtitle"), 415, "unsupported_media", says)


def test_endless_subtitles_are_refused_before_they_come_and_after(server: Server, spotless: str) -> None:
    path = f"/projects/{spotless}/assets?category=subtitle"
    told = head("POST", path, content_type=FORM, content_length=90_000_000)
    check_refusal(exchange(server, told), 413, "too_large", "Save it smaller")
    many = SRT.encode() * 100_000
    check_refusal(send(server, spotless, many, "s.srt"), 413, "too_large", "Save it smaller")
    check_refusal(send(server, spotless, SRT.encode() * 12_000, "s.srt"), 415, "unsupported_media", "cues")


def test_a_file_that_is_two_things_is_sent_back_as_the_one_that_it_was_taken_for(server: Server, project: str) -> None:
    both = draw("PNG") + b"<script>alert(1)</script>" + zip_up(b"x")
    asset = keep(server, project, both, "m.png")
    content = call(server, "GET", f"/projects/{project}/assets/{asset['id']}/content")
    assert (content.body, content.headers["content-type"]) == (both, "image/png")
    assert content.headers["x-content-type-options"] == "nosniff"


def test_a_category_is_told_by_query_or_field_or_guessed(
    server: Server, project: str, sounds: dict[str, bytes]
) -> None:
    tone = sounds["tone.mp3"]
    field = part(b"voice_over", name=b"category", filename=None)
    assert send(server, project, tone, "t.mp3").json()["category"] == "music"
    assert send(server, project, tone, "t.mp3", None, field).json()["category"] == "voice_over"
    before = form(field, part(tone + b"\0", filename=b"t.mp3"))
    told = call(server, "POST", f"/projects/{project}/assets?category=music", before, content_type=FORM)
    assert told.json()["category"] == "music"
    assert send(server, project, LESSON.read_bytes(), "lesson.mp4").json()["category"] == "uploads"
    for wrong in ("film", "%00", "music%20"):
        check_refusal(send(server, project, tone, "t.mp3", wrong), 422, "invalid", "'voice_over'")
    wrong_field = part(b"x" * 5000, name=b"category", filename=None)
    check_refusal(send(server, project, tone, "t.mp3", None, wrong_field), 422, "invalid", "'voice_over'")
    check_refusal(send(server, project, tone, "t.exe"), 415, "unsupported_media", "Allowed formats: .avi, .flac")
    names = {name for name in list_files(server, project) if name.endswith((".part", ".poster"))}
    assert names == set()


def test_assets_are_listed_by_category_and_only_videos_as_videos(
    server: Server, project: str, sounds: dict[str, bytes]
) -> None:
    video = keep(server, project, LESSON.read_bytes(), "lesson.mp4")
    music = keep(server, project, sounds["tone.mp3"], "t.mp3")
    image = keep(server, project, draw("PNG"), "m.png")
    path = f"/projects/{project}"
    assert [row["id"] for row in call(server, "GET", f"{path}/assets").json()] == [
        asset["id"] for asset in (video, music, image)
    ]
    assert call(server, "GET", f"{path}/assets?category=music").json() == [music]
    assert call(server, "GET", f"{path}/assets?category=voice_over").json() == []
    check_refusal(call(server, "GET", f"{path}/assets?category=all"), 422, "invalid", "'subtitle'")
    assert [row["id"] for row in call(server, "GET", f"{path}/videos").json()] == [video["id"]]
    check_refusal(call(server, "GET", f"{path}/videos/{music['id']}"), 404, "not_found", "Asset not found")
    check_refusal(call(server, "DELETE", f"{path}/videos/{music['id']}"), 404, "not_found", "Asset not found")
    job = call(
        server,
        "POST",
        f"{path}/jobs",
        b'{"job_type":"ingest","payload":{"asset_id":"%s"}}' % music["id"].encode(),
        content_type="application/json",
    )
    check_refusal(job, 422, "invalid", "no such video")
    first = call(server, "GET", f"{path}/assets?limit=2")
    assert [row["id"] for row in first.json()] == [video["id"], music["id"]]
    following = first.headers["link"].split(">")[0].lstrip("<")
    assert [row["id"] for row in call(server, "GET", following).json()] == [image["id"]]
    assert call(server, "DELETE", f"{path}/assets/{video['id']}").status == 204
    check_refusal(call(server, "DELETE", f"{path}/assets/{video['id']}"), 404, "not_found", "Asset not found")
    check_refusal(call(server, "GET", f"/projects/elsewhere/assets/{image['id']}"), 404, "not_found")


@pytest.mark.parametrize(
    ("original", "plain", "whole"),
    [
        ("tone.mp3", "tone.mp3", "tone.mp3"),
        ("../../etc/T\u00f6ne \u20ac.MP3", "T_ne _.mp3", "T\u00f6ne \u20ac.mp3"),
        ('a"b;c=d%22.mp3', "a_b_c_d_22.mp3", 'a"b;c=d%22.mp3'),
        (".mp3", "file.mp3", "file.mp3"),
        ("n" * 900 + ".mp3", "n" * 200 + ".mp3", "n" * 200 + ".mp3"),
    ],
)
def test_a_download_bears_the_name_that_the_file_came_with(
    server: Server, project: str, sounds: dict[str, bytes], original: str, plain: str, whole: str
) -> None:
    sent = part(sounds["tone.mp3"], filename=original.replace('"', '\\"').encode())
    asset_id = call(server, "POST", f"/projects/{project}/assets", form(sent), content_type=FORM).json()["asset_id"]
    path = f"/projects/{project}/assets/{asset_id}/content"
    shown = call(server, "GET", f"{path}?download=true").headers["content-disposition"]
    assert shown.startswith(f"attachment; filename=\"{plain}\"; filename*=UTF-8''")
    assert unquote(shown.rpartition("''")[2]) == whole
    assert "content-disposition" not in call(server, "GET", path).headers
    check_refusal(call(server, "GET", f"{path}?download=perhaps"), 422, "invalid", "boolean")


def test_a_video_is_saved_under_its_own_name(server: Server, project: str) -> None:
    asset = keep(server, project, LESSON.read_bytes(), "Lesson 1.MP4")
    content = call(server, "HEAD", f"/projects/{project}/videos/{asset['id']}/content?download=1")
    assert content.headers["content-disposition"].startswith('attachment; filename="Lesson 1.mp4"')


def test_the_same_sound_is_one_asset_in_each_category(server: Server, project: str, sounds: dict[str, bytes]) -> None:
    tone = sounds["tone.ogg"]
    music, again = (send(server, project, tone, "t.ogg", "music").json() for _ in range(2))
    voice = send(server, project, tone, "t.ogg", "voice_over").json()
    assert (again["asset_id"], again["duplicate"]) == (music["asset_id"], True)
    assert (voice["asset_id"] == music["asset_id"], voice["duplicate"]) == (False, False)
    assert len(list_files(server, project)) == 2


def test_a_killed_server_leaves_known_files_of_every_kind_where_they_are(tmp_path: Path) -> None:
    from quizsys.storage import Storage
    from quizsys.sweep import sweep

    storage = Storage(tmp_path)
    names = [
        "music/p/t-0123456789.mp3",
        "uploads/p/s-0123456789.srt",
        "thumbnails/p/m-0123456789.jpg",
        "uploads/p/m-0123456789.png",
    ]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert sweep(storage, {name for name in names if "thumb" not in name}) == 0
    assert sweep(storage, set()) == 4
