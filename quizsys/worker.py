"""`python server.py worker`: runs jobs beside the server on one host, from the same queue."""

import argparse
import asyncio
import os
import signal
from contextlib import AsyncExitStack
from functools import partial

from loguru import logger
from prometheus_client import start_http_server

from quizsys.checks import log_problems
from quizsys.config import Settings
from quizsys.engine import run_engine
from quizsys.errors import Unfit
from quizsys.limits import open_more_files
from quizsys.logs import set_up_logging
from quizsys.metrics import REGISTRY
from quizsys.notifier import take_notifier
from quizsys.sandbox import Sandbox, telling
from quizsys.vitals import keep_watch, list_dead


def run(settings: Settings, _options: argparse.Namespace) -> int:
    set_up_logging(settings, role="worker")
    open_more_files()
    try:
        return asyncio.run(_work(settings)) if log_problems(settings) else 1
    except Unfit as error:
        logger.error("{}", error)
        return 1


def on_signal(stop: asyncio.Event, number: int) -> None:
    """Ask for the end; a second signal ends the process at once, and its children with it."""
    if stop.is_set():
        os._exit(128 + number)
    stop.set()


def tell_metrics(port: int) -> None:
    """On a thread of its own; a port that another worker has is no reason not to work."""
    if not port:
        return
    try:
        start_http_server(port, "127.0.0.1", REGISTRY)
    except OSError as error:
        logger.warning("no metrics at 127.0.0.1:{} ({}). Set WORKER_METRICS_PORT to a free one.", port, error.strerror)


async def _work(settings: Settings) -> int:
    stop = asyncio.Event()
    notifier = take_notifier()
    async with run_engine(settings) as engine, AsyncExitStack() as stack:
        await stack.enter_async_context(keep_watch(notifier, engine.store, partial(list_dead, engine)))
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, on_signal, stop, number)
        logger.info("worker is ready: {} seats", settings.worker_concurrency)
        tell_metrics(settings.worker_metrics_port)
        await stack.enter_async_context(telling(Sandbox(engine.pool)))
        notifier.tell(ready=1, status=f"{settings.worker_concurrency} seats")
        await stop.wait()
        logger.info("stopping")
        notifier.tell_stopping(settings.drain_s)
    logger.info("stopped")
    return 0
