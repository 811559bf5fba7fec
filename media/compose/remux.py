"""A plain cut without encoding anew: packets are copied, only the groups of pictures at the two ends are encoded.

H.264 and AAC in MP4 alone. The ends are encoded under parameter sets of their own ids, kept beside the source's, and
the sound is copied from one packet before the cut, which the file's edit list hides: so it decodes as it was.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from media.compose import avcc
from media.compose.timeline import Chapter
from media.plain import plain_text
from media.probe import get_video_stream, open_video
from media.progress import Report, ignore

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer
    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    Packets = Sequence[Packet[Any]]

PROFILES = {66: "baseline", 77: "main", 100: "high"}
QUALITY = {"preset": "veryfast", "crf": "17", "bf": "0"}
PREROLL_PACKETS = 2
PREROLL_S = Fraction(1, 5)
REPORT_PACKETS = 5000
SHORTEST_COPY_S = 1.0


class CannotCopy(Exception):
    """This cut needs encoding; the message says why, for the log."""


@dataclass(frozen=True)
class Plan:
    """In the video's time base. Shown are the pictures from `first` up to `end`, `base` becoming 0; copied are those
    from `copy_from` up to `copy_end`, both keyframes (or the end); `copied` are their times as they are stored."""

    base: int
    first: int
    copy_from: int
    copy_end: int
    end: int
    copied: tuple[int, ...]


@dataclass(frozen=True)
class _Shape:
    """What a packet says of its picture."""

    pts: int
    is_keyframe: bool


def remux_cut(
    source: Path,
    start_s: float,
    end_s: float,
    target: Path,
    chapters: Sequence[Chapter] = (),
    report: Report = ignore,
) -> None:
    """Write [start_s, end_s) of an MP4 as an MP4. Raises CannotCopy before anything long was done, MediaError."""
    import av

    with open_video(source) as container:
        video = get_video_stream(container)
        record = _check(container, video)
        plan = _plan_cut(container, video, start_s, end_s, record.length_bytes)
        head = list(_encode(source, plan.first, plan.copy_from, plan.base, record))
        tail = list(_encode(source, plan.copy_end, plan.end, plan.base, record))
        own = next((made.record for made in (*head, *tail)), None)
        with av.open(f"file:{target.absolute()}", "w", format="mp4", options={"movflags": "+faststart"}) as output:
            if chapters:
                output.set_chapters(_list_chapters(chapters, end_s - start_s))
            writer = _Writer(output, container, video, plan)
            if own:
                writer.use_record(record.joined(own))
            writer.write([made.packet for made in head], [made.packet for made in tail], report)


def _check(container: "InputContainer", video: "VideoStream") -> avcc.Record:
    context, sounds = video.codec_context, container.streams.audio
    if context.name != "h264" or context.pix_fmt not in ("yuv420p", "yuvj420p"):
        raise CannotCopy(f"{context.name} {context.pix_fmt}")
    if sounds and (sounds[0].codec_context is None or sounds[0].codec_context.name != "aac"):
        raise CannotCopy("the sound is not AAC")
    try:
        record = avcc.read_record(context.extradata or b"")
    except ValueError as error:
        raise CannotCopy(str(error)) from error
    if record.head[1] not in PROFILES or record.free_id() is None:
        raise CannotCopy(f"profile {record.head[1]}")
    return record


def _plan_cut(
    container: "InputContainer", video: "VideoStream", start_s: float, end_s: float, length_bytes: int
) -> Plan:
    """Raises CannotCopy where no whole second lies between two keyframes that stand alone."""
    base = video.time_base or Fraction(1)
    origin_s = Fraction(container.start_time or 0, 1_000_000)
    start, end = (round((Fraction(time_s) + origin_s) / base) for time_s in (start_s, end_s))
    half = round(1 / (2 * (video.average_rate or Fraction(25)) * base))
    container.seek(max(0, start - half), stream=video)
    shapes = list(_read_shapes(container, video, end, length_bytes))
    times = sorted(shape.pts for shape in shapes)
    first = max((time for time in times if time <= start + half), default=times[0] if times else 0)
    shown_end = next((time for time in times if time > end - half), max(times, default=0) + 1)
    keys = [shape.pts for shape in shapes if shape.is_keyframe]
    copy_from = next((time for time in keys if time >= first), shown_end)
    copy_end = shown_end if shown_end > times[-1] else max((time for time in keys if time <= shown_end), default=first)
    if (copy_end - copy_from) * base < SHORTEST_COPY_S:
        raise CannotCopy("no whole group of pictures to copy")
    copied = _check_order(shapes, copy_from, copy_end)
    begin = first if abs(start - first) <= 2 * half else start
    return Plan(begin, first, copy_from, copy_end, shown_end, copied)


def _read_shapes(container: "InputContainer", video: "VideoStream", end: int, length_bytes: int) -> Iterator[_Shape]:
    """Up to the first keyframe at or after `end`."""
    for packet in container.demux(video):
        if packet.size and packet.pts is not None:
            if packet.is_discard:
                raise CannotCopy("pictures that an edit list hides")
            # A decoder begins anew only there; other keyframes count on from what was before them.
            is_fresh = packet.is_keyframe and avcc.SLICE_IDR in avcc.list_kinds(bytes(packet), length_bytes)
            yield _Shape(packet.pts, is_fresh)
            if packet.is_keyframe and packet.pts >= end:
                return


def _check_order(shapes: Sequence[_Shape], copy_from: int, copy_end: int) -> tuple[int, ...]:
    """The times to copy, as stored.

    No picture may be stored on one side of a border and shown on the other: it would need what is not there.
    """
    numbers = {shape.pts: number for number, shape in enumerate(shapes)}
    begin, stop = numbers[copy_from], numbers.get(copy_end, len(shapes))
    inside = all(copy_from <= shape.pts < copy_end for shape in shapes[begin:stop])
    outside = all(not copy_from <= shape.pts < copy_end for shape in [*shapes[:begin], *shapes[stop:]])
    if len(numbers) != len(shapes) or not (inside and outside):
        raise CannotCopy("groups of pictures that lean on each other")
    return tuple(shape.pts for shape in shapes[begin:stop])


@dataclass(frozen=True)
class _Made:
    record: avcc.Record
    packet: "Packet[Any]"


def _encode(source: Path, start: int, end: int, base: int, record: avcc.Record) -> Iterator[_Made]:
    """The pictures shown in [start, end), encoded like the source, their times kept."""
    if start >= end:
        return
    with open_video(source) as container:
        video = get_video_stream(container)
        video.thread_type = "AUTO"
        encoder: VideoCodecContext | None = None
        for frame in _decode(container, video, start, end):
            if frame.interlaced_frame:
                raise CannotCopy("interlaced")
            frame.pts = max(frame.pts or 0, base)
            frame.pict_type = 0
            encoder = encoder or _open_encoder(video, record)
            yield from _pack(encoder, encoder.encode(frame), record)
        if encoder:
            yield from _pack(encoder, encoder.encode(None), record)


def _decode(container: "InputContainer", video: "VideoStream", start: int, end: int) -> Iterator["VideoFrame"]:
    container.seek(start, stream=video)
    for frame in container.decode(video):
        if frame.pts is None or frame.pts >= end:
            return
        if frame.pts >= start:
            yield frame


def _open_encoder(video: "VideoStream", record: avcc.Record) -> "VideoCodecContext":
    import av

    known = video.codec_context
    encoder: Any = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = known.width, known.height, known.pix_fmt
    encoder.time_base, encoder.framerate = video.time_base, video.average_rate
    if video.sample_aspect_ratio:
        encoder.sample_aspect_ratio = video.sample_aspect_ratio
    for name in ("color_range", "colorspace", "color_primaries", "color_trc"):
        setattr(encoder, name, getattr(known, name))
    own_id = f"sps-id={record.free_id()}"
    encoder.options = QUALITY | {"profile": PROFILES[record.head[1]], "x264-params": own_id}
    encoder.flags |= av.codec.context.Flags.global_header
    encoder.open()
    return encoder  # type: ignore[no-any-return]


def _pack(encoder: "VideoCodecContext", packets: Sequence["Packet[Any]"], record: avcc.Record) -> Iterator[_Made]:
    import av

    own = avcc.record_from_stream(encoder.extradata or b"", record.head)
    for made in packets:
        packet = av.Packet(avcc.pack_picture(bytes(made), record.length_bytes))
        packet.pts = packet.dts = made.pts
        packet.duration, packet.is_keyframe, packet.time_base = made.duration, made.is_keyframe, made.time_base
        yield _Made(own, packet)


class _Writer:
    """Writes head, copy and tail of the picture and the sound beside it, all from time 0 on."""

    def __init__(
        self, output: "OutputContainer", container: "InputContainer", video: "VideoStream", plan: Plan
    ) -> None:
        self._output, self._container, self._video, self._plan = output, container, video, plan
        self._film = output.add_stream_from_template(video, opaque=True)
        self._heard = container.streams.audio[0] if container.streams.audio else None
        self._sound = output.add_stream_from_template(self._heard, opaque=True) if self._heard else None

    def use_record(self, record: avcc.Record) -> None:
        self._film.codec_context.extradata = record.pack()

    def write(self, head: "Packets", tail: "Packets", report: Report) -> None:
        plan, video = self._plan, self._video
        times = [*(packet.pts or 0 for packet in head), *plan.copied, *(packet.pts or 0 for packet in tail)]
        stamps = iter(_decoding_times(times))
        self._mux_pictures(head, stamps)
        base = video.time_base or Fraction(1)
        self._container.seek(max(0, plan.base - round(PREROLL_S / base)), stream=video)
        heard = _Hearing(self._heard, plan.base * base, plan.end * base) if self._heard else None
        waiting = tail
        for number, packet in enumerate(self._container.demux([video, self._heard] if self._heard else [video])):
            time = packet.pts
            if time is None or not packet.size:
                continue
            if heard and packet.stream_index == heard.index:
                self._mux_sound(packet, heard)
                if heard.is_over and not waiting:
                    break
            elif plan.copy_from <= time < plan.copy_end:
                self._mux_pictures([packet], stamps)
            elif time >= plan.copy_end:
                self._mux_pictures(waiting, stamps)
                waiting = []
                if heard is None or heard.is_over:
                    break
            if number % REPORT_PACKETS == 0 and packet.stream_index == video.index:
                report(min(max(100 * (time - plan.base) / (plan.end - plan.base), 0), 99))
        self._mux_pictures(waiting, stamps)
        report(100)

    def _mux_pictures(self, packets: "Packets", stamps: Iterator[int]) -> None:
        for packet in packets:
            packet.pts, packet.dts = (packet.pts or 0) - self._plan.base, next(stamps) - self._plan.base
            packet.stream = self._film
            self._output.mux(packet)

    def _mux_sound(self, packet: "Packet[Any]", heard: "_Hearing") -> None:
        time = heard.place(packet)
        if time is not None:
            packet.pts = packet.dts = time
            packet.stream = self._sound
            self._output.mux(packet)


class _Hearing:
    """Which packets of the sound belong to the cut: also two before it, for the decoder to begin with."""

    def __init__(self, stream: "AudioStream", start_s: Fraction, end_s: Fraction) -> None:
        self.index = stream.index
        self.is_over = False
        base = stream.time_base or Fraction(1)
        self._shift, self._end = round(start_s / base), round(end_s / base)

    def place(self, packet: "Packet[Any]") -> int | None:
        """The packet's time in the cut; None if it is not heard there."""
        time = packet.pts or 0
        self.is_over = time >= self._end
        is_heard = self._shift - PREROLL_PACKETS * (packet.duration or 0) < time < self._end
        return time - self._shift if is_heard else None


def _decoding_times(shown: Sequence[int]) -> Iterator[int]:
    """For pictures in the order they are stored: the ends' own times and the source's would not fit together."""
    ordered = sorted(shown)
    delay = max(time - own for time, own in zip(ordered, shown, strict=True))
    return (time - delay for time in ordered)


def _list_chapters(chapters: Sequence[Chapter], duration_s: float) -> list[Any]:
    ends = [chapter.start_s for chapter in chapters[1:]] + [duration_s]
    return [
        {
            "id": number,
            "start": round(chapter.start_s * 1000),
            "end": round(end_s * 1000),
            "time_base": Fraction(1, 1000),
            "metadata": {"title": plain_text(chapter.title)},
        }
        for number, (chapter, end_s) in enumerate(zip(chapters, ends, strict=True))
    ]
