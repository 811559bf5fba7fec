"""Quizzes as files for other systems."""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TypeVar

from aiohttp import web
from loguru import logger

from handlers.answers import answer
from handlers.bodies import read_query
from handlers.context import CONTEXT
from handlers.files import describe_download
from handlers.operations import Access, Bytes, ListOf, operation
from handlers.projects import read_project
from quizsys.errors import Code, QuizsysError, invalid
from quizsys.packages.packing import open_package, try_formats
from quizsys.packages.sheet import Sheet, Writer
from quizsys.packages.shelf import FORMATS, SHELF, Format, suit
from quizsys.schemas.packages import PackageQuery, PackageResponse, SheetQuery
from quizsys.services import packages

T = TypeVar("T")
_query = PackageQuery()
_list_query = SheetQuery()
# A video is copied into some packages: beside the threads that everything else waits for.
_PACKERS = ThreadPoolExecutor(2, "packer")
_TYPES = tuple(dict.fromkeys(one.media_type for one in FORMATS))
TEXTS = ("text/", "application/xml")


@operation(
    Access.VIEWER,
    "The formats that a quiz can be had in, and what each cannot carry",
    tag="packages",
    query=_list_query,
    answers={200: ListOf(PackageResponse())},
    errors=(Code.NOT_FOUND, Code.INVALID, Code.STORAGE_FULL),
)
async def list_packages(request: web.Request) -> web.Response:
    """Of the newest published version, unless `version` or `draft` says otherwise."""
    asked = read_query(request, _list_query)
    sheet = await _load_sheet(request, **asked)
    context = request.app[CONTEXT]
    return answer(await _pack(try_formats, sheet, suit(FORMATS, context.settings), context.storage.work))


@operation(
    Access.VIEWER,
    "A quiz as a file for another system",
    tag="packages",
    query=_query,
    answers={200: Bytes(_TYPES[0], _TYPES[1:])},
    errors=(Code.NOT_FOUND, Code.INVALID, Code.STORAGE_FULL),
)
async def get_package(request: web.Request) -> web.Response:
    """The newest published version, unless `version` or `draft` says otherwise."""
    (one,) = suit([_get_format(request.match_info["format"])], request.app[CONTEXT].settings)
    asked = read_query(request, _query)
    write = _choose_writer(one, with_key=asked["key"])
    sheet = await _load_sheet(request, asked["version"], asked["draft"], asked["video_url"] or "")
    if asked["video"] == "none":
        sheet = replace(sheet, video=None)
    storage = request.app[CONTEXT].storage
    if sheet.video is not None:
        storage.check_room(sheet.video.stat().st_size)
    package = await _pack(open_package, sheet, one.filename, write, storage.work)
    named = describe_download(re.sub(r"[/\\]", "-", sheet.title) + ".x", one.filename[one.filename.index(".") :])
    headers = {"Content-Disposition": named, "Cache-Control": "private, no-cache"}
    charset = "utf-8" if one.media_type.startswith(TEXTS) else None
    return web.Response(body=package, content_type=one.media_type, charset=charset, headers=headers)


async def _load_sheet(request: web.Request, version: int | None, draft: bool, link: str = "") -> Sheet:
    context = request.app[CONTEXT]
    if draft and version is not None:
        raise invalid(["query", "draft"], "Ask for a version or for the draft, not for both.", "true")
    load = partial(packages.load_sheet, version=version, draft=draft, link=link)
    return await context.store.read_slowly(load, read_project(request), request.match_info["quiz_id"], context.storage)


async def _pack(work: Callable[..., T], *args: object) -> T:
    try:
        return await asyncio.get_running_loop().run_in_executor(_PACKERS, partial(work, *args))
    except OSError as error:
        logger.error("a package could not be written: {}", error)
        sentence = "The package could not be written: the server's disk is full or failing."
        raise QuizsysError(Code.STORAGE_FULL, sentence) from error


def _get_format(name: str) -> Format:
    if name not in SHELF:
        raise QuizsysError(Code.NOT_FOUND, f"There is no such format. There are {', '.join(SHELF)}.")
    return SHELF[name]


def _choose_writer(one: Format, *, with_key: bool) -> Writer:
    """Raises `invalid` where a package without its key would be none."""
    if with_key:
        return one.write
    if one.keyless is None:
        names = ", ".join(other.name for other in FORMATS if other.keyless)
        raise invalid(["query", "key"], f"Only these can be had without the right answers: {names or 'none'}.", "false")
    return one.keyless
