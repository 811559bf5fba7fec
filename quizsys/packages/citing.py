"""What proves an answer, said in a line that needs no language: `1:05–1:12 “the words”`. It can be read back."""

import re

from quizsys.packages.sheet import Item

_CLOCK = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2})"
_SPAN = re.compile(rf"{_CLOCK}–{_CLOCK}")
_CITED = re.compile(r"(\S+) “(.+)”", re.DOTALL)


def clock(time_s: float) -> str:
    """`m:ss`, or `h:mm:ss` from an hour on; the second that has begun."""
    minutes, seconds = divmod(int(time_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def span(item: Item) -> str:
    """When its proof is said."""
    return f"{clock(item.start_s)}–{clock(item.end_s)}"


def cite(item: Item) -> str:
    """Times and quote; "" without a quote."""
    return f"{span(item)} “{item.quote}”" if item.quote else ""


def explain(item: Item) -> str:
    """What to tell afterwards, in a line or two: the explanation, and what proves it."""
    return "\n".join(part for part in (item.explanation, cite(item)) if part)


def find_citation(line: str) -> tuple[str, float, float] | None:
    """Quote, start and end in whole seconds of a line that `cite` wrote."""
    found = _CITED.fullmatch(line.strip())
    span = find_span(found[1]) if found else None
    return (found[2], *span) if found and span else None


def find_span(line: str) -> tuple[float, float] | None:
    """Start and end in whole seconds of a line that `span` wrote."""
    found = _SPAN.fullmatch(line.strip())
    if found is None:
        return None
    parts = [int(part or 0) for part in found.groups()]
    start_s, end_s = (
        float(hours * 3600 + minutes * 60 + seconds) for hours, minutes, seconds in (parts[:3], parts[3:])
    )
    return start_s, end_s
