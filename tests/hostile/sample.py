"""One hostile file: how it is called, what it is sent as, what is in it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sample:
    """`name` has the extension that the door asks for; `category` is one of quizsys.kinds; `group` says what it tries.

    `brief`: one of those that every run of the tests tries. `content` may be a function where making it takes long.
    """

    group: str
    name: str
    content: bytes | Callable[[], bytes]
    category: str = "uploads"
    brief: bool = False

    def read(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content()

    def write(self, folder: Path) -> Path:
        target = folder / self.group / self.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(self.read())
        return target
