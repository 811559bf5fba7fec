"""Lines of text on a page: their reading order, and which is the heading."""

from dataclasses import dataclass, replace
from statistics import median

TOP_SHARE, TOP_BONUS = 1 / 3, 1.5
SAME_HEIGHT = 0.8
GUTTER_HEIGHTS = 1.5


@dataclass(frozen=True)
class Line:
    """A line of text and its upright box, in pixels of the picture."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True)
class Writing:
    """What is written: the heading ("" if nothing is) and all lines, the heading first."""

    title: str
    lines: tuple[str, ...]


def arrange(lines: list[Line], height_px: float) -> Writing:
    """Put lines in reading order, the heading first: the tallest line, with a bonus for one in the top third."""
    if not lines:
        return Writing("", ())
    ordered = in_reading_order(lines)
    largest = max(_prominence(line, height_px) for line in ordered)
    start = next(n for n, line in enumerate(ordered) if _prominence(line, height_px) >= SAME_HEIGHT * largest)
    end = start + 1
    while end < len(ordered) and _continues(ordered[end - 1], ordered[end], ordered[end + 1 :]):
        end += 1
    title = " ".join(line.text for line in ordered[start:end])
    rest = [line.text for line in ordered[:start] + ordered[end:]]
    return Writing(title, (title, *rest))


def in_reading_order(lines: list[Line]) -> list[Line]:
    """Top to bottom, left to right, a column before the one to its right; pieces of one row are joined."""
    if len(lines) < 2:
        return lines
    for edge in sorted({line.left for line in lines}):
        left, right = [line for line in lines if line.right < edge], [line for line in lines if line.left >= edge]
        if len(left) + len(right) == len(lines) and _is_gutter(left, right):
            return in_reading_order(left) + in_reading_order(right)
    first = min(lines, key=lambda line: line.top)
    row = [line for line in lines if line.top < (first.top + first.bottom) / 2]
    rest = [line for line in lines if line not in row]
    return _joined(sorted(row, key=lambda line: line.left)) + in_reading_order(rest)


def _prominence(line: Line, height_px: float) -> float:
    return line.height * (TOP_BONUS if line.top < height_px * TOP_SHARE else 1)


def _is_gutter(left: list[Line], right: list[Line]) -> bool:
    """True if two groups side by side are columns: two lines or more each, well apart."""
    if min(len(left), len(right)) < 2:
        return False
    gap = min(line.left for line in right) - max(line.right for line in left)
    return gap > GUTTER_HEIGHTS * median(line.height for line in left + right)


def _joined(row: list[Line]) -> list[Line]:
    """Join neighbours in a row that are closer than a line is high."""
    joined = row[:1]
    for line in row[1:]:
        last = joined[-1]
        if line.left - last.right < min(line.height, last.height):
            box = max(last.right, line.right), min(last.top, line.top), max(last.bottom, line.bottom)
            joined[-1] = replace(last, text=f"{last.text} {line.text}", right=box[0], top=box[1], bottom=box[2])
        else:
            joined.append(line)
    return joined


def _continues(last: Line, line: Line, rest: list[Line]) -> bool:
    """True if a line goes on with the heading: as tall, right under it, and taller than what follows."""
    body = median([other.height for other in rest]) if rest else line.height
    alike = SAME_HEIGHT < line.height / last.height < 1 / SAME_HEIGHT
    return alike and line.top - last.bottom < last.height * 0.6 and SAME_HEIGHT * line.height > body
