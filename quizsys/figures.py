"""Numbers as people write them: with units, either kind of comma, powers of ten, other scripts' digits."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

LONGEST = 200
MOST_DIGITS = 40
LARGEST_POWER = 300
SCALES = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "‐": "-", "‑": "-", "٫": ".", "٬": ",", "’": "'", "×": "x", "·": "x", "٪": "%"}
)
_SUPERSCRIPT = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+")
_BODY = r"\d+(?:[.,' ]\d+)*|[.,]\d+"
_FIGURE = re.compile(
    rf"(?P<money>[€$£¥]?) ?(?P<sign>[+-]?) ?(?P<body>{_BODY})"
    r"(?: ?/ ?(?P<below>\d+)| ?(?:[x*] ?10 ?\^? ?|e)(?P<power>[+-]?\d{1,4}))?(?P<unit>(?: ?[^\d\s+.,'-].*)?)",
    re.I,
)
# A part of a unit, such as m^2 or s-1; what begins with a digit or a sign is another number.
_UNIT_PART = re.compile(r"[^\d+-][^\d]*(?:\^?-?\d)?(?:[/*x][^\d]+\d?)*")


@dataclass(frozen=True)
class Figure:
    """A number and its unit ("" if none was written)."""

    number: Fraction
    unit: str


def read_figures(text: str) -> list[Figure]:
    """What a text may mean as one number, the likeliest first: `1,234` is 1234 or 1.234. Empty if it is none."""
    found = _FIGURE.fullmatch(_clean(text)) if len(text) <= LONGEST else None
    if found is None or not all(map(_UNIT_PART.fullmatch, found["unit"].split())):
        return []
    power = int(found["power"] or 0)
    below = int(found["below"] or 1)
    if abs(power) > LARGEST_POWER or below == 0:
        return []
    scale, unit = _read_unit(found["unit"], found["money"])
    factor = Fraction(-1 if found["sign"] == "-" else 1, below) * Fraction(10) ** (power + scale)
    return [Figure(number * factor, unit) for number in _read_body(found["body"])]


def is_near(given: str, key: str, tolerance: float) -> bool | None:
    """Whether one number is the other, within the tolerance and in the key's unit; None if the key is no number.

    Who leaves the unit out is believed to mean the right one.
    """
    wanted = read_figures(key)
    if not wanted:
        return None
    limit = Fraction(tolerance) + abs(wanted[0].number) / 10**9
    return any(
        abs(figure.number - wanted[0].number) <= limit and _is_same_unit(figure.unit, wanted[0].unit)
        for figure in read_figures(given)
    )


def _clean(text: str) -> str:
    """One form for what looks alike: digits of all scripts, signs, spaces, raised powers."""
    raised = _SUPERSCRIPT.sub(lambda power: "^" + power[0].translate(_POWERS), text)
    plain = unicodedata.normalize("NFKC", raised).translate(_SIGNS)
    digits = "".join(str(unicodedata.digit(sign)) if unicodedata.category(sign) == "Nd" else sign for sign in plain)
    return " ".join(digits.split()).rstrip(".")


def _read_body(body: str) -> list[Fraction]:
    """As digits with separators may be meant. A point is rather a decimal one, a comma before three digits is not."""
    if sum(map(str.isdigit, body)) > MOST_DIGITS:
        return []
    marks = re.findall(r"[.,' ]", body)
    if not marks:
        return [Fraction(body)]
    last = marks[-1]
    whole = _join_groups(body)
    # `1 234,5` and `1,234.5`: only the last mark can be the decimal one, and only if it stands once.
    front, _, decimals = body.rpartition(last)
    before = _join_groups(front) if front else "0"
    parted = f"{before}.{decimals}" if last in ".," and marks.count(last) == 1 and before is not None else None
    readings = [whole, parted] if last != "." else [parted, whole]
    return [Fraction(Decimal(reading)) for reading in readings if reading is not None]


def _join_groups(body: str) -> str | None:
    """The digits of `1,234,567`, `1 234` or `1'234`; None if they are not grouped by one mark in that way."""
    groups = re.split(r"[.,' ]", body)
    if len(groups) == 1:
        return body
    is_grouped = len(set(re.findall(r"[.,' ]", body))) == 1 and len(groups[-1]) == 3 and groups[0] not in ("", "0")
    is_grouped = is_grouped and len(groups[0]) <= 3 and all(len(group) in (2, 3) for group in groups[1:])
    return "".join(groups) if is_grouped else None


def _read_unit(unit: str, money: str) -> tuple[int, str]:
    """The power of ten that `million` stands for, and the rest."""
    words = unit.strip().rstrip(".").split()
    scale = SCALES.get(words[0].casefold(), 0) if words else 0
    rest = " ".join(words[1:] if scale else words) or money
    return scale, {"percent": "%", "per cent": "%", "pct": "%"}.get(rest.casefold(), rest)


def _is_same_unit(given: str, wanted: str) -> bool:
    return not given or not wanted or _plain_unit(given) == _plain_unit(wanted)


def _plain_unit(unit: str) -> str:
    """Words in any case and number; short signs as they are, since mW is not MW."""
    joined = re.sub(r"[\s^]", "", unit)
    return joined.casefold().removesuffix("s") if len(joined) > 3 else joined
