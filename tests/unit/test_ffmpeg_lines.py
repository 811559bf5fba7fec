"""The parts of media.ffmpeg and media.playable that need no process."""

import dataclasses
import os
from fractions import Fraction
from pathlib import Path

import ffmpeg
import imageio_ffmpeg
import pytest

from media import ffmpeg as guarded
from media.errors import MediaError
from media.ffmpeg import ffmpeg_binary, file_url, guarded_input, run_ffmpeg
from media.playable import is_playable
from media.probe import Probe
from media.seat_errors import DiskFull

LESSON = Probe(
    container="mp4",
    duration_s=60.0,
    width_px=1280,
    height_px=720,
    video_codec="h264",
    pixel_format="yuv420p",
    frame_rate=Fraction(25),
    bitrate_bps=1_000_000,
    size_bytes=7_500_000,
    has_audio=True,
    audio_codec="aac",
    audio_channels=2,
    audio_sample_rate_hz=48000,
    rotation_deg=0,
)


def read_percents(lines: list[str], duration_s: float) -> list[float]:
    seen: list[float] = []
    progress = guarded._Progress(duration_s, seen.append)
    for line in lines:
        progress.take(line)
    return seen


def test_percent_is_time_written_over_duration() -> None:
    lines = ["frame=10", "out_time_us=2500000", "progress=continue", "out_time_us=5000000", "progress=continue"]
    assert read_percents(lines, 10.0) == [25.0, 50.0]


def test_percent_stays_below_the_end_until_ffmpeg_has_ended() -> None:
    assert read_percents(["out_time_us=99000000", "progress=end"], 10.0) == [99.9]


@pytest.mark.parametrize("value", ["N/A", "", "-9223372036854775807"])
def test_a_time_that_is_none_is_no_progress(value: str) -> None:
    assert read_percents([f"out_time_us={value}", "frame=1", "progress=continue"], 10.0) == [0.0]


def test_unknown_duration_divides_by_nothing() -> None:
    assert read_percents(["out_time_us=5", "progress=continue"], 0.0) == [pytest.approx(0.5)]


def test_the_same_block_again_is_no_sign_of_life() -> None:
    block = ["frame=10", "out_time_us=2500000", "progress=continue"]
    assert read_percents(block + block, 10.0) == [25.0]


def test_lines_are_whole_however_the_bytes_come() -> None:
    seen: list[str] = []
    lines = guarded._Lines(seen.append)
    for data in (b"fra", b"me=1\nout", b"_time=2\r\n", b"last"):
        assert lines.feed(data)
    assert seen == ["frame=1", "out_time=2"]
    assert not lines.feed(b"")
    assert seen == ["frame=1", "out_time=2", "last"]


def test_a_line_without_end_takes_no_memory() -> None:
    seen: list[str] = []
    lines = guarded._Lines(seen.append)
    for _ in range(100):
        lines.feed(b"x" * 65536)
    lines.feed(b"\n")
    assert [len(line) for line in seen] == [1000]


def test_only_the_last_lines_are_kept() -> None:
    tail = guarded._Tail()
    for number in range(50):
        tail.take(f"line {number}")
    assert str(tail).splitlines() == [f"line {number}" for number in range(30, 50)]


def test_a_full_disk_is_told_at_once() -> None:
    with pytest.raises(DiskFull, match="full") as caught:
        guarded._Tail().take("av_interleaved_write_frame(): No space left on device")
    assert caught.value.code == "disk_full"
    assert caught.value.retryable


def test_an_input_without_guards_is_refused() -> None:
    stream = ffmpeg.output(ffmpeg.input("a.mp4"), "b.mp4")
    with pytest.raises(ValueError, match="guarded_input"):
        run_ffmpeg(stream, duration_s=1)


def test_guards_stand_before_their_input() -> None:
    inputs = [guarded_input(Path("/a.mp4"), "mp4"), guarded_input(Path("/b.png"), "png")]
    arguments = guarded._list_arguments(ffmpeg.output(*inputs, "file:/c.mp4"), threads=2)
    first, second = arguments.index("file:/a.mp4"), arguments.index("file:/b.png")
    for guards, demuxer in ((arguments[:first], "mov"), (arguments[first:second], "png_pipe")):
        assert guards[guards.index("-format_whitelist") + 1] == demuxer
        assert guards[guards.index("-protocol_whitelist") + 1] == "file,pipe"
        assert guards[guards.index("-max_pixels") + 1] == "35389440"
        assert guards[guards.index("-max_streams") + 1] == "16"


def test_a_name_is_never_an_option_or_a_protocol() -> None:
    assert file_url(Path("/x/-y.mp4")) == "file:/x/-y.mp4"
    assert file_url(Path("http:")).startswith("file:/")


def make_program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_setting_comes_before_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_path = make_program(tmp_path / "bin" / "ffmpeg")
    wanted = make_program(tmp_path / "my-ffmpeg")
    monkeypatch.setenv("PATH", str(on_path.parent))
    monkeypatch.setenv("FFMPEG_BINARY", str(wanted))
    assert ffmpeg_binary() == str(wanted)
    monkeypatch.delenv("FFMPEG_BINARY")
    assert ffmpeg_binary() == str(on_path)


def test_without_any_the_packaged_one_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("FFMPEG_BINARY", raising=False)
    found = ffmpeg_binary()
    assert "imageio_ffmpeg" in found
    assert os.access(found, os.X_OK)


def test_a_wrong_setting_is_named_and_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FFMPEG_BINARY", str(tmp_path / "none"))
    with pytest.raises(MediaError, match="FFMPEG_BINARY") as caught:
        ffmpeg_binary()
    assert caught.value.code == "no_ffmpeg"
    monkeypatch.setenv("FFMPEG_BINARY", str(make_program(tmp_path / "ffmpeg")))
    assert ffmpeg_binary() == str(tmp_path / "ffmpeg")


def test_no_ffmpeg_at_all_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def find_none() -> str:
        raise RuntimeError("No ffmpeg exe could be found.")

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("FFMPEG_BINARY", raising=False)
    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", find_none)
    with pytest.raises(MediaError, match="pip install imageio-ffmpeg") as caught:
        ffmpeg_binary()
    assert caught.value.code == "no_ffmpeg"


@pytest.mark.parametrize(
    ("changes", "playable"),
    [
        ({}, True),
        ({"has_audio": False, "audio_codec": None}, True),
        ({"video_codec": "libdav1d", "audio_codec": "libopus"}, True),
        ({"audio_codec": "mp3float"}, True),
        ({"pixel_format": "yuv420p10le"}, False),
        ({"pixel_format": "yuv444p"}, False),
        ({"video_codec": "hevc"}, False),
        ({"audio_codec": "pcm_s16le"}, False),
        ({"container": "avi"}, False),
    ],
)
def test_what_browsers_play(changes: dict[str, object], playable: bool) -> None:
    assert is_playable(dataclasses.replace(LESSON, **changes)) is playable  # type: ignore[arg-type]
