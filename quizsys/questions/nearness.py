"""A text in which others are looked up, nearest to a place in it."""

from collections.abc import Callable


class Line:
    """Each lookup takes linear time, whatever is sought; `str.rfind` would not, so the text is kept backwards too."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._back = text[::-1]

    def find_near(self, sought: str, at: int, fits: Callable[[int], bool] = lambda _: True) -> list[int]:
        """Where it begins before `at` at the latest, and from `at` on at the earliest: of the places that fit."""
        places = (self._find_before(sought, at, fits), self._find_from(sought, at, fits))
        return [place for place in places if place >= 0]

    def _find_from(self, sought: str, at: int, fits: Callable[[int], bool]) -> int:
        place = self.text.find(sought, at)
        while place >= 0 and not fits(place):
            place = self.text.find(sought, place + 1)
        return place

    def _find_before(self, sought: str, at: int, fits: Callable[[int], bool]) -> int:
        tail = len(self.text) - len(sought)
        turned, place = sought[::-1], at
        while place > 0:
            found = self._back.find(turned, max(0, tail - place + 1))
            place = tail - found if found >= 0 else -1
            if place >= 0 and fits(place):
                return place
        return -1
