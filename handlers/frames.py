"""A snapshot as bytes on the wire, made once for all: an event, an event in an HTTP chunk, a WebSocket message."""

from functools import lru_cache

from quizsys.services.events import Snapshot

HEARTBEAT = b": ping\n\n"
# As many as are on their way at once; all who watch take one before the next comes.
_once_for_all = lru_cache(maxsize=8)
TEXT = 0x81


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


@_once_for_all
def frame_event(snapshot: Snapshot) -> bytes:
    """Without an `event:` name, for clients listen to `message`; without an id if its event is not told."""
    mark = b"id: %d\n" % snapshot.event_id if snapshot.event_id else b""
    return b"%bdata: %b\n\n" % (mark, snapshot.data)


@_once_for_all
def frame_chunk(snapshot: Snapshot) -> bytes:
    return chunk(frame_event(snapshot))


@_once_for_all
def frame_message(snapshot: Snapshot) -> bytes:
    return _frame_text(snapshot.data)


@_once_for_all
def frame_numbered_message(snapshot: Snapshot) -> bytes:
    return _frame_text(number(snapshot))


def number(snapshot: Snapshot) -> bytes:
    """The job with `event_id`, from which a client resumes; null if its event is not told."""
    return b'%b,"event_id":%b}' % (snapshot.data[:-1], b"%d" % snapshot.event_id if snapshot.event_id else b"null")


def _frame_text(text: bytes) -> bytes:
    """RFC 6455, 5.2: one final, unmasked text frame."""
    size = len(text)
    if size < 126:
        return bytes((TEXT, size)) + text
    told = bytes((TEXT, 126)) + size.to_bytes(2) if size < 2**16 else bytes((TEXT, 127)) + size.to_bytes(8)
    return told + text
