"""Errors in the OpenAPI document: what each code means, and which ones a route may answer."""

from collections import defaultdict
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from aiohttp import web
from marshmallow import Schema

from handlers.answers import STATUS
from handlers.describe_schemas import Components
from handlers.operations import Access, Operation
from quizsys.errors import Code
from quizsys.schemas.errors import ErrorResponse, HTTPValidationError

MEANINGS = {
    Code.BAD_REQUEST: "The request is malformed.",
    Code.BAD_PROJECT_ID: "The project's id is not one.",
    Code.BAD_FILTER: "The list cannot be filtered by that.",
    Code.UNAUTHORIZED: "There is no token, or none that is known and alive.",
    Code.FORBIDDEN: "The token's role or projects do not reach so far.",
    Code.NOT_FOUND: "There is no such thing here.",
    Code.METHOD_NOT_ALLOWED: "This address knows other methods; `Allow` names them.",
    Code.CONFLICT: "It does not go with what is there now.",
    Code.GONE: "It has expired.",
    Code.TUS_VERSION: "The client speaks another version of tus; `Tus-Version` says which one is known here.",
    Code.LOCKED: "Another request is at work on it; `Retry-After` says when to come again.",
    Code.CHECKSUM_MISMATCH: "The bytes that arrived hash to something else than was promised; they are not kept.",
    Code.TIMEOUT: "The head or the body did not arrive in time.",
    Code.TOO_LARGE: "The body is larger than allowed.",
    Code.UNSUPPORTED_MEDIA: "What was sent is nothing that is taken here.",
    Code.BAD_RANGE: "The file ends before that range.",
    Code.INVALID: "Values are missing or wrong; each is named with its place.",
    Code.TOO_MANY: "Too many requests; `Retry-After` says when to come again.",
    Code.INTERNAL: "The server failed; its log knows why, under the `request_id`.",
    Code.BUSY: "The server has too much to do at present; `Retry-After` says when to come again.",
    Code.QUEUE_FULL: "Too many jobs wait; `Retry-After` says when to come again.",
    Code.SHUTTING_DOWN: "The server is stopping; `Retry-After` says when to come again.",
    Code.STORAGE_FULL: "The server's disk is full or failing.",
    Code.QUOTA_FULL: "The project, or the server, may keep no more.",
}
EVERYWHERE = (Code.INTERNAL, Code.BUSY, Code.SHUTTING_DOWN, Code.STORAGE_FULL)
WITH_BODY = (Code.BAD_REQUEST, Code.TIMEOUT, Code.TOO_LARGE, Code.UNSUPPORTED_MEDIA)
HEADERS: dict[int, dict[str, tuple[str, dict[str, Any]]]] = {
    401: {"WWW-Authenticate": ("How to identify oneself.", {"type": "string"})},
    429: {"Retry-After": ("Seconds to wait.", {"type": "integer", "minimum": 0})},
    503: {"Retry-After": ("Seconds to wait.", {"type": "integer", "minimum": 0})},
}


def describe_errors(said: Operation, route: web.AbstractRoute, components: Components, is_head: bool) -> dict[str, Any]:
    """How a route may refuse, by status; to HEAD without a body."""
    by_status: dict[int, list[Code]] = defaultdict(list)
    for code in dict.fromkeys((*said.errors, *_list_common(said, route))):
        by_status[STATUS[code]].append(code)
    found = {str(status): _describe(status, codes, components) for status, codes in sorted(by_status.items())}
    if is_head:
        for described in found.values():
            del described["content"]
    return found


def describe_headers(headers: dict[str, tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    return {name: {"description": text, "schema": schema} for name, (text, schema) in headers.items()}


def _list_common(said: Operation, route: web.AbstractRoute) -> Iterable[Code]:
    """What a route may answer by its form: its path, its body, its query, who may call it."""
    path = route.resource.canonical if route.resource else ""
    if "{project_id}" in path:
        yield Code.BAD_PROJECT_ID
    if "{" in path:
        yield Code.NOT_FOUND
    if said.access is not Access.PUBLIC:
        yield from (Code.UNAUTHORIZED, Code.FORBIDDEN, Code.TOO_MANY)
    if said.body is not None:
        yield from WITH_BODY
    if isinstance(said.body, Schema) or said.query is not None:
        yield Code.INVALID
    yield from EVERYWHERE


def _name(status: int) -> str:
    """460 is tus's own."""
    return "Checksum Mismatch" if status == 460 else HTTPStatus(status).phrase


def _describe(status: int, codes: list[Code], components: Components) -> dict[str, Any]:
    schema = HTTPValidationError if Code.INVALID in codes else ErrorResponse
    meanings = " ".join(f"`{code}`: {MEANINGS.get(code, code.value)}" for code in codes)
    described: dict[str, Any] = {
        "description": f"{_name(status)}. {meanings}",
        "content": {"application/json": {"schema": components.answer(schema)}},
    }
    if status in HEADERS:
        described["headers"] = describe_headers(HEADERS[status])
    return described
