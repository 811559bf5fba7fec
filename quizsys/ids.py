"""The only reader of randomness."""

import os
import random
import secrets
import threading
import time
import uuid

_lock = threading.Lock()
_last_ms = 0
_sequence = 0


def new_id() -> str:
    """A UUID version 7 (RFC 9562): sorts by time of making, also within one millisecond of one process."""
    global _last_ms, _sequence
    with _lock:
        now_ms = max(time.time_ns() // 1_000_000, _last_ms)
        _sequence = _sequence + 1 if now_ms == _last_ms else 0
        if _sequence > 0xFFF:
            now_ms, _sequence = now_ms + 1, 0
        _last_ms = now_ms
        sequence = _sequence
    tail = int.from_bytes(os.urandom(8)) & (1 << 62) - 1
    return str(uuid.UUID(int=now_ms << 80 | 7 << 76 | sequence << 64 | 2 << 62 | tail))


def new_suffix() -> str:
    """Ten hex digits that make two files of one name differ."""
    return secrets.token_hex(5)


def jitter(limit: float) -> float:
    """A random number in [0, limit]."""
    return random.random() * limit
