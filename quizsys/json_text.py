"""JSON as we keep and send it: UTF-8, no spaces."""

import json
from typing import Any

import orjson


def write_json(value: Any) -> bytes:
    """By orjson, for its speed; by the standard library what orjson does not take: integers past 64 bits."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
