"""Small grey pictures of a video, as few as will do: its keyframes, and what lies between two of them on request.

Decoding is what costs, so three things are left out: B frames (the pictures we keep do not refer to them), the loop
filter, and packets too small to hold a change anyone could see. A dropped packet would have repeated the picture
before it, so that picture is held.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from media.containers import read_packets
from media.decoding import CAN_DROP_PACKETS, create_decoder, decode, fit_cells, shrink, stands_alone
from media.motion import Detail, detail
from media.packets import Group, Sieve, list_groups, trust_keyframes
from media.probe import duration_of, get_video_stream, open_video

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

BATCH_GROUPS = 16
BATCH_BYTES = 32 << 20
STEP_S = 0.08
HOLD_S = 0.25
SLOW_RATE = 12
LOST_SHARE = 0.3
FEW_PACKETS = 32


@dataclass(frozen=True)
class Glimpse:
    """The picture at a time: mean luma (0 to 255) of square cells, 90 of them along the shorter side."""

    time_s: float
    cells: NDArray[np.uint8]

    @cached_property
    def detail(self) -> Detail:
        return detail(self.cells)


Differ = Callable[[Glimpse, Glimpse], bool]


class Glimpses:
    """A video's glimpses in order of time: its keyframes, and more between two where `differ` holds or it costs little.

    `duration_s` is known once the first glimpse is out.
    """

    def __init__(self, video: Path, differ: Differ) -> None:
        self._video = video
        self._differ = differ
        self.duration_s = 0.0

    def __iter__(self) -> Iterator[Glimpse]:
        with open_video(self._video) as container:
            stream = get_video_stream(container)
            self.duration_s = duration_of(container)
            start_s = (container.start_time or 0) / 1_000_000
            decoder = Decoder(stream, start_s)
            groups = list_groups(read_packets(container, stream), float(stream.time_base or 1), start_s)
            for batch in _batches(trust_keyframes(groups, partial(stands_alone, stream.codec_context))):
                yield from self._of_batch(decoder, batch)

    def _of_batch(self, decoder: "Decoder", batch: list[Group | None]) -> Iterator[Glimpse]:
        keys = decoder.keyframes(batch)
        for number, group in enumerate(batch[:-1]):
            if group is not None:
                yield from self._of_group(decoder, group, batch[number + 1], keys[number], keys[number + 1])

    def _of_group(
        self, decoder: "Decoder", group: Group, following: Group | None, key: Glimpse | None, next_key: Glimpse | None
    ) -> Iterator[Glimpse]:
        packets = decoder.worth_decoding(group)
        last = following is None or not following.continues
        if key and next_key and len(packets) > FEW_PACKETS:
            if not self._differ(key, next_key):
                yield key
                return
            for glimpse in decoder.between(packets, first=True, last=True):
                yield glimpse
                if not self._differ(glimpse, next_key):
                    return
        else:
            shown = decoder.all_between(group, packets, last=last)
            yield from _hold(shown, following.start_s if following and last else None)


class Decoder:
    """Two decoders of one stream: one for keyframes alone, one for what lies between them."""

    def __init__(self, stream: "VideoStream", start_s: float) -> None:
        self._time_base = float(stream.time_base or 1)
        self._start_s = start_s
        codec = stream.codec_context.name
        self._keys = create_decoder(stream.codec_context, everything=True)
        slow = float(stream.average_rate or 0) < SLOW_RATE
        self._all = create_decoder(stream.codec_context, everything=slow)
        self._pictures = 0
        self._shape: tuple[int, ...] = ()
        self._sieve = Sieve(b_frames=slow) if codec in CAN_DROP_PACKETS else None

    def keyframes(self, groups: list[Group | None]) -> list[Glimpse | None]:
        """The first picture of each group; None where there is no group, no picture or the group continues another."""
        firsts = [group.packets[0] if group and not group.continues else None for group in groups]
        frames = {frame.pts: frame for frame in decode(self._keys, [*filter(None, firsts), None])}
        self._keys.flush_buffers()
        found = [frames.get(packet.pts) if packet else None for packet in firsts]
        return [self._glimpse(frame) if frame else None for frame in found]

    def worth_decoding(self, group: Group) -> list["Packet[VideoStream]"]:
        """The packets of the group without those that would only repeat a picture."""
        return self._sieve.keep(group) if self._sieve else group.packets

    def all_between(self, group: Group, packets: list["Packet[VideoStream]"], *, last: bool) -> Iterable[Glimpse]:
        """As `between`; if the decoder lost count for want of the packets left out, with all of the group's packets."""
        first = not group.continues
        if len(packets) == len(group.packets):
            return self.between(packets, first=first, last=last)
        before = self._pictures
        shown = list(self.between(packets, first=first, last=last))
        if self._pictures - before < len(packets) * LOST_SHARE:
            self._sieve = None
            return self.between(group.packets, first=True, last=last) if first else shown
        return shown

    def between(self, packets: list["Packet[VideoStream]"], *, first: bool, last: bool) -> Iterator[Glimpse]:
        """What the packets show, every STEP_S at most. `first` and `last`: of the packets that need each other."""
        if first:
            self._all.flush_buffers()
        next_s = -math.inf
        for frame in decode(self._all, [*packets, None] if last else packets):
            self._pictures += 1
            if frame.pts is not None and self._time_s(frame.pts) >= next_s:
                glimpse = self._glimpse(frame)
                next_s = glimpse.time_s + STEP_S
                yield glimpse

    def _time_s(self, pts: int) -> float:
        return pts * self._time_base - self._start_s

    def _glimpse(self, frame: "VideoFrame") -> Glimpse:
        cells = shrink(frame)
        self._shape = self._shape or cells.shape
        return Glimpse(self._time_s(frame.pts or 0), fit_cells(cells, self._shape))


def _batches(groups: Iterable[Group]) -> Iterator[list[Group | None]]:
    """Groups, several at a time; the last of a batch is again the first of the next, and None ends the last batch."""
    batch: list[Group | None] = []
    size_bytes = 0
    for group in groups:
        batch.append(group)
        size_bytes += group.size_bytes
        if len(batch) > 1 and (len(batch) > BATCH_GROUPS or size_bytes > BATCH_BYTES):
            yield batch
            batch, size_bytes = [group], group.size_bytes
    if batch:
        yield [*batch, None]


def _hold(glimpses: Iterable[Glimpse], end_s: float | None) -> Iterator[Glimpse]:
    """Repeat a picture just before the next one (or `end_s`) where nothing was decoded for a while."""
    last: Glimpse | None = None
    for glimpse in glimpses:
        if last and glimpse.time_s - last.time_s > HOLD_S:
            yield Glimpse(glimpse.time_s - STEP_S, last.cells)
        last = glimpse
        yield glimpse
    if last and end_s is not None and end_s - last.time_s > HOLD_S:
        yield Glimpse(end_s - STEP_S, last.cells)
