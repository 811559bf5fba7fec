"""The log: a coloured console and a rotating file; each line bears the request and the job it belongs to."""

import logging
import re
import sys
import threading
from contextvars import Context, ContextVar
from datetime import datetime
from typing import TYPE_CHECKING

from loguru import logger

from quizsys.config import Settings
from quizsys.ids import TOKEN_MARK

if TYPE_CHECKING:
    from loguru import Record

ROTATION = "20 MB"
RETENTION = 5
SECRET = re.compile(TOKEN_MARK + r"[\w-]+")
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
LINE = "<green>{time:YYYY-MM-DD HH:mm:ss.SSS}</green> <level>{level: <8} {message}</level><dim>{extra[bound]}</dim>"


def _note_bound(record: "Record") -> None:
    """Blot out tokens, whoever quotes them; say whose line it is.

    As text, not a format made for each line: loguru would parse its colours for longer than it writes the line."""
    if TOKEN_MARK in record["message"]:
        record["message"] = SECRET.sub(TOKEN_MARK + "...", record["message"])
    extra = record["extra"]
    extra["bound"] = _describe(REQUEST_ID.get(), extra.get("job_id", ""))


def _describe(request_id: str, job_id: str) -> str:
    return (f" request_id={request_id}" if request_id else "") + (f" job_id={job_id}" if job_id else "")


def log_commit(lines: list[tuple[Context, str, str]]) -> None:
    """A line for each (context, job id, message) of one commit, all by one call: a call costs as much as half a job."""
    *earlier, (context, job_id, message) = lines
    if earlier:
        told = [text + _describe(where.get(REQUEST_ID, ""), job) for where, job, text in earlier]
        stamp = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
        message = f"\n{stamp} INFO     ".join([*told, message])
    context.run(logger.bind(job_id=job_id).info, message)


class _ToLoguru(logging.Handler):
    """Hands what libraries log with the standard module to loguru."""

    def emit(self, record: logging.LogRecord) -> None:
        logger.opt(exception=record.exc_info).log(record.levelname, record.getMessage())


def _log_thread(args: threading.ExceptHookArgs) -> None:
    logger.opt(exception=args.exc_value).critical("the thread {} ended", args.thread.name if args.thread else "?")


def set_up_logging(settings: Settings, *, console: bool = True) -> None:
    logger.remove()
    logger.configure(patcher=_note_bound)
    if console:
        logger.add(sys.stderr, level=settings.log_level, format=LINE, diagnose=settings.debug, backtrace=False)
    if settings.log_file:
        logger.add(
            settings.log_file,
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
