"""Resumable uploads by tus 1.0: https://tus.io/protocols/resumable-upload

One request at a time holds an upload; where the bytes lie and what becomes of them is `quizsys/shelf.py`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from typing import Any

from aiohttp import web

from handlers.answers import answer
from handlers.clients import read_origin
from handlers.context import CONTEXT, Context
from handlers.heads import invite_body
from handlers.operations import Access, Bytes, operation
from handlers.projects import read_project
from handlers.raw_uploads import read_chunks
from handlers.tus_headers import (
    ALGORITHMS,
    EXTENSIONS,
    OFFSET_TYPE,
    VERSION,
    Metadata,
    bad,
    check_version,
    describe_upload,
    read_checksum,
    read_concat,
    read_count,
    read_length,
    read_metadata,
)
from handlers.uploads import too_large, translate
from quizsys.clock import utc_now
from quizsys.errors import Code, QuizsysError
from quizsys.holds import Hold
from quizsys.ids import new_id
from quizsys.kinds import KINDS, check_extension, guess_category
from quizsys.pace import keep_pace
from quizsys.schemas.uploads import UploadResponse
from quizsys.services.assets import find_by_checksum
from quizsys.services.uploads import FINAL, PARTIAL, Upload
from quizsys.shelf import Checksum, Shelf

FINISH_WAIT_S = 20.0
_status = UploadResponse()
_refused = (Code.NOT_FOUND, Code.GONE, Code.LOCKED, Code.TUS_VERSION)
_receiving = (
    *(Code.CONFLICT, Code.TOO_LARGE, Code.UNSUPPORTED_MEDIA, Code.CHECKSUM_MISMATCH, Code.TIMEOUT),
    *(Code.BUSY, Code.STORAGE_FULL, Code.QUOTA_FULL),
)
_version = {"Tus-Resumable": "The version of the protocol: 1.0.0."}


async def mark_tus(request: web.Request, response: web.StreamResponse) -> None:
    """Signal on_response_prepare: name the protocol in every answer about uploads."""
    resource = request.match_info.route.resource
    if resource is not None and resource.canonical.startswith("/projects/{project_id}/uploads"):
        response.headers["Tus-Resumable"] = VERSION
        if response.status == 412:
            response.headers["Tus-Version"] = VERSION


@operation(Access.PUBLIC, "What this server can do of tus", tag="uploads", answers={204: None})
async def get_options(request: web.Request) -> web.Response:
    headers = {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(request.app[CONTEXT].settings.upload_max_size),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }
    return web.Response(status=204, headers=headers)


@operation(
    Access.EDITOR,
    "Begin a resumable upload",
    tag="uploads",
    body=Bytes(OFFSET_TYPE),
    body_required=False,
    answers={201: _status},
    errors=(*_refused, *_receiving),
    headers=_version
    | {
        "Upload-Length": "The file's size in bytes.",
        "Upload-Defer-Length": "1: the size is told later.",
        "Upload-Metadata": "filename, filetype, category, sha256; each with its value in base64.",
        "Upload-Concat": "partial, or final; and the addresses of the parts.",
        "Upload-Checksum": "The hash of the body, if there is one.",
    },
)
async def create_upload(request: web.Request) -> web.Response:
    check_version(request)
    checksum = read_checksum(request)
    upload = await _begin(request, _read_upload(request))
    if upload.concat != FINAL and request.content_type == OFFSET_TYPE and request.body_exists:
        async with request.app[CONTEXT].shelf.holds.take(upload.id) as hold:
            await _receive(request, upload, 0, hold, checksum)
    return await _tell(request, upload, 201)


def _read_upload(request: web.Request) -> Upload:
    project_id = read_project(request)
    concat, part_ids = read_concat(request, _uploads_path(project_id))
    if concat == FINAL and "Upload-Length" in request.headers:
        raise bad("A final upload is as long as its parts. Send no Upload-Length.")
    metadata = read_metadata(request)
    length = None if concat == FINAL else read_length(request)
    category = "" if concat == PARTIAL else _check_name(metadata, length)
    return Upload(
        id=new_id(),
        project_id=project_id,
        length_bytes=length,
        metadata=request.headers.get("Upload-Metadata", ""),
        filename=metadata.filename,
        mime_type=metadata.mime_type,
        category=category,
        created_at=utc_now(),
        checksum=metadata.checksum,
        concat=concat,
        part_ids=part_ids,
    )


def _check_name(metadata: Metadata, length_bytes: int | None) -> str:
    """The category, told or guessed. Raises `bad_request`, `unsupported_media` or `too_large`."""
    if not metadata.filename:
        raise bad("Name the file in Upload-Metadata: filename, a space, and its name in base64.")
    if metadata.category not in ("", *KINDS):
        raise bad(f"The category in Upload-Metadata is one of {', '.join(KINDS)}.")
    kind = KINDS[metadata.category or guess_category(metadata.filename)]
    check_extension(metadata.filename, kind)
    if kind.most_bytes is not None and (length_bytes or 0) > kind.most_bytes:
        raise kind.too_large()
    return kind.category


async def _begin(request: web.Request, upload: Upload) -> Upload:
    """Raises `too_large`, `storage_full` or `quota_full` by what the headers tell; `too_many`."""
    context = request.app[CONTEXT]
    shelf, most_bytes = context.shelf, context.settings.upload_max_size
    if upload.concat == FINAL:
        return await shelf.create_final(upload, most_bytes)
    size_bytes = max(upload.length_bytes or 0, request.content_length or 0)
    if size_bytes > most_bytes:
        raise too_large(context)
    if upload.length_bytes is not None and (request.content_length or 0) > upload.length_bytes:
        raise _too_long(upload.length_bytes)
    context.intake.check_room(size_bytes)
    return await shelf.create(await _recognise(context, upload), size_bytes)


async def _recognise(context: Context, upload: Upload) -> Upload:
    """Done at once if the client told the hash of bytes that the project has already."""
    if upload.checksum is None or upload.concat:
        return upload
    known = await context.store.read(find_by_checksum, upload.project_id, upload.checksum, upload.category)
    if known is None or upload.length_bytes not in (None, known["size_bytes"]):
        return upload
    return replace(upload, length_bytes=known["size_bytes"], asset_id=known["asset_id"], done_at=utc_now())


@operation(
    Access.EDITOR,
    "How much of an upload has come",
    tag="uploads",
    answers={200: None},
    errors=(*_refused, Code.BUSY),
    headers=_version,
)
async def get_offset(request: web.Request) -> web.Response:
    """HEAD. Of an upload that is whole it tells so once that has become an asset."""
    check_version(request)
    shelf = request.app[CONTEXT].shelf
    async with _take(request):
        upload = await _get(request)
    if shelf.is_whole(upload):
        upload = await _finish(request, upload)
    headers = describe_upload(upload, shelf.offset(upload), shelf.expires_at(upload), _uploads_path(upload.project_id))
    status = 200 if request.method == "HEAD" else 204
    return web.Response(status=status, headers=headers | {"Cache-Control": "no-store"})


@operation(
    Access.EDITOR,
    "An upload, for people",
    tag="uploads",
    answers={200: _status},
    errors=(Code.NOT_FOUND, Code.GONE),
)
async def get_upload(request: web.Request) -> web.Response:
    return answer(_describe(request.app[CONTEXT].shelf, await _get(request)))


def _describe(shelf: Shelf, upload: Upload) -> dict[str, Any]:
    status = "done" if upload.is_done else "whole" if shelf.is_whole(upload) else "receiving"
    more = {"status": status, "offset_bytes": shelf.offset(upload), "expires_at": shelf.expires_at(upload)}
    return dict(_status.dump(asdict(upload) | more))


@operation(
    Access.EDITOR,
    "Send the next bytes of an upload",
    tag="uploads",
    body=Bytes(OFFSET_TYPE),
    answers={204: None},
    errors=(Code.FORBIDDEN, *_refused, *_receiving),
    headers=_version
    | {
        "Upload-Offset": "How many bytes have come before.",
        "Upload-Length": "The file's size, if it was not told before.",
        "Upload-Checksum": "An algorithm and the hash of the body in base64.",
    },
)
async def append_upload(request: web.Request) -> web.Response:
    check_version(request)
    if request.content_type != OFFSET_TYPE:
        raise QuizsysError(Code.UNSUPPORTED_MEDIA, f"Send the bytes as {OFFSET_TYPE}.")
    offset, checksum = read_count(request, "Upload-Offset"), read_checksum(request)
    if offset is None:
        raise bad("Say in Upload-Offset how many bytes have come before.")
    async with _take(request) as hold:
        upload = await _learn_length(request, await _get(request), offset)
        await _receive(request, upload, offset, hold, checksum)
    return await _tell(request, upload, 204)


async def _learn_length(request: web.Request, upload: Upload, offset: int) -> Upload:
    """Raises `forbidden` or `conflict` where nothing can be added, or what is wrong with the length."""
    context = request.app[CONTEXT]
    if upload.concat == FINAL:
        raise QuizsysError(Code.FORBIDDEN, "A final upload is made of its parts. Nothing can be added to it.")
    if offset != (here := context.shelf.offset(upload)):
        raise QuizsysError(Code.CONFLICT, f"{here} bytes of this upload are here, not {offset}. Go on from there.")
    told = read_count(request, "Upload-Length")
    if told in (None, upload.length_bytes):
        return upload
    if upload.length_bytes is not None or told < offset:
        raise bad("The length of an upload is told once, and is no less than what has come.")
    if told > context.settings.upload_max_size:
        raise too_large(context)
    return await context.shelf.set_length(upload, told)


async def _receive(request: web.Request, upload: Upload, offset: int, hold: Hold, checksum: Checksum | None) -> None:
    """The body, to the upload's end at most. What came before a cut is kept."""
    context = request.app[CONTEXT]
    limit_bytes = context.settings.upload_max_size if upload.length_bytes is None else upload.length_bytes
    room_bytes, told_bytes = limit_bytes - offset, request.content_length
    if (told_bytes or 0) > room_bytes:
        raise _too_long(limit_bytes)
    if upload.is_done or told_bytes == 0 or not request.body_exists:
        return
    known_bytes = offset + (told_bytes or 0) if upload.length_bytes is None else limit_bytes
    await context.shelf.check_growth(upload, known_bytes)
    try:
        with context.intake.admit(told_bytes or 0) as share:
            invite_body(request)
            async with keep_pace(*context.pace) as pace:
                hold.pace = pace
                chunks = read_chunks(request, pace, share, room_bytes, _too_long(limit_bytes))
                await context.shelf.append(upload, chunks, checksum)
    except Exception as error:
        raise (_taken_over() if hold.is_stopped else translate(error)) from error


