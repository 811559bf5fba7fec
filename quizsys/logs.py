"""The log: a coloured console and a rotating file; each line bears the request and the job it belongs to."""

import logging
import sys
from typing import TYPE_CHECKING

from loguru import logger

from quizsys.config import Settings

if TYPE_CHECKING:
    from loguru import Record

ROTATION = "20 MB"
RETENTION = 5
BOUND = ("request_id", "job_id")
LINE = (
    "<green>{time:YYYY-MM-DD HH:mm:ss.SSS}</green> <level>{level: <8} {message}</level>"
    "<dim>{extra[bound]}</dim>\n{exception}"
)


def _note_bound(record: "Record") -> None:
    """Text, not a format made for each line: loguru would parse its colours for longer than it writes the line."""
    extra = record["extra"]
    extra["bound"] = "".join(f" {name}={extra[name]}" for name in BOUND if name in extra)


class _ToLoguru(logging.Handler):
    """Hands what libraries log with the standard module to loguru."""

    def emit(self, record: logging.LogRecord) -> None:
        logger.opt(exception=record.exc_info).log(record.levelname, record.getMessage())


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
    logging.basicConfig(handlers=[_ToLoguru()], level=logging.WARNING, force=True)
