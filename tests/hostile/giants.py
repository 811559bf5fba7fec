"""Small files that claim to be huge, last for ever, hold no end of tracks, or unpack to no end of bytes."""

import struct
from collections.abc import Iterator
from functools import partial

from tests.hostile.boxes import FTYP, Track, box, full, jpeg, movie, words, zeros_packed
from tests.hostile.sample import Sample

FAR = 0x7FFFFFFF
CODECS = (b"jpeg", b"avc1", b"hvc1", b"raw ", b"png ", b"rle ", b"cvid", b"SVQ3", b"8BPS", b"apcn", b"av01", b"zzzz")
TURNS = {
    "half": (-1.0, 0.0, 0.0, -1.0),
    "quarter": (0.0, 1.0, -1.0, 0.0),
    "askew": (0.7071, 0.7071, -0.7071, 0.7071),
    "mirror": (-1.0, 0.0, 0.0, 1.0),
    "flat": (0.0, 0.0, 0.0, 0.0),
    "huge": (32767.0, 32767.0, -32768.0, 32767.0),
    "thin": (0.00002, 0.0, 0.0, 30000.0),
}


def list_samples() -> Iterator[Sample]:
    yield from _sizes()
    yield from _times()
    yield from _counts()
    yield from _turned()
    yield from _bombs()


def _sizes() -> Iterator[Sample]:
    for width, height in ((12_000, 12_000), (65_535, 65_535), (65_535, 1), (1, 65_535), (0, 0), (1, 1), (3, 4000)):
        for codec in (b"jpeg", b"raw ", b"png "):
            name = f"{width}x{height}-{codec.decode().strip()}.mp4"
            yield Sample(
                "size", name, movie(Track([jpeg()] * 3, codec, width, height)), brief=name == "65535x65535-raw.mp4"
            )
    for width, height in ((12_000, 12_000), (16, 16_000), (16_000, 16), (8, 40_000), (40_000, 8), (1, 1), (1, 60_000)):
        yield Sample("size", f"true-{width}x{height}.mp4", partial(_show, width, height), brief=height == 40_000)
    grows = [jpeg(64, 48), jpeg(640, 480), jpeg(48, 64), jpeg(2000, 10)] * 5
    yield Sample("size", "changes.mp4", movie(Track(grows)), brief=True)
    yield Sample("size", "grows-over.mp4", partial(_show_more, 12_000))
    for codec in CODECS:
        name = codec.decode().strip()
        yield Sample("codec", f"{name}.mp4", movie(Track([jpeg()] * 3, codec)))
        yield Sample("codec", f"{name}-long.mp4", movie(Track([bytes(range(256)) * 40] * 3, codec, 1920, 1080)))


def _show(width: int, height: int) -> bytes:
    return movie(Track([jpeg(width, height)] * 3, width=width, height=height))


def _show_more(side: int) -> bytes:
    """Small pictures, and then one that is not."""
    return movie(Track([jpeg()] * 30 + [jpeg(side, side)]))


def _times() -> Iterator[Sample]:
    picture = [jpeg()] * 5
    yield Sample(
        "time", "billion-seconds.mp4", movie(Track(picture, ticks_per_s=1, times=[(5, 200_000_000)])), brief=True
    )
    yield Sample("time", "no-time.mp4", movie(Track(picture, times=[(5, 0)], duration=0)))
    yield Sample("time", "all-at-once.mp4", movie(Track(picture * 400, times=[(2000, 0)], duration=10)))
    yield Sample(
        "time", "no-clock.mp4", movie(Track(picture, ticks_per_s=1, times=[(5, 1)])).replace(words(1, 5), words(0, 5))
    )
    yield Sample("time", "gigahertz.mp4", movie(Track(picture * 200, ticks_per_s=1_000_000_000)), brief=True)
    yield Sample("time", "one-a-day.mp4", movie(Track(picture, ticks_per_s=1, times=[(5, 8000)])))
    yield Sample("time", "backwards.mp4", movie(Track(picture, times=[(5, -3 & 0xFFFFFFFF)], duration=10)))
    yield Sample("time", "jumps.mp4", movie(Track(picture, times=[(1, FAR), (1, 1), (1, FAR), (2, 1)], duration=50)))
    yield Sample("time", "lies-short.mp4", movie(Track(picture * 100, duration=1)))
    yield Sample("time", "lies-long.mp4", movie(Track(picture, duration=400_000)))
    for name, edit in {
        "negative": (10, -50, 0x10000),
        "far": (FAR, FAR, 0x10000),
        "empty": (FAR, -1, 0x10000),
        "rate": (10, 0, 0x7FFF0000),
        "still": (10, 0, 0),
    }.items():
        edits = box(b"edts", full(b"elst", words(1, *edit)))
        yield Sample("time", f"edit-{name}.mp4", movie(Track(picture, edits=edits)))
    many = box(b"edts", full(b"elst", words(100_000, *([1, 0, 0x10000] * 100_000))))
    yield Sample("time", "edits.mp4", movie(Track(picture * 100, edits=many)))


