"""Which packets are worth decoding."""

from dataclasses import dataclass
from itertools import pairwise

from media.packets import AFTERMATH, Group, Sieve, is_safe_gap, list_groups, trust_keyframes


@dataclass
class Packet:
    pts: int | None
    size: int = 40
    is_keyframe: bool = False
    dts: int | None = None


def group(packets: list[Packet], *, continues: bool = False) -> Group:
    made = Group(continues, 0.0)
    for packet in packets:
        made.add(packet)
    return made


def test_a_gap_is_safe_when_no_power_of_two_turns_it_backwards() -> None:
    assert all(is_safe_gap(gap) for gap in (1, 2, 3, 4, 8, 16, 32, 64, 128))
    assert not any(is_safe_gap(gap) for gap in (5, 6, 7, 9 + 4, 30, 100))


def test_small_packets_are_left_out_but_for_bridges() -> None:
    stream = [Packet(0, 20_000, is_keyframe=True), *(Packet(n) for n in range(1, 300))]
    stream[200].size = 5_000
    stream[50:52] = [Packet(51), Packet(50)]
    kept = [packet.pts for packet in Sieve().keep(group(stream))]
    assert {0, 200, *range(201, 201 + AFTERMATH)} <= {*kept}
    assert len(kept) < 30
    assert all(is_safe_gap(other - one) for one, other in pairwise(kept))


def test_without_b_frames_no_counter_may_wrap_in_a_gap() -> None:
    stream = [Packet(0, 20_000, is_keyframe=True), *(Packet(n) for n in range(1, 100))]
    kept = [packet.pts for packet in Sieve().keep(group(stream))]
    assert {15, 16, 31, 32, 47, 48} <= {*kept}


def test_b_frames_are_kept_only_with_a_big_packet_and_only_when_asked_for() -> None:
    stream = [Packet(0, 20_000, is_keyframe=True), Packet(8, 9_000), Packet(6), Packet(7), Packet(20), Packet(19)]
    stream[4:4] = [Packet(9 + n) for n in range(AFTERMATH)]
    assert {6, 7} <= {packet.pts for packet in Sieve(b_frames=True).keep(group(stream))}
    assert not {6, 7, 19} & {packet.pts for packet in Sieve().keep(group(stream))}
    assert 19 not in {packet.pts for packet in Sieve(b_frames=True).keep(group(stream))}


def test_a_stream_is_cut_at_keyframes_and_where_it_gets_long() -> None:
    keys = {0, 5, 30, 300}
    groups = list(list_groups([Packet(n, is_keyframe=n in keys) for n in range(1000)], 0.1, 0.0))
    assert [round(found.start_s, 1) for found in groups] == [0, 3, 30, 90]
    assert [found.continues for found in groups] == [False, False, False, True]


def test_a_packet_without_pts_takes_its_dts_and_an_empty_one_is_passed_over() -> None:
    (only,) = list_groups([Packet(None, dts=3, is_keyframe=True), Packet(4, size=0), Packet(None)], 1.0, 0.0)
    assert [packet.pts for packet in only.packets] == [3]


def test_keyframes_that_do_not_stand_alone_start_no_group() -> None:
    parts = [group([Packet(0)]), group([Packet(1)]), group([Packet(2)])]
    assert [part.continues for part in trust_keyframes(parts, lambda _: False)] == [False, True, True]
    parts = [group([Packet(0)]), group([Packet(1)], continues=True), group([Packet(2)])]
    assert [part.continues for part in trust_keyframes(parts, lambda _: True)] == [False, True, False]
