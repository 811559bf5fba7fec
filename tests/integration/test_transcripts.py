"""Transcripts through a real server: replaced, corrected, taken back; captions and search follow at once."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from benchmarks.running import LESSON, Server
from tests.wire import FORM, Answer, call, check_refusal, form, part

VTT = b"""WEBVTT

00:00:01.000 --> 00:00:03.000
The fluid around the discs is the stroma.

00:00:03.500 --> 00:00:06.000
Chlorophyll absorbs red light
and blue light.

00:00:07.000 --> 00:00:09.000
That is all for today.
"""
SRT = b"1\r\n00:00:02,000 --> 00:00:04,000\r\nCaf\xe9 au lait.\r\n"


@pytest.fixture(scope="module")
def lesson_id(server: Server) -> str:
    return str(server.upload("words", LESSON)["asset_id"])


@pytest.fixture
def video(server: Server, lesson_id: str) -> str:
    """The path of a video whose transcript is VTT by now."""
    path = f"/projects/words/videos/{lesson_id}"
    assert put(server, path, VTT).status == 200
    return path


def put(server: Server, video: str, body: bytes, **headers: object) -> Answer:
    return call(server, "PUT", f"{video}/transcript", body, **({"content_type": "text/vtt"} | headers))


def patch(server: Server, video: str, body: object, **headers: object) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return call(server, "PATCH", f"{video}/transcript", raw, **({"content_type": "application/json"} | headers))


def read(server: Server, video: str, query: str = "") -> Any:
    return call(server, "GET", f"{video}/transcript{query}").json()


def correct(server: Server, video: str, *edits: dict[str, object]) -> Answer:
    return patch(server, video, {"revision": read(server, video)["revision"], "segments": list(edits)})


def search(server: Server, query: str) -> Any:
    return call(server, "GET", f"/projects/words/search?q={query}").json()


def texts(transcript: Any) -> list[str]:
    return [segment["text"] for segment in transcript["segments"]]


def test_uploaded_captions_become_sentences_with_times(server: Server, video: str) -> None:
    answer = put(server, video, VTT)
    made = answer.json()
    assert texts(made) == [
        "The fluid around the discs is the stroma.",
        "Chlorophyll absorbs red light and blue light.",
        "That is all for today.",
    ]
    assert (made["source"], made["author"], made["is_current"], made["model"]) == ("upload", "anyone", True, "")
    assert answer.headers["etag"] == f'"{made["revision"]}"'
    assert read(server, video) == made
    words = made["segments"][0]["words"]
    assert (words[0]["start_s"], words[-1]["end_s"], words[-1]["text"]) == (1.0, 3.0, "stroma.")


def test_a_video_without_a_transcript_takes_one(server: Server) -> None:
    path = f"/projects/words-new/videos/{server.upload('words-new', LESSON)['asset_id']}"
    assert call(server, "GET", f"{path}/transcript/revisions").json() == []
    made = put(server, path, SRT, content_type="application/x-subrip").json()
    assert (made["revision"], made["base_revision"], texts(made)) == (1, None, ["Café au lait."])


def test_a_correction_reaches_captions_and_search_at_once(server: Server, video: str) -> None:
    before = read(server, video)
    word = f"thylakoid{uuid.uuid4().hex[:6]}"
    answer = correct(server, video, {"index": 0, "text": f"The fluid around the\n{word} is the stroma."})
    made = answer.json()
    assert texts(made)[0] == f"The fluid around the {word} is the stroma."
    assert texts(made)[1:] == texts(before)[1:]
    assert (made["source"], made["base_revision"]) == ("edit", before["revision"])
    old, new = before["segments"][0]["words"], made["segments"][0]["words"]
    assert [new[n] for n in (0, 1, 2, 3, 5, 6, 7)] == [old[n] for n in (0, 1, 2, 3, 5, 6, 7)]
    assert (new[4]["start_s"], new[4]["end_s"]) == (old[4]["start_s"], old[4]["end_s"])
    assert word.encode() in call(server, "GET", f"{video}/captions.vtt").body
    assert word.encode() in call(server, "GET", f"{video}/captions.srt").body
    (hit,) = search(server, word)
    assert (hit["start_s"], hit["kind"]) == (1.0, "speech")
    assert read(server, video, f"?revision={before['revision']}")["segments"] == before["segments"]


def test_times_and_language_can_be_corrected_and_a_segment_taken_away(server: Server, video: str) -> None:
    base = read(server, video)["revision"]
    body = {"revision": base, "language": "de", "segments": [{"index": 0, "end_s": 2.5}, {"index": 2, "remove": True}]}
    made = patch(server, video, body).json()
    assert (made["language"], len(made["segments"])) == ("de", 2)
    assert (made["segments"][0]["end_s"], made["segments"][0]["words"][-1]["end_s"]) == (2.5, 2.5)
    assert put(server, f"{video}", VTT).json()["language"] == "de"
    assert (
        call(server, "PUT", f"{video}/transcript?language=en", VTT, content_type="text/vtt").json()["language"] == "en"
    )


def test_who_was_slower_hears_which_revision_counts(server: Server, video: str) -> None:
    base = read(server, video)["revision"]
    edit = {"revision": base, "segments": [{"index": 0, "text": "Mine."}]}
    assert patch(server, video, edit).status == 200
    check_refusal(patch(server, video, edit), 409, "conflict", f"revision {base + 1} is")
    by_header = {"segments": edit["segments"]}
    check_refusal(patch(server, video, by_header, if_match=f'"{base}"'), 409, "conflict", f"revision {base + 1} is")
    check_refusal(put(server, video, VTT, if_match=f'"{base}"'), 409, "conflict")
    assert patch(server, video, by_header, if_match=f'"{base + 1}"').status == 200


def test_of_many_at_once_one_wins(server: Server, video: str) -> None:
    base = read(server, video)["revision"]
    edits = [{"revision": base, "segments": [{"index": 0, "text": f"Number {n}."}]} for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda edit: patch(server, video, edit), edits))
    assert sorted(answer.status for answer in answers) == [200] + [409] * 7
    (winner,) = (answer.json() for answer in answers if answer.status == 200)
    assert read(server, video) == winner


def test_going_back_is_a_new_revision(server: Server, video: str) -> None:
    first = read(server, video)
    correct(server, video, {"index": 0, "text": "Nonsense."})
    raw = json.dumps({"revision": first["revision"]}).encode()
    made = call(server, "POST", f"{video}/transcript/revert", raw, content_type="application/json").json()
    assert (made["source"], made["base_revision"]) == ("revert", first["revision"])
    assert (made["revision"], made["segments"]) == (first["revision"] + 2, first["segments"])
    listed = call(server, "GET", f"{video}/transcript/revisions?limit=2")
    assert [row["source"] for row in listed.json()] == ["revert", "edit"]
    assert [row["is_current"] for row in listed.json()] == [True, False]
    assert 'rel="next"' in listed.headers["link"]
    raw = json.dumps({"revision": 10**6}).encode()
    unknown = call(server, "POST", f"{video}/transcript/revert", raw, content_type="application/json")
    check_refusal(unknown, 404, "not_found", "no revision 1000000")
    check_refusal(call(server, "GET", f"{video}/transcript?revision=999"), 404, "not_found")


WRONG_EDITS: list[tuple[object, list[object], str]] = [
    ([], ["segments"], "1 to 200"),
    ([{}], ["segments", 0, "index"], "required"),
    ([{"index": 0}] * 201, ["segments"], "1 to 200"),
    ([{"index": 99}], ["segments", 0, "index"], "from 0 to 2"),
    ([{"index": 0}, {"index": 0}], ["segments", 1, "index"], "twice"),
    ([{"index": 1, "text": " \n"}], ["segments", 0, "text"], "remove"),
    ([{"index": 1, "text": "x" * 2001}], ["segments", 0, "text"], "2000 characters"),
    ([{"index": 1, "text": "x " * 301}], ["segments", 0, "text"], "300 words"),
    ([{"index": 1, "text": 7}], ["segments", 0, "text"], "string"),
    ([{"index": 1, "start_s": 6}], ["segments", 0, "end_s"], "after it begins"),
    ([{"index": 0, "end_s": 3.6}], ["segments", 0, "end_s"], "overlap"),
    ([{"index": 1, "start_s": 2.9}], ["segments", 0, "start_s"], "overlap"),
    ([{"index": 2, "end_s": 1e6}], ["segments", 0, "end_s"], "video ends"),
    ([{"index": 2, "end_s": -1}], ["segments", 0, "end_s"], "greater"),
    ("all", ["segments"], "list"),
    ([7], ["segments", 0, "_schema"], ""),
]


@pytest.mark.parametrize(("edits", "place", "says"), WRONG_EDITS)
def test_a_wrong_edit_is_named_and_changes_nothing(
    server: Server, video: str, edits: object, place: list[object], says: str
) -> None:
    before = read(server, video)
    answer = patch(server, video, {"revision": before["revision"], "segments": edits})
    check_refusal(answer, 422, "invalid", says)
    assert answer.json()["detail"][0]["loc"] == ["body", *place]
    assert read(server, video) == before


def test_a_correction_must_say_what_it_was_made_from(server: Server, video: str) -> None:
    edits = [{"index": 0, "text": "x"}]
    check_refusal(patch(server, video, {"segments": edits}), 422, "invalid", "which revision")
    check_refusal(patch(server, video, {"segments": edits}, if_match='"a"'), 422, "invalid", "ETag")
    check_refusal(patch(server, video, {"segments": edits, "revision": 1}, if_match='"2"'), 422, "invalid", "different")


@pytest.mark.parametrize(
    ("body", "kind", "status", "says"),
    [
        (b"WEBVTT\n\n00:01.000 --> 00:61.000\nx\n", "text/vtt", 422, "line 3"),
        (SRT, "text/vtt", 422, "begins with the word WEBVTT"),
        (b"", "text/vtt", 422, "line 1"),
        (b"\x00\x00\x00 ftypisom", "application/octet-stream", 422, "line 1"),
        (b"WEBVTT\n\n99:00:00.000 --> 99:00:01.000\nx\n", "text/vtt", 422, "right file"),
        (b"{}", "application/json", 415, "text/vtt"),
        (b"WEBVTT\n\n" + b"x" * 4_200_000, "text/vtt", 413, "4194304 bytes"),
        (b"junk", FORM, 400, "malformed"),
        (form(part(VTT, name=b"other")), FORM, 422, "required"),
    ],
)
def test_what_are_no_captions_is_refused(
    server: Server, video: str, body: bytes, kind: str, status: int, says: str
) -> None:
    before = read(server, video)
    answer = put(server, video, body, content_type=kind)
    assert (answer.status, says.lower() in answer.body.decode().lower()) == (status, True), answer
    assert read(server, video) == before


def test_captions_come_as_a_form_too(server: Server, video: str) -> None:
    made = put(server, video, form(part(SRT, filename=b"lesson.srt")), content_type=FORM).json()
    assert texts(made) == ["Café au lait."]


def test_nobody_can_hide_markup_in_a_transcript(server: Server, video: str) -> None:
    evil = "<script>alert(1)</script> \u202eabc\x00 e\u0301 --> end"
    made = correct(server, video, {"index": 0, "text": evil})
    check_refusal(made, 422, "invalid", "control characters")
    made = correct(server, video, {"index": 0, "text": evil.replace("\x00", "")})
    assert texts(made.json())[0] == "<script>alert(1)</script> abc é --> end"
    assert b"<script>" not in call(server, "GET", f"{video}/captions.vtt").body
    hit = search(server, "%22alert%201%20script%22")[0]
    assert hit["snippet"] == "<script>alert(1)</script> abc é --> end"
    assert "".join(piece["text"] for piece in hit["parts"]) == hit["snippet"]


def test_unknown_videos_have_no_transcript_to_change(server: Server) -> None:
    path = f"/projects/words/videos/{uuid.uuid4()}"
    body = {"revision": 1, "segments": [{"index": 0, "text": "x"}]}
    for answer in (
        patch(server, path, body),
        put(server, path, VTT),
        call(server, "GET", f"{path}/transcript/revisions"),
    ):
        check_refusal(answer, 404, "not_found")
