"""H.264 as MP4 keeps it: the record of parameter sets ahead of the pictures (ISO/IEC 14496-15, 5.3.3.1).

Two encoders' pictures can lie in one track if their parameter sets have different ids and the record holds both.
"""

import re
from dataclasses import dataclass

SLICE_IDR, SEI, SPS, PPS, DELIMITER = 5, 6, 7, 8, 9
START_CODE = re.compile(rb"\x00\x00\x00?\x01")
MOST_SPS = 31


@dataclass(frozen=True)
class Record:
    """`head` is version, profile, compatibility, level and length size; `tail` what high profiles add."""

    head: bytes
    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]
    tail: bytes

    @property
    def length_bytes(self) -> int:
        """How many bytes tell each unit's length."""
        return (self.head[4] & 3) + 1

    def pack(self) -> bytes:
        sps, pps = (b"".join(len(unit).to_bytes(2, "big") + unit for unit in units) for units in (self.sps, self.pps))
        counts = bytes([0xE0 | len(self.sps)]), bytes([len(self.pps)])
        return self.head + counts[0] + sps + counts[1] + pps + self.tail

    def free_id(self) -> int | None:
        """The highest id that no parameter set has, for an encoder's own."""
        used = {read_id(unit) for unit in (*self.sps, *self.pps)}
        return next((number for number in range(MOST_SPS, 0, -1) if number not in used), None)

    def joined(self, other: "Record") -> "Record":
        return Record(self.head, self.sps + other.sps, self.pps + other.pps, self.tail)


def read_record(data: bytes) -> Record:
    """Raises ValueError for anything but a whole record."""
    if len(data) < 7 or data[0] != 1:
        raise ValueError("not an AVC decoder configuration record")
    sps, place = _read_units(data, 6, data[5] & 31)
    pps, place = _read_units(data, place + 1, data[place] if place < len(data) else 0)
    if not sps or not pps:
        raise ValueError("no parameter sets")
    return Record(data[:5], sps, pps, data[place:])


def record_from_stream(header: bytes, head: bytes) -> Record:
    """The record of what an encoder put before its first picture, each unit behind a start code."""
    units = split_units(header)
    sps = tuple(unit for unit in units if unit[0] & 31 == SPS)
    return Record(head, sps, tuple(unit for unit in units if unit[0] & 31 == PPS), b"")


def split_units(stream: bytes) -> list[bytes]:
    """The units between start codes, without them."""
    return [unit.rstrip(b"\x00") for unit in START_CODE.split(stream) if unit]


def pack_picture(stream: bytes, length_bytes: int) -> bytes:
    """An encoder's packet as MP4 has it: lengths instead of start codes, parameter sets and remarks left out."""
    units = (unit for unit in split_units(stream) if unit[0] & 31 not in (SEI, SPS, PPS, DELIMITER))
    return b"".join(len(unit).to_bytes(length_bytes, "big") + unit for unit in units)


def list_kinds(picture: bytes, length_bytes: int) -> list[int]:
    """The kinds of the units of a packet in an MP4."""
    kinds, place = [], 0
    while place + length_bytes < len(picture):
        size = int.from_bytes(picture[place : place + length_bytes], "big")
        place += length_bytes
        kinds.append(picture[place] & 31)
        place += size
    return kinds


def read_id(unit: bytes) -> int:
    """The id of a parameter set: of an SPS after profile, constraints and level, of a PPS at once."""
    start = 4 if unit[0] & 31 == SPS else 1
    bits = "".join(f"{byte:08b}" for byte in unit[start : start + 5])
    zeros = len(bits) - len(bits.lstrip("0"))
    return int(bits[zeros : 2 * zeros + 1] or "0", 2) - 1


def _read_units(data: bytes, place: int, count: int) -> tuple[tuple[bytes, ...], int]:
    units = []
    for _ in range(count):
        size = int.from_bytes(data[place : place + 2], "big")
        unit = data[place + 2 : place + 2 + size]
        if not unit or len(unit) != size:
            raise ValueError("a parameter set is cut off")
        units.append(unit)
        place += 2 + size
    return tuple(units), place
