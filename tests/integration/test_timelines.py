"""What an export is asked for, as a timeline: scenes for clips, a quiz at its pauses, chapters that follow both."""

from collections.abc import Callable
from typing import Any

import pytest

from media.compose.timeline import CROSSFADE, Chapter, Clip, Still, Timeline
from media.transcript import Segment, Transcript, Word
from quizsys import clock
from quizsys.db import Store
from quizsys.errors import QuizsysError
from quizsys.models.assets import Asset
from quizsys.models.quizzes import DRAFT, QuestionRow, Quiz
from quizsys.models.scenes import SceneRow
from quizsys.schemas.exports import ExportOptions
from quizsys.services.shots import Request
from quizsys.services.timelines import build_timeline, list_asset_ids
from quizsys.services.transcripts import Origin, insert_revision

METADATA = {
    "duration": 60.0,
    "container": "mp4",
    "frame_rate": "25",
    "has_audio": True,
    "codec": "h264",
    "width": 640,
    "height": 360,
    "rotation": 0,
    "audio_channels": 1,
}


def add_video(asset_id: str, **more: Any) -> None:
    now = clock.utc_now()
    Asset(
        id=asset_id,
        project_id="p",
        filename=f"{asset_id}.mp4",
        original_filename=f"{asset_id} Ä.mp4",
        relative_path=f"uploads/p/{asset_id}.mp4",
        checksum="",
        size_bytes=1,
        mime_type="video/mp4",
        status="ready",
        metadata=METADATA | more,
        created_at=now,
        updated_at=now,
    ).add()


def add_scenes(asset_id: str, *starts_s: float) -> None:
    for position, start_s in enumerate(starts_s):
        end_s = [*starts_s[1:], 60.0][position]
        title = f"Slide {position}" if position else ""
        SceneRow(
            asset_id=asset_id,
            position=position,
            start_s=start_s,
            end_s=end_s,
            confidence=1.0,
            title=title,
            text="",
            thumbnail_path="",
        ).add()


def add_quiz(asset_id: str, *pauses_s: float) -> None:
    Quiz(
        id="quiz",
        project_id="p",
        asset_id=asset_id,
        transcript_id="t",
        title="",
        generator="offline",
        status=DRAFT,
        refused=[],
        note="",
        created_at=clock.utc_now(),
    ).save(force_insert=True)
    for position, pause_s in enumerate(pauses_s):
        QuestionRow(
            id=f"q{position}",
            quiz_id="quiz",
            position=position,
            kind="single",
            stem=f"Question {position}?",
            choices=[
                {"text": "yes", "correct": True, "feedback": ""},
                {"text": "no", "correct": False, "feedback": ""},
            ],
            answer="yes",
            explanation="",
            quote="so it is",
            evidence_start_s=1,
            evidence_end_s=2,
            pause_at_s=pause_s,
            chapter="",
            bloom="",
            difficulty="",
        ).save(force_insert=True)


async def build(store: Store, prepare: Callable[[], None], **options: Any) -> Timeline:
    """Raises QuizsysError."""
    await store.run(prepare)
    values = ExportOptions().load({"resolution": "source"} | options)
    return await store.read(build_timeline, Request("p", dict(values), ["body", "payload"]))


def spans(timeline: Timeline) -> list[tuple[float, float] | float]:
    """Clips as (start, end), stills as their time."""
    return [(piece.start_s, piece.end_s) if isinstance(piece, Clip) else piece.at_s for piece in timeline.pieces]


async def test_scenes_become_clips_in_the_order_asked(store: Store) -> None:
    def prepare() -> None:
        add_video("a")
        add_scenes("a", 0.0, 10.0, 35.0)

    transition = {"type": "crossfade", "duration": 1}
    timeline = await build(store, prepare, asset_id="a", scenes=[2, 0], transition=transition, chapters="scenes")
    assert spans(timeline) == [(35, 60), (0, 10)]
    assert timeline.pieces[0].transition.kind == CROSSFADE
    assert timeline.duration_s == 34
    assert timeline.chapters == (Chapter(0, "Slide 2"), Chapter(24, "Scene 1"))
    assert (timeline.width_px, timeline.height_px, timeline.frame_rate) == (640, 360, 25)


@pytest.mark.parametrize(
    ("options", "loc"),
    [
        ({"asset_id": "a", "scenes": [0, 3]}, ["scenes", 1]),
        ({"asset_id": "b", "scenes": [0]}, ["scenes"]),
        ({"asset_id": "c"}, ["asset_id"]),
        ({"asset_id": "c", "scenes": [0]}, ["asset_id"]),
        ({"asset_id": "a", "chapters": "scenes", "quiz_id": "x"}, ["quiz_id"]),
        ({"clips": [{"asset_id": "a", "in_point": 40}], "quiz_id": "quiz"}, ["quiz_id"]),
        ({"clips": [{"asset_id": "film"}]}, ["clips", 0, "asset_id"]),
    ],
)
async def test_what_is_not_there_is_told_with_its_place(store: Store, options: Any, loc: list[Any]) -> None:
    def prepare() -> None:
        add_video("a")
        add_video("b")
        add_video("film", container="webm")
        add_scenes("a", 0.0, 10.0, 35.0)
        add_quiz("a", 12.0)

    with pytest.raises(QuizsysError) as refused:
        await build(store, prepare, **options)
    assert refused.value.problems is not None
    assert refused.value.problems[0]["loc"] == ["body", "payload", *loc]


