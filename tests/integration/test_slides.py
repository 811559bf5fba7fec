"""What is read from the slides of a video, by the real engine."""

import os
import socket
import subprocess
import sys
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from drawn_videos import hold, pan, slide, write_video
from PIL import Image

import media.reading
from media.slides import read_slides

SIZE = (960, 540)
WATER = ["Water evaporates", "Vapour rises", "Clouds form"]
STARS = slide("Where stars are born", ["Clouds of cold gas", "Gravity pulls them in"], SIZE)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_each_slide_is_read_at_its_fullest(tmp_path: Path) -> None:
    steps = [hold(slide("The water cycle", WATER[:shown], SIZE), 4) for shown in range(1, 4)]
    video = write_video(tmp_path / "v.mp4", chain(*steps, hold(STARS, 6)), options={"g": "9999", "sc_threshold": "0"})
    told: list[float] = []
    water, stars = read_slides(video, tmp_path, told.append)
    assert (water.title, water.text) == ("The water cycle", "\n".join(["The water cycle", *WATER]))
    assert stars.text.splitlines() == ["Where stars are born", "Clouds of cold gas", "Gravity pulls them in"]
    assert (water.start_s, water.end_s, stars.start_s) == (0, stars.start_s, pytest.approx(12, abs=0.3))
    assert told == sorted(told)
    assert told[-1] == 100
    for shown in (water, stars):
        with Image.open(tmp_path / shown.thumbnail) as thumbnail:
            assert thumbnail.size == SIZE


def test_a_slide_shown_again_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, pictures = media.reading.read_picture, []

    def counted(picture: np.ndarray, moving: np.ndarray) -> media.reading.Writing:
        pictures.append(picture)
        return real(picture, moving)

    monkeypatch.setattr(media.reading, "read_picture", counted)
    water = slide("The water cycle", WATER, SIZE)
    video = write_video(tmp_path / "v.mp4", chain(*(hold(picture, 5) for picture in (water, STARS) * 3)))
    slides = read_slides(video, tmp_path)
    assert [shown.title for shown in slides] == ["The water cycle", "Where stars are born"] * 3
    assert len(pictures) == 2


def test_a_moving_inset_is_not_read(tmp_path: Path) -> None:
    inset = pan(3, 20, (200, 120))
    label = slide("NEWS", size=(200, 120), ground="navy")

    def live(picture: np.ndarray, number: int) -> np.ndarray:
        mixed = picture.copy()
        mixed[-130:-10, -210:-10] = next(inset) // 2 + np.roll(label, number * 9, axis=1) // 2
        return mixed

    video = write_video(tmp_path / "v.mp4", (live(STARS, number) for number in range(200)), options={"g": "40"})
    (only,) = read_slides(video, tmp_path)
    assert only.text.splitlines() == ["Where stars are born", "Clouds of cold gas", "Gravity pulls them in"]


def test_nothing_written_is_no_error(tmp_path: Path) -> None:
    (only,) = read_slides(write_video(tmp_path / "v.mp4", hold(slide("", size=(320, 180)), 2)), tmp_path)
    assert (only.title, only.text) == ("", "")
    assert (tmp_path / only.thumbnail).exists()


def test_the_engine_is_told_not_to_report_before_it_is_loaded() -> None:
    code = "import os, media.reading; media.reading.reader(); print(os.environ['ORT_DISABLE_TELEMETRY'])"
    env = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    assert subprocess.check_output([sys.executable, "-c", code], text=True, env=env).strip() == "1"


def test_the_values_are_had_without_the_tools() -> None:
    code = (
        "import sys, media.probe, media.scenes, media.slides, media.thumbnails;"
        "print({'av', 'cv2', 'numpy', 'rapidocr', 'onnxruntime'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
