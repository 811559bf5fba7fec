"""Multipart bodies, with a budget for all that is not the file: aiohttp would read a preamble or a field for ever."""

from typing import Any, cast

from aiohttp import BodyPartReader, MultipartReader, StreamReader, web

from quizsys.errors import Code, QuizsysError

MOST_LINES = 1000
MOST_LINE_BYTES = 256 * 1024
FIELD_BYTES = 64 * 1024
NESTED = "A form within a form is not understood. Send the file as the field 'file'."


class _CountedLines:
    """A body that is read by lines only so far: so come preamble, headers and epilogue, while contents come by chunks.

    Lines cost: many short ones in one buffer keep everybody else waiting.
    """

    def __init__(self, content: StreamReader) -> None:
        self._content = content
        self._left_lines = MOST_LINES
        self._left_bytes = MOST_LINE_BYTES

    async def readline(self, **limits: Any) -> bytes:
        line = await self._content.readline(**limits)
        self._left_lines -= 1
        self._left_bytes -= len(line)
        if min(self._left_lines, self._left_bytes) < 0:
            raise ValueError("more lines than a form has")
        return line

    def __getattr__(self, name: str) -> Any:
        return getattr(self._content, name)


def open_form(request: web.Request) -> MultipartReader:
    """Raises ValueError and AssertionError if the headers tell of none; its parts may raise what else aiohttp does."""
    return MultipartReader(request.headers, cast(StreamReader, _CountedLines(request.content)))


def check_flat(part: MultipartReader | BodyPartReader) -> BodyPartReader:
    """Raises `bad_request` for a form within the form."""
    if isinstance(part, MultipartReader):
        raise QuizsysError(Code.BAD_REQUEST, NESTED)
    return part


async def pass_over(part: BodyPartReader) -> None:
    """Raises `too_large`."""
    left_bytes = FIELD_BYTES
    while chunk := await part.read_chunk():
        left_bytes -= len(chunk)
        if left_bytes < 0:
            raise QuizsysError(
                Code.TOO_LARGE, f"A field beside the file may have {FIELD_BYTES} bytes. Send only 'file'."
            )
