"""A poster shows something, whatever the video begins with."""

from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from drawn_videos import hold, slide, write_video
from PIL import Image

from media.errors import MediaError
from media.thumbnails import write_poster

PICTURE = slide("A lesson", ["on one slide"], (800, 450))
BLACK = np.zeros_like(PICTURE)


def test_a_poster_is_no_wider_than_asked_and_never_enlarged(tmp_path: Path) -> None:
    video = write_video(tmp_path / "v.mp4", hold(PICTURE, 1))
    for width_px, size in ((640, (640, 360)), (2000, (800, 450))):
        write_poster(video, tmp_path / "poster", width_px=width_px)
        with Image.open(tmp_path / "poster") as poster:
            assert (poster.format, poster.size) == ("JPEG", size)


@pytest.mark.parametrize("options", [{"g": "5"}, {"g": "9999", "sc_threshold": "0"}])
def test_black_pictures_are_passed_over(tmp_path: Path, options: dict[str, str]) -> None:
    pictures = chain(hold(BLACK, 3), hold(PICTURE, 2), hold(BLACK, 3))
    video = write_video(tmp_path / "v.mp4", pictures, options={"preset": "veryfast"} | options)
    write_poster(video, tmp_path / "poster.jpg")
    with Image.open(tmp_path / "poster.jpg") as poster:
        assert np.asarray(poster).mean() > 100


def test_a_turned_video_has_an_upright_poster(tmp_path: Path) -> None:
    video = write_video(tmp_path / "v.mp4", hold(PICTURE, 1), rotation_deg=90)
    write_poster(video, tmp_path / "poster.jpg")
    with Image.open(tmp_path / "poster.jpg") as poster:
        assert poster.height > poster.width


def test_a_file_that_is_no_video_gets_no_poster(tmp_path: Path) -> None:
    (tmp_path / "v.mp4").write_text("not a video at all")
    with pytest.raises(MediaError):
        write_poster(tmp_path / "v.mp4", tmp_path / "poster.jpg")
    assert not (tmp_path / "poster.jpg").exists()
