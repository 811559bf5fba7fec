"""A timeline to finished files: one graph, one decode, every output written by one run of ffmpeg."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ffmpeg

from media.compose import joins, pictures, sound
from media.compose.cards import card_style, draw_card
from media.compose.drawing import draw_captions, draw_watermark
from media.compose.outputs import chapter_options, encoder_options, write_chapters
from media.compose.pictures import open_source
from media.compose.subtitles import read_captions, shift, write_ass
from media.compose.timeline import Clip, Output, Piece, Place, Still, Timeline
from media.errors import MediaError
from media.ffmpeg import MAX_MEMORY_BYTES, file_url, guarded_input, run_ffmpeg
from media.progress import Report, ignore, part

STALL_S = 180.0
MANY_INPUTS = 6
PIECE_BYTES = 48 << 20
PIECE_PICTURES = 40
"""The address space of a piece at work: the stacks of its threads, and the pictures it holds."""

MOST_GRAPH_BYTES = 128 * 1024 - 1
"""Linux takes no longer argument."""

MEASURE_SHARE = 8.0


@dataclass
class _Draft:
    """What the parts of one graph share: the numbers that tell equal inputs apart, and where captions are written."""

    timeline: Timeline
    scratch: Path
    threads: int
    inputs: int = 0
    sources: dict[Place, Any] = field(default_factory=dict)

    def number(self) -> int:
        self.inputs += 1
        return self.inputs

    def open(self, place: Place) -> Any:
        """The source of a piece, opened once for picture and sound."""
        if place not in self.sources:
            piece = place.piece
            start_s = piece.start_s if isinstance(piece, Clip) else piece.at_s - float(1 / self.timeline.frame_rate)
            threads = self.threads if len(self.timeline.pieces) <= MANY_INPUTS else 1
            self.sources[place] = open_source(piece.source, max(0.0, start_s), self.number(), threads=threads)
        return self.sources[place]


def compose_film(timeline: Timeline, scratch: Path, threads: int, report: Report = ignore) -> None:
    """Write every output of the timeline into `scratch`, under its own filename.

    Raises MediaError as run_ffmpeg does, and bad_subtitles.
    """
    gain_db = 0.0
    if timeline.loudness_lufs is not None:
        gain_db = measure_gain_db(timeline, scratch, threads, part(report, 0, MEASURE_SHARE))
        report = part(report, MEASURE_SHARE, 100)
    draft = _Draft(timeline, scratch, threads)
    picture = _make_picture(draft)
    heard = _make_sound(draft)
    if timeline.loudness_lufs is not None:
        heard = sound.level(heard, gain_db)
    _run(_make_outputs(draft, picture, heard), timeline, scratch, threads, report)


def measure_gain_db(timeline: Timeline, scratch: Path, threads: int, report: Report = ignore) -> float:
    """What brings the timeline's sound to its loudness: a run over the sound alone, no picture decoded."""
    assert timeline.loudness_lufs is not None
    measured = scratch / "loudness.txt"
    heard = sound.write_loudness(_make_sound(_Draft(timeline, scratch, threads)), measured)
    nowhere = ffmpeg.output(heard, "pipe:2", f="null")
    _run(nowhere, timeline, scratch, threads, report)
    return sound.read_gain_db(measured, timeline.loudness_lufs)


def _run(outputs: Any, timeline: Timeline, scratch: Path, threads: int, report: Report) -> None:
    if max(map(len, ffmpeg.get_args(outputs))) > MOST_GRAPH_BYTES:
        raise MediaError("too_many_parts", "The timeline has too many parts for one film. Make two of it.")
    run_ffmpeg(
        outputs,
        duration_s=timeline.duration_s,
        report=report,
        stall_s=STALL_S,
        threads=threads,
        max_memory_bytes=MAX_MEMORY_BYTES + sum(map(_room_bytes, timeline.pieces)),
        scratch=scratch,
    )


def _room_bytes(piece: Piece) -> int:
    return PIECE_BYTES + PIECE_PICTURES * piece.source.width_px * piece.source.height_px * 3 // 2


