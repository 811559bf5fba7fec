"""A file of questions read by what it is."""

from media.subtitles import BadSubtitles, decode_subtitles
from quizsys.packages.read_gift import read_gift
from quizsys.packages.read_json import read_json
from quizsys.packages.read_moodle import read_moodle
from quizsys.packages.reading import Reading, Unreadable

MEDIA_TYPES = {"application/json": "json", "text/json": "json", "application/xml": "moodle", "text/xml": "moodle"}


def read_questions(raw: bytes, form: str | None) -> Reading:
    """By its form (gift, moodle, json), or by its first sign without one. Raises Unreadable."""
    form = form or _guess(raw)
    if form == "moodle":
        # XML says its encoding itself.
        return read_moodle(raw)
    try:
        text = decode_subtitles(raw)
    except BadSubtitles:
        raise Unreadable("The file is no text that can be read. Save it as UTF-8.") from None
    return read_json(text) if form == "json" else read_gift(text)


def _guess(raw: bytes) -> str:
    head = raw[:1000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith(b"<"):
        return "moodle"
    return "json" if head.startswith(b"{") and head[1:].lstrip()[:1] in (b'"', b"}") else "gift"
