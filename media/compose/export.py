"""What an export job asks of a seat: the files of a timeline, each looked at, with a poster and its thumbnails."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from media.compose.film import compose_film
from media.compose.fonts import check_fonts
from media.compose.remux import CannotCopy, remux_cut
from media.compose.subtitles import read_captions
from media.compose.timeline import Clip, Output, Still, Timeline, choose_rate
from media.errors import MediaError
from media.progress import Report, ignore, part
from media.room import WORK_BYTES, limited_room

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame

COPY_SHARE = 20.0
FILM_SHARE = 94.0
POSTER_SHARE = 0.1
PICTURE_PX = 640
USUAL = {"16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1.0, "4:3": 4 / 3}
USUAL_SLACK = 0.01


@dataclass(frozen=True)
class Picture:
    """A thumbnail of a clip, timed on the timeline; `filename` in the scratch folder."""

    filename: str
    clip_index: int
    time_s: float
    width_px: int
    height_px: int
    checksum: str
    size_bytes: int


@dataclass(frozen=True)
class Film:
    """A finished file; `filename` and `poster` in the scratch folder. `copied`: not encoded anew."""

    output: Output
    filename: str
    poster: str
    checksum: str
    size_bytes: int
    duration_s: float
    frames: int
    frame_rate: str
    codec: str
    pixel_format: str
    audio_codec: str
    audio_channels: int
    audio_sample_rate_hz: int
    pictures: tuple[Picture, ...]
    copied: bool

    @property
    def aspect_ratio(self) -> str:
        """Such as 16:9; by its pixels where it is none of the usual."""
        width, height = self.output.width_px, self.output.height_px
        usual = (name for name, ratio in USUAL.items() if abs(width / height - ratio) < USUAL_SLACK)
        return next(usual, f"{width}:{height}")


def export_film(timeline: Timeline, scratch: Path, threads: int, report: Report = ignore) -> tuple[Film, ...]:
    """All outputs in their order. Raises MediaError: no_font, bad_subtitles, what run_ffmpeg raises."""
    check_fonts(_list_texts(timeline), scratch)
    copied = _copy_first(timeline, scratch, part(report, 0, COPY_SHARE)) if can_copy(timeline) else None
    rest = replace(timeline, outputs=timeline.outputs[1:]) if copied else timeline
    if rest.outputs:
        compose_film(rest, scratch, threads, part(report, COPY_SHARE if copied else 0, FILM_SHARE))
    films = []
    for number, output in enumerate(timeline.outputs):
        films.append(_look_at(timeline, output, scratch, copied=bool(copied) and number == 0))
        report(FILM_SHARE + (100 - FILM_SHARE) * (number + 1) / len(timeline.outputs))
    return tuple(films)


def can_copy(timeline: Timeline) -> bool:
    """Whether the first output shows nothing but a stretch of one file in its own size."""
    main, piece = timeline.outputs[0], timeline.pieces[0]
    if len(timeline.pieces) > 1 or not isinstance(piece, Clip) or timeline.loudness_lufs is not None:
        return False
    drawn = piece.subtitles, piece.watermark, timeline.subtitles, timeline.music, main.watermark
    changed = main.video_bitrate_bps, main.audio_bitrate_bps
    source = piece.source
    return (
        not any(drawn)
        and changed == (None, None)
        and (piece.with_sound or not source.has_audio)
        and not timeline.places()[0].fade_out
        and main.kind == source.container == "mp4"
        and source.video_codec == "h264"
        and source.rotation_deg == 0
        and choose_rate([source.frame_rate]) == timeline.frame_rate
        and (source.width_px, source.height_px) == (main.width_px, main.height_px)
    )


def _copy_first(timeline: Timeline, scratch: Path, report: Report) -> bool:
    import av

    piece = timeline.pieces[0]
    assert isinstance(piece, Clip)
    target = scratch / timeline.outputs[0].filename
    try:
        with limited_room(WORK_BYTES):
            remux_cut(piece.source.path, piece.start_s, piece.end_s, target, timeline.chapters, report)
    except (CannotCopy, av.error.FFmpegError):
        target.unlink(missing_ok=True)
        return False
    return True


def _list_texts(timeline: Timeline) -> Iterator[str]:
    """Everything that will be drawn."""
    subtitles = [timeline.subtitles, *(piece.subtitles for piece in timeline.pieces if isinstance(piece, Clip))]
    for drawn in filter(None, subtitles):
        yield from (caption.text for caption in read_captions(drawn))
    for piece in timeline.pieces:
        if isinstance(piece, Still):
            card = piece.card
            yield from (card.question, card.answer, card.quote, *(choice.text for choice in card.choices))


def _look_at(timeline: Timeline, output: Output, scratch: Path, *, copied: bool) -> Film:
    import av

    file = scratch / output.filename
    with av.open(f"file:{file.absolute()}") as container:
        if not container.streams.video:
            raise MediaError("empty_result", _NOTHING)
        video, sound = container.streams.video[0], next(iter(container.streams.audio), None)
        poster = f"{output.name}.poster.jpg"
        _write_picture(container, timeline.duration_s * POSTER_SHARE, scratch / poster)
        pictures = tuple(_take_pictures(timeline, output, container, scratch)) if output.thumbnails else ()
        return Film(
            output=output,
            filename=output.filename,
            poster=poster,
            checksum=_hash(file),
            size_bytes=file.stat().st_size,
            duration_s=timeline.duration_s,
            frames=timeline.frames,
            frame_rate=str(timeline.frame_rate),
            codec=video.codec_context.name,
            pixel_format=video.codec_context.pix_fmt or "",
            audio_codec=sound.codec_context.name if sound else "",
            audio_channels=sound.codec_context.channels if sound else 0,
            audio_sample_rate_hz=sound.codec_context.sample_rate if sound else 0,
            pictures=pictures,
            copied=copied,
        )


def _take_pictures(timeline: Timeline, output: Output, container: "InputContainer", scratch: Path) -> Iterator[Picture]:
    """One from the middle of each clip."""
    clips = [place for place in timeline.places() if isinstance(place.piece, Clip)]
    for number, place in enumerate(clips):
        time_s = float((place.start + place.frames // 2) / timeline.frame_rate)
        filename = f"{output.name}.{number}.jpg"
        size = _write_picture(container, time_s, scratch / filename)
        file = scratch / filename
        yield Picture(filename, number, round(time_s, 3), *size, _hash(file), file.stat().st_size)


def _hash(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def _write_picture(container: "InputContainer", time_s: float, target: Path) -> tuple[int, int]:
    """Returns the picture's width and height. Raises MediaError `empty_result`."""
    from media.decoding import upright
    from media.thumbnails import write_jpeg

    frame = _find_frame(container, time_s)
    if frame is None:
        raise MediaError("empty_result", _NOTHING)
    write_jpeg(upright(frame), target, PICTURE_PX)
    width_px = min(frame.width, PICTURE_PX)
    return width_px, max(1, round(frame.height * width_px / frame.width))


def _find_frame(container: "InputContainer", time_s: float) -> "VideoFrame | None":
    """The last one that begins by time_s."""
    container.seek(round(time_s * 1_000_000))
    found = None
    for frame in container.decode(video=0):
        if found is not None and frame.time is not None and frame.time > time_s:
            break
        found = frame
    return found


_NOTHING = "Nothing to see was made of these clips. Check their times and try again."
