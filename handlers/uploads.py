"""Receiving a file: streamed to disk near its final place, hashed on the way, a few chunks in memory."""

import dataclasses
from io import BufferedWriter
from pathlib import Path

from aiohttp import BodyPartReader, MultipartReader, hdrs, web
from aiohttp.http_exceptions import HttpProcessingError

from handlers.context import Context
from handlers.forms import check_flat, open_form, pass_over
from handlers.heads import invite_body
from quizsys.errors import Code, QuizsysError, invalid
from quizsys.ids import new_id
from quizsys.intake import Share
from quizsys.kinds import VIDEO, Kind
from quizsys.pace import Pace, keep_pace
from quizsys.sink import Sink
from quizsys.storage import check_project_id
from quizsys.uploads import Received

CHUNK_BYTES = 256 * 1024
OVERHEAD_BYTES = 64 * 1024
MOST_PARTS = 16
LONGEST_WORD = 64
# What aiohttp raises for a form that it cannot read.
BROKEN_FORM = (HttpProcessingError, web.RequestPayloadError, ValueError, AssertionError, RuntimeError)


async def check_length(request: web.Request, context: Context) -> int:
    """What the headers tell of the length, 0 if nothing. Raises `too_large` or `quota_full`."""
    length = request.content_length or 0
    if length > context.settings.upload_max_size + OVERHEAD_BYTES:
        raise too_large(context)
    await context.shelf.check_quota(request.match_info["project_id"], max(0, length - OVERHEAD_BYTES))
    return length


def check_kind_length(request: web.Request, kind: Kind) -> None:
    """Raises `too_large` if the headers tell more than a file of this kind may have."""
    if kind.most_bytes is not None and (request.content_length or 0) > kind.most_bytes + OVERHEAD_BYTES:
        raise kind.too_large()


async def receive_upload(request: web.Request, context: Context, category: str | None = VIDEO.category) -> Received:
    """The field `file` of a multipart body; of several, the last one. Leaves no file behind when it raises.

    Without a category, it is that of the field `category`.
    """
    with context.intake.admit(await check_length(request, context)) as share:
        invite_body(request)
        return await _receive_form(request, context, category, share)


async def _receive_form(request: web.Request, context: Context, category: str | None, share: Share) -> Received:
    received: Received | None = None
    told = category
    try:
        async with keep_pace(*context.pace) as pace:
            reader = _open_multipart(request)
            parts = 0
            while (part := await reader.next()) is not None:
                parts += 1
                if parts > MOST_PARTS:
                    raise QuizsysError(Code.BAD_REQUEST, f"A form may have {MOST_PARTS} parts. Send only 'file'.")
                field = check_flat(part)
                if category is None and field.name == "category":
                    told = (await field.read_chunk(LONGEST_WORD)).decode(errors="replace").strip()
                    await pass_over(field)
                    continue
                newer = await _receive_part(field, request, context, share, pace)
                if newer is not None and received is not None:
                    received.part.unlink(missing_ok=True)
                received = newer or received
    except BaseException as error:
        if received is not None:
            received.part.unlink(missing_ok=True)
        raise translate(error) from error
    if received is None:
        raise missing_file()
    return dataclasses.replace(received, category=told or "")


def missing_file() -> QuizsysError:
    return invalid(["body", "file"], "Field required", None, "missing")


def too_large(context: Context) -> QuizsysError:
    limit = context.settings.upload_max_size
    return QuizsysError(
        Code.TOO_LARGE, f"The file has more than the {limit} bytes that are allowed. Export it smaller."
    )


def _open_multipart(request: web.Request) -> MultipartReader:
    if not request.content_type.startswith("multipart/"):
        raise missing_file()
    return open_form(request)


async def _receive_part(
    part: BodyPartReader, request: web.Request, context: Context, share: Share, pace: Pace
) -> Received | None:
    if part.name != "file":
        await pass_over(part)
        return None
    if part.filename is None:
        message = "Value error, expected a file. Send it as the field 'file' with a filename."
        raise invalid(["body", "file"], message, (await part.read_chunk(200)).decode(errors="replace"))
    return await _receive_file(part, request, context, share, pace)


async def _receive_file(
    part: BodyPartReader, request: web.Request, context: Context, share: Share, pace: Pace
) -> Received:
    project_id = check_project_id(request.match_info["project_id"])
    target = context.storage.path(context.storage.place("uploads", project_id, f"{new_id()}.part"))
    try:
        size_bytes, checksum = await _write(part, target, context, share, pace)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    mime_type = part.headers.get(hdrs.CONTENT_TYPE, "application/octet-stream")[:255]
    return Received(target, _as_text(part.filename or ""), _as_text(mime_type), size_bytes, checksum)


def _as_text(header: str) -> str:
    """Without lone surrogates: so aiohttp gives bytes that are no UTF-8, and nothing can store or send them."""
    return header.encode(errors="replace").decode()


async def _write(part: BodyPartReader, target: Path, context: Context, share: Share, pace: Pace) -> tuple[int, str]:
    """Returns size and SHA-256."""
    with _create(target) as file:
        sink = Sink(file)
        try:
            while chunk := await part.read_chunk(CHUNK_BYTES):
                pace.hear(len(chunk))
                share.take(len(chunk))
                await sink.write(chunk)
                if sink.size_bytes > context.settings.upload_max_size:
                    raise too_large(context)
            checksum = (await sink.finish()).hex()
        finally:
            await sink.settle()
    return sink.size_bytes, checksum


def _create(target: Path) -> BufferedWriter:
    """Not in a thread: a client that leaves meanwhile would have the file made after its removal."""
    return target.open("xb")


def translate(error: BaseException) -> BaseException:
    if isinstance(error, TimeoutError):
        sentence = "Nothing of the file arrived for too long. Check the connection and send it again."
        return QuizsysError(Code.TIMEOUT, sentence)
    if isinstance(error, OSError) and not isinstance(error, ConnectionError):
        return QuizsysError(Code.STORAGE_FULL, "The server could not keep the file: its disk is full or failing.")
    if isinstance(error, BROKEN_FORM):
        sentence = "The form is cut off or malformed. Send the file again, with a short and plain filename."
        return QuizsysError(Code.BAD_REQUEST, sentence)
    return error
