"""The cuts of a film: where a picture is unlike the one before, far more than is usual in that stretch."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from media.motion import Cells, stirred

LEVELS = 32
UNUSUAL = 3.0
WINDOW = 12
FEWEST = 3
LEAST_CHANGED = 0.2
LEAST_RELIT = 0.2


class Jump:
    """Watches one measure of how far pictures differ; those above `least` and far above the recent median are jumps."""

    def __init__(self, least: float) -> None:
        self._least = least
        self._recent: deque[float] = deque(maxlen=WINDOW)

    def see(self, value: float) -> float:
        """How strong the jump is, from 1 up; 0 if there is none."""
        usual = float(np.median(self._recent)) if len(self._recent) >= FEWEST else 1.0
        self._recent.append(value)
        return value / self._least if value > max(self._least, UNUSUAL * usual) else 0.0


class Shots:
    """Compares each picture with the last by its cells, and by how much of it is how bright, whatever has moved."""

    def __init__(self) -> None:
        self._last: tuple[Cells, NDArray[np.float64]] | None = None
        self._changed = Jump(LEAST_CHANGED)
        self._relit = Jump(LEAST_RELIT)

    def see(self, cells: Cells) -> float:
        """Take in the next picture; how strong the cut just before it is, from 1 up; 0 if there is none."""
        light = np.bincount(cells.ravel() // (256 // LEVELS), minlength=LEVELS) / cells.size
        last, self._last = self._last, (cells, light)
        if last is None:
            return 0.0
        relit = 0.5 * float(np.abs(light - last[1]).sum())
        return max(self._changed.see(float(stirred(last[0], cells).mean())), self._relit.see(relit))
