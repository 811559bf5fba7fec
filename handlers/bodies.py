"""Reading a JSON body or a query by its schema; what is wrong with it is told as a 422 in the seed's form."""

import asyncio
import json
import math
from typing import Any

from aiohttp import web
from marshmallow import Schema, ValidationError, fields

from handlers.context import CONTEXT
from handlers.heads import invite_body
from quizsys.errors import Code, QuizsysError, make_sendable

JSON_LIMIT_BYTES = 1024 * 1024
MOST_LEVELS = 64
MOST_DIGITS = 300
MOST_ITEMS = 5000
MOST_VALUES = 50_000
MOST_PROBLEMS = 100


async def read_body(request: web.Request, schema: Schema, *, required: bool = True) -> dict[str, Any]:
    """The loaded body. Raises `invalid` with the place of each problem (the first hundred), or `too_large`."""
    value = await _read_json(request, required=required)
    return load(schema, value, ["body"])


def read_query(request: web.Request, schema: Schema) -> dict[str, Any]:
    """The loaded query; a name that the schema does not know is passed over. Of a name that comes twice a List takes
    every value, other fields the last one. Raises `invalid`."""
    given: dict[str, Any] = {}
    for name, field in schema.load_fields.items():
        key = field.data_key or name
        if values := request.query.getall(key, []):
            given[key] = values if isinstance(field, fields.List) else values[-1]
    return load(schema, given, ["query"])


def load(schema: Schema, value: Any, loc: list[str | int]) -> dict[str, Any]:
    if not isinstance(value, dict):
        message = "Input should be a valid dictionary or object to extract fields from"
        raise _invalid([_problem("model_attributes_type", loc, message, value)])
    try:
        return dict(schema.load(value))
    except ValidationError as error:
        raise _invalid(_list_problems(error.messages_dict, loc, value)) from None


async def _read_json(request: web.Request, *, required: bool) -> Any:
    raw = await read_raw(request, JSON_LIMIT_BYTES, "A JSON body")
    if not raw.strip():
        if not required:
            return {}
        raise _invalid([_problem("missing", ["body"], "Field required", None)])
    if request.content_type not in ("application/json", "text/json") and not request.content_type.endswith("+json"):
        message = "Input should be a valid dictionary or object to extract fields from"
        raise _invalid([_problem("model_attributes_type", ["body"], message, raw[:1000].decode(errors="replace"))])
    return _parse(raw)


async def read_raw(request: web.Request, limit_bytes: int, what: str) -> bytes:
    """The body as it is. Raises `too_large`, or `timeout` if it does not arrive."""
    if request.content.is_eof():
        raw = bytearray(request.content.read_nowait(limit_bytes + 1))
    else:
        raw = await _receive_raw(request, limit_bytes)
    if len(raw) > limit_bytes:
        raise QuizsysError(Code.TOO_LARGE, f"{what} may have {limit_bytes} bytes. Send less.")
    return bytes(raw)


async def _receive_raw(request: web.Request, limit_bytes: int) -> bytearray:
    limit_s = request.app[CONTEXT].settings.upload_idle_timeout_s
    raw = bytearray()
    invite_body(request)
    try:
        async with asyncio.timeout(limit_s):
            # Not by `request.content_length`: a chunked body tells none.
            while len(raw) <= limit_bytes and not request.content.at_eof():
                raw += await request.content.read(limit_bytes + 1 - len(raw))
    except TimeoutError:
        sentence = f"The body did not arrive within {limit_s:g} seconds. Check the connection and send it again."
        raise QuizsysError(Code.TIMEOUT, sentence) from None
    return raw


def _parse(raw: bytes) -> Any:
    try:
        text = raw.decode("utf-8-sig")
        value = _decoder.decode(text)
        _check_shape(value)
        if "\\u" in text:
            # A lone surrogate parses, but nothing can store or send it.
            json.dumps(value, ensure_ascii=False).encode()
        return value
    except json.JSONDecodeError as error:
        place, reason = error.pos, error.msg
    except (ValueError, RecursionError) as error:
        place, reason = 0, str(error) if type(error) is ValueError else "not text that can be kept"
    raise _invalid([_problem("json_invalid", ["body", place], "JSON decode error", {}, {"error": reason})])


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _short(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError("a number is too large")
    return int(text)


def _check_shape(value: Any) -> None:
    """What is nested deeper may be parsed here, but not by everybody who reads it back. What is longer takes seconds to
    be held against a schema, and nobody else is served meanwhile."""
    level, count = [value], 0
    for _ in range(MOST_LEVELS):
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inner += one.values()
            elif isinstance(one, list):
                if len(one) > MOST_ITEMS:
                    raise ValueError(f"a list has more than {MOST_ITEMS} items")
                inner += one
        count += len(inner)
        if count > MOST_VALUES:
            raise ValueError(f"more than {MOST_VALUES} values")
        if not inner:
            return
        level = inner
    raise ValueError(f"nested deeper than {MOST_LEVELS} levels")


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_float=_finite, parse_int=_short, parse_constant=_no_constant)


def _list_problems(messages: dict[Any, Any], loc: list[str | int], value: Any) -> list[dict[str, Any]]:
    problems = []
    for name, inner in messages.items():
        given = _pick(value, name)
        if isinstance(inner, dict):
            problems += _list_problems(inner, [*loc, name], given)
            continue
        for text in inner if isinstance(inner, list) else [str(inner)]:
            kind, _, message = text.partition("|")
            problems.append(_problem(kind if message else "value_error", [*loc, name], message or text, given))
    return problems


def _pick(value: Any, name: str | int) -> Any:
    """What was given under a key or at a place; all of it where the problem is with the whole."""
    if isinstance(value, dict):
        return value.get(name)
    return value[name] if isinstance(value, list) and isinstance(name, int) else value


def _problem(kind: str, loc: list[str | int], message: str, value: Any, context: Any = None) -> dict[str, Any]:
    return {"type": kind, "loc": loc, "msg": message, "input": make_sendable(value)} | (
        {"ctx": context} if context else {}
    )


def _invalid(problems: list[dict[str, Any]]) -> QuizsysError:
    return QuizsysError(Code.INVALID, problems[0]["msg"], problems=problems[:MOST_PROBLEMS])
