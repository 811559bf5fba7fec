"""`python server.py token`: make, list and revoke tokens, also while the server runs, which feels it at once."""

import argparse
import asyncio
import getpass
import os
import sys
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from loguru import logger
from peewee import DatabaseError

from quizsys.clock import utc_now, wire_time
from quizsys.config import Settings
from quizsys.db import RIDER, Store
from quizsys.engine import apply_migrations
from quizsys.errors import Code, QuizsysError
from quizsys.schemas.tokens import LONGEST_DAYS, LONGEST_NAME
from quizsys.services.audit import Entry
from quizsys.services.tokens import NewToken, create_token, list_tokens, revoke_token

P = ParamSpec("P")
T = TypeVar("T")
COLUMNS = ("ID", "ROLE", "STARTS", "STATE", "EXPIRES", "LAST USED", "PROJECTS", "NAME")


def run(settings: Settings, options: argparse.Namespace) -> int:
    logger.remove()
    try:
        apply_migrations(settings)
        ACTIONS[options.action](settings, options)
    except QuizsysError as error:
        print(f"error: {error.sentence}", file=sys.stderr)
        return 1
    except (DatabaseError, OSError) as error:
        print(f"error: {settings.database_url} cannot be used ({error}). Check DATABASE_URL.", file=sys.stderr)
        return 1
    return 0


def create(settings: Settings, options: argparse.Namespace) -> None:
    """The token alone on standard output, so that a script can take it; the rest beside it."""
    new = NewToken(_read_name(options.name), options.role, tuple(options.project) or None, _read_days(options.days))
    made = _change(settings, "create_token", None, create_token, new)
    print(made["token"])
    scope = "all projects" if made["projects"] is None else ", ".join(made["projects"])
    until = f"until {made['expires_at']}" if made["expires_at"] else "until it is revoked"
    print(f"{made['role']} of {scope}, {until}; id {made['id']}. It is told this once.", file=sys.stderr)
    print(f"In a browser: http://localhost:{settings.port}/login?token=TOKEN", file=sys.stderr)


def show(settings: Settings, _options: argparse.Namespace) -> None:
    rows = [COLUMNS, *(_describe(token) for token in asyncio.run(_run(settings, list_tokens)))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def revoke(settings: Settings, options: argparse.Namespace) -> None:
    """Any of them: whoever can run this can make another."""
    token = _change(settings, "revoke_token", options.id, revoke_token, options.id, keep_an_admin=False)
    print(f"{token['name']} ({token['prefix']}...) is revoked.")


ACTIONS = {"create": create, "list": show, "revoke": revoke}


def _read_name(name: str) -> str:
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise _bad(f"--name takes 1 to {LONGEST_NAME} printable characters")
    return name


def _read_days(days: int | None) -> int | None:
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise _bad(f"--days takes 1 to {LONGEST_DAYS}")
    return days


def _bad(sentence: str) -> QuizsysError:
    return QuizsysError(Code.INVALID, f"{sentence}.")


def _describe(token: dict[str, Any]) -> tuple[str, ...]:
    is_over = token["expires_at"] is not None and token["expires_at"] <= wire_time(utc_now())
    state = "revoked" if token["revoked_at"] else "expired" if is_over else "good"
    projects = "all" if token["projects"] is None else ",".join(token["projects"])
    expires, used = (_day(token[key]) for key in ("expires_at", "last_used_at"))
    return token["id"], token["role"], token["prefix"], state, expires, used, projects, token["name"]


def _day(moment: str | None) -> str:
    return moment[:16].replace("T", " ") if moment else "-"


def _change(
    settings: Settings, action: str, thing_id: str | None, service: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    entry = Entry(None, _user(), "command line", "COMMAND", action, None, "tokens", thing_id, 0, "")
    RIDER.set(entry)
    return asyncio.run(_run(settings, service, *args, **kwargs))


def _user() -> str:
    """As the system calls whoever runs this; who may write the database needs no token."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


async def _run(settings: Settings, service: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    store = Store(settings.database_url, durability=settings.database_durability)
    await store.open()
    try:
        return await store.run(service, *args, **kwargs)
    finally:
        await store.close()
