"""Pictures are read once."""

import numpy as np

from media.gallery import Gallery
from media.layout import Writing

RNG = np.random.default_rng(3)
CELLS = np.where(RNG.random((45, 80)) < 0.2, 20, 240).astype(np.uint8)
STILL = np.zeros(CELLS.shape, np.bool_)


def test_a_picture_seen_before_is_not_read_again_even_if_its_inset_moved() -> None:
    read: list[np.ndarray] = []

    def reader(_: np.ndarray, moving: np.ndarray) -> Writing:
        read.append(moving)
        return Writing(str(len(read)), (str(len(read)),))

    gallery = Gallery(reader)
    corner = STILL.copy()
    corner[-10:, -10:] = True
    moved = CELLS.copy()
    moved[-6:, -6:] = 255 - moved[-6:, -6:]
    assert gallery.writing(CELLS, CELLS, STILL).title == "1"
    assert gallery.writing(CELLS, CELLS, STILL).title == "1"
    assert gallery.writing(moved, moved, STILL).title == "2"
    assert gallery.writing(moved, moved, corner).title == "1"
    assert gallery.writing(CELLS[::-1], CELLS[::-1], STILL).title == "3"


def test_where_all_moves_nothing_is_ignored() -> None:
    ignored: list[bool] = []

    def reader(_: np.ndarray, moving: np.ndarray) -> Writing:
        ignored.append(bool(moving.any()))
        return Writing("", ())

    Gallery(reader).writing(CELLS, CELLS, ~STILL)
    assert ignored == [False]
