"""Spellings of one spoken thing made equal: "A T P" and ATP, "seventeen ninety-two" and 1792, II and 2."""

import re
import unicodedata
from functools import lru_cache

from quizsys.questions.scripts import UNSPACED

_REMEMBERED = 65536

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = {
    word: 20 + 10 * place
    for place, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])
}
_SMALL = {word: place for place, word in enumerate(_UNITS)} | _TENS
_ORDINALS = {
    word: place
    for place, word in enumerate(
        [
            "zeroth",
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
            "twentieth",
        ]
    )
}
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xiv": "14", "xvi": "16"}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*(?:st|nd|rd|th)?|[%+=/]")
# The same for every script: Indic vowel signs are parts of words, Chinese letters are words.
_ANY_TOKEN = re.compile(
    rf"{UNSPACED.pattern}|(?:[^\W\d_{UNSPACED.pattern[1:-1]}]|[\u0900-\u0963\u0966-\u0dff])+(?:'[a-z]+)?|"
    r"\d+(?:[.,]\d+)*(?:st|nd|rd|th)?|[%+=/]"
)
_UNHEARD = "\u0640\u200b\u200c\u200d\u200e\u200f\u00ad"
_SOUNDS = {
    letter: code
    for code, letters in {
        "P": "pb",
        "F": "fv",
        "T": "td",
        "K": "kgqc",
        "S": "szx",
        "M": "m",
        "N": "n",
        "L": "l",
        "R": "r",
        "J": "j",
    }.items()
    for letter in letters
}


def plain(text: str) -> str:
    """Lower case without accents, digits of all scripts as 0-9; dashes of all kinds become spaces."""
    bare = text.replace("’", "'").lower()
    if not bare.isascii():
        bare = "".join(_bare(letter) for letter in unicodedata.normalize("NFKD", bare.replace("ß", "ss")))
    return re.sub(r"[-–—_]", " ", re.sub(r"(?<=\d) ([.,]\d)", r"\1", bare))


def _bare(letter: str) -> str:
    if letter.isascii():
        return letter
    if unicodedata.combining(letter) or letter in _UNHEARD:
        return ""
    return str(unicodedata.decimal(letter, letter))


@lru_cache(maxsize=_REMEMBERED)
def tokens(text: str) -> tuple[str, ...]:
    """The words for comparing: numbers as digits, spelled letters joined, Roman numerals (not I, V, X) as digits."""
    numbered = re.sub(r"\b([A-Za-z]{5,}) I\b(?! [a-z])", r"\1 1", text)
    bare = plain(numbered)
    found = _TOKEN.findall(bare) if bare.isascii() else _ANY_TOKEN.findall(unicodedata.normalize("NFC", bare))
    words = [_ROMAN.get(word, word) for word in found]
    return tuple(_join_letters(_join_numbers([word.replace(",", "").replace("percent", "%") for word in words])))


@lru_cache(maxsize=_REMEMBERED)
def squeeze(text: str) -> str:
    """Tokens without spaces, so that "photo system 2" equals "photosystem II"."""
    return "".join(tokens(text))


@lru_cache(maxsize=_REMEMBERED)
def holds(text: str, part: str) -> bool:
    """Whether `part` stands in `text` as whole tokens, whatever the spacing and spelling of numbers."""
    whole, wanted = tokens(text), squeeze(part)
    if not wanted:
        return False
    return any(_starts_with(whole[first:], wanted) for first in range(len(whole)))


def _starts_with(words: tuple[str, ...], wanted: str) -> bool:
    grown = ""
    for word in words:
        grown += word
        if len(grown) >= len(wanted):
            return grown == wanted or _singular(grown) == _singular(wanted)
    return False


def _singular(text: str) -> str:
    return text[:-1] if text.endswith("s") and len(text) > 3 else text


