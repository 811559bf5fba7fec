"""`python server.py serve`: the HTTP server and its engine, until a signal; then drained within a grace time."""

import argparse
import asyncio
import gc
import os
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from aiohttp import web
from loguru import logger

from handlers.app import make_app
from handlers.audit import forget_old_entries
from handlers.connections import Patience, Runner
from handlers.context import Context
from handlers.sending import forget_old_messages, run_sending
from quizsys.checks import log_problems
from quizsys.chores import Chore, run_chores
from quizsys.condition import Condition
from quizsys.config import Settings
from quizsys.engine import Engine, run_engine
from quizsys.errors import Unfit
from quizsys.events import Hub
from quizsys.failures import Failures
from quizsys.intake import Intake
from quizsys.keyring import Keyring
from quizsys.limits import count_room, open_more_files
from quizsys.liveness import hold_alone
from quizsys.logs import set_up_logging
from quizsys.notifier import take_notifier
from quizsys.pruning import list_pruning
from quizsys.registries import LOOK_INTERVAL_S, Registries
from quizsys.retention import INTERVAL_S, Retention
from quizsys.sandbox import telling
from quizsys.services.assets import list_known_paths
from quizsys.services.quotas import Quotas
from quizsys.services.tokens import create_first_token
from quizsys.services.uploads import list_parts
from quizsys.shelf import open_shelf
from quizsys.storage import Storage
from quizsys.sweep import sweep
from quizsys.uploads import open_desk
from quizsys.vitals import keep_watch

# A connection that brings no whole request head is closed after so long: longer than proxies keep an idle one.
SILENCE_LIMIT_S = 75
# aiohttp reads 64 KiB ahead by default; an upload then spends its time on many small chunks.
READ_BUFFER_BYTES = 256 * 1024
GARBAGE_THRESHOLD = 20_000
DEAF_INTERVAL_S = 5
USES_INTERVAL_S = 60
AUDIT_INTERVAL_S = 3600
EXPIRY_INTERVAL_S = 60
MESSAGES_INTERVAL_S = 3600


def run(settings: Settings, _options: argparse.Namespace) -> int:
    set_up_logging(settings)
    open_more_files()
    if not log_problems(settings):
        return 1
    try:
        return run_loop(_serve(settings))
    except Unfit as error:
        logger.error("{}", error)
        return 1


def run_loop(main: Coroutine[Any, Any, int]) -> int:
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main)
    return uvloop.run(main)


async def _serve(settings: Settings) -> int:
    notifier = take_notifier()
    storage = Storage(settings.storage_root.absolute())
    storage.prepare()
    with hold_alone(storage.root / "server.lock") as is_alone:
        if not is_alone:
            logger.error(
                "Another server uses {}. Stop it, or set STORAGE_ROOT to another folder.", settings.storage_root
            )
            return 1
        async with run_engine(settings) as engine, AsyncExitStack() as stack:
            context = await _open_context(engine, stack)
            most = settings.max_connections or count_room()
            runner = Runner(
                make_app(context),
                Patience(settings.head_timeout_s, settings.download_idle_timeout_s, most),
                access_log=None,
                # A packed body is refused: unpacking one of a megabyte held everybody up for ten seconds.
                auto_decompress=False,
                handler_cancellation=True,
                shutdown_timeout=settings.drain_s,
                keepalive_timeout=SILENCE_LIMIT_S,
                read_bufsize=READ_BUFFER_BYTES,
            )
            await runner.setup()
            interval_s = min(DEAF_INTERVAL_S, settings.download_idle_timeout_s)
            await stack.enter_async_context(run_chores(Chore("deaf clients", interval_s, runner.let_go_deaf)))
            # Before anybody can be served: a stop in between would kill, not drain.
            stop = _catch_signals()
            try:
                site = web.TCPSite(runner, settings.host, settings.port, backlog=1024)
                await site.start()
            except OSError as error:
                logger.error(
                    "Cannot listen on {}:{} ({}). Set PORT to a free one.", settings.host, settings.port, error.strerror
                )
                await runner.cleanup()
                return 1
            logger.info("{} is ready at http://localhost:{}", settings.app_name, runner.addresses[0][1])
            await _tell_access(context, runner.addresses[0][1])
            settle_garbage()
            await stack.enter_async_context(telling(context.condition.sandbox))
            await stack.enter_async_context(keep_watch(notifier, engine.store, context.condition.list_dead))
            notifier.tell(ready=1, status=f"serving at port {runner.addresses[0][1]}")
            await stop.wait()
            logger.info("stopping")
            context.condition.is_draining = True
            notifier.tell_stopping(settings.drain_s)
            await asyncio.gather(engine.scheduler.drain(), _close(runner, site, context.hub))
    logger.info("stopped")
    return 0


