"""Where one slide gives way to another, in a sequence of small grey pictures. Pictures in, times out.

A slide that grows keeps what was written on it; a new slide loses much of the old writing. So a change counts when
the picture is still before and after it and a good part of the ink is gone. Cells that move every second (a talking
head, a film on a slide, a pointer) are ignored. Where most of the picture moves there are no slides, and cuts count.
"""

from dataclasses import dataclass

import numpy as np

from media.glimpses import Glimpse
from media.motion import Detail, Mask, Motion, changed, ink, stirred
from media.shots import Shots

CHANGED_SHARE = 0.004
LOST_SHARE = 0.25
BARE_SHARE = 0.002
SETTLE_S = 0.5
SHORTEST_S = 4.0
PENDING_MAX = 64


@dataclass(frozen=True)
class Change:
    """A new slide or shot began. `confidence` is 0.5 where it only just counted, up to 1.

    `moving` marks the cells that moved all the time on the slide that ended.
    """

    time_s: float
    confidence: float
    moving: Mask


class Changes:
    """Shown one glimpse after another by `see`, keeps what changed in `found`, in order of time."""

    def __init__(self) -> None:
        self.found: list[Change] = []
        self._motion: Motion | None = None
        self._slide: Detail = np.zeros((1, 1), np.float32)
        self._before = self._slide
        self._pending: list[tuple[float, Detail]] = []
        self._steady_s = 0.0
        self._steady: Detail = self._slide
        self._shots = Shots()

    def differ(self, one: Glimpse, other: Glimpse) -> bool:
        """True if what happened between two glimpses may be a change."""
        if self._motion is None or self._motion.is_film:
            return True
        return bool((stirred(one.cells, other.cells) & self._still()).mean() > CHANGED_SHARE)

    @property
    def seen(self) -> bool:
        """True once a picture was shown."""
        return self._motion is not None

    @property
    def moving(self) -> Mask:
        """The cells that move all the time at present."""
        return ~self._still()

    def see(self, glimpse: Glimpse) -> None:
        picture = glimpse.detail
        if self._motion is None:
            self._motion = Motion(picture.shape)
            self._slide = self._before = picture
        was_film = self._motion.is_film
        self._motion.see(glimpse.time_s, glimpse.cells)
        if self._motion.is_film or was_film:
            self._see_film(glimpse, was_film)
        else:
            self._see_slide(glimpse.time_s, picture)

    def _see_film(self, glimpse: Glimpse, was_film: bool) -> None:
        if not was_film:
            self._shots = Shots()
        if not was_film and self._pending:
            begun_s, first = self._pending[0]
            self._turn(begun_s, first, self._lost(first) / LOST_SHARE)
        self._turn(glimpse.time_s, glimpse.detail, self._shots.see(glimpse.cells))
        self._slide, self._pending = glimpse.detail, []

    def _see_slide(self, time_s: float, picture: Detail) -> None:
        if not self._pending and not self._apart(self._slide, picture):
            return
        if not self._pending or self._apart(self._steady, picture):
            self._steady_s, self._steady = time_s, picture
        self._pending.append((time_s, picture))
        if time_s - self._steady_s >= SETTLE_S:
            self._settle(picture)
        elif len(self._pending) > PENDING_MAX:
            del self._pending[1::2]

    def _settle(self, picture: Detail) -> None:
        """The picture stands still again: it is the slide as before, the slide with more on it, or another."""
        self._turn(self._turn_s(picture), picture, self._lost(picture) / LOST_SHARE)
        self._slide, self._pending = picture, []

    def _turn(self, time_s: float, picture: Detail, strength: float) -> None:
        """Note a change if it is strong enough (1). What lasted less than SHORTEST_S is part of what follows it."""
        if strength < 1:
            return
        if time_s - (self.found[-1].time_s if self.found else 0.0) >= SHORTEST_S:
            self.found.append(Change(time_s, min(1.0, strength / 2), self.moving))
            self._before = self._slide
        elif self.found and not self._apart(self._before, picture):
            self.found.pop()

    def _turn_s(self, picture: Detail) -> float:
        """When the pending pictures came nearer to the new slide than to the old."""
        cells = self._still() & changed(self._slide, picture)
        for time_s, pending in self._pending:
            if np.abs(pending - picture)[cells].sum() < np.abs(pending - self._slide)[cells].sum():
                return time_s
        return self._pending[-1][0]

    def _lost(self, picture: Detail) -> float:
        """The share of the slide's ink that is gone; all of it if a bare slide is written on, none if it stays bare."""
        still = self._still()
        before = ink(self._slide) & still
        if before.mean() < BARE_SHARE:
            return float(self._apart(self._slide, picture))
        return float((before & changed(self._slide, picture)).sum() / before.sum())

    def _apart(self, one: Detail, other: Detail) -> bool:
        return bool((changed(one, other) & self._still()).mean() > CHANGED_SHARE)

    def _still(self) -> Mask:
        return ~self._motion.mask if self._motion else np.ones_like(self._slide, np.bool_)
