"""A video's packets in groups, and which of a group are worth decoding."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream

    VideoPacket = Packet[VideoStream]

SHORT_GROUP_S = 1.0
LONG_GROUP_S = 60.0
GROUP_BYTES = 16 << 20
TINY_SHARE = 1 / 128
TINY_BYTES = (96, 400)
AFTERMATH = 4
WRAPS = [1 << bits for bits in range(4, 17)]


@dataclass
class Group:
    """Packets from a keyframe on. `continues`: a later part of a group too long to be held at once."""

    continues: bool
    start_s: float
    packets: list["VideoPacket"] = field(default_factory=list)
    size_bytes: int = 0

    def add(self, packet: "VideoPacket") -> None:
        self.packets.append(packet)
        self.size_bytes += packet.size


def list_groups(packets: Iterable["VideoPacket"], time_base: float, origin_s: float) -> Iterator[Group]:
    """Cut a stream at its keyframes, at least a second apart, and where a group grows too long. Packets get a pts."""
    group: Group | None = None
    for packet in packets:
        if packet.pts is None:
            packet.pts = packet.dts
        if packet.pts is None or not packet.size:
            continue
        time_s = packet.pts * time_base - origin_s
        length_s = time_s - group.start_s if group else 0.0
        starts = group is None or (packet.is_keyframe and length_s >= SHORT_GROUP_S)
        if group and (starts or length_s >= LONG_GROUP_S or group.size_bytes >= GROUP_BYTES):
            yield group
            group = None
        if group is None:
            group = Group(not starts, time_s)
        group.add(packet)
    if group:
        yield group


def trust_keyframes(groups: Iterable[Group], stands_alone: Callable[["VideoPacket"], bool]) -> Iterator[Group]:
    """Join all groups into one if the second keyframe is none that can be decoded by itself (intra refresh)."""
    trusted: bool | None = None
    for number, group in enumerate(groups):
        if number and not group.continues:
            if trusted is None:
                trusted = stands_alone(group.packets[0])
            group.continues = not trusted
        yield group


class Sieve:
    """Leaves out the packets that are too small to hold a change anyone could see.

    H.264 numbers its pictures modulo a power of two. A decoder that misses many takes the shorter way round, may
    believe that time ran backwards, and drops the picture. So only gaps are left that no modulus mistakes (powers of
    two among them), with small packets kept as bridges where one gap will not do. And a big packet keeps a few small
    ones after it, lest a later picture refers to one from before it by a number that has come round again.
    B frames are kept only with `b_frames`, and then only where they belong to a big packet.
    """

    def __init__(self, *, b_frames: bool = False) -> None:
        self._b_frames = b_frames
        self._tiny_bytes = 0
        self._base = 0
        self._last = 0
        self._aftermath = 0
        self._b_frames_seen = False

    def keep(self, group: Group) -> list["VideoPacket"]:
        """The packets of a group to decode, in decoding order. Groups must come in order, too."""
        if not group.continues:
            low, high = TINY_BYTES
            self._tiny_bytes = min(max(round(group.packets[0].size * TINY_SHARE), low), high)
            self._base, self._last, self._b_frames_seen = 0, 0, False
        forward = list(_forward(group.packets))
        self._b_frames_seen |= any(place is None for place, _ in forward)
        kept: list[VideoPacket] = []
        small: list[tuple[int, VideoPacket]] = []
        for place, packet in forward:
            if place is None:
                if self._b_frames and self._aftermath == AFTERMATH:
                    kept.append(packet)
                continue
            big = packet.is_keyframe or packet.size > self._tiny_bytes
            self._aftermath = AFTERMATH if big else self._aftermath - 1
            if self._aftermath >= 0:
                kept += self._bridge(small, self._base + place)
                kept.append(packet)
                small, self._last = [], self._base + place
            else:
                small.append((self._base + place, packet))
        kept += self._bridge(small, self._base + len(group.packets) - 1)
        self._base += len(group.packets)
        return kept

    def _bridge(self, small: list[tuple[int, "VideoPacket"]], target: int) -> Iterator["VideoPacket"]:
        """Of the small packets on the way to `target`, those that make every gap safe, by the longest strides."""
        while small and not self._is_safe(target):
            strides = [number for number, (place, _) in enumerate(small) if self._is_safe(place)]
            number = strides[-1] if strides else 0
            self._last, packet = small[number]
            small = small[number + 1 :]
            yield packet

    def _is_safe(self, target: int) -> bool:
        if self._b_frames_seen:
            return is_safe_gap(target - self._last)
        return target - self._last == 1 or (is_safe_gap(target - self._last) and is_safe_count(self._last, target))


def is_safe_gap(pictures: int) -> bool:
    """True if a step of so many pictures is taken forwards whatever power of two the picture order is counted by."""
    return all(2 * pictures % wrap <= wrap // 2 for wrap in WRAPS)


def is_safe_count(last: int, target: int) -> bool:
    """True if no counter of frames can wrap on the way: without B frames the order may be told by that alone."""
    return last // WRAPS[0] == target // WRAPS[0]


def _forward(packets: list["VideoPacket"]) -> Iterator[tuple[int | None, "VideoPacket"]]:
    """Each packet with its place in the order shown, or None if it is shown before one that precedes it (B frames)."""
    order = {pts: place for place, pts in enumerate(sorted(packet.pts or 0 for packet in packets))}
    latest = -math.inf
    for packet in packets:
        pts = packet.pts or 0
        yield (order[pts] if pts > latest else None), packet
        latest = max(latest, pts)