def _make_picture(draft: _Draft) -> Any:
    places = draft.timeline.places()
    streams = [_shape_piece(draft, place) for place in places]
    whole = joins.join_pictures(streams, places, draft.timeline.frame_rate)
    if draft.timeline.subtitles:
        captions = draft.scratch / "film.ass"
        words = read_captions(draft.timeline.subtitles)
        write_ass(words, captions, draft.timeline.subtitles.style)
        whole = draw_captions(whole, captions)
    return whole


def _shape_piece(draft: _Draft, place: Place) -> Any:
    """The picture of one piece in the timeline's size, with all that is drawn on it."""
    main, rate, piece = draft.timeline, draft.timeline.frame_rate, place.piece
    take = pictures.take_frames if isinstance(piece, Clip) else pictures.take_still
    stream = take(draft.open(place)["V:0"], place.frames, rate)
    stream = pictures.fit_frame(stream, main.width_px, main.height_px, draft.timeline.fit)
    stream = _draw_words(draft, stream, piece)
    if isinstance(piece, Clip) and piece.watermark:
        stream = draw_watermark(stream, piece.watermark, main.width_px, main.height_px, draft.number())
    return pictures.fade(stream, place)


def _draw_words(draft: _Draft, stream: Any, piece: Piece) -> Any:
    captions = draft.scratch / f"piece{draft.number()}.ass"
    if isinstance(piece, Still):
        size = draft.timeline.width_px, draft.timeline.height_px
        write_ass(draw_card(piece.card, *size), captions, card_style(size[0]), size)
    elif piece.subtitles:
        words = shift(read_captions(piece.subtitles), piece.start_s, piece.end_s)
        write_ass(words, captions, piece.subtitles.style)
    else:
        return stream
    return draw_captions(stream, captions)


def _make_sound(draft: _Draft) -> Any:
    timeline = draft.timeline
    places = timeline.places()
    streams = [_shape_sound(draft, place) for place in places]
    whole = joins.join_sounds(streams, places, timeline.frame_rate)
    if timeline.music:
        whole = sound.add_music(whole, timeline.music, timeline.duration_s, threads=draft.threads)
    return whole


def _shape_sound(draft: _Draft, place: Place) -> Any:
    piece, rate = place.piece, draft.timeline.frame_rate
    if isinstance(piece, Still) or not (piece.with_sound and piece.source.has_audio):
        return sound.make_silence(draft.number(), place.frames, rate)
    return sound.shape_sound(draft.open(place)["a:0"], place, rate)


def _make_outputs(draft: _Draft, picture: Any, heard: Any) -> Any:
    outputs = draft.timeline.outputs
    films = _part(picture, "split", len(outputs))
    sounds = _part(heard, "asplit", len(outputs))
    chapters = None
    if draft.timeline.chapters:
        chapters = draft.scratch / "chapters.txt"
        write_chapters(draft.timeline.chapters, draft.timeline.duration_s, chapters)

    def build(options: dict[str, Any]) -> Any:
        return ffmpeg.merge_outputs(
            *(
                _write_output(draft, output, [films(number), sounds(number)], chapters, options)
                for number, output in enumerate(outputs)
            )
        )

    arguments = ffmpeg.get_args(build({}))
    return build(chapter_options(arguments, chapters))


def _part(stream: Any, splitter: str, count: int) -> Callable[[int], Any]:
    if count == 1:
        return lambda _number: stream
    parted = stream.filter_multi_output(splitter, count)
    return lambda number: parted[number]


def _write_output(
    draft: _Draft, output: Output, streams: list[Any], chapters: Path | None, options: dict[str, Any]
) -> Any:
    main = draft.timeline
    if (output.width_px, output.height_px) != (main.width_px, main.height_px):
        streams[0] = pictures.fit_frame(streams[0], output.width_px, output.height_px, output.fit)
    if output.watermark:
        number = 1000 + draft.timeline.outputs.index(output)
        streams[0] = draw_watermark(streams[0], output.watermark, output.width_px, output.height_px, number)
    if chapters:
        streams.append(guarded_input(chapters, "ffmetadata")["?"])
    encoding = encoder_options(output, draft.timeline.frame_rate, threads=draft.threads)
    return ffmpeg.output(*streams, file_url(draft.scratch / output.filename), **encoding, **options)
