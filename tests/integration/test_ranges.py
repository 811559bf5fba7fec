"""A video's bytes by range, as players ask for them."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from benchmarks.running import LESSON, Server
from tests.wire import Answer, call, check_refusal

PROJECT = "ranges"
VIDEOS = f"/projects/{PROJECT}/videos"


@pytest.fixture(scope="module")
def video(server: Server) -> str:
    """The id of a video in PROJECT."""
    return str(server.upload(PROJECT, LESSON)["asset_id"])


def read_content(server: Server, video: str, **headers: object) -> Answer:
    return call(server, "GET", f"{VIDEOS}/{video}/content", **headers)


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=100-", 100, None), ("bytes=-7", -7, None), ("BYTES=5-99999999", 5, None)],
)
def test_one_range_is_sent(server: Server, video: str, wanted: str, start: int, end: int | None) -> None:
    whole = LESSON.read_bytes()
    answer = read_content(server, video, range=wanted)
    first = start % len(whole)
    assert answer.status == 206
    assert answer.body == whole[start:end]
    assert answer.headers["content-range"] == f"bytes {first}-{first + len(answer.body) - 1}/{len(whole)}"
    assert answer.headers["content-type"] == "video/mp4"


@pytest.mark.parametrize(
    "wanted", ["bytes=0-1,5-6", "bytes=9-2", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=" + "9" * 5000 + "-"]
)
def test_a_range_that_is_not_understood_gives_the_whole_file(server: Server, video: str, wanted: str) -> None:
    answer = read_content(server, video, range=wanted, x_strange="\u00e9")
    assert answer.status == 200
    assert answer.body == LESSON.read_bytes()
    assert "content-range" not in answer.headers


@pytest.mark.parametrize("wanted", ["bytes=999999999-", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused_with_the_size(server: Server, video: str, wanted: str) -> None:
    answer = read_content(server, video, range=wanted)
    check_refusal(answer, 416, "bad_range", "Ask for bytes=0-")
    assert answer.headers["content-range"] == f"bytes */{LESSON.stat().st_size}"


def test_a_range_counts_only_for_the_file_that_it_was_meant_for(server: Server, video: str) -> None:
    told = read_content(server, video, range="bytes=0-0").headers
    etag, changed = told["etag"], told["last-modified"]
    long_ago = format_datetime(datetime.now(UTC) - timedelta(days=9), usegmt=True)
    for condition, status in ((etag, 206), (f"W/{etag}", 200), ('"other"', 200), (long_ago, 200)):
        assert read_content(server, video, range="bytes=0-0", if_range=condition).status == status
    assert changed.endswith("GMT")
    assert read_content(server, video, if_none_match=etag).status == 304
    assert read_content(server, video, if_none_match='"other"', range="bytes=0-1,4-5").status == 200
    assert read_content(server, video, if_match='"other"').status == 412
