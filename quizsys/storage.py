"""Every path under STORAGE_ROOT. A file appears in its final place whole, by fsync and rename, or not at all.

Scratch folders are `work/<job id>.<try>.<owner>/`: two tries of one job never share one.
"""

import ctypes
import os
import re
import shutil
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from media.checkpoints import checkpoint
from quizsys.clock import utc_now
from quizsys.errors import Code, QuizsysError
from quizsys.ids import new_suffix
from quizsys.kinds import VIDEO, Kind, check_extension, last_part
from quizsys.sqlite import sync_folder

CATEGORIES = ("uploads", "processed", "thumbnails", "exports", "music")
EXTENSIONS = tuple(sorted(VIDEO.families))
PROJECT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
STEM_LIMIT = 80
# Of files that are still arriving.
HALF_SUFFIXES = (".part", ".poster")
# Of linux/fcntl.h and linux/fs.h.
AT_FDCWD, RENAME_EXCHANGE = -100, 2
RESERVE_BYTES = 64 * 1024 * 1024
# Below that no job is begun: it would only use up its tries. The rest of the reserve is for jobs.
LEAST_FREE_BYTES = RESERVE_BYTES // 4
# Packages and the pictures of arriving files are written in `work/` too, by no try of a job. None takes so long; what
# is older, a killed server left.
PACKAGE_MARK = "package-"
PICTURE_MARK = "picture-"
PACKAGE_LIMIT_S = 3600


def check_project_id(project_id: str) -> str:
    """The id itself; raises `bad_project_id` for one that is no plain name."""
    if not PROJECT_ID.fullmatch(project_id):
        sentence = (
            "A project id is 1 to 64 letters, digits, dots, dashes or underscores, and starts with a letter or digit."
        )
        raise QuizsysError(Code.BAD_PROJECT_ID, sentence)
    return project_id


def stored_name(original_filename: str, kind: Kind = VIDEO) -> str:
    """`<sanitised lower-case stem>-<10 hex>.<ext>`. Raises `unsupported_media` for an extension that we do not take."""
    extension = check_extension(original_filename, kind)
    stem = last_part(original_filename)[: -len(extension)]
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    clean = re.sub(r"[^a-zA-Z0-9._-]+", "-", plain).strip("-.").lower()[:STEM_LIMIT] or kind.noun
    return f"{clean}-{new_suffix()}{extension}"


@dataclass(frozen=True)
class Storage:
    """`root` is absolute. Relative paths in the database are relative to it and use `/`."""

    root: Path

    @property
    def work(self) -> Path:
        return self.root / "work"

    @property
    def run(self) -> Path:
        return self.root / "run"

    def prepare(self) -> None:
        for name in (*CATEGORIES, "metadata", "work", "run"):
            (self.root / name).mkdir(parents=True, exist_ok=True)

    def path(self, relative: str) -> Path:
        """The file behind a relative path of ours; raises ValueError if it would leave the root."""
        place = PurePosixPath(relative)
        if place.is_absolute() or ".." in place.parts:
            raise ValueError(f"{relative!r} leaves the storage root")
        return self.root / place

    def relative(self, path: Path) -> str:
        """What the database calls a file under the root."""
        return path.relative_to(self.root).as_posix()

    def place(self, category: str, project_id: str, name: str) -> str:
        """The relative path of a project's file; its folder exists afterwards."""
        relative = f"{category}/{project_id}/{name}"
        self.path(relative).parent.mkdir(parents=True, exist_ok=True)
        return relative

    def list_project(self, project_id: str) -> list[str]:
        """What lies in a project's folders, but what is still arriving: relative paths of files and folders.

        Not what lies behind a link that somebody made of such a folder: there may be files that are not ours.
        """
        folders = [self.root / name / project_id for name in CATEGORIES]
        found = [path for folder in folders if not folder.is_symlink() for path in folder.glob("*")]
        return [self.relative(path) for path in found if path.suffix not in HALF_SUFFIXES]

    def picture(self, part: Path) -> Path:
        """Where a seat, which writes nowhere else, puts the picture of a file that is arriving at `part`."""
        return self.work / f"{PICTURE_MARK}{part.stem}.poster"

    def scratch(self, name: str) -> Path:
        """An empty folder for one try of a job."""
        folder = self.work / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    @property
    def is_full(self) -> bool:
        """Whether there is no room for a job's files either."""
        return shutil.disk_usage(self.root).free < LEAST_FREE_BYTES

    def check_room(self, size_bytes: int) -> None:
        """Raises `storage_full` if a file of that size would leave less than the reserve."""
        if shutil.disk_usage(self.root).free < size_bytes + RESERVE_BYTES:
            raise QuizsysError(Code.STORAGE_FULL, "The server's disk is full. Ask its operator to free some space.")

    def remove(self, relative: str) -> None:
        """Delete a file or a folder of ours; deleting twice is success."""
        path = self.path(relative)
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def is_abandoned(folder: Path) -> bool:
    """Whether a folder or file of `work/` that no try is known to use may go."""
    try:
        age_s = utc_now().timestamp() - folder.stat().st_mtime
    except FileNotFoundError:
        return False
    return not folder.name.startswith((PACKAGE_MARK, PICTURE_MARK)) or age_s > PACKAGE_LIMIT_S


def measure(path: Path) -> int:
    """The size in bytes of a file, or of all files in a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def commit(part: Path, target: Path) -> None:
    """Put a finished file or folder in its final place so that it survives a power loss from now on.

    Raises OSError for a link among them, and for what is neither file nor folder: what reads strange files wrote them,
    and must not lead us to files of ours.
    """
    for path in [part, *part.rglob("*")] if part.is_dir() and not part.is_symlink() else [part]:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    checkpoint("file_synced")
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir():
        replace_folder(part, target)
    else:
        part.replace(target)
    checkpoint("file_renamed")
    sync_folder(target.parent)


def replace_folder(part: Path, target: Path) -> None:
    """Never a moment without a folder, where the file system can: rows tell of what is in it."""
    try:
        exchange(part, target)
    except OSError:
        shutil.rmtree(target)
        part.replace(target)
    else:
        checkpoint("folder_exchanged")
        shutil.rmtree(part)


def exchange(one: Path, other: Path) -> None:
    """Each gets the other's name, both at once (Linux, one file system)."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), str(one), None, str(other))
