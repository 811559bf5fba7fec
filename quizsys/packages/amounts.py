"""The number that a numeric question asks for, as formats without words want it."""

from decimal import Decimal

from quizsys.figures import MOST_DIGITS, read_figures


def find_amount(answer: str) -> tuple[float, str] | None:
    """What our own marking takes it for, and its unit; None if it is no number."""
    figures = read_figures(answer)
    return (float(figures[0].number), figures[0].unit) if figures else None


def show_amount(value: float) -> str:
    """Without idle zeros, `3`, and without an exponent, `0.00001`, unless nobody could read it."""
    text = format(Decimal(repr(value)), "f")
    if len(text) > MOST_DIGITS:
        return repr(value)
    return text.rstrip("0").rstrip(".") if "." in text else text
