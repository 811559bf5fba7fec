"""From what an export was asked for to a timeline of real files. Everything wrong is told with its place."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import Any

from media.captions import Cue, make_cues
from media.compose.subtitles import parse_style
from media.compose.timeline import (
    CUT,
    Chapter,
    Clip,
    Ducking,
    Music,
    Piece,
    Source,
    SubtitleFile,
    Subtitles,
    Timeline,
    Transition,
    Watermark,
    choose_rate,
    find_short_piece,
    place_pieces,
)
from quizsys.kinds import KINDS, VIDEO_CATEGORIES, last_part
from quizsys.models.assets import Asset
from quizsys.schemas.exports import MOST_CLIPS, ClipRequest
from quizsys.services.export_files import list_outputs, size_of_timeline
from quizsys.services.inserts import find_quiz, insert_quiz
from quizsys.services.scenes import list_rows
from quizsys.services.shots import Loc, Request, Shot
from quizsys.services.transcripts import NOT_YET, find_current, load_transcript

SLACK_S = 0.1
CUTTABLE = ("mp4", "avi")
QUIETEST = 0.001
NO_VIDEO = "There is no such video in this project."
NO_SCENES = "This video has no scenes yet. Start its scene detection, or its quiz, first."
OUTSIDE = "A path is relative to the storage and stays inside it. Take an asset's relative_path."


def build_timeline(request: Request) -> Timeline:
    """Raises `invalid` for what is not there, does not fit or leaves the storage."""
    shots = [_make_shot(request, values, where) for values, where in list_clips(request)]
    asked = request.values["frame_rate"]
    rates = [shot.clip.source.frame_rate for shot in shots]
    rate = Fraction(asked).limit_denominator(1001) if asked else choose_rate(rates)
    pieces, owners = insert_quiz(request, shots, rate) if request.values["quiz_id"] else _plain(shots)
    if len(pieces) > MOST_CLIPS:
        message = f"With its questions the film has {len(pieces)} parts; {MOST_CLIPS} are allowed. Ask fewer at once."
        raise request.wrong(["quiz_id"], message, request.values["quiz_id"])
    places = place_pieces(pieces, rate)
    if (short := find_short_piece(places)) is not None:
        where = shots[owners[short]].where
        raise request.wrong([*where, "transition", "duration"], "The clip is shorter than its transitions.")
    width_px, height_px = size_of_timeline(request.values, shots[0].clip.source)
    return Timeline(
        pieces=pieces,
        outputs=tuple(list_outputs(request.values, width_px, height_px, template_watermark(request))),
        width_px=width_px,
        height_px=height_px,
        frame_rate=rate,
        fit=request.values["fit"],
        music=_find_music(request),
        subtitles=_find_global_subtitles(request),
        loudness_lufs=request.values["loudness"],
        chapters=tuple(_list_chapters(request, shots, pieces, owners, rate)),
    )


def list_clips(request: Request) -> Iterator[tuple[dict[str, Any], Loc]]:
    """The clips that were sent, or those that stand for a whole video or some of its scenes; with their places."""
    values = request.values
    if values["clips"] is not None:
        for number, clip in enumerate(values["clips"]):
            yield clip, ["clips", number]
    elif values["scenes"] is not None:
        rows = list_rows(values["asset_id"]) if find_source(request, values["asset_id"], ["asset_id"]) else []
        if not rows:
            raise request.wrong(["scenes"], NO_SCENES)
        for number, position in enumerate(values["scenes"]):
            if position >= len(rows):
                message = f"The video has {len(rows)} scenes, numbered from 0."
                raise request.wrong(["scenes", number], message, position)
            row = rows[position]
            span = {"in_point": row.start_s, "out_point": row.end_s, "transition": values["transition"]}
            yield _plain_clip(values["asset_id"]) | span, ["scenes", number]
    else:
        asset_id = values["asset_id"] or find_quiz(request).asset_id
        yield _plain_clip(asset_id), ["asset_id" if values["asset_id"] else "quiz_id"]


def list_asset_ids(request: Request) -> list[str]:
    """The videos that it is made of, each once, the first clip's first."""
    return list(dict.fromkeys(clip["asset_id"] for clip, _ in list_clips(request)))


