"""The guarded ffmpeg with real files, once with the system's binary and once with the packaged one."""

import math
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import ffmpeg
import imageio_ffmpeg
import psutil
import pytest

from media.errors import MediaError
from media.ffmpeg import file_url, generated_input, guarded_input, run_ffmpeg
from media.playable import is_playable, make_playable
from media.probe import Probe, probe_video
from media.seat_errors import DiskFull, Stalled, TimedOut

BINARIES = [shutil.which("ffmpeg"), imageio_ffmpeg.get_ffmpeg_exe()]


@pytest.fixture(autouse=True, params=BINARIES, ids=["system", "packaged"])
def _binary(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param is None:
        pytest.skip("no ffmpeg on the PATH")
    monkeypatch.setenv("FFMPEG_BINARY", request.param)


@pytest.fixture(autouse=True)
def _nothing_left(tmp_path: Path) -> Iterator[None]:
    yield
    assert list_programs_on(tmp_path) == []


def list_programs_on(folder: Path) -> list[psutil.Process]:
    found = psutil.process_iter(["cmdline", "status"])
    return [p for p in found if any(str(folder) in word for word in p.info["cmdline"] or [])]


def make_film(target: Path, *, size: str = "320x180", seconds: float = 2, sound: bool = True, **options: Any) -> Path:
    streams = [generated_input(f"testsrc=d={seconds}:s={size}:r=25")]
    if sound:
        streams.append(generated_input(f"sine=d={seconds}"))
    output = ffmpeg.output(*streams, file_url(target), **{"pix_fmt": "yuv420p", **options})
    run_ffmpeg(output, duration_s=seconds)
    return target


def copy_film(source: Path, target: Path, **options: Any) -> None:
    output = ffmpeg.output(guarded_input(source, "mp4"), file_url(target), c="copy")
    run_ffmpeg(output, **{"duration_s": 2, **options})


def make_endless(target: Path) -> Any:
    return ffmpeg.output(generated_input("testsrc=s=320x180,realtime"), file_url(target))


def convert(source: Path, target: Path) -> tuple[Probe, list[float]]:
    seen: list[float] = []
    make_playable(source, target, probe_video(source), seen.append)
    return probe_video(target), seen


def test_any_video_becomes_playable(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.avi", size="321x181", vcodec="mpeg4", acodec="pcm_s16le")
    assert not is_playable(probe_video(film))
    probe, seen = convert(film, tmp_path / "film.mp4")
    assert is_playable(probe)
    assert (probe.width_px, probe.height_px, probe.pixel_format) == (320, 180, "yuv420p")
    assert probe.duration_s == pytest.approx(2, abs=0.1)
    assert seen == sorted(seen)
    assert seen[-1] == 100


@pytest.mark.parametrize(("size", "shown"), [("7680x4320", (4096, 2304)), ("4320x7680", (2304, 4096))])
def test_what_is_larger_than_browsers_play_well_is_scaled_down(
    tmp_path: Path, size: str, shown: tuple[int, int]
) -> None:
    film = make_film(tmp_path / "film.avi", size=size, seconds=0.08, sound=False, vcodec="mjpeg", pix_fmt="yuvj420p")
    probe, _ = convert(film, tmp_path / "film.mp4")
    assert is_playable(probe)
    assert (probe.width_px, probe.height_px) == shown


def test_a_stream_that_fits_is_copied(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mov", vcodec="libx264", acodec="pcm_s16le")
    probe, _ = convert(film, tmp_path / "film.mp4")
    assert is_playable(probe)
    assert read_packets(film) == read_packets(tmp_path / "film.mp4")


def read_packets(film: Path) -> list[bytes]:
    with av.open(str(film)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def test_ten_bit_colour_becomes_eight(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mp4", vcodec="libx264", pix_fmt="yuv444p")
    probe, _ = convert(film, tmp_path / "played.mp4")
    assert probe.pixel_format == "yuv420p"


def test_a_silent_video_stays_silent(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.avi", sound=False, vcodec="mpeg4")
    probe, _ = convert(film, tmp_path / "film.mp4")
    assert is_playable(probe)
    assert not probe.has_audio


def test_the_result_plays_before_it_is_loaded_and_tells_no_place(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mov", vcodec="libx264", acodec="aac", metadata="comment=home-of-the-teacher")
    assert b"home-of-the-teacher" in film.read_bytes()
    convert(film, tmp_path / "film.mp4")
    data = (tmp_path / "film.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert b"home-of-the-teacher" not in data


def test_a_cover_picture_is_not_the_film(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mp4", vcodec="libx264", acodec="pcm_s16le", f="mov")
    cover = tmp_path / "cover.png"
    run_ffmpeg(ffmpeg.output(generated_input("color=s=64x64:d=1"), file_url(cover), vframes=1), duration_s=1)
    both = ffmpeg.output(
        guarded_input(cover, "png"),
        guarded_input(film, "mp4"),
        file_url(tmp_path / "covered.mp4"),
        **{"c": "copy", "c:a": "aac", "disposition:v:0": "attached_pic"},
    )
    run_ffmpeg(both, duration_s=2)
    probe, _ = convert(tmp_path / "covered.mp4", tmp_path / "played.mp4")
    assert probe.width_px == 320


@pytest.mark.parametrize("kind", ["ffconcat", "playlist"])
def test_a_playlist_named_mp4_opens_no_other_file(tmp_path: Path, kind: str) -> None:
    make_film(tmp_path / "secret.ts", vcodec="libx264", acodec="aac")
    texts = {
        "ffconcat": "ffconcat version 1.0\nfile secret.ts\n",
        "playlist": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nsecret.ts\n#EXT-X-ENDLIST\n",
    }
    disguised = tmp_path / "lesson.mp4"
    disguised.write_text(texts[kind])
    with pytest.raises(MediaError) as caught:
        copy_film(disguised, tmp_path / "out.mp4")
    assert caught.value.code == "ffmpeg_failed"
    assert not (tmp_path / "out.mp4").exists()


def test_a_failure_brings_the_tools_own_words(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as caught:
        copy_film(tmp_path / "none.mp4", tmp_path / "out.mp4")
    assert caught.value.code == "ffmpeg_failed"
    assert not caught.value.retryable
    assert "No such file" in caught.value.tail
    assert "none.mp4" not in caught.value.sentence


def test_a_full_disk_is_worth_another_try(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mp4", vcodec="libx264", acodec="aac")
    output = ffmpeg.output(guarded_input(film, "mp4"), "file:/dev/full", f="mpegts", c="copy")
    with pytest.raises(DiskFull):
        run_ffmpeg(output, duration_s=2)


def test_a_file_larger_than_allowed_ends_it(tmp_path: Path) -> None:
    output = ffmpeg.output(generated_input("testsrc=s=640x360"), file_url(tmp_path / "big.avi"), vcodec="rawvideo")
    with pytest.raises(MediaError) as caught:
        run_ffmpeg(output, duration_s=10, max_file_bytes=5_000_000)
    assert caught.value.code == "result_too_big"
    assert (tmp_path / "big.avi").stat().st_size <= 5_000_000


def test_a_time_limit_ends_it(tmp_path: Path) -> None:
    with pytest.raises(TimedOut):
        run_ffmpeg(make_endless(tmp_path / "out.mp4"), duration_s=1000, timeout_s=0.7)


def test_an_input_that_never_comes_is_a_stall(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(Stalled):
        copy_film(tmp_path / "pipe.mp4", tmp_path / "out.mp4", stall_s=0.7)


def test_an_input_that_stops_coming_is_a_stall(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mp4", seconds=4, vcodec="libx264", acodec="aac", movflags="frag_keyframe", g=10)
    pipe = tmp_path / "pipe.mp4"
    os.mkfifo(pipe)
    holder = os.open(pipe, os.O_RDWR)
    try:
        os.write(holder, film.read_bytes()[:30_000])
        with pytest.raises(Stalled):
            copy_film(pipe, tmp_path / "out.mp4", stall_s=1.5)
    finally:
        os.close(holder)


def test_an_error_in_report_ends_ffmpeg(tmp_path: Path) -> None:
    def fail(percent: float) -> None:
        raise InterruptedError(f"enough at {percent}")

    with pytest.raises(InterruptedError):
        run_ffmpeg(make_endless(tmp_path / "out.mp4"), duration_s=1000, report=fail)


def can_cut_network() -> bool:
    return subprocess.run(["unshare", "--user", "--net", "true"], capture_output=True).returncode == 0


def test_ffmpeg_stands_behind_its_walls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "do not tell")
    seen: dict[str, Any] = {}

    def look(_percent: float) -> None:
        process = list_programs_on(tmp_path)[0]
        status = Path(f"/proc/{process.pid}/status").read_text()
        seen["environ"] = process.environ()
        seen["no_new_privs"] = "NoNewPrivs:\t1" in status
        seen["limits"] = [process.rlimit(what) for what in (psutil.RLIMIT_AS, psutil.RLIMIT_CORE)]
        seen["session"] = os.getsid(process.pid) == process.pid
        seen["network"] = Path(f"/proc/{process.pid}/ns/net").readlink()
        seen["files"] = [str(link.readlink()) for link in Path(f"/proc/{process.pid}/fd").iterdir()]
        raise InterruptedError

    with pytest.raises(InterruptedError):
        run_ffmpeg(make_endless(tmp_path / "out.mp4"), duration_s=math.inf, report=look)
    assert "OPENAI_API_KEY" not in seen["environ"]
    assert seen["no_new_privs"]
    assert seen["limits"] == [(4 * 1024**3,) * 2, (0, 0)]
    assert seen["session"]
    if can_cut_network():
        assert seen["network"] != Path("/proc/self/ns/net").readlink()
    assert not [name for name in seen["files"] if name.startswith("socket:")]