def _too_long(limit_bytes: int) -> QuizsysError:
    return QuizsysError(
        Code.TOO_LARGE, f"The body goes beyond the upload's {limit_bytes} bytes. Nothing of it is kept."
    )


def _taken_over() -> QuizsysError:
    return QuizsysError(Code.LOCKED, "Another request has taken this upload over. Ask for its offset, then go on.")


async def _tell(request: web.Request, upload: Upload, status: int) -> web.Response:
    """Where the upload is, how far it is, and what it became if that was its last byte."""
    shelf, project_id = request.app[CONTEXT].shelf, upload.project_id
    if shelf.is_whole(upload):
        upload = await shelf.finish(upload)
    all_headers = describe_upload(upload, shelf.offset(upload), shelf.expires_at(upload), _uploads_path(project_id))
    told = ("Upload-Offset", "Upload-Expires", "Quizsys-Asset-Id")
    headers = {name: all_headers[name] for name in told if name in all_headers}
    response = answer(_describe(shelf, upload), 201) if status == 201 else web.Response(status=204)
    response.headers.update(headers)
    if status == 201:
        # With its host, because not every client can follow a path.
        response.headers["Location"] = f"{read_origin(request)}{_uploads_path(project_id)}/{upload.id}"
    return response


@operation(
    Access.EDITOR,
    "Give up an upload",
    tag="uploads",
    answers={204: None},
    errors=(*_refused, Code.CONFLICT),
    headers=_version,
)
async def delete_upload(request: web.Request) -> web.Response:
    """Stops who sends it. An asset that it has become stays."""
    check_version(request)
    async with _take(request, at_once=True):
        await request.app[CONTEXT].shelf.terminate(await _get(request))
    return web.Response(status=204)


