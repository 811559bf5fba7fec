"""Files that are read into memory: as the body itself, or as a form's field `file`."""

import asyncio

from aiohttp import BodyPartReader, web

from handlers.bodies import read_raw
from handlers.context import CONTEXT
from handlers.forms import check_flat, open_form, pass_over
from handlers.heads import invite_body
from handlers.uploads import BROKEN_FORM, missing_file
from quizsys.errors import Code, QuizsysError

MOST_PARTS = 16


async def receive_small_file(request: web.Request, limit_bytes: int, what: str) -> bytes:
    """`what` names it, as "A caption file". Raises `too_large`, `timeout`, `invalid` without one."""
    if request.content_type.startswith("multipart/"):
        return await _read_form(request, limit_bytes, what)
    return await read_raw(request, limit_bytes, what)


async def _read_form(request: web.Request, limit_bytes: int, what: str) -> bytes:
    limit_s = request.app[CONTEXT].settings.upload_idle_timeout_s
    raw = None
    invite_body(request)
    try:
        async with asyncio.timeout(limit_s):
            reader = open_form(request)
            for _ in range(MOST_PARTS):
                if (part := await reader.next()) is None:
                    break
                raw = await _read_part(check_flat(part), limit_bytes, what) or raw
    except TimeoutError:
        sentence = f"The form did not arrive within {limit_s:g} seconds. Check the connection and send it again."
        raise QuizsysError(Code.TIMEOUT, sentence) from None
    except BROKEN_FORM:
        raise QuizsysError(Code.BAD_REQUEST, "The form is cut off or malformed. Send the file again.") from None
    if raw is None:
        raise missing_file()
    return raw


async def _read_part(part: BodyPartReader, limit_bytes: int, what: str) -> bytes | None:
    """None for another field than the file."""
    if part.name != "file":
        await pass_over(part)
        return None
    raw = bytearray()
    while len(raw) <= limit_bytes and (chunk := await part.read_chunk()):
        raw += chunk
    if len(raw) > limit_bytes:
        raise QuizsysError(Code.TOO_LARGE, f"{what} may have {limit_bytes} bytes. Send less.")
    return bytes(raw)
