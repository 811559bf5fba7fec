"""Questions for a date or a year, with other dates of the same form as wrong options."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Iterator

from quizsys.questions.clauses import Clause, ask, find_participle_lead
from quizsys.questions.clean import capital
from quizsys.questions.draft import Draft
from quizsys.questions.naming import BLANK

_MONTHS = list(month_name)[1:]
_MONTH = "|".join(_MONTHS)
_YEAR = r"1[0-9]\d\d|20\d\d"
_ERA = r"\d{1,4} (?:BCE?|AD|CE)"
_PHRASE = re.compile(
    rf"\b(?P<prep>in|on|by|since|until|around|from) (?P<date>(?:the )?\d{{1,2}}(?:st|nd|rd|th) of (?:{_MONTH})"
    rf"(?:,? (?:{_ERA}|{_YEAR}))?|(?:{_MONTH}),? (?:{_YEAR})|{_ERA}|(?:{_YEAR}))\b"
    r"(?! ?(?:[-–]|to \d|%|,\d|people|years))",
    re.I,
)
_STEPS = (2, 5, 3, 10, 7)
_NEAREST_YEARS, _FARTHEST_YEARS = 15, 60
_AGE_SHARE, _PRESENT = 0.1, 2025
"""Another year of the lesson tempts only when it is near: the older, the farther it may be."""


def ask_dates(clauses: list[Clause], lesson_text: str) -> Iterator[Draft]:
    """ "When did ...?" for clauses with one date; else a cloze with the year blank."""
    known = [match["date"] for match in _PHRASE.finditer(lesson_text)]
    for clause in clauses:
        found = list(_PHRASE.finditer(clause.doc.text))
        if len(found) == 1 and not clause.compound:
            draft = _ask_when(clause, found[0], known) or _blank(clause, found[0], known)
            if draft:
                yield draft


def _ask_when(clause: Clause, match: re.Match[str], known: list[str]) -> Draft | None:
    span = clause.doc.char_span(match.start(), match.end(), alignment_mode="expand")
    if match["prep"].lower() not in ("in", "on") or span is None:
        return None
    prep = span[0]
    if prep.head != clause.verb or len(clause.doc) - len(span) < 5:
        return None
    later = [child for child in clause.verb.children if child.dep_ == "advcl" and child.i > span[-1].i]
    dropped = [*span, *find_participle_lead(clause), *(token for child in later for token in child.subtree)]
    stem = ask("In which year" if re.fullmatch(rf"\d+|{_ERA}", match["date"]) else "When", clause, drop=dropped)
    return _draft("single_choice", clause, stem, match["date"], known, 0.85) if stem else None


def _blank(clause: Clause, match: re.Match[str], known: list[str]) -> Draft | None:
    year = re.search(_YEAR, match["date"])
    if year is None or not clause.whole or len(clause.doc) > 32:
        return None
    start = match.start("date") + year.start()
    text = clause.doc.text
    stem = f"{text[:start]}{BLANK}{text[start + 4 :]}"
    return _draft(
        "cloze", clause, stem, year.group(), [year for date in known for year in re.findall(_YEAR, date)], 0.65
    )


def _draft(kind: str, clause: Clause, stem: str, date: str, known: list[str], score: float) -> Draft:
    pool = tuple(_vary(date, known))
    return Draft(kind, stem, capital(date), clause.statement, clause.statement, score, pool=pool, pattern="date")


def _vary(date: str, known: list[str]) -> Iterator[str]:
    """Other dates in the same form: the lecture's own first, then shifted ones."""
    form = _form(date)
    given = {date.lower()}
    for other in sorted(known, key=lambda other: abs(_number(other) - _number(date))):
        near = abs(_number(other) - _number(date)) <= _reach_years(date)
        if near and _form(other) == form and other.lower() not in given:
            given.add(other.lower())
            yield capital(other)
    for step in _STEPS:
        shifted = _shift(date, step if step % 3 else -step)
        if shifted.lower() not in given:
            given.add(shifted.lower())
            yield capital(shifted)


def _reach_years(date: str) -> float:
    age_years = _PRESENT + _number(date) if "BC" in date else _PRESENT - _number(date)
    return min(_FARTHEST_YEARS, max(_NEAREST_YEARS, _AGE_SHARE * age_years))


def _form(date: str) -> str:
    """The date with its numbers and month masked: two dates of one form can stand side by side."""
    bare = date.replace(",", "").removeprefix("the ")
    masked = re.sub(r"\d{1,2}(?:st|nd|rd|th)", "D", re.sub(rf"{_YEAR}|\d{{1,4}}(?= (?:BC|AD|CE))", "Y", bare))
    return re.sub(_MONTH, "M", masked)


def _number(date: str) -> int:
    year = re.search(rf"{_YEAR}|\d{{1,4}}(?= (?:BC|AD|CE))", date)
    return int(year.group()) if year else 0


def _shift(date: str, step: int) -> str:
    if re.search(r"\d(?:st|nd|rd|th)", date):
        month = re.search(_MONTH, date)
        place = _MONTHS.index(month.group()) if month else 0
        return re.sub(_MONTH, _MONTHS[(place + step) % 12], date)
    number = _number(date)
    return date.replace(str(number), str(number + step))
