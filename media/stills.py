"""Full pictures of a video at given times, one after another, decoding no more than it takes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from media.containers import read_packets
from media.decoding import CAN_DROP_PACKETS, create_decoder, decode, stands_alone
from media.packets import Group, Sieve, list_groups, trust_keyframes
from media.probe import get_video_stream, open_video

if TYPE_CHECKING:
    from av.video.frame import VideoFrame


def pick_frames(video: Path, times_s: Sequence[float], at: Callable[[float], None]) -> Iterator["VideoFrame | None"]:
    """For each time (they rise) the frame on show then, to within a few frames; None where none can be decoded.

    `at` is told the time of every frame decoded on the way. Raises MediaError as open_video does.
    """
    wanted = list(times_s)
    shown: VideoFrame | None = None
    with open_video(video) as container:
        stream = get_video_stream(container)
        origin_s, time_base = (container.start_time or 0) / 1_000_000, float(stream.time_base or 1)
        decoder = create_decoder(stream.codec_context, clean=True)
        sieve = Sieve() if stream.codec_context.name in CAN_DROP_PACKETS else None
        groups = list_groups(read_packets(container, stream), time_base, origin_s)
        groups = trust_keyframes(groups, partial(stands_alone, stream.codec_context))
        for group, following in _with_next(groups):
            whole = following is None or not following.continues
            if whole and not group.continues and following and wanted[0] >= following.start_s:
                continue
            if not group.continues:
                decoder.flush_buffers()
            packets = sieve.keep(group) if sieve else group.packets
            for frame in decode(decoder, [*packets, None] if whole else packets):
                time_s = (frame.pts or 0) * time_base - origin_s
                at(time_s)
                while wanted and wanted[0] < time_s:
                    yield shown or frame
                    wanted.pop(0)
                shown = frame
                if not wanted:
                    return
            while whole and following and wanted and wanted[0] < following.start_s:
                yield shown
                wanted.pop(0)
            if not wanted:
                return
    yield from (shown for _ in wanted)


def _with_next(groups: Iterable[Group]) -> Iterator[tuple[Group, Group | None]]:
    last: Group | None = None
    for group in groups:
        if last:
            yield last, group
        last = group
    if last:
        yield last, None
