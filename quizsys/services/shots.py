"""What an export is asked for, and its clips, before they are a timeline."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from media.captions import Cue
from media.compose.timeline import Clip, Source
from quizsys.errors import QuizsysError, invalid

Loc = list[str | int]


@dataclass(frozen=True)
class Request:
    """What is asked for, by whom, and where in the body it stands; `place` makes a relative path one of this host."""

    project_id: str
    values: dict[str, Any]
    loc: Loc
    place: Callable[[str], Path] = Path
    sources: dict[str, Source] = field(default_factory=dict)
    captions: dict[str, tuple[Cue, ...]] = field(default_factory=dict)

    def wrong(self, where: Loc, message: str, value: Any = None) -> QuizsysError:
        return invalid([*self.loc, *where], message, value)


@dataclass(frozen=True)
class Shot:
    """A clip with what the request said of it, where, and the id of its video."""

    clip: Clip
    asset_id: str
    where: Loc
