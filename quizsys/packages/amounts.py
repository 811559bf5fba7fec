"""The number that a numeric question asks for, as formats without words want it."""

import re
from decimal import Decimal

_NUMBER = re.compile(r"[+\-]?\d+(?:[., '\u00a0\u202f]\d+)*(?:[eE][+\-]?\d{1,3})?")
_GROUPED = re.compile(r"[+\-]?[1-9]\d{0,2}(?:([., '\u00a0\u202f])\d{3})(?:\1\d{3})*")
_MINUS = str.maketrans("\u2212\u2013\u066b", "--.")


def find_amount(answer: str) -> tuple[float, str] | None:
    """The one number in an answer and the words around it (its unit); None without one, or with several.

    `1,000` is a thousand and `3,14` a little over three.
    """
    text = answer.translate(_MINUS)
    found = list(_NUMBER.finditer(text))
    if len(found) != 1:
        return None
    rest = f"{text[: found[0].start()]} {text[found[0].end() :]}"
    return _read(found[0][0]), " ".join(rest.split())


def _read(digits: str) -> float:
    if _GROUPED.fullmatch(digits) and (digits.count(".") != 1):
        return float(re.sub(r"[., '\u00a0\u202f]", "", digits))
    digits = re.sub(r"[ '\u00a0\u202f]", "", digits)
    *whole, part = re.split("[.,]", digits)
    return float("".join(whole) + "." + part if whole else part)


def show_amount(value: float) -> str:
    """Without an exponent and without idle zeros: `0.00001`, `3`."""
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
