"""Reading order and heading."""

from media.layout import Line, Writing, arrange, in_reading_order


def line(text: str, left: float, top: float, height: float = 20, width: float | None = None) -> Line:
    return Line(text, left, top, left + (width or len(text) * height / 2), top + height)


def texts(lines: list[Line]) -> list[str]:
    return [found.text for found in in_reading_order(lines)]


def test_nothing_written_has_no_title() -> None:
    assert arrange([], 100) == Writing("", ())


def test_the_tallest_line_is_the_title_and_comes_first() -> None:
    lines = [
        line("Course 101", 10, 5, 12),
        line("Gravity", 10, 40, 40),
        line("It pulls", 10, 120),
        line("It bends", 10, 150),
    ]
    assert arrange(lines, 400) == Writing("Gravity", ("Gravity", "Course 101", "It pulls", "It bends"))


def test_among_equals_the_topmost_is_the_title() -> None:
    lines = [line("second", 10, 50), line("first", 10, 10), line("third", 10, 90)]
    assert arrange(lines, 120).title == "first"


def test_a_title_may_take_two_lines() -> None:
    lines = [
        line("How the heart", 10, 10, 40),
        line("moves blood", 10, 55, 40),
        line("It pumps", 10, 150),
        line("It rests", 10, 180),
    ]
    assert arrange(lines, 400).title == "How the heart moves blood"


def test_a_number_in_a_diagram_is_not_the_title() -> None:
    assert arrange([line("Prices", 10, 10, 40), line("42", 100, 300, 50)], 400).title == "Prices"


def test_columns_are_read_one_after_the_other_under_a_common_heading() -> None:
    heading = line("Plants and animals compared", 50, 5, 40, width=500)
    left = [line("leaf", 20, 100), line("root", 20, 140)]
    right = [line("eye", 350, 100), line("paw", 350, 140)]
    assert texts([right[1], left[1], heading, right[0], left[0]])[1:] == ["leaf", "root", "eye", "paw"]


def test_pieces_of_a_row_are_joined_and_cells_far_apart_are_not() -> None:
    assert texts([line("world", 95, 11), line("hello", 30, 10)]) == ["hello world"]
    assert texts([line("far", 300, 11), line("near", 30, 10)]) == ["near", "far"]
