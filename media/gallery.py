"""Pictures already read, so that a slide shown again is not read again."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from media.layout import Writing
from media.motion import FILM_SHARE, Detail, Mask, changed, detail

SAME_SHARE = 0.001

Read = Callable[[NDArray[np.uint8], Mask], Writing]


class Gallery:
    """Remembers what each distinct picture says; `read` is called for a picture unlike all before."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._known: list[tuple[Detail, Mask, Writing]] = []

    def writing(self, picture: NDArray[np.uint8], cells: NDArray[np.uint8], moving: Mask) -> Writing:
        """What the picture says. `cells` is the same picture shrunk, `moving` the cells of it to be ignored."""
        ignored = moving if moving.mean() <= FILM_SHARE else np.zeros_like(moving)
        outline = detail(cells)
        for known, known_ignored, writing in self._known:
            if _same(known, outline, known_ignored | ignored):
                return writing
        writing = self._read(picture, ignored)
        self._known.append((outline, ignored, writing))
        return writing


def _same(one: Detail, other: Detail, ignored: Mask) -> bool:
    return bool((changed(one, other) & ~ignored).mean() <= SAME_SHARE)
