"""What is said of good files, and of bad ones. Nothing but the file itself is ever opened."""

import io
import shutil
from fractions import Fraction
from pathlib import Path

import av
import pytest
from drawn_videos import hold, slide, write_video
from PIL import Image

from media.errors import MediaError
from media.families import sniff_family
from media.probe import MAX_DURATION_S, probe_video

PICTURE = slide("A lesson", ["on one slide"], (320, 240))


def refusal(path: Path) -> MediaError:
    with pytest.raises(MediaError) as caught:
        probe_video(path)
    assert not caught.value.retryable
    assert caught.value.sentence.endswith(".")
    return caught.value


def test_a_video_with_sound_is_described(tmp_path: Path) -> None:
    video = write_video(tmp_path / "v.mp4", hold(PICTURE, 3), sound=True)
    probe = probe_video(video)
    assert (probe.container, probe.video_codec, probe.pixel_format) == ("mp4", "h264", "yuv420p")
    assert (probe.width_px, probe.height_px, probe.rotation_deg) == (320, 240, 0)
    assert (probe.has_audio, probe.audio_codec, probe.audio_channels, probe.audio_sample_rate_hz) == (
        True,
        "aac",
        1,
        16000,
    )
    assert probe.duration_s == pytest.approx(3, abs=0.2)
    assert probe.frame_rate == Fraction(10)
    assert probe.size_bytes == video.stat().st_size
    assert probe.bitrate_bps > 0


def test_a_video_without_sound_is_fine(tmp_path: Path) -> None:
    probe = probe_video(write_video(tmp_path / "v.avi", hold(PICTURE, 2), codec="mpeg4", options={}))
    assert (probe.container, probe.has_audio, probe.audio_codec) == ("avi", False, None)
    assert probe.duration_s == pytest.approx(2, abs=0.2)


@pytest.mark.parametrize("rotation_deg", [90, -90])
def test_a_turned_video_is_measured_upright(tmp_path: Path, rotation_deg: int) -> None:
    probe = probe_video(write_video(tmp_path / "v.mp4", hold(PICTURE, 1), rotation_deg=rotation_deg))
    assert (probe.width_px, probe.height_px) == (240, 320)
    assert probe.rotation_deg in (90, 270)


def test_an_empty_file_and_a_text_are_no_videos(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    assert refusal(tmp_path / "empty.mp4").code == "not_a_video"
    (tmp_path / "text.mp4").write_text("Dear all, here is the lesson.\n" * 100)
    assert refusal(tmp_path / "text.mp4").code == "not_a_video"


@pytest.mark.parametrize(
    "script",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nneighbour.mp4\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile neighbour.mp4\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
        '<?xml version="1.0"?><MPD><Period><BaseURL>neighbour.mp4</BaseURL></Period></MPD>',
    ],
)
def test_a_list_that_names_other_files_is_no_video(tmp_path: Path, script: str) -> None:
    write_video(tmp_path / "neighbour.mp4", hold(PICTURE, 1))
    (tmp_path / "list.mp4").write_text(script)
    assert refusal(tmp_path / "list.mp4").code == "not_a_video"
    for disguise in (b"\0\0\0\x10ftypmp42\0\0\0\0", b"RIFF\xff\xff\0\0AVI "):
        (tmp_path / "list.mp4").write_bytes(disguise + b"\n" + script.encode())
        assert refusal(tmp_path / "list.mp4").code == "damaged_video"


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    video = write_video(tmp_path / "v.mp4", hold(PICTURE, 1), sound=True)
    with av.open(str(video)) as source, av.open(str(tmp_path / "sound.mp4"), "w") as target:
        track = target.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = track
                target.mux(packet)
    assert refusal(tmp_path / "sound.mp4").code == "no_video_stream"


@pytest.mark.parametrize("faststart", [True, False])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_part_of_a_video_is_damaged(tmp_path: Path, faststart: bool, share: float) -> None:
    pictures = (slide(f"Number {n}", size=(320, 240)) for n in range(150))
    video = write_video(tmp_path / "v.mp4", pictures, faststart=faststart)
    whole = video.read_bytes()
    video.write_bytes(whole[: int(len(whole) * share)])
    assert refusal(video).code == "damaged_video"


def test_part_of_an_avi_is_damaged(tmp_path: Path) -> None:
    pictures = (slide(f"Number {n}", size=(320, 240)) for n in range(150))
    video = write_video(tmp_path / "v.avi", pictures, codec="mpeg4", options={})
    video.write_bytes(video.read_bytes()[: video.stat().st_size // 2])
    assert refusal(video).code == "damaged_video"


def test_a_huge_picture_is_refused(tmp_path: Path) -> None:
    picture = io.BytesIO()
    Image.new("L", (12_000, 12_000)).save(picture, "JPEG")
    with av.open(str(tmp_path / "v.avi"), "w") as container:
        stream = container.add_stream("mjpeg", rate=10)
        stream.width, stream.height, stream.pix_fmt = 12_000, 12_000, "yuvj420p"
        packet = av.Packet(picture.getvalue())
        packet.stream, packet.pts, packet.dts, packet.is_keyframe = stream, 0, 0, True
        packet.time_base = Fraction(1, 10)
        container.mux(packet)
    error = refusal(tmp_path / "v.avi")
    assert error.code == "too_many_pixels"
    assert "12000 x 12000" in error.sentence


def test_too_many_tracks_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    with av.open(str(path), "w") as container:
        streams = [container.add_stream("mpeg4", rate=10) for _ in range(17)]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        for stream in streams:
            container.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
            container.mux(stream.encode(None))
    assert refusal(path).code == "too_many_streams"


def test_a_video_of_more_than_half_a_day_is_refused(tmp_path: Path) -> None:
    times_s = [0, 1, MAX_DURATION_S + 60]
    assert refusal(write_video(tmp_path / "v.mp4", [PICTURE] * 3, times_s=times_s)).code == "too_long"


def test_noise_in_a_good_wrapper_is_damaged(tmp_path: Path) -> None:
    video = write_video(tmp_path / "v.mp4", hold(PICTURE, 1))
    data = bytearray(video.read_bytes())
    start = data.index(b"mdat") + 4
    data[start:] = b"\x5a" * (len(data) - start)
    video.write_bytes(data)
    assert refusal(video).code == "damaged_video"


def test_the_name_of_a_file_means_nothing(tmp_path: Path) -> None:
    video = write_video(tmp_path / "v.mp4", hold(PICTURE, 1))
    odd = shutil.copy(video, tmp_path / "http:%2F%2Fexample,concat:a|b.txt")
    assert sniff_family(odd) == "mp4"
    assert probe_video(odd).video_codec == "h264"
