"""A video's packets in groups, and which of a group are worth decoding."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream

    VideoPacket = Packet[VideoStream]

SHORT_GROUP_S = 1.0
LONG_GROUP_S = 60.0
GROUP_BYTES = 16 << 20
TINY_SHARE = 1 / 256
TINY_BYTES = (48, 400)
AFTERMATH = 4
PICTURE_ORDER_WRAPS = [1 << bits for bits in range(4, 17)]


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


class Sieve:
    """Leaves out the packets that are too small to hold a change anyone could see.

    H.264 numbers its pictures modulo a power of two. A decoder that misses many takes the shorter way round, may
    believe that time ran backwards, and drops the picture. So only gaps are left that no modulus mistakes (powers of
    two among them), with small packets kept as bridges where one gap will not do. And a big packet keeps a few small
    ones after it, lest a later picture refers to one from before it by a number that has come round again.
    """

    def __init__(self) -> None:
        self._tiny_bytes = 0
        self._base = 0
        self._last = 0
        self._aftermath = 0

    def keep(self, group: Group) -> list["VideoPacket"]:
        """The packets of a group to decode, in decoding order. Groups must come in order, too."""
        if not group.continues:
            low, high = TINY_BYTES
            self._tiny_bytes = min(max(round(group.packets[0].size * TINY_SHARE), low), high)
            self._base, self._last = 0, 0
        kept: list[VideoPacket] = []
        small: list[tuple[int, VideoPacket]] = []
        for place, packet in _forward(group.packets):
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
        while small and not is_safe_gap(target - self._last):
            strides = [number for number, (place, _) in enumerate(small) if is_safe_gap(place - self._last)]
            number = strides[-1] if strides else 0
            self._last, packet = small[number]
            small = small[number + 1 :]
            yield packet


def is_safe_gap(pictures: int) -> bool:
    """True if a step of so many pictures is taken forwards whatever power of two the picture order is counted by."""
    return all(2 * pictures % wrap <= wrap // 2 for wrap in PICTURE_ORDER_WRAPS)


def _forward(packets: list["VideoPacket"]) -> Iterator[tuple[int, "VideoPacket"]]:
    """The packets that are shown after all before them (so no B frames), each with its place in the order shown."""
    order = {pts: place for place, pts in enumerate(sorted(packet.pts or 0 for packet in packets))}
    latest = -math.inf
    for packet in packets:
        pts = packet.pts or 0
        if pts > latest:
            latest = pts
            yield order[pts], packet
