"""Files of ours over the wire, by range: what RFC 9110 asks for beyond aiohttp's one range and If-Range with a date."""

import re
from pathlib import Path
from urllib.parse import quote

from aiohttp import hdrs, web
from aiohttp.abc import AbstractStreamWriter

from handlers.context import CONTEXT
from handlers.operations import Body, Bytes
from quizsys.errors import Code, QuizsysError
from quizsys.kinds import last_part

CONTENT_TYPES = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".avi": "video/x-msvideo",
    ".webm": "video/webm",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".vtt": "text/vtt",
    ".srt": "application/x-subrip",
}
LONGEST_NAME = 200
CHUNK_BYTES = 256 * 1024
ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)
NO_SUCH_BYTES = "The file ends before that range. Ask for bytes=0- or leave out the Range header."


class _WholeFile(web.FileResponse):
    """A file whatever the Range header says."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        # Without lone surrogates, in which aiohttp keeps bytes that are no UTF-8.
        plain = [
            (name, value.encode(errors="replace").decode())
            for name, value in request.headers.items()
            if name.lower() not in ("range", "if-range")
        ]
        return await super().prepare(request.clone(headers=plain))


def by_range(kind: Bytes) -> dict[int, Body]:
    """What a route that answers a file answers: all of it, a part, or what the conditions of its request say."""
    return {200: kind, 206: kind, 304: None, 412: None}


def send_file(
    request: web.Request, relative: str | None, download_as: str | None = None, charset: str | None = None
) -> web.StreamResponse:
    """A file of ours, by range, with a type from our table and an ETag; with a name, to be saved under it.

    Raises `not_found` or 416.
    """
    path = request.app[CONTEXT].storage.path(relative) if relative else None
    if path is None or not path.is_file():
        raise QuizsysError(Code.NOT_FOUND, "This file is not there (any more).")
    kind = CONTENT_TYPES.get(path.suffix, "application/octet-stream")
    headers = {
        "Content-Type": f"{kind}; charset={charset}" if charset else kind,
        "Cache-Control": "private, no-cache",
    }
    if download_as is not None:
        headers["Content-Disposition"] = describe_download(download_as, path.suffix)
    return answer_file(request, path, headers)


def describe_download(original_filename: str, extension: str) -> str:
    """RFC 6266: the name in plain letters for old browsers, and as it was, with the extension of what is sent."""
    stem = last_part(original_filename).rpartition(".")[0]
    name = ("".join(filter(str.isprintable, stem))[:LONGEST_NAME] or "file") + extension
    plain = re.sub(r"[^A-Za-z0-9 ._()-]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def answer_file(request: web.Request, path: Path, headers: dict[str, str]) -> web.StreamResponse:
    """Raises HTTPRequestRangeNotSatisfiable; FileNotFoundError if it is gone."""
    kind = web.FileResponse if takes_range(request, path) else _WholeFile
    return kind(path, chunk_size=CHUNK_BYTES, headers=headers)


def takes_range(request: web.Request, path: Path) -> bool:
    """Whether the answer is the part that Range names; False: the whole file.

    Several ranges, a malformed one and one for another ETag (If-Range) are left out of account, as RFC 9110 has it.
    """
    found = ONE_RANGE.fullmatch(request.headers.get(hdrs.RANGE, "").strip())
    state = path.stat()
    condition = request.headers.get(hdrs.IF_RANGE, "").strip()
    if found is None or (condition.endswith('"') and condition != f'"{state.st_mtime_ns:x}-{state.st_size:x}"'):
        return False
    first, last = found.groups()
    if not (first or last) or (first and last and int(last) < int(first)):
        return False
    if int(first) >= state.st_size if first else int(last) == 0:
        size = {"Content-Range": f"bytes */{state.st_size}"}
        raise web.HTTPRequestRangeNotSatisfiable(headers=size, text=NO_SUCH_BYTES)
    return True
