"""Everything that can be refused or go wrong, as a small closed set of codes.

A code means one thing to the user and one status on the wire (`handlers/answers.py` has that table).
"""

from enum import StrEnum
from typing import Any

from quizsys.blotting import Blotter

_blotter = Blotter()


class Code(StrEnum):
    BAD_REQUEST = "bad_request"
    BAD_PROJECT_ID = "bad_project_id"
    BAD_FILTER = "bad_filter"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    CONFLICT = "conflict"
    GONE = "gone"
    TUS_VERSION = "tus_version"
    INVALID = "invalid"
    TOO_LARGE = "too_large"
    UNSUPPORTED_MEDIA = "unsupported_media"
    BAD_RANGE = "bad_range"
    LOCKED = "locked"
    CHECKSUM_MISMATCH = "checksum_mismatch"
    TIMEOUT = "timeout"
    TOO_MANY = "too_many"
    QUEUE_FULL = "queue_full"
    BUSY = "busy"
    SHUTTING_DOWN = "shutting_down"
    STORAGE_FULL = "storage_full"
    QUOTA_FULL = "quota_full"
    INTERNAL = "internal"


class QuizsysError(Exception):
    """A refusal: `code` for programs, `sentence` for people (it names the remedy), `retry_after_s` if waiting helps.

    `problems` is the list of a 422: each `{"type", "loc", "msg", "input"}`.
    """

    def __init__(
        self,
        code: Code,
        sentence: str,
        *,
        retry_after_s: int | None = None,
        problems: list[dict[str, Any]] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.retry_after_s = retry_after_s
        self.problems = problems


class Fenced(Exception):
    """The job was given to somebody else, cancelled or deleted while we worked: our result no longer counts."""


class Unfit(Exception):
    """This process cannot work with what it found. The text is for the operator and names the remedy."""


def invalid(loc: list[str | int], message: str, value: Any, kind: str = "value_error") -> QuizsysError:
    """A 422 about one place in the request."""
    problem = {"type": kind, "loc": loc, "msg": message, "input": make_sendable(value)}
    return QuizsysError(Code.INVALID, message, problems=[problem])


def make_sendable(value: Any) -> Any:
    """What was sent, as an answer may quote it: without lone surrogates, which none can carry, and without secrets."""
    if isinstance(value, str):
        return _blotter.blot(value.encode(errors="replace").decode())
    if isinstance(value, list):
        return [make_sendable(one) for one in value]
    if isinstance(value, dict):
        return {make_sendable(name): make_sendable(one) for name, one in value.items()}
    return value
