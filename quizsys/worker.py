"""`python server.py worker`: runs jobs beside the server on one host, from the same queue."""

import argparse
import asyncio
import os
import signal

from loguru import logger

from quizsys.checks import log_problems
from quizsys.config import Settings
from quizsys.engine import run_engine
from quizsys.logs import set_up_logging


def run(settings: Settings, _options: argparse.Namespace) -> int:
    set_up_logging(settings)
    return asyncio.run(_work(settings)) if log_problems(settings) else 1


def on_signal(stop: asyncio.Event, number: int) -> None:
    """Ask for the end; a second signal ends the process at once, and its children with it."""
    if stop.is_set():
        os._exit(128 + number)
    stop.set()


async def _work(settings: Settings) -> int:
    stop = asyncio.Event()
    async with run_engine(settings):
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, on_signal, stop, number)
        logger.info("worker is ready: {} seats", settings.worker_concurrency)
        await stop.wait()
        logger.info("stopping")
    logger.info("stopped")
    return 0
