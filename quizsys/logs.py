"""The log: a coloured console and a rotating file; each line bears the request and the job it belongs to."""

import logging
import re
import sys
import threading
import traceback
from contextlib import ExitStack
from contextvars import Context, ContextVar
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from loguru import logger

from quizsys.blotting import Blotter
from quizsys.config import Settings
from quizsys.errors import QuizsysError
from quizsys.liveness import hold_alone

if TYPE_CHECKING:
    from loguru import Record

ROTATION = "20 MB"
RETENTION = 5
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
# What a terminal obeys, and what some viewers take for a line end.
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_held: list[ExitStack] = []
_blotter = Blotter()
LINE = "<green>{time:YYYY-MM-DD HH:mm:ss.SSS}</green> <level>{level: <8} {message}</level><dim>{extra[bound]}</dim>"


def _note_bound(record: "Record") -> None:
    """Blot out secrets, whoever quotes them; say whose line it is, and what was raised. Whatever is quoted, it is one
    entry, whose further lines are indented, and tells a terminal nothing.

    As text, not a format made for each line: loguru would parse its colours for longer than it writes the line."""
    blot = _blotter.blot
    extra = record["extra"]
    text = _tame(blot(record["message"]))
    record["message"] = text if "each_line" in extra else text.replace("\n", "\n    ")
    extra["bound"] = _describe(REQUEST_ID.get(), extra.get("job_id", ""))
    if (raised := record["exception"]) is not None:
        # Ours to write, since an exception's text may quote a secret as well.
        told = _tame(blot("".join(traceback.format_exception(*raised)).rstrip()))
        extra["bound"] += f"\n{told}".replace("\n", "\n    ")
        record["exception"] = None


def _tame(text: str) -> str:
    return _UNSHOWN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _describe(request_id: str, job_id: str) -> str:
    return (f" request_id={request_id}" if request_id else "") + (f" job_id={job_id}" if job_id else "")


def log_commit(lines: list[tuple[Context, str, str]]) -> None:
    """A line for each (context, job id, message) of one commit, all by one call: a call costs as much as half a job."""
    *earlier, (context, job_id, message) = lines
    if earlier:
        told = [text + _describe(where.get(REQUEST_ID, ""), job) for where, job, text in earlier]
        stamp = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
        message = f"\n{stamp} INFO     ".join([*told, message])
    context.run(logger.bind(job_id=job_id, each_line=True).info, message)


def log_trouble(what: str, error: Exception) -> None:
    """One line for what is no fault of the program, as a full disk or a locked database; else with the traceback.

    For loops: they say it again and again, and the log may lie on that very disk.
    """
    if isinstance(error, QuizsysError | OSError):
        logger.warning("{}: {}", what, error)
    else:
        logger.opt(exception=error).error(what)


class _ToLoguru(logging.Handler):
    """Hands what libraries log with the standard module to loguru."""

    def emit(self, record: logging.LogRecord) -> None:
        logger.opt(exception=record.exc_info).log(record.levelname, record.getMessage())


def take_log_file(file: Path, role: str) -> Path:
    """The first of `app.log`, `app-2.log`, ... that no living process writes to: two would rotate it apart.

    Not `app.2.log`: loguru takes that for an old `app.log` and deletes it some day.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        words = [file.stem, *([role] if role else []), *([str(number)] if number > 1 else [])]
        mine = file.with_name("-".join(words) + file.suffix)
        lock = ExitStack()
        if lock.enter_context(hold_alone(mine.with_name(f".{mine.name}.lock"))):
            _held.append(lock)  # until the process ends
            return mine
        lock.close()
    raise AssertionError("there is always a next number")


def _log_thread(args: threading.ExceptHookArgs) -> None:
    logger.opt(exception=args.exc_value).critical("the thread {} ended", args.thread.name if args.thread else "?")


def set_up_logging(settings: Settings, *, console: bool = True, role: str = "") -> None:
    """`role` gives a process that runs beside the server a log file of its own: `app-worker.log`.

    No value of a variable is told beside an exception, even when debugging: they hold tokens and keys."""
    global _blotter
    _blotter = Blotter(settings.openai_api_key)
    logger.remove()
    logger.configure(patcher=_note_bound)
    if console:
        logger.add(sys.stderr, level=settings.log_level, format=LINE, diagnose=False, backtrace=False)
    if settings.log_file:
        logger.add(
            take_log_file(Path(settings.log_file), role),
            level=settings.log_level,
            format=LINE,
            rotation=ROTATION,
            retention=RETENTION,
            encoding="utf-8",
            diagnose=False,
            backtrace=False,
            enqueue=False,
        )
    threading.excepthook = _log_thread
    logging.basicConfig(handlers=[_ToLoguru()], level=logging.WARNING, force=True)