def _counts() -> Iterator[Sample]:
    small = [jpeg(16, 16)]
    yield Sample("count", "17-tracks.mp4", movie(*[Track(small)] * 17))
    yield Sample("count", "1000-tracks.mp4", movie(*[Track(small)] * 1000), brief=True)
    yield Sample("count", "1000-rates.mp4", movie(Track(small * 1000, times=[(1, n + 1) for n in range(1000)])))
    yield Sample("count", "20000-frames.mp4", movie(Track(small * 20_000, ticks_per_s=20_000)))
    yield Sample("count", "no-tracks.mp4", movie())
    nested = b""
    for _ in range(20_000):
        nested = struct.pack(">I", len(nested) + 8) + b"moov" + nested
    yield Sample("count", "nested.mp4", FTYP + nested[:400_000], brief=True)
    deep = box(b"udta")
    for _ in range(3000):
        deep = box(b"udta", deep)
    yield Sample("count", "deep.mp4", movie(Track(small), more=deep))


def _turned() -> Iterator[Sample]:
    for name, matrix in TURNS.items():
        yield Sample("turned", f"{name}.mp4", movie(Track([jpeg()] * 10, matrix=matrix)), brief=name == "flat")


def _bombs() -> Iterator[Sample]:
    picture = jpeg()
    for size in (64 << 20, 1 << 30, (2 << 30) - (1 << 20)):
        packed = box(b"cmov", box(b"dcom", b"zlib"), box(b"cmvd", words(size), zeros_packed(size)))
        yield Sample("bomb", f"packed-index-{size >> 20}.mp4", FTYP + box(b"moov", packed), brief=size == 1 << 30)
    for millions in (1, 20, 100):
        count = millions * 1_000_000
        yield Sample("bomb", f"samples-{millions}.mp4", _claim_samples(picture, count), brief=millions == 20)
        for times in (1, 4):
            data = _claim_fragment(picture, count, times)
            yield Sample("bomb", f"fragment-{millions}x{times}.mp4", data, brief=(millions, times) == (20, 4))
    many = movie(Track([picture] + [picture[:20]] * 50_000, ticks_per_s=1000))
    yield Sample("bomb", "broken-frames.mp4", many)
    yield Sample("bomb", "one-picture-again.mp4", partial(_show, 8000, 4400))
    yield Sample("bomb", "one-sample-shared.mp4", partial(_share_sample, 200))


def _claim_samples(picture: bytes, count: int) -> bytes:
    return movie(
        Track([picture], sizes=(len(picture), count), times=[(count, 1)], chunk_samples=count, ticks_per_s=10_000_000)
    )


def _claim_fragment(picture: bytes, count: int, times: int) -> bytes:
    start = movie(Track([picture], ticks_per_s=1_000_000_000), more=box(b"mvex", full(b"trex", words(1, 1, 1, 1, 0))))
    runs = full(b"trun", words(count, 8), flags=1) * times
    fragment = box(b"traf", full(b"tfhd", words(1), flags=0x20000), runs)
    return start + box(b"moof", full(b"mfhd", words(1)), fragment) + box(b"mdat", bytes(1000))


def _share_sample(count: int) -> bytes:
    """Every sample at the same place: one large picture stored once and shown `count` times."""
    picture = jpeg(8000, 4400)
    once = movie(Track([picture], times=[(count, 1)], sizes=(len(picture), count), chunk_samples=1))
    place = words(len(FTYP) + 8)
    old = full(b"stco", words(1), place)
    new = full(b"stco", words(count), place * count)
    grown = len(new) - len(old)
    data = once.replace(old, new)
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
        at = data.index(kind) - 4
        (length,) = struct.unpack(">I", data[at : at + 4])
        data = data[:at] + struct.pack(">I", length + grown) + data[at + 4 :]
    return data