def _plain_clip(asset_id: str) -> dict[str, Any]:
    return dict(ClipRequest().load({"asset_id": asset_id}))


def _plain(shots: list[Shot]) -> tuple[tuple[Piece, ...], list[int]]:
    return tuple(shot.clip for shot in shots), list(range(len(shots)))


def find_source(request: Request, asset_id: str, where: Loc) -> Source:
    """A video of the project as a source. Raises `invalid`."""
    if asset_id not in request.sources:
        row = Asset.get_or_none((Asset.id == asset_id) & (Asset.project_id == request.project_id))
        if row is None or row.category not in VIDEO_CATEGORIES:
            raise request.wrong(where, NO_VIDEO, asset_id)
        if row.metadata["container"] not in CUTTABLE:
            raise request.wrong(where, "A WebM cannot be cut again. Take the MP4 of the same timeline.", asset_id)
        request.sources[asset_id] = _describe_source(row, request.place)
    return request.sources[asset_id]


def _describe_source(row: Asset, place: Callable[[str], Path]) -> Source:
    known = row.metadata
    return Source(
        path=place(row.relative_path),
        container=known["container"],
        duration_s=known["duration"],
        frame_rate=Fraction(known["frame_rate"]),
        has_audio=known["has_audio"],
        video_codec=known["codec"],
        width_px=known["width"],
        height_px=known["height"],
        rotation_deg=known["rotation"],
        audio_channels=known["audio_channels"] or 2,
    )


def _make_shot(request: Request, values: dict[str, Any], where: Loc) -> Shot:
    is_sent = where[0] == "clips"
    source = find_source(request, values["asset_id"], [*where, "asset_id"] if is_sent else ["asset_id"])
    start_s, end_s = values["in_point"], values["out_point"]
    ends = f"The video ends at {source.duration_s:.3f} seconds."
    if end_s is not None and end_s > source.duration_s + SLACK_S:
        raise request.wrong([*where, "out_point"], ends, end_s)
    if start_s >= min(end_s or source.duration_s, source.duration_s):
        raise request.wrong([*where, "in_point"], ends, start_s)
    clip = Clip(
        source=source,
        start_s=start_s,
        end_s=min(end_s or source.duration_s, source.duration_s),
        transition=_read_transition(values["transition"]),
        subtitles=_find_subtitles(request, values, where),
        watermark=_find_clip_watermark(request, values, where),
        with_sound=values["include_audio"],
    )
    return Shot(clip, values["asset_id"], where)


def _read_transition(values: dict[str, Any] | None) -> Transition:
    if values is None or values["type"] == CUT or values["duration"] == 0:
        return Transition()
    return Transition(values["type"], values["duration"], values["style"])


def _find_subtitles(request: Request, values: dict[str, Any], where: Loc) -> Subtitles | None:
    """The clip's own ones; else, if all videos' captions are wanted over everything, its video's."""
    wanted, place = values["subtitles"], [*where, "subtitles"]
    common = request.values["global_subtitles"]
    if wanted is None and common is not None and common["path"] is None:
        wanted, place = common, ["global_subtitles"]
    if wanted is None:
        return None
    words: SubtitleFile | tuple[Cue, ...]
    if wanted["path"] is None:
        words = _find_captions(request, values["asset_id"], place)
    else:
        words = _subtitle_file(request, wanted, place)
    return Subtitles(words, parse_style(wanted["force_style"] or ""))


def _find_captions(request: Request, asset_id: str, where: Loc) -> tuple[Cue, ...]:
    """A video's own, read once for all clips of it."""
    if asset_id not in request.captions:
        current = find_current(asset_id)
        if current is None:
            raise request.wrong(where, NOT_YET)
        request.captions[asset_id] = tuple(make_cues(load_transcript(current).segments))
    return request.captions[asset_id]


def _find_global_subtitles(request: Request) -> Subtitles | None:
    wanted = request.values["global_subtitles"]
    if wanted is None or wanted["path"] is None:
        return None
    words = _subtitle_file(request, wanted, ["global_subtitles"])
    return Subtitles(words, parse_style(wanted["force_style"] or ""))


def _subtitle_file(request: Request, wanted: dict[str, Any], where: Loc) -> SubtitleFile:
    row = _find_file(request, wanted["path"], "subtitle", [*where, "path"])
    return SubtitleFile(request.place(row.relative_path), wanted["encoding"])


