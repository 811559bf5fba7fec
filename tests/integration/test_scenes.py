"""Scenes of real, if small, videos."""

from itertools import chain, cycle, pairwise
from pathlib import Path

import numpy as np
import pytest
from drawn_videos import fade, hold, pan, slide, write_video

from media.scenes import Scene, find_scenes

CELLS = slide("How cells divide", ["Interphase comes first", "Then mitosis", "Then cytokinesis"])
STARS = slide("Where stars are born", ["Clouds of cold gas", "Gravity pulls them in", "Fusion begins"])
RIVERS = slide("Why rivers bend", ["Fast on the outside", "Slow on the inside", "Banks move"])
ONE_KEYFRAME = {"preset": "veryfast", "crf": "26", "g": "99999", "sc_threshold": "0"}


def starts(scenes: list[Scene]) -> list[float]:
    assert scenes[0].start_s == 0
    assert all(one.end_s == other.start_s for one, other in pairwise(scenes))
    return [scene.start_s for scene in scenes[1:]]


def three_slides() -> chain[np.ndarray]:
    return chain(hold(CELLS, 9), hold(STARS, 12.3), hold(RIVERS, 8))


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("many keyframes.mp4", "libx264", {"g": "15"}),
        ("one keyframe.mp4", "libx264", ONE_KEYFRAME),
        ("no b frames.mp4", "libx264", ONE_KEYFRAME | {"tune": "zerolatency"}),
        ("intra refresh.mp4", "libx264", {"x264-params": "intra-refresh=1:keyint=50"}),
        ("old codec.avi", "mpeg4", {"g": "300", "bf": "2"}),
        ("all keyframes.avi", "mjpeg", {}),
    ],
)
def test_slide_changes_are_found_however_the_file_is_encoded(
    tmp_path: Path, name: str, codec: str, options: dict[str, str]
) -> None:
    video = write_video(tmp_path / name, three_slides(), codec=codec, options=options)
    scenes = find_scenes(video)
    assert starts(scenes) == pytest.approx([9, 21.3], abs=0.3)
    assert scenes[-1].end_s == pytest.approx(29.3, abs=0.2)


@pytest.mark.parametrize("size", [(426, 240), (480, 360), (360, 640), (130, 98)])
def test_any_shape_of_picture_will_do(tmp_path: Path, size: tuple[int, int]) -> None:
    one, other = slide("First words", ["of a lesson"], size), slide("Other things", ["are said", "now"], size, "navy")
    video = write_video(tmp_path / "v.mp4", chain(hold(one, 6), hold(other, 6)))
    assert starts(find_scenes(video)) == pytest.approx([6], abs=0.3)


def test_a_slide_that_grows_is_one_scene(tmp_path: Path) -> None:
    words = ["Water evaporates", "Vapour rises", "Clouds form", "Rain falls"]
    steps = [hold(slide("The water cycle", words[:shown]), 5) for shown in range(1, 5)]
    video = write_video(tmp_path / "v.mp4", chain(*steps, hold(STARS, 6)), options={"g": "20"})
    assert starts(find_scenes(video)) == pytest.approx([20], abs=0.3)


def test_a_moving_inset_with_grain_does_not_hide_or_invent_changes(tmp_path: Path) -> None:
    grain = cycle(np.random.default_rng(1).integers(0, 8, (7, 360, 640, 1), np.uint8))
    inset = pan(3, 30, (120, 90))

    def live(picture: np.ndarray) -> np.ndarray:
        noisy = picture // 2 + 60 + next(grain)
        noisy[-100:-10, -130:-10] = next(inset)
        return noisy

    video = write_video(tmp_path / "v.mp4", map(live, three_slides()), options={"preset": "veryfast", "g": "50"})
    assert starts(find_scenes(video)) == pytest.approx([9, 21.3], abs=0.3)


def test_hard_cuts_of_a_film_without_slides_are_found(tmp_path: Path) -> None:
    shots = chain(pan(1, 8), pan(2, 7), pan(3, 9))
    assert starts(find_scenes(write_video(tmp_path / "v.mp4", shots))) == pytest.approx([8, 15], abs=0.5)


def test_a_fade_counts_once_at_about_its_middle(tmp_path: Path) -> None:
    video = write_video(tmp_path / "v.mp4", chain(hold(CELLS, 8), fade(CELLS, STARS, 2), hold(STARS, 8)))
    assert starts(find_scenes(video)) == pytest.approx([9], abs=0.6)


def test_a_glance_at_another_slide_is_not_a_scene(tmp_path: Path) -> None:
    video = write_video(tmp_path / "v.mp4", chain(hold(CELLS, 8), hold(STARS, 1.5), hold(CELLS, 8)))
    assert starts(find_scenes(video)) == []


def test_a_pointer_that_wanders_changes_nothing(tmp_path: Path) -> None:
    def pointed(number: int) -> np.ndarray:
        picture = CELLS.copy()
        x, y = 60 + number * 4 % 500, 100 + number * 3 % 200
        picture[y : y + 14, x : x + 10] = (200, 30, 30)
        return picture

    video = write_video(tmp_path / "v.mp4", map(pointed, range(200)), options={"g": "30"})
    assert starts(find_scenes(video)) == []


def test_one_slide_and_one_frame_are_one_scene(tmp_path: Path) -> None:
    assert starts(find_scenes(write_video(tmp_path / "one slide.mp4", hold(CELLS, 20)))) == []
    assert starts(find_scenes(write_video(tmp_path / "one frame.mp4", [CELLS]))) == []


def test_a_variable_frame_rate_and_a_late_first_time_stamp_are_understood(tmp_path: Path) -> None:
    times_s = [0, 0.1, 0.5, 7, 7.1, 9, 15.5, 15.6, 20, 25]
    pictures = [CELLS] * 3 + [STARS] * 3 + [RIVERS] * 4
    varied = write_video(tmp_path / "varied.mp4", pictures, times_s=times_s)
    assert starts(find_scenes(varied)) == pytest.approx([7, 15.5], abs=0.3)
    late = write_video(tmp_path / "late.mp4", three_slides(), start_s=5)
    assert starts(find_scenes(late)) == pytest.approx([9, 21.3], abs=0.3)


def test_progress_rises_to_100(tmp_path: Path) -> None:
    told: list[float] = []
    find_scenes(write_video(tmp_path / "v.mp4", three_slides(), options=ONE_KEYFRAME), told.append)
    assert told == sorted(told)
    assert told[-1] == 100
    assert len(told) > 10
