"""A quiz as the plain sheet that every package is written from: its questions, its slides, its captions, its video."""

from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from media.captions import Cue, make_cues
from quizsys.models.assets import Asset
from quizsys.models.scenes import SceneRow
from quizsys.packages.sheet import Chapter, Item, Sheet
from quizsys.packages.tidying import tidy, tidy_choice
from quizsys.questions.question import Choice
from quizsys.services import quizzes, scenes, transcripts, versions, videos
from quizsys.storage import Storage

PLAYABLE = (".mp4", ".webm")


def load_sheet(
    project_id: str, quiz_id: str, storage: Storage, *, version: int | None = None, draft: bool = False, link: str = ""
) -> Sheet:
    """The newest published version, another by its number, or the quiz as it stands, without what was rejected.

    `link` is where learners find the video, see `point`. Raises `not_found`.
    """
    if draft:
        content = quizzes.get_quiz(project_id, quiz_id)
        content["questions"] = [one for one in content["questions"] if one["status"] != "rejected"]
    else:
        content = versions.get_version(project_id, quiz_id, version)
    row = videos.get_row(project_id, content["asset_id"])
    return make_sheet(content, row, storage, link)


def make_sheet(content: dict[str, Any], row: Asset, storage: Storage, link: str = "") -> Sheet:
    """`content` is a quiz or a version of it as it is read over the wire."""
    shown = scenes.list_rows(row.id)
    items = [_make_item(question, shown, storage, link) for question in content["questions"]]
    return Sheet(
        id=content["id"],
        version=content.get("version", 0),
        title=tidy(content["title"]),
        language=content["language"],
        source_filename=tidy(content["source"]["filename"]),
        duration_s=content["source"]["duration_s"],
        items=tuple(sorted(items, key=lambda item: item.pause_at_s)),
        chapters=tuple(list_chapters(shown)),
        captions=_load_captions(row.id),
        video=_find_video(row, storage),
    )


def point(link: str, time_s: float) -> str:
    """The address of a moment: whole seconds in place of `{t}`, or as a media fragment at its end."""
    if not link:
        return ""
    return link.replace("{t}", str(int(time_s))) if "{t}" in link else f"{link.partition('#')[0]}#t={time_s:g}"


def list_chapters(shown: Sequence[SceneRow]) -> list[Chapter]:
    """The slides; those of one title in a row are one chapter."""
    chapters: list[Chapter] = []
    for scene in shown:
        last = chapters[-1] if chapters else None
        if last is not None and last.title == tidy(scene.title) != "":
            chapters[-1] = Chapter(last.start_s, scene.end_s, last.title)
        else:
            chapters.append(Chapter(scene.start_s, scene.end_s, tidy(scene.title)))
    return chapters


def _make_item(question: dict[str, Any], shown: Sequence[SceneRow], storage: Storage, link: str) -> Item:
    evidence, pause_at_s = question["evidence"], question["pause_at_s"]
    is_proven = bool(evidence["quote"])
    start_s = evidence["start_s"] if is_proven else pause_at_s
    return Item(
        id=question["id"],
        kind=question["kind"],
        stem=tidy(question["stem"]),
        choices=tuple(tidy_choice(Choice(**choice)) for choice in question["choices"]),
        answer=tidy(question["answer"]),
        variants=tuple(map(tidy, question["variants"])),
        tolerance=question["tolerance"],
        points=question["points"],
        explanation=tidy(question["explanation"]),
        quote=tidy(evidence["quote"]),
        start_s=start_s,
        end_s=evidence["end_s"] if is_proven else pause_at_s,
        pause_at_s=pause_at_s,
        chapter=tidy(question["chapter"]),
        bloom=question["bloom"],
        difficulty=question["difficulty"],
        picture=_find_picture(shown, start_s, storage),
        link=point(link, start_s),
    )


def _find_picture(shown: Sequence[SceneRow], time_s: float, storage: Storage) -> Path | None:
    """The slide on show at that moment, if its file is there."""
    place = bisect_right(shown, time_s, key=lambda scene: scene.start_s) - 1
    path = storage.path(shown[max(place, 0)].thumbnail_path) if shown else None
    return path if path is not None and path.is_file() else None


def _load_captions(asset_id: str) -> tuple[Cue, ...]:
    current = transcripts.find_current(asset_id)
    return tuple(make_cues(transcripts.load_transcript(current).segments)) if current else ()


def _find_video(row: Asset, storage: Storage) -> Path | None:
    """The copy for browsers, or the upload if its ingest found that they can play it."""
    name = row.rendition_path or (row.relative_path if row.ingested_at else "")
    path = storage.path(name)
    return path if path.suffix in PLAYABLE and path.is_file() else None
