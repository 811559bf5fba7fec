"""A plain cut keeps the frames and the sound it was given: byte for byte inside, encoded anew at the ends alone."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from films import RAMP, compose, describe, list_numbers, make, make_timeline, read_pictures

from media.compose import avcc
from media.compose.export import can_copy
from media.compose.remux import CannotCopy, remux_cut
from media.compose.timeline import Chapter, Clip, Output, Source, Watermark

GROUP = {"preset": "veryfast", "crf": 23, "g": 25, "sc_threshold": 0, "c:a": "aac", "aac_pns": 0}
NOISE = "testsrc2=s=320x180:r=25:d=6,noise=alls=12:allf=t"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Six seconds with B frames, a keyframe each second, and a tone that moves."""
    target = tmp_path_factory.mktemp("noisy") / "noisy.mp4"
    return make(target, NOISE, "aevalsrc='0.3*sin(2*PI*(300+200*t)*t)':d=6:s=44100", **GROUP)


def read_packets(film: Path, kind: str) -> Iterator[bytes]:
    with av.open(str(film)) as container:
        yield from (bytes(packet) for packet in container.demux(**{kind: 0}) if packet.size)


def read_sound(film: Path) -> np.ndarray:
    with av.open(str(film)) as container:
        return np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)[0]


@pytest.mark.parametrize(("start", "end"), [(7, 143), (0, 110), (25, 75), (38, 150), (40, 62)])
def test_a_cut_is_exact_to_the_frame_and_copied_inside(film: Source, tmp_path: Path, start: int, end: int) -> None:
    target = tmp_path / "cut.mp4"
    try:
        remux_cut(film.path, start / 25, end / 25, target)
    except CannotCopy:
        assert (start, end) == (40, 62)
        return
    shown, known = read_pictures(target), read_pictures(film.path)[start:end]
    assert len(shown) == end - start
    inside = range(-start % 25, (end if end == 150 else end // 25 * 25) - start)
    same = [bool(np.array_equal(one, other)) for one, other in zip(shown, known, strict=True)]
    assert all(same[number] for number in inside)
    assert len(inside) >= 25
    for one, other in zip(shown, known, strict=True):
        assert np.abs(one.astype(int) - other).mean() < 4
    assert set(read_packets(target, "audio")) <= set(read_packets(film.path, "audio"))


def test_the_times_go_on_over_both_seams(film: Source, tmp_path: Path) -> None:
    remux_cut(film.path, 0.28, 5.72, tmp_path / "cut.mp4")
    with av.open(str(tmp_path / "cut.mp4")) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert times == pytest.approx([number / 25 for number in range(136)], abs=0.001)
    with av.open(str(tmp_path / "cut.mp4")) as container:
        stamps = [packet.dts for packet in container.demux(video=0) if packet.dts is not None]
    assert stamps == sorted(set(stamps))


def test_the_sound_is_the_same_samples_at_the_same_time(film: Source, tmp_path: Path) -> None:
    remux_cut(film.path, 1.52, 4.52, tmp_path / "cut.mp4")
    cut, known = read_sound(tmp_path / "cut.mp4"), read_sound(film.path)
    start, length = round(1.52 * 44100), round(2.9 * 44100)
    shifts = {
        shift: float(np.abs(cut[100 : 100 + length] - known[start + shift + 100 :][:length]).max())
        for shift in range(-3, 4)
    }
    assert min(shifts.values()) < 1e-5


def test_a_copied_export_has_its_chapters_and_no_more_metadata(film: Source, tmp_path: Path) -> None:
    chapters = Chapter(0, "Anfang"), Chapter(2.5, "Ende")
    made = compose(make_timeline(Clip(film, 0.5, 5.5), chapters=chapters), tmp_path)
    assert (made.copied, made.frames, made.codec) == (True, 125, "h264")
    with av.open(str(tmp_path / made.filename)) as container:
        assert [chapter["metadata"]["title"] for chapter in container.chapters()] == ["Anfang", "Ende"]
        assert container.streams.video[0].frames == 125


def test_other_outputs_are_made_beside_a_copy(film: Source, tmp_path: Path) -> None:
    from media.compose.export import export_film

    outputs = Output("timeline", "mp4", 320, 180), Output("proxy", "mp4", 160, 90)
    films = export_film(make_timeline(Clip(film, 0.5, 5.5), outputs=outputs), tmp_path, 2)
    assert [made.copied for made in films] == [True, False]
    assert [len(read_pictures(tmp_path / made.filename)) for made in films] == [125, 125]


def test_what_leans_on_other_groups_is_encoded(tmp_path: Path) -> None:
    """Open groups of pictures: those after a keyframe need those before it."""
    open_groups = GROUP | {"x264-params": "open-gop=1:keyint=25:min-keyint=25:bframes=3:scenecut=0"}
    leaning = make(tmp_path / "open.mp4", NOISE, "sine=d=6", **open_groups)
    with pytest.raises(CannotCopy):
        remux_cut(leaning.path, 0.5, 5.5, tmp_path / "cut.mp4")
    single = make(tmp_path / "single.mp4", RAMP.format(2), "sine=d=2", g=1000)
    made = compose(make_timeline(Clip(single, 0.4, 1.6)), tmp_path)
    assert not made.copied
    assert list_numbers(tmp_path / made.filename) == list(range(10, 40))


def test_only_a_plain_stretch_may_be_copied(film: Source) -> None:
    plain = make_timeline(Clip(film, 0.5, 5.5))
    mark = Watermark(film.path, "png")
    assert can_copy(plain)
    others = (
        make_timeline(Clip(film, 0, 1), Clip(film, 1, 2)),
        make_timeline(Clip(film, 0.5, 5.5, watermark=mark)),
        make_timeline(Clip(film, 0.5, 5.5, with_sound=False)),
        make_timeline(Clip(replace(film, rotation_deg=90), 0.5, 5.5)),
        make_timeline(Clip(replace(film, video_codec="hevc"), 0.5, 5.5)),
        replace(plain, loudness_lufs=-16.0),
        replace(plain, frame_rate=Fraction(50)),
        replace(plain, outputs=(Output("film", "mov", 320, 180),)),
        replace(plain, outputs=(Output("film", "mp4", 160, 90),)),
        replace(plain, outputs=(Output("film", "mp4", 320, 180, video_bitrate_bps=500_000),)),
    )
    assert [can_copy(other) for other in others] == [False] * len(others)


def test_parameter_sets_are_read_and_joined(film: Source) -> None:
    with av.open(str(film.path)) as container:
        data = container.streams.video[0].codec_context.extradata or b""
    record = avcc.read_record(data)
    assert record.pack() == data
    assert (avcc.read_id(record.sps[0]), avcc.read_id(record.pps[0]), record.free_id()) == (0, 0, 31)
    assert avcc.read_record(record.joined(record).pack()).sps == record.sps * 2
    for bad in (b"", b"\x01", data[:12], b"\x00" + data[1:], data[:5] + b"\xe0\x00"):
        with pytest.raises(ValueError, match=r"."):
            avcc.read_record(bad)


def test_a_described_copy_is_a_video_again(film: Source, tmp_path: Path) -> None:
    made = compose(make_timeline(Clip(film, 0.5, 5.5)), tmp_path)
    again = describe(tmp_path / made.filename)
    assert (again.container, again.width_px, again.duration_s) == ("mp4", 320, pytest.approx(5, abs=0.05))