@operation(
    Access.EDITOR,
    "PATCH, HEAD or DELETE for clients that can only POST",
    tag="uploads",
    body=Bytes(OFFSET_TYPE),
    body_required=False,
    answers={204: None},
    errors=(Code.METHOD_NOT_ALLOWED, Code.FORBIDDEN, *_refused, *_receiving),
    headers=_version | {"X-HTTP-Method-Override": "PATCH, HEAD or DELETE."},
)
async def override_method(request: web.Request) -> web.Response:
    handlers = {"PATCH": append_upload, "HEAD": get_offset, "DELETE": delete_upload}
    handler = handlers.get(request.headers.get("X-HTTP-Method-Override", "").upper())
    if handler is None:
        raise web.HTTPMethodNotAllowed(request.method, ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH"])
    return await handler(request)


@asynccontextmanager
async def _take(request: web.Request, *, at_once: bool = False) -> AsyncIterator[Hold]:
    # Holds go by the id alone: who may not see an upload must not stop its sender either.
    await _get(request)
    async with request.app[CONTEXT].shelf.holds.take(request.match_info["upload_id"], at_once=at_once) as hold:
        yield hold


async def _get(request: web.Request) -> Upload:
    return await request.app[CONTEXT].shelf.get(read_project(request), request.match_info["upload_id"])


async def _finish(request: web.Request, upload: Upload) -> Upload:
    """For those who only ask: they do not wait for ever while the file is being looked at."""
    try:
        async with asyncio.timeout(FINISH_WAIT_S):
            return await request.app[CONTEXT].shelf.finish(upload)
    except TimeoutError:
        sentence = "All bytes are here and are being looked at. Ask again in a few seconds."
        raise QuizsysError(Code.BUSY, sentence, retry_after_s=5) from None


def _uploads_path(project_id: str) -> str:
    return f"/projects/{project_id}/uploads"
