"""What each handler is for: who may call it, what it reads and answers. Access control and the API's description
both read it here, beside the handler, so that neither can be forgotten: `make_app` refuses a handler without one.

A handler's docstring is the description that clients read, and its name the `operationId`, by which generated clients
call it: renaming a handler breaks them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TypeVar

from aiohttp import web
from marshmallow import Schema

from handlers.middlewares import Handler
from quizsys.errors import Code

H = TypeVar("H", bound=Handler)
OPERATION = "__operation__"


class Access(IntEnum):
    """The least role that may call, for the project in the path if there is one. Each includes those before it."""

    PUBLIC = 0
    VIEWER = 1
    EDITOR = 2
    ADMIN = 3


@dataclass(frozen=True)
class Bytes:
    """A body that is no JSON, by its media type; `others` may come instead."""

    media_type: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListOf:
    """A bare JSON array."""

    item: Schema


Body = Schema | ListOf | Bytes | None


@dataclass(frozen=True)
class Operation:
    """`answers` by status; None stands for an empty body. `errors` are the codes beyond those that every route has.

    `every_project`: a route without a project in its path that a token for some projects may call too, because its
    handler shows only those.
    """

    access: Access
    summary: str
    tag: str
    answers: Mapping[int, Body]
    body: Body = None
    body_required: bool = True
    query: Schema | None = None
    errors: tuple[Code, ...] = ()
    every_project: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


def operation(
    access: Access,
    summary: str,
    *,
    tag: str,
    answers: Mapping[int, Body],
    body: Body = None,
    body_required: bool = True,
    query: Schema | None = None,
    errors: tuple[Code, ...] = (),
    every_project: bool = False,
    headers: Mapping[str, str] | None = None,
) -> Callable[[H], H]:
    """Says it of a handler. `headers` are those that the handler reads, by name, with what they are for."""
    said = Operation(
        access, summary, tag, answers, body, body_required, query, errors, every_project, dict(headers or {})
    )

    def mark(handler: H) -> H:
        setattr(handler, OPERATION, said)
        return handler

    return mark


def find_operation(route: web.AbstractRoute) -> Operation | None:
    """None for what is no route of ours: aiohttp's own 404 and 405."""
    return getattr(route.handler, OPERATION, None)
