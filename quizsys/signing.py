"""Webhook signatures after Standard Webhooks 1.0 (https://www.standardwebhooks.com): HMAC-SHA256, scheme `v1`."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable

PREFIX = "whsec_"
SHORTEST_BYTES, LONGEST_BYTES = 24, 64


def read_secret(secret: str) -> bytes:
    """The key in a `whsec_` secret. Raises ValueError with a sentence."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or not SHORTEST_BYTES <= len(key) <= LONGEST_BYTES:
        raise ValueError(f"A secret is {PREFIX} and then {SHORTEST_BYTES} to {LONGEST_BYTES} random bytes in base64.")
    return key


def write_secret(key: bytes) -> str:
    return PREFIX + base64.b64encode(key).decode()


def sign(secrets: Iterable[str], message_id: str, timestamp_s: int, body: bytes) -> dict[str, str]:
    """The headers of a message: a signature by each secret, the present one first."""
    content = f"{message_id}.{timestamp_s}.".encode() + body
    signatures = [hmac.digest(read_secret(secret), content, hashlib.sha256) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join("v1," + base64.b64encode(signature).decode() for signature in signatures),
    }
