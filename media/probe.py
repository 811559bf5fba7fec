"""What a video file is, found out without trusting it: its first bytes choose the one demuxer that may open it."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from media.chunks import missing_bytes
from media.containers import open_guarded, read_packets
from media.errors import MediaError
from media.families import sniff_family

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

MAX_PIXELS = 35_389_440
MAX_STREAMS = 16
MAX_DURATION_S = 12 * 3600.0
MAX_MISSING_S = 1.0
MIN_RATE_HZ, MAX_RATE_HZ = 4_000, 384_000
FIRST_PACKETS = 500

VIDEO_FAMILIES = ("mp4", "avi")


@dataclass(frozen=True)
class Probe:
    """A readable video.

    `container` is what sniff_family says, `width_px` and `height_px` are as shown, that is after turning by
    `rotation_deg` (clockwise: 0, 90, 180 or 270).
    """

    container: str
    duration_s: float
    width_px: int
    height_px: int
    video_codec: str
    pixel_format: str
    frame_rate: Fraction
    bitrate_bps: int
    size_bytes: int
    has_audio: bool
    audio_codec: str | None
    audio_channels: int | None
    audio_sample_rate_hz: int | None
    rotation_deg: int


def open_video(path: Path) -> "InputContainer":
    """Open a video with the demuxer its first bytes name and no other, so that a playlist can open no further file.

    Raises MediaError `not_a_video`, `damaged_video` or `too_many_pixels`. The caller closes the container.
    """
    container = _open_family(path, {"max_pixels": str(MAX_PIXELS)})
    if not container.streams:
        container.close()
        raise MediaError("damaged_video", _damaged(path))
    if any(video.codec_context and not video.codec_context.width for video in container.streams.video):
        _refuse_declared_pixels(path)
    return container


def _open_family(path: Path, options: dict[str, str]) -> "InputContainer":
    import av

    family = sniff_family(path)
    if family not in VIDEO_FAMILIES:
        raise MediaError("not_a_video", _not_a_video(path))
    try:
        return open_guarded(path, family, options)
    except (av.error.FFmpegError, ValueError) as error:
        raise MediaError("damaged_video", _damaged(path), tail=str(error)) from error


def _refuse_declared_pixels(path: Path) -> None:
    """The decoder would not have the size: see what the headers say, decoding nothing."""
    with _open_family(path, {"skip_frame": "all"}) as container:
        for video in container.streams.video:
            refuse_pixels(video)


def probe_video(path: Path) -> Probe:
    """Read a video's properties and decode one frame of it.

    Raises MediaError `not_a_video`, `no_video_stream`, `damaged_video`, `too_many_pixels`, `too_many_streams`,
    `too_long`, `unknown_sound` or `too_demanding`; none of them is worth a retry.
    """
    with open_video(path) as container:
        if len(container.streams) > MAX_STREAMS:
            raise MediaError("too_many_streams", _too_many_streams(len(container.streams)))
        duration_s = duration_of(container)
        if duration_s > MAX_DURATION_S:
            raise MediaError("too_long", _too_long(duration_s))
        _refuse_cut_off(path, duration_s)
        video = get_video_stream(container)
        _refuse_sound(container)
        return _describe(path, container, video, _first_frame(container, video))


def get_video_stream(container: "InputContainer") -> "VideoStream":
    """The stream that holds the picture, ready to decode; an embedded cover picture is none.

    Raises MediaError `no_video_stream`, or `too_many_pixels` before a frame is decoded.
    """
    from av.stream import Disposition

    films = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not films or films[0].codec_context is None:
        raise MediaError("no_video_stream", _NO_VIDEO_STREAM)
    refuse_pixels(films[0])
    films[0].codec_context.options = {"max_pixels": str(MAX_PIXELS)}
    return films[0]


def refuse_pixels(video: "VideoStream") -> None:
    """Raise MediaError `too_many_pixels` if the stream says that its picture is larger than we decode."""
    refuse_size(video.codec_context.width, video.codec_context.height)


def refuse_size(width: int, height: int) -> None:
    """See refuse_pixels."""
    if width * height > MAX_PIXELS:
        raise MediaError("too_many_pixels", _too_many_pixels(width, height))


def duration_of(container: "InputContainer") -> float:
    """The length in seconds, by the container or else by its longest stream; 0.0 when neither says."""
    if container.duration:
        return container.duration / 1_000_000
    lengths = [float(s.duration * s.time_base) for s in container.streams if s.duration and s.time_base]
    return max(lengths, default=0.0)


def _refuse_cut_off(path: Path, duration_s: float) -> None:
    """Refuse what lacks more than a second; where the length is not known, what lacks anything."""
    missing = missing_bytes(path, sniff_family(path) or "")
    whole = path.stat().st_size + missing
    if missing and (duration_s == 0 or duration_s * missing / whole > MAX_MISSING_S):
        share = max(1, round(100 * missing / whole))
        raise MediaError(
            "damaged_video", f"The file is cut off: {share} % of it is missing. Upload the whole file again."
        )


def _refuse_sound(container: "InputContainer") -> None:
    """Raise MediaError `unknown_sound` for a rate at which a second of sound would be hours, or nothing."""
    rates_hz = [s.codec_context.sample_rate for s in container.streams.audio if s.codec_context is not None]
    if any(rate_hz and not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ for rate_hz in rates_hz):
        raise MediaError("unknown_sound", _UNKNOWN_SOUND)


def _first_frame(container: "InputContainer", video: "VideoStream") -> "VideoFrame":
    import av

    tail = ""
    video.codec_context.thread_count = 1
    for seen, packet in enumerate(read_packets(container, video)):
        try:
            for frame in packet.decode():
                return frame
        except (av.error.FFmpegError, ValueError) as error:
            tail = str(error)
        if seen >= FIRST_PACKETS:
            break
    raise MediaError("damaged_video", _NO_FRAME, tail=tail)


def _describe(path: Path, container: "InputContainer", video: "VideoStream", frame: "VideoFrame") -> Probe:
    audio = next((s for s in container.streams.audio if s.codec_context is not None), None)
    duration_s = duration_of(container) or _counted_duration(path)
    size_bytes = path.stat().st_size
    rotation_deg = -round(frame.rotation / 90) * 90 % 360
    width, height = (frame.height, frame.width) if rotation_deg in (90, 270) else (frame.width, frame.height)
    return Probe(
        container=sniff_family(path) or "",
        duration_s=duration_s,
        width_px=width,
        height_px=height,
        video_codec=video.codec_context.name,
        pixel_format=frame.format.name,
        frame_rate=video.average_rate or video.guessed_rate or Fraction(25),
        bitrate_bps=container.bit_rate or round(size_bytes * 8 / max(duration_s, 0.04)),
        size_bytes=size_bytes,
        has_audio=audio is not None,
        audio_codec=audio.codec_context.name if audio else None,
        audio_channels=audio.codec_context.channels if audio else None,
        audio_sample_rate_hz=audio.codec_context.sample_rate if audio else None,
        rotation_deg=rotation_deg,
    )


def _counted_duration(path: Path) -> float:
    """The time of the last packet, for the rare file in which nothing says how long it is."""
    with open_video(path) as container:
        video = get_video_stream(container)
        ends = (p.pts + (p.duration or 0) for p in read_packets(container, video) if p.pts is not None)
        return float(max(ends, default=0) * (video.time_base or Fraction(1)))


_NO_VIDEO_STREAM = "The file holds no moving picture (sound only?). Upload the recording with its video."
_UNKNOWN_SOUND = "The sound has a rate that is not taken. Export the recording anew as MP4 with AAC sound."
_NO_FRAME = "No picture in the file can be decoded. Export the recording anew as MP4 (H.264) and upload that."


def _not_a_video(path: Path) -> str:
    if path.stat().st_size == 0:
        return "The file is empty. Check the recording and upload it again."
    return "The file is not an MP4, MOV or AVI video. Export the recording as MP4 (H.264) and upload that."


def _damaged(path: Path) -> str:
    if missing_bytes(path, sniff_family(path) or ""):
        return "The file is cut off before its end. Upload the whole file again."
    return "The file's index is missing or damaged. Save or export the recording anew as MP4 and upload that."


def _too_many_pixels(width: int, height: int) -> str:
    return f"The picture is {width} x {height} pixels, more than we accept (8K). Export it at 1920 x 1080 or less."


def _too_many_streams(streams: int) -> str:
    return f"The file has {streams} tracks; {MAX_STREAMS} are allowed. Export it with one picture and one sound track."


def _too_long(duration_s: float) -> str:
    hours = MAX_DURATION_S / 3600
    return (
        f"The video lasts {duration_s / 3600:.1f} hours; {hours:.0f} are allowed. Cut it into parts and upload those."
    )
