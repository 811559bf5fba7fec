"""How answers are written: JSON without a charset, errors as `detail`, `code` and `request_id`."""

from typing import Any

from aiohttp import web

from quizsys.errors import Code, QuizsysError
from quizsys.json_text import write_json

STATUS = {
    Code.BAD_REQUEST: 400,
    Code.BAD_PROJECT_ID: 400,
    Code.BAD_FILTER: 400,
    Code.UNAUTHORIZED: 401,
    Code.FORBIDDEN: 403,
    Code.NOT_FOUND: 404,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.TIMEOUT: 408,
    Code.CONFLICT: 409,
    Code.GONE: 410,
    Code.TUS_VERSION: 412,
    Code.TOO_LARGE: 413,
    Code.UNSUPPORTED_MEDIA: 415,
    Code.BAD_RANGE: 416,
    Code.INVALID: 422,
    Code.LOCKED: 423,
    Code.CHECKSUM_MISMATCH: 460,
    Code.TOO_MANY: 429,
    Code.INTERNAL: 500,
    Code.BUSY: 503,
    Code.QUEUE_FULL: 503,
    Code.SHUTTING_DOWN: 503,
    Code.STORAGE_FULL: 507,
    Code.QUOTA_FULL: 507,
}


def answer(data: Any, status: int = 200) -> web.Response:
    return web.Response(body=write_json(data), status=status, content_type="application/json")


def refuse(error: QuizsysError, request_id: str) -> web.Response:
    detail = error.problems if error.problems is not None else error.sentence
    response = answer({"detail": detail, "code": error.code, "request_id": request_id}, STATUS[error.code])
    if error.code is Code.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="quizsys"'
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response
