"""What a job asks of a seat: a function of media or questions, its arguments, and where its files go afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


def no_moves(_result: Any) -> list[tuple[Path, Path]]:
    """For a function that writes no files."""
    return []


@dataclass(frozen=True)
class Call:
    """`function(*args)` runs in a seat; `moves(result)` lists (scratch file or folder, final place)."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    duration_s: float
    moves: Callable[[Any], list[tuple[Path, Path]]] = no_moves