def _find_clip_watermark(request: Request, values: dict[str, Any], where: Loc) -> Watermark | None:
    if values["watermark"] is not None:
        return _read_watermark(request, values["watermark"], [*where, "watermark"])
    common = request.values["default_watermark"]
    return None if common is None else _read_watermark(request, common, ["default_watermark"])


def template_watermark(request: Request) -> Callable[[dict[str, Any], int], Watermark]:
    """How a template's watermark is found, by its number."""
    return lambda values, number: _read_watermark(request, values, ["export_templates", number, "watermark"])


def _read_watermark(request: Request, values: dict[str, Any], where: Loc) -> Watermark:
    row = _find_file(request, values["path"], "image", [*where, "path"])
    family = KINDS["image"].families[Path(row.relative_path).suffix]
    position = values["position"].replace("_", "-")
    return Watermark(request.place(row.relative_path), family or "", position, values["scale"], values["opacity"])


def _find_music(request: Request) -> Music | None:
    values, where = request.values["background_music"], ["background_music"]
    if values is None:
        return None
    row = _find_file(request, values["track"], "music", [*where, "track"])
    length_s = row.metadata["duration"]
    if values["offset"] >= length_s:
        raise request.wrong([*where, "offset"], f"The music ends at {length_s:.3f} seconds.", values["offset"])
    family = KINDS["music"].families[Path(row.relative_path).suffix]
    return Music(
        path=request.place(row.relative_path),
        family=family or "",
        duration_s=length_s,
        audio_channels=row.metadata["audio_channels"],
        volume=values["volume"],
        offset_s=values["offset"],
        fade_in_s=values["fade_in"],
        fade_out_s=values["fade_out"],
        loop=values["loop"],
        ducking=_read_ducking(values["ducking"]),
    )


def _read_ducking(values: dict[str, Any] | None) -> Ducking | None:
    if values is None:
        return None
    threshold = values["threshold"]
    linear = 10 ** (threshold / 20) if threshold < 0 else threshold
    return Ducking(max(linear, QUIETEST), values["ratio"], values["attack"], values["release"])


def _find_file(request: Request, path: str, category: str, where: Loc) -> Asset:
    """An asset by its relative path or id: what is no asset of this project cannot be named."""
    place = PurePosixPath(path)
    if place.is_absolute() or ".." in place.parts or "\\" in path:
        raise request.wrong(where, OUTSIDE, path)
    named = (Asset.relative_path == path) | (Asset.id == path)
    row = Asset.get_or_none(named & (Asset.project_id == request.project_id) & (Asset.category == category))
    if row is None:
        raise request.wrong(where, f"There is no such {KINDS[category].noun} in this project. Upload it first.", path)
    return row


def _list_chapters(
    request: Request, shots: list[Shot], pieces: tuple[Piece, ...], owners: list[int], rate: Fraction
) -> Iterator[Chapter]:
    """One where each clip or each scene begins; a quiz does not part what it interrupts."""
    if request.values["chapters"] == "none":
        return
    last = None
    for place, owner in zip(place_pieces(pieces, rate), owners, strict=True):
        if isinstance(place.piece, Clip):
            for offset_s, title in _list_marks(request, shots[owner], owner, place.piece):
                if title != last:
                    yield Chapter(float(place.start / rate) + offset_s, title[1])
                last = title


def _list_marks(request: Request, shot: Shot, owner: int, clip: Clip) -> Iterator[tuple[float, tuple[object, str]]]:
    """(seconds after the piece's start, what begins there and its title)."""
    if request.values["chapters"] == "clips":
        name = Asset.get_by_id(shot.asset_id).original_filename
        yield 0.0, (owner, Path(last_part(name)).stem or f"Clip {owner + 1}")
        return
    rows = list_rows(shot.asset_id)
    if not rows:
        raise request.wrong(["chapters"], NO_SCENES, "scenes")
    for row in rows:
        if row.start_s < clip.end_s and row.end_s > clip.start_s:
            title = row.title or f"Scene {row.position + 1}"
            yield max(0.0, row.start_s - clip.start_s), ((shot.asset_id, row.position), title)
