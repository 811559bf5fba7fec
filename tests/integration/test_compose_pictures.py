"""What is seen in a composed video: every piece to the frame, whatever it was made of."""

import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import pytest
from drawn_videos import hold, slide, write_video
from films import (
    BLACK,
    BLUE,
    GREEN,
    HEIGHT,
    RAMP,
    RED,
    WHITE,
    WIDTH,
    colour_at,
    compose,
    describe,
    is_near,
    list_numbers,
    make,
    make_timeline,
    read_brightness,
    read_pictures,
)
from PIL import Image

from media.compose.export import export_film
from media.compose.timeline import (
    BLUR,
    CROP,
    CROSSFADE,
    PAD,
    TO_BLACK,
    TO_WHITE,
    Chapter,
    Clip,
    Output,
    Source,
    Transition,
    Watermark,
    choose_rate,
)

BINARIES = [shutil.which("ffmpeg"), imageio_ffmpeg.get_ffmpeg_exe()]


@pytest.fixture(params=BINARIES, ids=["system", "packaged"])
def _binary(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param is None:
        pytest.skip("no ffmpeg on the PATH")
    monkeypatch.setenv("FFMPEG_BINARY", request.param)


@pytest.fixture(scope="session")
def ramp(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return make(tmp_path_factory.mktemp("ramp") / "ramp.mp4", RAMP.format(2), "sine=d=2")


def make_colour(tmp_path: Path, colour: str, size: str = "320x180", **options: object) -> Source:
    return make(tmp_path / f"{colour}{size}.mp4", f"color={colour}:s={size}:r=25:d=2", "sine=d=2", **options)


@pytest.mark.usefixtures("_binary")
def test_pieces_of_every_make_join_to_the_frame(tmp_path: Path) -> None:
    turned = write_video(
        tmp_path / "turned.mp4", hold(slide("", ground="blue", size=(180, 320)), 2), rotation_deg=90, sound=True
    )
    sources = [
        (make_colour(tmp_path, "red", "640x360", ar=22050, ac=1), RED),
        (make(tmp_path / "mute.mp4", "color=green:s=240x320:r=30000/1001:d=2"), GREEN),
        (describe(turned), BLUE),
        (
            make(
                tmp_path / "old.avi",
                "color=white:s=322x182:r=10:d=2",
                "sine=d=1",
                **{"c:v": "mpeg4", "c:a": "pcm_s16le", "ac": 6},
            ),
            WHITE,
        ),
    ]
    clips = [Clip(source, 0.5, 1.5 + number / 10) for number, (source, _) in enumerate(sources)]
    made = compose(make_timeline(*clips), tmp_path)
    pictures = read_pictures(tmp_path / made.filename)
    assert len(pictures) == made.frames == 25 + 28 + 30 + 32
    assert pictures[0].shape == (HEIGHT, WIDTH, 3)
    starts = [0, 25, 53, 83, 115]
    for number, (_, colour) in enumerate(sources):
        for picture in (pictures[starts[number]], pictures[starts[number + 1] - 1]):
            assert is_near(colour_at(picture, 0.5, 0.5), colour), number
    assert (made.codec, made.pixel_format) == ("h264", "yuv420p")
    assert (made.audio_codec, made.audio_channels, made.audio_sample_rate_hz) == ("aac", 2, 48_000)
    with av.open(str(tmp_path / made.filename)) as container:
        assert container.streams.video[0].average_rate == 25
        assert container.duration == pytest.approx(115 / 25 * 1_000_000, abs=25_000)


@pytest.mark.usefixtures("_binary")
def test_a_cut_shows_the_frames_that_were_named(tmp_path: Path, ramp: Source) -> None:
    made = compose(make_timeline(Clip(ramp, 0.4, 0.8), Clip(ramp, 1.28, 1.52), Clip(ramp, 0.4, 0.8)), tmp_path)
    shown = [*range(10, 20), *range(32, 38), *range(10, 20)]
    assert list_numbers(tmp_path / made.filename) == shown


def test_a_picture_that_began_before_the_cut_is_still_shown(tmp_path: Path) -> None:
    pages = [slide("", ground=ground) for ground in ("red", "blue", "white", "black")]
    film = write_video(tmp_path / "rare.mp4", pages, times_s=(0.0, 4.0, 4.5, 5.5), sound=True)
    source = replace(describe(film), frame_rate=Fraction(25))
    pictures = read_pictures(tmp_path / compose(make_timeline(Clip(source, 3.0, 5.0)), tmp_path).filename)
    assert len(pictures) == 50
    for number, colour in ((0, RED), (24, RED), (26, BLUE), (36, BLUE), (38, WHITE), (49, WHITE)):
        assert is_near(colour_at(pictures[number], 0.5, 0.5), colour), number


def test_the_last_picture_is_held_where_the_sound_goes_on(tmp_path: Path) -> None:
    short = make(tmp_path / "short.mp4", RAMP.format(1), "sine=d=2")
    made = compose(make_timeline(Clip(short, 0.8, 1.8), Clip(short, 0, 0.2)), tmp_path)
    assert list_numbers(tmp_path / made.filename) == [*range(20, 25), *[24] * 20, *range(5)]


def test_a_low_rate_and_a_high_one_keep_their_time(tmp_path: Path, ramp: Source) -> None:
    made = compose(make_timeline(Clip(ramp, 0, 1), frame_rate=Fraction(50)), tmp_path)
    assert list_numbers(tmp_path / made.filename) == [number // 2 for number in range(50)]
    assert choose_rate([Fraction(10), Fraction(30000, 1001)]) == Fraction(30000, 1001)
    assert choose_rate([Fraction(24), Fraction(25)]) == 25
    assert choose_rate([Fraction(120)]) == 60


@pytest.mark.parametrize("fit", [PAD, CROP, BLUR])
def test_another_shape_is_fitted_as_asked(tmp_path: Path, fit: str) -> None:
    halves = "color=red:s=160x320:r=25:d=1,drawbox=y=160:h=160:color=blue:t=fill"
    source = make(tmp_path / "tall.mp4", halves)
    made = compose(make_timeline(Clip(source, 0, 1), fit=fit), tmp_path)
    picture = read_pictures(tmp_path / made.filename)[12]
    middle = colour_at(picture, 0.5, 0.4), colour_at(picture, 0.5, 0.6)
    assert is_near(middle[0], RED)
    assert is_near(middle[1], BLUE)
    side = colour_at(picture, 0.02, 0.1)
    assert is_near(side, BLACK) if fit == PAD else side[0] > 120
    if fit == BLUR:
        # Where the copy behind is blurred, both colours mix at the border.
        red, _, blue = colour_at(picture, 0.05, 0.5)
        assert red > 50 < blue


def test_transitions_take_their_frames_and_colours(tmp_path: Path) -> None:
    red, blue, green = (make_colour(tmp_path, colour) for colour in ("red", "blue", "green"))
    made = compose(
        make_timeline(
            Clip(red, 0, 1, Transition(CROSSFADE, 0.4)),
            Clip(blue, 0, 1, Transition(TO_WHITE, 0.4)),
            Clip(green, 0, 1, Transition(TO_BLACK, 0.4)),
            Clip(red, 0, 1, Transition(CROSSFADE, 0.4, "wipeleft")),
            Clip(blue, 0, 1, Transition(TO_BLACK, 0.4)),
        ),
        tmp_path,
    )
    pictures = read_pictures(tmp_path / made.filename)
    middle = [colour_at(picture, 0.5, 0.5) for picture in pictures]
    assert len(pictures) == 5 * 25 - 2 * 10
    red_share, _, blue_share = middle[20]
    assert red_share > 80 < blue_share
    assert is_near(middle[30], BLUE)
    assert all(min(middle[number]) > 200 for number in (40,))
    assert is_near(middle[65], BLACK)
    assert is_near(colour_at(pictures[85], 0.1, 0.5), RED)
    assert is_near(colour_at(pictures[85], 0.9, 0.5), BLUE)
    assert is_near(middle[104], BLACK)


@pytest.mark.parametrize("position", ["top-left", "top-right", "bottom-left", "bottom-right"])
def test_a_watermark_stands_in_its_corner(tmp_path: Path, position: str) -> None:
    mark = tmp_path / "mark.png"
    Image.new("RGBA", (40, 20), (255, 255, 255, 255)).save(mark)
    clip = Clip(make_colour(tmp_path, "black"), 0, 0.4, watermark=Watermark(mark, "png", position, 0.2, 0.5))
    picture = read_pictures(tmp_path / compose(make_timeline(clip), tmp_path).filename)[5]
    bright = (picture.mean(2) > 60).nonzero()
    rows, columns = (bright[0].min(), bright[0].max()), (bright[1].min(), bright[1].max())
    assert columns[1] - columns[0] + 1 == pytest.approx(0.2 * WIDTH, abs=2)
    assert rows[1] - rows[0] + 1 == pytest.approx(0.1 * WIDTH, abs=2)
    assert (rows[0] < HEIGHT / 2) == position.startswith("top")
    assert (columns[0] < WIDTH / 2) == position.endswith("left")
    assert picture[sum(rows) // 2, sum(columns) // 2].mean() == pytest.approx(127, abs=12)


@pytest.mark.usefixtures("_binary")
def test_one_run_makes_every_output_with_its_chapters(tmp_path: Path, ramp: Source) -> None:
    outputs = (
        Output("timeline", "mp4", 320, 180, thumbnails=True),
        Output("small", "mov", 160, 90, video_bitrate_bps=200_000, audio_bitrate_bps=48_000),
        Output("tall", "webm", 90, 160, fit=CROP, thumbnails=True),
    )
    clips = Clip(ramp, 0, 1), Clip(ramp, 1, 2)
    chapters = Chapter(0, "Öffnung; a=b #1"), Chapter(1.0, "الفصل")
    films = export_film(make_timeline(*clips, outputs=outputs, chapters=chapters), tmp_path, 2)
    assert [film.codec for film in films] == ["h264", "h264", "vp9"]
    assert [film.audio_codec for film in films] == ["aac", "aac", "opus"]
    for film, size in zip(films, ((320, 180), (160, 90), (90, 160)), strict=True):
        with av.open(str(tmp_path / film.filename)) as container:
            video = container.streams.video[0]
            assert (video.width, video.height) == size
            told = [(chapter["start"] * chapter["time_base"], chapter["metadata"]) for chapter in container.chapters()]
            assert told == [(0, {"title": chapters[0].title}), (1, {"title": "الفصل"})]
        assert read_brightness(tmp_path / film.filename)[30] == pytest.approx(136, abs=4)
        assert (tmp_path / film.poster).is_file()
    assert [(picture.clip_index, picture.time_s) for picture in films[0].pictures] == [(0, 0.48), (1, 1.48)]
    assert (films[1].pictures, len(films[2].pictures)) == ((), 2)
    assert read_pictures(tmp_path / films[2].pictures[1].filename)[0].shape[:2] == (160, 90)


def test_eighty_clips_are_one_film(tmp_path: Path, ramp: Source) -> None:
    clips = [Clip(ramp, number % 40 / 25, number % 40 / 25 + 0.08) for number in range(80)]
    made = compose(make_timeline(*clips), tmp_path)
    assert list_numbers(tmp_path / made.filename) == [number % 40 + step for number in range(80) for step in (0, 1)]


def test_a_bitrate_is_kept(tmp_path: Path) -> None:
    noisy = make(tmp_path / "noisy.mp4", "testsrc2=s=320x180:r=25:d=4,noise=alls=16:allf=t", "anoisesrc=d=4:r=48000")
    outputs = (
        Output("low", "mp4", 320, 180, video_bitrate_bps=200_000, audio_bitrate_bps=32_000),
        Output("high", "mov", 320, 180, video_bitrate_bps=800_000, audio_bitrate_bps=160_000),
        Output("web", "webm", 320, 180, video_bitrate_bps=500_000, audio_bitrate_bps=64_000),
    )
    for film in export_film(make_timeline(Clip(noisy, 0, 4), outputs=outputs), tmp_path, 2):
        with av.open(str(tmp_path / film.filename)) as container:
            sizes = {"video": 0, "audio": 0}
            for packet in container.demux(container.streams.video[0], container.streams.audio[0]):
                sizes[packet.stream.type] += packet.size
        asked = {"video": film.output.video_bitrate_bps, "audio": film.output.audio_bitrate_bps}
        for kind, size in sizes.items():
            assert size * 8 / 4 == pytest.approx(asked[kind], rel=0.45), (film.output.name, kind)