def numbers(text: str) -> list[str]:
    """The numbers said in the text, as digits."""
    return [re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", word) for word in tokens(text) if word[0].isdigit()]


def _join_letters(words: list[str]) -> list[str]:
    joined: list[str] = []
    run = False
    for word in words:
        single = len(word) == 1 and word.isascii() and word.isalpha()
        letter = (single and word not in "ai") or (run and word in ("a", "i"))
        if single and word not in ("i",) and (run or letter or word == "a"):
            if run and joined:
                joined[-1] += word
            else:
                joined.append(word)
            run = True
        else:
            joined.append(word)
            run = False
    return joined


def _join_numbers(words: list[str]) -> list[str]:
    joined: list[str] = []
    place = 0
    while place < len(words):
        value, used = _read_number(words[place:])
        joined.append(value if used else words[place])
        place += used or 1
    return joined


def _read_number(words: list[str]) -> tuple[str, int]:
    """The number that the words begin with, as digits, and how many words it took (0 for none)."""
    if words[0] in _ORDINALS and words[0] not in ("first", "second", "zeroth"):
        return str(_ORDINALS[words[0]]) + "th", 1
    if words[0] not in _SMALL:
        return "", 0
    first, used = _read_pair(words)
    if used < len(words) and words[used] == "point":
        return _read_decimal(first, words, used)
    second, more = _read_pair(words[used:]) if used < len(words) else (0, 0)
    if more and 10 <= first <= 99 and 10 <= second <= 99:
        return f"{first}{second}", used + more
    while used < len(words) and words[used] in _SCALES:
        first, used = first * _SCALES[words[used]], used + 1
        used += _skip_and(words[used:])
        rest, more = _read_pair(words[used:]) if used < len(words) else (0, 0)
        first, used = first + rest, used + more
    return str(first), used


def _skip_and(words: list[str]) -> int:
    """1 before the "and ten" of "two hundred and ten", but not in "two hundred and ten thousand", which may be two."""
    value, used = _read_pair(words[1:]) if len(words) > 1 and words[0] == "and" else (0, 0)
    alone = used and (len(words) <= used + 1 or words[used + 1] not in (*_SCALES, "point"))
    return 1 if alone and value < 100 else 0


def _read_decimal(whole: int, words: list[str], used: int) -> tuple[str, int]:
    digits = ""
    used += 1
    while used < len(words) and words[used] in _SMALL and _SMALL[words[used]] < 10:
        digits, used = digits + str(_SMALL[words[used]]), used + 1
    return (f"{whole}.{digits}", used) if digits else (str(whole), used - 1)


def _read_pair(words: list[str]) -> tuple[int, int]:
    if words[0] in _TENS and len(words) > 1 and 0 < _SMALL.get(words[1], 0) < 10:
        return _TENS[words[0]] + _SMALL[words[1]], 2
    return (_SMALL[words[0]], 1) if words[0] in _SMALL else (0, 0)


def sounds(text: str) -> str:
    """A rough code of the consonants heard, voiced and unvoiced alike: "cholera blast" and "chloroplast" are equal."""
    letters = re.sub(r"[^a-z]", "", plain(text))
    letters = letters.replace("x", "ks")
    letters = re.sub(r"ph|th", "f", letters)
    letters = re.sub(r"c(?=[eiy])", "s", letters)
    letters = re.sub(r"ch|ck", "k", letters)
    return re.sub(r"(.)\1+", r"\1", "".join(_SOUNDS.get(letter, "") for letter in letters))


_SPELLED = "|".join(sorted([*_SMALL, *_SCALES, "point"], key=len, reverse=True))
_NUMBER_RUN = re.compile(rf"\b(?:{'|'.join(_SMALL)})(?:[ -](?:and )?(?:{_SPELLED}))*\b(?!-)", re.I)
_ORDINAL_DATE = re.compile(
    rf"\b({'|'.join(_ORDINALS)}|(?:twenty|thirty)[- ](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|"
    rf"thirtieth) (of (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))",
    re.I,
)
_SUFFIX = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


def write_numbers(text: str) -> str:
    """Years, big numbers, decimals and percentages as digits, days of a month as "14th"; small counts stay words."""
    return _ORDINAL_DATE.sub(_write_day, _NUMBER_RUN.sub(_write_number, text))


def _write_number(match: re.Match[str]) -> str:
    said = match.group()
    words = _TOKEN.findall(plain(said))
    while words and words[-1] in ("and", "point"):
        words.pop()
    value, used = _read_number([word for word in words if word != "and"])
    whole = used == len([word for word in words if word != "and"])
    percent = re.match(r" (?:percent|per cent)\b", match.string[match.end() :])
    if re.search(r"\bmillion|\bbillion", said, re.I) or (" and " in said and "hundred" not in said):
        return said
    if not whole or said.lower().endswith((" and", " point")) or not (percent or "." in value or float(value) > 12):
        return said
    return value if "." in value or 1000 <= float(value) <= 2100 else f"{int(value):,}"


def _write_day(match: re.Match[str]) -> str:
    words = re.split(r"[- ]", match.group(1).lower())
    day = 30 if words[0] == "thirtieth" else sum(_ORDINALS.get(word, _TENS.get(word, 0)) for word in words)
    return f"{day}{_SUFFIX.get(day, 'th')} {match.group(2)}"
