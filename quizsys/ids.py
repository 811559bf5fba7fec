"""The only reader of randomness."""

import os
import random
import re
import secrets
import threading
import time
from datetime import datetime

TOKEN_MARK = "qsys_"
TOKEN = re.compile(TOKEN_MARK + "[A-Za-z0-9_-]{43}")
LEARNER_MARK = "qsyl_"
LEARNER_KEY = re.compile(LEARNER_MARK + "[A-Za-z0-9_-]{43}")
LINK_TOKEN = re.compile("[A-Za-z0-9_-]{22}")
_lock = threading.Lock()
# Seeded by the system. Ids must differ, not be secret, and asking the system for each costs more than the id.
_random = random.Random(os.urandom(32))
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
    tail = _random.getrandbits(62)
    digits = f"{now_ms << 80 | 7 << 76 | sequence << 64 | 2 << 62 | tail:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def first_id_at(moment: datetime) -> str:
    """Sorts before every id made at that moment or later, and behind those made before."""
    text = f"{int(moment.timestamp() * 1000):012x}"
    return f"{text[:8]}-{text[8:]}"


def new_request_id() -> str:
    """Sixteen hex digits, to find a request in the log."""
    return f"{_random.getrandbits(64):016x}"


def new_suffix() -> str:
    """Ten hex digits that make two files of one name differ."""
    return secrets.token_hex(5)


def new_token() -> str:
    """256 random bits from the system, as 43 characters of URL-safe base64, behind a mark that tells what it is."""
    return TOKEN_MARK + secrets.token_urlsafe(32)


def new_learner_key() -> str:
    """As a token, behind another mark."""
    return LEARNER_MARK + secrets.token_urlsafe(32)


def new_link_token() -> str:
    """128 random bits from the system, as 22 characters of URL-safe base64."""
    return secrets.token_urlsafe(16)


def new_seed() -> int:
    """48 random bits."""
    return _random.getrandbits(48)


def new_key() -> bytes:
    """32 random bytes from the system."""
    return secrets.token_bytes(32)


def jitter(limit: float) -> float:
    """A random number in [0, limit]."""
    return random.random() * limit
