"""What a job asks of a seat: a function of media or questions, its arguments, and where its files go afterwards."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media.progress import Report

Run = Callable[..., Awaitable[Any]]
"""Runs a function of media or questions in a seat: `await run(function, *args, on_progress=report)`."""


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


@dataclass(frozen=True)
class Talk:
    """Network work: `converse(run, report, limit_s)` runs on the event loop and holds no seat but inside `run`.

    It keeps to `limit_s` where it talks; what it runs in a seat has a limit of its own.
    """

    converse: Callable[[Run, Report, float], Awaitable[Any]]
    duration_s: float
    moves: Callable[[Any], list[tuple[Path, Path]]] = no_moves
