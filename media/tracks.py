"""What a sound file is, found out without trusting it: music and spoken comments for composed videos."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from media.chunks import missing_bytes
from media.containers import open_guarded, read_packets
from media.errors import MediaError
from media.families import sniff_family
from media.probe import MAX_DURATION_S, MAX_RATE_HZ, MAX_STREAMS, MIN_RATE_HZ, duration_of
from media.room import WORK_BYTES, limited_room

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

TRACK_FAMILIES = ("mp3", "mp4", "wav", "flac", "ogg")
CODECS = {"aac", "alac", "flac", "libopus", "libvorbis", "mp3", "mp3float", "opus", "vorbis"}
MAX_CHANNELS = 8
FIRST_PACKETS = 200


@dataclass(frozen=True)
class Track:
    """A readable sound file. `container` is what sniff_family says."""

    container: str
    duration_s: float
    codec: str
    channels: int
    sample_rate_hz: int
    bitrate_bps: int
    size_bytes: int


def look_at_track(path: Path) -> Track:
    """Read a sound file's properties and decode some of it.

    Raises MediaError `not_a_track`, `damaged_track`, `no_sound`, `is_a_video`, `unknown_codec` or `too_long`.
    """
    import av

    family = sniff_family(path)
    if family not in TRACK_FAMILIES:
        raise MediaError("not_a_track", _NOT_A_TRACK)
    _refuse_cut_off(path, family)
    try:
        with limited_room(WORK_BYTES), open_guarded(path, family, {}) as container:
            return _describe(path, family, container, _get_sound(container))
    except (av.error.FFmpegError, ValueError) as error:
        raise MediaError("damaged_track", _DAMAGED, tail=str(error)) from error


def _refuse_cut_off(path: Path, family: str) -> None:
    if family in ("mp4", "wav") and missing_bytes(path, family):
        raise MediaError("damaged_track", "The file is cut off before its end. Upload the whole file again.")


def _get_sound(container: "InputContainer") -> "AudioStream":
    from av.stream import Disposition

    if any(not stream.disposition & Disposition.attached_pic for stream in container.streams.video):
        raise MediaError("is_a_video", "The file holds a moving picture. Save its sound alone and upload that.")
    if len(container.streams) > MAX_STREAMS or not container.streams.audio:
        raise MediaError("no_sound", "The file holds no sound. Check the recording and upload it again.")
    sound = container.streams.audio[0]
    if sound.codec_context is None or not _is_known(sound.codec_context.name):
        raise MediaError("unknown_codec", "The sound is coded in a way that is not taken. Save it as MP3 or FLAC.")
    return sound


def _is_known(codec: str) -> bool:
    return codec in CODECS or codec.startswith("pcm_")


def _describe(path: Path, family: str, container: "InputContainer", sound: "AudioStream") -> Track:
    duration_s = duration_of(container)
    if duration_s > MAX_DURATION_S:
        hours = MAX_DURATION_S / 3600
        raise MediaError("too_long", f"The sound lasts more than {hours:.0f} hours. Cut it into parts.")
    frame = next(_frames(container, sound), None)
    if frame is None or not _is_usual(frame):
        raise MediaError("damaged_track", _DAMAGED)
    size_bytes = path.stat().st_size
    return Track(
        container=family,
        duration_s=duration_s,
        codec=sound.codec_context.name,
        channels=frame.layout.nb_channels,
        sample_rate_hz=frame.sample_rate,
        bitrate_bps=container.bit_rate or round(size_bytes * 8 / max(duration_s, 0.04)),
        size_bytes=size_bytes,
    )


def _is_usual(frame: "AudioFrame") -> bool:
    return MIN_RATE_HZ <= frame.sample_rate <= MAX_RATE_HZ and 0 < frame.layout.nb_channels <= MAX_CHANNELS


def _frames(container: "InputContainer", sound: "AudioStream") -> "Iterator[AudioFrame]":
    """What can be decoded of the first packets."""
    import av

    for seen, packet in enumerate(read_packets(container, sound)):
        try:
            yield from packet.decode()
        except (av.error.FFmpegError, ValueError):
            pass
        if seen >= FIRST_PACKETS:
            return


_NOT_A_TRACK = "The file is no sound that is taken here. Save it as MP3, M4A, WAV, FLAC or OGG and upload that."
_DAMAGED = "The sound cannot be read: the file is damaged. Save or export it anew as MP3 and upload that."
