"""What is wrong with a file costs what is wrong, not the whole of it; and no file costs more memory than it may."""

import resource
import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

from media import reading
from media.audio import read_windows
from media.compose.export import export_film
from media.compose.subtitles import read_captions
from media.compose.timeline import Clip, Output, Source, SubtitleFile, Subtitles, Timeline, Watermark
from media.containers import read_packets
from media.errors import MediaError
from media.pngs import refuse_bomb
from media.probe import probe_video
from media.room import limited_room
from media.slides import read_slides
from tests.hostile.avis import avi, sound_track, title_list
from tests.hostile.boxes import Track, jpeg, movie, zeros_packed
from tests.hostile.pictures import chunk, png

TONE = struct.pack("<8000h", *(n % 100 * 100 for n in range(8000)))


@pytest.fixture(autouse=True)
def _no_models(monkeypatch: pytest.MonkeyPatch) -> None:
    found = SimpleNamespace(boxes=None, txts=None, scores=None)
    monkeypatch.setattr(reading, "reader", lambda: lambda _picture: found)


def write(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def test_a_title_in_no_encoding_does_not_hide_the_sound(tmp_path: Path) -> None:
    data = avi([jpeg()] * 10, stream=sound_track(8000, 1), extra=TONE, more=title_list())
    (window,) = read_windows(write(tmp_path, "v.avi", data))
    assert len(window.samples) == pytest.approx(16_000, rel=0.02)


def test_a_picture_may_change_its_size_on_the_way(tmp_path: Path) -> None:
    pictures = [jpeg(64, 48)] * 10 + [jpeg(640, 480)] * 10 + [jpeg(100, 300)] * 10
    slides = read_slides(write(tmp_path, "v.mp4", movie(Track(pictures))), tmp_path)
    assert slides[-1].end_s == pytest.approx(3.0)


class Stumbling:
    """A container in which every other packet cannot be read, as libav tells of it."""

    def __init__(self, packets: int) -> None:
        self._left = iter(range(packets))

    def demux(self, _stream: object) -> Iterator[int]:
        for number in self._left:
            if number % 2:
                raise av.error.InvalidDataError(22, "damage")
            yield number


def test_a_packet_that_cannot_be_read_is_passed_over() -> None:
    trouble: list[str] = []
    found: list[Any] = list(read_packets(Stumbling(9), None, trouble))  # type: ignore[arg-type]
    assert found == [0, 2, 4, 6, 8]
    assert len(trouble) == 4


def test_a_container_that_never_goes_on_is_left() -> None:
    found: list[Any] = list(read_packets(Stumbling(10**6), None))  # type: ignore[arg-type]
    assert 50 < len(found) < 1000


def test_a_sound_of_one_sample_a_second_is_refused(tmp_path: Path) -> None:
    data = avi([jpeg()] * 10, stream=sound_track(1, 1), extra=TONE)
    with pytest.raises(MediaError) as caught:
        probe_video(write(tmp_path, "v.avi", data))
    assert caught.value.code == "unknown_sound"


def test_a_sound_may_change_its_shape_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def make(layout: str, channels: int) -> av.AudioFrame:
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800 * channels), np.int16), format="s16", layout=layout)
        frame.sample_rate = 8000
        return frame

    frames = [make("mono", 1), make("stereo", 2), make("mono", 1)]
    monkeypatch.setattr("media.audio._frames", lambda _container, _trouble: iter(frames))
    data = avi([jpeg()] * 10, stream=sound_track(8000, 1), extra=TONE)
    (window,) = read_windows(write(tmp_path, "v.avi", data))
    assert len(window.samples) > 3000


@pytest.mark.parametrize("size", [(8000, 16), (2, 8000), (1, 60_000)])
def test_a_strip_is_not_blown_up_to_be_read(monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
    def look(picture: object) -> None:
        raise AssertionError(picture)

    monkeypatch.setattr(reading, "reader", lambda: look)
    assert reading.read_picture(np.zeros((*size, 3), np.uint8), np.zeros((90, 1), np.bool_)).lines == ()


def test_a_film_too_short_for_one_picture_says_so(tmp_path: Path) -> None:
    file = write(tmp_path, "v.mp4", movie(Track([jpeg()] * 9, ticks_per_s=1_000_000_000)))
    source = Source(file, "mp4", 1e-8, Fraction(60), False, "mjpeg", 64, 48)
    output = Output("out", "mp4", 64, 48)
    with pytest.raises(MediaError) as caught:
        export_film(Timeline((Clip(source, 0.0, 1e-8),), (output,), 64, 48, Fraction(60)), tmp_path, 1)
    assert caught.value.code == "empty_result"


def test_a_picture_that_ffmpeg_would_not_guess_is_still_drawn(tmp_path: Path) -> None:
    comment = b"\xff\xfe\xff\xff" + bytes(65_533)
    mark = Watermark(write(tmp_path, "m.jpg", jpeg()[:2] + comment * 40 + jpeg()[2:]), "jpeg")
    source = Source(
        write(tmp_path, "v.mp4", movie(Track([jpeg()] * 9))), "mp4", 0.9, Fraction(10), False, "mjpeg", 64, 48
    )
    clip, output = Clip(source, 0.0, 0.9, watermark=mark), Output("out", "mp4", 64, 48)
    (film,) = export_film(Timeline((clip,), (output,), 64, 48, Fraction(10)), tmp_path, 1)
    assert film.frames == 9


def test_a_crowd_of_captions_is_refused(tmp_path: Path) -> None:
    lines = (f"{n}\n00:00:0{n % 3},000 --> 00:00:09,000\nx\n" for n in range(21))
    file = write(tmp_path, "s.srt", "\n".join(lines).encode())
    with pytest.raises(MediaError, match="at 0:00:02"):
        read_captions(Subtitles(SubtitleFile(file)))
    one_by_one = (f"{n}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\nx\n" for n in range(50))
    file.write_text("\n".join(one_by_one))
    assert len(read_captions(Subtitles(SubtitleFile(file)))) == 50


def test_room_ends_with_its_block_and_never_grows_inside() -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with limited_room(64 << 20):
        outer = resource.getrlimit(resource.RLIMIT_DATA)[0]
        with limited_room(1 << 40):
            assert resource.getrlimit(resource.RLIMIT_DATA)[0] == outer
        with pytest.raises(MediaError, match="more memory") as caught, limited_room(32 << 20):
            bytearray(1 << 30)
    assert caught.value.code == "too_demanding"
    assert not caught.value.retryable
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


@pytest.mark.parametrize("kind", [b"zTXt", b"iCCP", b"iTXt"])
def test_text_that_unpacks_without_end_is_refused(tmp_path: Path, kind: bytes) -> None:
    packed = {b"iTXt": b"T\0\1\0en\0T\0"}.get(kind, b"T\0\0") + zeros_packed(16 << 20)
    file = write(tmp_path, "p.png", png(64, 64, zeros_packed(1 << 20), chunk(kind, packed)))
    with pytest.raises(MediaError, match="unpacks"):
        refuse_bomb(file)


def test_pictures_with_usual_text_and_profile_are_taken(tmp_path: Path) -> None:
    text, profile = b"T\0\0" + zeros_packed(1 << 20), b"ICC\0\0" + zeros_packed(3 << 20)
    rows = zeros_packed(25 << 20)
    refuse_bomb(write(tmp_path, "p.png", png(2700, 2700, rows, chunk(b"zTXt", text), chunk(b"iCCP", profile))))
