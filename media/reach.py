"""Which files ffmpeg and seats may open: their programs, their libraries, their fonts, and what they work on.

Only paths, for `landlock.py`; what is not there is no harm. Neither the database, `.env`, /etc/passwd nor anybody's
home is among them.
"""

import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from media.landlock import LIST, READ, RUN, WRITE, Rule

ROOT = Path(__file__).resolve().parent.parent
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store", "/gnu/store")
LOADER = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime")
MACHINE = ("/dev/urandom", "/dev/random", "/dev/zero", "/sys/devices/system", "/proc/cpuinfo", "/proc/meminfo")
FONTS = ("/etc/fonts", "/var/cache/fontconfig", "~/.fonts", "~/.local/share/fonts", "~/.config/fontconfig")
FONT_SETTINGS = ("/etc/fonts/fonts.conf", "/etc/fonts/local.conf")
FONT_FOLDER = re.compile(r"<dir>\s*([/~][^<]*?)\s*</dir>")
NOWHERE = "/dev/null"


@dataclass(frozen=True)
class Fence:
    """What a seat may open. `scratch` is where its libraries put temporary files; `networked`: it may open sockets."""

    rules: tuple[Rule, ...]
    scratch: str
    networked: bool = False


def reach_of_ffmpeg(binary: str, inputs: Iterable[str], folders: Iterable[str]) -> list[Rule]:
    """It reads `inputs`, writes within `folders`, and opens nothing else but itself, its libraries and fonts."""
    real = Path(binary).resolve()
    own = [binary, str(real), str(real.parent.parent / "lib")] if binary else []
    return [
        *((RUN, path) for path in (*SYSTEM, *own, *_list_libraries())),
        *((READ, path) for path in (*LOADER, *MACHINE, *list_fonts(), "/proc/self", *inputs)),
        *((WRITE, path) for path in (NOWHERE, *folders)),
    ]


def reach_of_seat(
    readable: Iterable[Path], scratch: Path, ffmpeg: str, models: Iterable[Path] = ()
) -> tuple[Rule, ...]:
    """As that of `ffmpeg`, a binary, with Python, our code, what is installed; new `models` may be kept."""
    python = [sys.executable, str(Path(sys.executable).resolve()), sys.prefix, sys.base_prefix, *sys.path]
    installed = [path for path in python if _is_apart(path, ROOT) and _is_apart(path, scratch)]
    return (
        (LIST, str(ROOT)),
        *((RUN, path) for path in (*installed, *_list_code())),
        *((READ, path) for path in ("/proc", *map(str, readable))),
        *((WRITE, str(path)) for path in (scratch, *models)),
        *reach_of_ffmpeg(ffmpeg, (), ()),
    )


def list_fonts() -> list[str]:
    """Where fonts, their settings and the list of them may lie."""
    named = [path for path in (os.environ.get("FONTCONFIG_FILE"),) if path]
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    told = [folder for file in (*FONT_SETTINGS, *named) for folder in _read_font_folders(Path(file))]
    places = (*FONTS, f"{cache}/fontconfig", *named, *told)
    return [os.path.expanduser(path) for path in places]  # noqa: PTH111 - the other raises without a home


def _read_font_folders(settings: Path) -> list[str]:
    """What a file of fontconfig's names, but for what is relative to another place."""
    if not settings.is_file():
        return []
    return FONT_FOLDER.findall(settings.read_text(errors="replace"))


def _list_code() -> list[str]:
    """Our own packages and modules, not the folder that they lie in: `.env` and a storage may be there too."""
    return [*map(str, ROOT.glob("*.py")), *sorted({str(path.parent) for path in ROOT.glob("*/*.py")})]


def _list_libraries() -> list[str]:
    return [path for path in os.environ.get("LD_LIBRARY_PATH", "").split(":") if path]


def _is_apart(path: str, place: Path) -> bool:
    """Whether it is no folder that `place` lies in, as `""`, the folder that we were started in, may be."""
    return bool(path) and not place.is_relative_to(Path(path).resolve())