async def test_a_quiz_is_asked_at_its_pauses(store: Store) -> None:
    def prepare() -> None:
        add_video("a")
        add_scenes("a", 0.0, 10.0, 35.0)
        add_quiz("a", 40.0, 12.0, 12.0, 60.0)

    timeline = await build(store, prepare, quiz_id="quiz", question_seconds=5, answer_seconds=3, chapters="scenes")
    assert spans(timeline) == [(0, 12), 12, 12, (12, 40), 40, (40, 60), 60]
    assert timeline.duration_s == 60 + 4 * 8
    cards = [piece.card for piece in timeline.pieces if isinstance(piece, Still)]
    assert [(card.number, card.total, card.question) for card in cards] == [
        (1, 4, "Question 1?"),
        (2, 4, "Question 2?"),
        (3, 4, "Question 0?"),
        (4, 4, "Question 3?"),
    ]
    assert [choice.is_right for choice in cards[0].choices] == [True, False]
    assert (cards[0].quote, cards[0].duration_s) == ("so it is", 8)
    # Two questions at 12 s push what follows back by 16 s; no slide is told twice.
    assert timeline.chapters == (Chapter(0, "Scene 1"), Chapter(10, "Slide 1"), Chapter(51, "Slide 2"))


async def test_each_question_is_asked_once_in_the_first_clip_that_has_it(store: Store) -> None:
    def prepare() -> None:
        add_video("a")
        add_video("b")
        add_quiz("a", 12.0, 30.0)

    clips = [
        {"asset_id": "b"},
        {"asset_id": "a", "in_point": 10, "out_point": 20, "transition": {"type": "fade_to_black"}},
        {"asset_id": "a", "in_point": 5, "out_point": 15},
    ]
    timeline = await build(store, prepare, quiz_id="quiz", clips=clips)
    assert spans(timeline) == [(0, 60), (10, 12), 12, (12, 20), (5, 15)]
    kinds = [piece.transition.kind for piece in timeline.pieces]
    assert kinds == ["cut", "cut", "cut", "fade_to_black", "cut"]
    assert [still.card.total for still in timeline.pieces if isinstance(still, Still)] == [1]


async def test_the_whole_video_and_the_clips_name_their_chapters(store: Store) -> None:
    timeline = await build(store, lambda: add_video("a"), asset_id="a", chapters="clips")
    assert spans(timeline) == [(0, 60)]
    assert timeline.chapters == (Chapter(0, "a Ä"),)


@pytest.mark.parametrize(
    ("options", "sizes"),
    [
        ({}, [(1920, 1080), (1280, 720)]),
        ({"aspect_ratio": "9:16", "resolution": "540p", "proxy_resolution": None}, [(540, 960)]),
        ({"aspect_ratio": "1:1", "resolution": "720p", "proxy_resolution": "540p"}, [(720, 720), (540, 540)]),
        (
            {"proxy_resolution": None, "export_templates": [{"name": "a", "width": 405, "height": 720}]},
            [(1920, 1080), (404, 720)],
        ),
        (
            {"proxy_resolution": None, "export_templates": [{"name": "a", "height": 360, "proxy": True}]},
            [(1920, 1080), (640, 360), (640, 360)],
        ),
        (
            {"proxy_resolution": None, "export_templates": [{"name": "a", "aspect_ratio": "9:16"}]},
            [(1920, 1080), (1080, 1920)],
        ),
    ],
)
async def test_sizes_follow_resolution_shape_and_template(
    store: Store, options: dict[str, Any], sizes: list[tuple[int, int]]
) -> None:
    timeline = await build(store, lambda: add_video("a"), **({"resolution": "1080p", "asset_id": "a"} | options))
    assert [(output.width_px, output.height_px) for output in timeline.outputs] == sizes


async def test_the_videos_of_an_export_are_listed_once(store: Store) -> None:
    await store.run(lambda: [add_video(name) for name in "ab"])
    values = ExportOptions().load({"clips": [{"asset_id": "b"}, {"asset_id": "a"}, {"asset_id": "b"}]})
    assert await store.read(list_asset_ids, Request("p", dict(values), [])) == ["b", "a"]


async def test_a_videos_own_captions_lie_on_the_clips_that_have_no_others(store: Store) -> None:
    heard = Transcript("en", "m", (Segment(1.0, 2.0, "Good morning.", (Word(1.0, 2.0, "Good morning.", 1.0),)),))

    def prepare() -> None:
        add_video("a")
        insert_revision(Asset.get_by_id("a"), heard, Origin())

    clips = [{"asset_id": "a"}, {"asset_id": "a", "subtitles": {"force_style": "Bold=1"}}]
    timeline = await build(store, prepare, clips=clips, global_subtitles={"force_style": "Fontsize=9"})
    drawn = [piece.subtitles for piece in timeline.pieces if isinstance(piece, Clip)]
    assert [subtitles.style for subtitles in drawn if subtitles] == [(("Fontsize", "9"),), (("Bold", "1"),)]
    assert all(subtitles and subtitles.words[0].lines == ("Good morning.",) for subtitles in drawn)  # type: ignore[index]
    assert timeline.subtitles is None
