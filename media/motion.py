"""Which cells of a picture move all the time, learnt from what was seen so far."""

import cv2
import numpy as np
from numpy.typing import NDArray

Detail = NDArray[np.float32]
Mask = NDArray[np.bool_]
Cells = NDArray[np.uint8]

GROUND_CELLS = 5
CONTRAST = 8.0
LOOK_S = 1.0
GAP_S = 2.0
MEMORY = 0.7
LONG_MEMORY = 0.9
STARTS, STOPS = 0.6, 0.3
MARGIN = np.ones((3, 3), np.uint8)
FILM_SHARE = 0.5


def detail(cells: Cells) -> Detail:
    """How far each cell stands out from the ground around it, in grey levels; what lights both alike is not seen."""
    ground = cv2.medianBlur(np.ascontiguousarray(cells), GROUND_CELLS)
    return np.asarray(np.subtract(cells, ground, dtype=np.float32))


def changed(one: Detail, other: Detail) -> Mask:
    """The cells in which two pictures differ by more than grain and compression."""
    return np.asarray(np.abs(one - other) > CONTRAST)


def stirred(one: Cells, other: Cells) -> Mask:
    """The cells that got lighter or darker, for whatever reason."""
    return np.asarray(cv2.absdiff(one, other) > CONTRAST)


def ink(picture: Detail) -> Mask:
    """The cells on which something is written or drawn."""
    return np.asarray(np.abs(picture) > CONTRAST)


class Motion:
    """Scores each cell by the share of recent seconds in which it changed; old seconds fade."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._score = np.zeros(shape, np.float32)
        self._moving = np.zeros(shape, np.bool_)
        self._stirred = np.zeros(shape, np.bool_)
        self._from: tuple[float, Cells] | None = None
        self._last_s = 0.0
        self.mask = self._moving

    @property
    def is_film(self) -> bool:
        """True if so much of the picture moves that there is no slide to speak of."""
        return bool(self._moving.mean() > FILM_SHARE)

    def see(self, time_s: float, cells: Cells) -> None:
        """Take in the next picture. Pictures more than GAP_S apart count as one look, however far apart they are."""
        if self._from is None:
            self._from = time_s, cells
        start_s, start = self._from
        self._stirred |= stirred(start, cells)
        if time_s - start_s >= LOOK_S:
            self._score_look(LONG_MEMORY if time_s - self._last_s > GAP_S else MEMORY)
            self._from = time_s, cells
        self._last_s = time_s

    def _score_look(self, memory: float) -> None:
        self._score = memory * self._score + (1 - memory) * self._stirred
        self._stirred = np.zeros_like(self._stirred)
        self._moving = (self._score > STARTS) | (self._moving & (self._score > STOPS))
        self.mask = cv2.dilate(self._moving.astype(np.uint8), MARGIN).astype(np.bool_)
