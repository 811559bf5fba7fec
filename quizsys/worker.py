"""`python server.py worker`: runs jobs beside the server on one host, from the same queue."""

import argparse
import asyncio
import signal

from loguru import logger

from quizsys.checks import log_problems
from quizsys.config import Settings
from quizsys.engine import run_engine
from quizsys.logs import set_up_logging


def run(settings: Settings, _options: argparse.Namespace) -> int:
    set_up_logging(settings)
    return asyncio.run(_work(settings)) if log_problems(settings) else 1


async def _work(settings: Settings) -> int:
    stop = asyncio.Event()
    async with run_engine(settings):
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        logger.info("worker is ready: {} seats", settings.worker_concurrency)
        await stop.wait()
        logger.info("stopping")
    logger.info("stopped")
    return 0