def settle_garbage() -> None:
    """What is loaded stays: it need not be looked through again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)


async def _open_context(engine: Engine, stack: AsyncExitStack) -> Context:
    hub = Hub(engine.store)
    await hub.start()
    stack.push_async_callback(hub.close)
    quotas = Quotas(engine.settings.project_quota_bytes, engine.settings.storage_quota_bytes)
    desk = await stack.enter_async_context(open_desk(engine.store, engine.storage, quotas))
    await desk.remove_doomed()
    parts = await engine.store.read(list_parts)
    sweep(engine.storage, await engine.store.read(list_known_paths), parts)
    intake = Intake(engine.storage, engine.settings.max_uploads)
    shelf = await stack.enter_async_context(
        open_shelf(engine.store, engine.storage, desk, engine.settings.upload_expiry_s)
    )
    failures = Failures(engine.settings.auth_failures_per_minute)
    keyring = Keyring(engine.store)
    await keyring.start()
    stack.push_async_callback(keyring.close)
    condition = Condition(engine, hub, desk)
    context = Context(
        engine.settings, engine.store, hub, engine.storage, desk, keyring, condition, failures, intake, shelf
    )
    chores = _list_chores(context)
    if engine.settings.metadata_export:
        registries = Registries(engine.store, engine.storage)
        stack.push_async_callback(registries.write_last)
        chores.append(Chore("write the registries", LOOK_INTERVAL_S, registries.look))
    await stack.enter_async_context(run_chores(*chores))
    await stack.enter_async_context(run_sending(context))
    return context


def _list_chores(context: Context) -> list[Chore]:
    return [
        Chore("write when tokens were used", USES_INTERVAL_S, context.keyring.write_uses),
        Chore("forget old entries of the audit", AUDIT_INTERVAL_S, partial(forget_old_entries, context)),
        Chore("delete what is too old", INTERVAL_S, Retention(context.desk, context.settings).prune),
        Chore("expire uploads", min(EXPIRY_INTERVAL_S, context.settings.upload_expiry_s), context.shelf.expire),
        *list_pruning(context.store, context.settings),
        Chore("forget old messages to webhooks", MESSAGES_INTERVAL_S, partial(forget_old_messages, context)),
    ]


async def _tell_access(context: Context, port: int) -> None:
    """At the very first start print the address that carries an admin's token: to the console only, never the log."""
    if not context.settings.auth_required:
        logger.warning("AUTH_REQUIRED=false: everybody who reaches this port may do everything.")
        return
    if (made := await context.store.run(create_first_token)) is None:
        return
    await context.keyring.reload()
    print(f"Sign in as admin: http://localhost:{port}/login?token={made['token']}", flush=True)
    print("This is told once. If it is lost: python server.py token create --name NAME --role admin", flush=True)


async def _close(runner: Runner, site: web.TCPSite, hub: Hub) -> None:
    """Take no new connection, end the streams, let the rest finish."""
    await site.stop()
    await hub.close()
    await runner.cleanup()


def _catch_signals() -> asyncio.Event:
    """Set at SIGTERM or SIGINT; a second one ends the process at once, and its children with it."""
    stop = asyncio.Event()

    def on_signal(number: int) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, on_signal, number)
    return stop
