"""The headers of tus 1.0: read strictly, written for an upload. https://tus.io/protocols/resumable-upload"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from aiohttp import web

from quizsys.errors import Code, QuizsysError
from quizsys.services.uploads import FINAL, PARTIAL, Upload
from quizsys.shelf import Checksum

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,creation-defer-length,termination,checksum,expiration,concatenation"
ALGORITHMS = ("sha1", "sha256", "md5")
OFFSET_TYPE = "application/offset+octet-stream"
MOST_DIGITS = 18
MOST_PARTS = 64


@dataclass(frozen=True)
class Metadata:
    """What a client may say of its file. `checksum` is a SHA-256 in hex."""

    filename: str = ""
    mime_type: str = "application/octet-stream"
    category: str = ""
    checksum: str | None = None


def bad(sentence: str) -> QuizsysError:
    return QuizsysError(Code.BAD_REQUEST, sentence)


def check_version(request: web.Request) -> None:
    """Raises `tus_version` unless the client speaks ours."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise QuizsysError(Code.TUS_VERSION, f"This server speaks tus {VERSION}. Send Tus-Resumable: {VERSION}.")


def read_count(request: web.Request, name: str) -> int | None:
    """A number of bytes; None if the header is not there."""
    text = request.headers.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise bad(f"{name} is a whole number of bytes, in digits alone.")
    return int(text)


def read_length(request: web.Request) -> int | None:
    """The upload's length; None if it will be told later."""
    length, defer = read_count(request, "Upload-Length"), request.headers.get("Upload-Defer-Length")
    if defer not in (None, "1"):
        raise bad("Upload-Defer-Length can only be 1.")
    if (length is None) == (defer is None):
        raise bad("Send either Upload-Length, or Upload-Defer-Length: 1.")
    return length


def read_metadata(request: web.Request) -> Metadata:
    """Some clients send an empty header, some other names for the same things."""
    pairs = _read_pairs(request.headers.get("Upload-Metadata", ""))
    checksum = pairs.get("sha256", "").lower() or None
    if checksum is not None and not (len(checksum) == 64 and set(checksum) <= set("0123456789abcdef")):
        raise bad("The sha256 in Upload-Metadata is 64 hex digits.")
    return Metadata(
        filename=pairs.get("filename") or pairs.get("name", ""),
        mime_type=(pairs.get("filetype") or pairs.get("type") or Metadata.mime_type)[:255],
        category=pairs.get("category", ""),
        checksum=checksum,
    )


def _read_pairs(header: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for pair in header.split(",") if header.strip() else []:
        key, _, value = pair.strip().partition(" ")
        if not key or not key.isascii() or key in pairs:
            raise bad("Upload-Metadata is a comma list of `key base64`, each key once.")
        try:
            pairs[key] = base64.b64decode(value.strip(), validate=True).decode(errors="replace")
        except (binascii.Error, ValueError):
            raise bad(f"The value of '{key[:40]}' in Upload-Metadata is no base64.") from None
    return pairs


def read_checksum(request: web.Request) -> Checksum | None:
    """What the body of this request must hash to."""
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    algorithm, _, text = header.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise bad(f"Upload-Checksum may be by {', '.join(ALGORITHMS)}.")
    try:
        digest = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise bad("Upload-Checksum is the algorithm, a space, and the digest in base64.")
    return Checksum(algorithm, digest)


def read_concat(request: web.Request, uploads_path: str) -> tuple[str, tuple[str, ...]]:
    """("", ()), (`partial`, ()) or (`final`, ids of its parts). `uploads_path` is where the parts must be."""
    header = request.headers.get("Upload-Concat", "").strip()
    if header in ("", PARTIAL):
        return header, ()
    kind, _, addresses = header.partition(";")
    places = [unquote(urlsplit(address).path).rpartition("/") for address in addresses.split()]
    if kind.strip() != FINAL or not 0 < len(places) <= MOST_PARTS:
        raise bad(f"Upload-Concat is 'partial', or 'final;' and the addresses of up to {MOST_PARTS} parts.")
    if any(not folder.endswith(uploads_path) for folder, _, _ in places):
        raise bad("A final upload joins partial uploads of its own project.")
    return FINAL, tuple(name for _, _, name in places)


def describe_upload(upload: Upload, offset: int, expires_at: datetime, uploads_path: str) -> dict[str, str]:
    """The headers of a HEAD."""
    headers = {"Upload-Offset": str(offset), "Upload-Expires": format_datetime(expires_at, usegmt=True)}
    if upload.length_bytes is None:
        headers["Upload-Defer-Length"] = "1"
    else:
        headers["Upload-Length"] = str(upload.length_bytes)
    if upload.metadata:
        headers["Upload-Metadata"] = upload.metadata
    if upload.concat:
        addresses = " ".join(f"{uploads_path}/{part_id}" for part_id in upload.part_ids)
        headers["Upload-Concat"] = f"final;{addresses}" if upload.part_ids else upload.concat
    if upload.asset_id:
        headers["Quizsys-Asset-Id"] = upload.asset_id
    return headers
