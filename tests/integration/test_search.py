"""Search on a real index: what is found, how it is told, and that projects stay apart."""

import string
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as options
from hypothesis import strategies as st

from quizsys.config import read_settings
from quizsys.engine import apply_migrations
from quizsys.errors import Code, QuizsysError
from quizsys.models.base import database
from quizsys.paging import Page
from quizsys.services.search import Filters, read_query_text, search
from quizsys.sqlite import index_text, open_database, unindex_text
from tests.queueing import add_asset

SAID = [
    (0.0, 2.0, "Chlorophyll absorbs red light, not green light."),
    (2.5, 4.0, "Über die Photosynthese: Café, naïve, señor."),
    (4.0, 6.0, 'She said "a <b>bold</b> & brave" thing.'),
    (6.0, 8.0, "A\x02B\x03 hidden marks"),
]
SHOWN = [(1.0, 6.0, "Chlorophyll a and b\nLight reactions"), (7.0, 8.0, "Calvin cycle")]


@pytest.fixture(scope="module", autouse=True)
def _indexed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("search")
    settings = read_settings({"STORAGE_ROOT": str(folder), "DATABASE_URL": f"sqlite:///{folder}/app.db"}, dotenv=None)
    apply_migrations(settings)
    db = open_database(settings.database_url, "normal")
    database.initialize(db)
    with db.connection_context():
        for asset_id, project_id in (("one", "Bio"), ("two", "Bio"), ("three", "bio")):
            add_asset(asset_id, project_id)
            index_text(db, project_id, asset_id, "speech", SAID)
        index_text(db, "Bio", "one", "slide", SHOWN)
        yield


def find(query: str, *, limit: int | None = None, **filters: Any) -> list[dict[str, Any]]:
    return list(search(Filters(**({"projects": frozenset({"Bio"})} | filters)), query, Page(limit)))


def places(hits: list[dict[str, Any]]) -> set[tuple[str, str, float]]:
    return {(hit["asset_id"], hit["kind"], hit["start_s"]) for hit in hits}


def test_every_word_must_occur_and_endings_do_not_matter() -> None:
    assert places(find("lights absorbing")) == {("one", "speech", 0.0), ("two", "speech", 0.0)}
    assert find("light purple") == []


def test_the_last_word_may_be_only_begun() -> None:
    assert places(find("chlorophyll abs", asset_id="one")) == {("one", "speech", 0.0)}
    assert find("chloro absorbs", asset_id="one") == []
    assert places(find("cal")) == {("one", "slide", 7.0)}


def test_accents_and_case_do_not_matter() -> None:
    for query in ("cafe", "CAFÉ", "uber photosynthese", "naive senor", "cafe\u0301"):
        assert places(find(query, asset_id="two")) == {("two", "speech", 2.5)}, query


def test_quotes_hold_a_phrase_together() -> None:
    assert places(find('"red light"')) == {("one", "speech", 0.0), ("two", "speech", 0.0)}
    assert find('"light red"') == []
    assert places(find('"red light', asset_id="one")) == {("one", "speech", 0.0)}


def test_filters_narrow_it() -> None:
    assert {hit["kind"] for hit in find("light")} == {"speech", "slide"}
    assert places(find("light", kind="slide")) == {("one", "slide", 1.0)}
    assert {hit["asset_id"] for hit in find("light", asset_id="two")} == {"two"}
    assert find("light", asset_id="three") == []


def test_projects_stay_apart_also_when_they_differ_in_case_alone() -> None:
    assert {hit["asset_id"] for hit in find("absorbs", projects=frozenset({"bio"}))} == {"three"}
    assert {hit["asset_id"] for hit in find("absorbs", projects=None)} == {"one", "two", "three"}
    assert {hit["asset_id"] for hit in find("absorbs", projects=frozenset({"bio", "Bio"}))} == {"one", "two", "three"}
    assert find("absorbs", projects=frozenset()) == []
    assert find("absorbs", projects=frozenset({"other"})) == []


def test_a_filters_word_is_no_text() -> None:
    assert find("speech", projects=None) == []


def test_a_hit_tells_where_to_jump_and_marks_what_was_sought_as_plain_text() -> None:
    (hit,) = find("brave", asset_id="one")
    assert hit == {
        "position": 1,
        "project_id": "Bio",
        "asset_id": "one",
        "filename": "a.mp4",
        "title": "a",
        "kind": "speech",
        "start_s": 4.0,
        "end_s": 6.0,
        "snippet": 'She said "a <b>bold</b> & brave" thing.',
        "parts": [
            {"text": 'She said "a <b>bold</b> & ', "hit": False},
            {"text": "brave", "hit": True},
            {"text": '" thing.', "hit": False},
        ],
        "video_url": "/projects/Bio/videos/one",
        "content_url": "/projects/Bio/videos/one/content#t=4",
    }
    assert find("hidden", asset_id="one")[0]["snippet"] == "AB hidden marks"


def test_pages_hold_every_hit_once() -> None:
    whole = find("light", limit=100)
    assert [hit["position"] for hit in whole] == list(range(1, len(whole) + 1))
    paged, after = [], 0
    while page := list(search(Filters(frozenset({"Bio"})), "light", Page(2, (after,))))[:2]:
        paged += page
        after = page[-1]["position"]
    assert paged == whole


@pytest.mark.parametrize("after", [("x",), (-1,), (1, 2), (True,), (1.5,)])
def test_a_foreign_cursor_is_refused(after: tuple[Any, ...]) -> None:
    with pytest.raises(QuizsysError) as caught:
        search(Filters(None), "light", Page(2, after))
    assert caught.value.code is Code.INVALID


def test_what_was_taken_away_is_not_found() -> None:
    index_text(database.obj, "Bio", "one", "slide", [])
    assert find("calvin") == []
    index_text(database.obj, "Bio", "one", "slide", SHOWN)
    unindex_text(database.obj, "two")
    assert find("light", asset_id="two") == []
    index_text(database.obj, "Bio", "two", "speech", SAID)
    assert len(find("cycle")) == 1


@pytest.mark.parametrize(
    ("query", "texts", "is_last_begun"),
    [
        ('a "b c" d', ("a", "b c", "d"), True),
        ('a "b c"', ("a", "b c"), False),
        ('a "b c', ("a", "b c"), False),
        ("a - ! b.", ("a", "b."), False),
        ('"" a', ("a",), True),
        (" ".join("x" * 20), ("x",) * 16, False),
        ('"', (), False),
    ],
)
def test_a_query_is_read_as_words_and_phrases(query: str, texts: tuple[str, ...], is_last_begun: bool) -> None:
    assert read_query_text(query) == (texts, is_last_begun)


SYNTAX = st.lists(
    st.sampled_from(
        [*string.punctuation, "a", "NEAR(", " OR ", " AND ", "²", "ǅ", "\x00", "\ud800", "語", " ", "\u1e94b"]
    )
)


@options(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.one_of(SYNTAX.map("".join), st.text(max_size=60)))
def test_no_text_is_an_error_of_the_index(query: str) -> None:
    if read_query_text(query)[0]:
        find(query, projects=None)
    else:
        with pytest.raises(QuizsysError, match="at least one word"):
            find(query, projects=None)
