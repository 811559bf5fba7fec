"""HTML of other systems as plain text: its lines stay, all else of its form goes."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

_BLOCKS = frozenset(
    ["p", "div", "li", "ul", "ol", "tr", "table", "pre", "blockquote", "section", *(f"h{n}" for n in range(1, 7))]
)
_UNSEEN = frozenset(["script", "style", "head", "template"])
_MEDIA = frozenset(["img", "video", "audio", "object", "embed", "iframe", "svg", "canvas"])
# Pictures inside an attribute are large, and nothing of them is kept.
_DATA = re.compile(r"data:[^\"'\s>]*")
_LOOKS_LIKE_HTML = re.compile(r"</?[A-Za-z]|&(?:[A-Za-z]+|#\d+|#[xX][0-9A-Fa-f]+);")
LONGEST = 200_000
OUR_PICTURE = "@@PLUGINFILE@@/slide-"
"""How the slides are called that we send: nothing is lost when they come back."""


@dataclass
class Hypertext:
    """Paragraphs by what they stood in: `quote` is what stood in a blockquote."""

    text: str
    quote: str = ""
    has_media: bool = False


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.quoted: list[str] = []
        self.has_media = False
        self._unseen = 0
        self._quoting = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._quoting += tag == "blockquote"
        self._unseen += tag in _UNSEEN
        self._show(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._show(tag, attrs)

    def _show(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.has_media |= tag in _MEDIA and OUR_PICTURE not in (dict(attrs).get("src") or "")
        if tag == "br":
            self._say("\n")
        elif tag in _BLOCKS:
            self._say("\f")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._say("\f")
        self._quoting = max(0, self._quoting - (tag == "blockquote"))
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._say(re.sub(r"\s+", " ", data))

    def _say(self, text: str) -> None:
        (self.quoted if self._quoting else self.parts).append(text)


def read_html(source: str) -> Hypertext:
    """Raises ValueError for what is longer than any question."""
    plain = _DATA.sub("", source)
    if len(plain) > LONGEST:
        raise ValueError(f"A text has more than {LONGEST} characters.")
    reader = _Reader()
    reader.feed(plain)
    reader.close()
    return Hypertext(_lines(reader.parts), _lines(reader.quoted), reader.has_media)


def looks_like_html(text: str) -> bool:
    return bool(_LOOKS_LIKE_HTML.search(text))


def _lines(parts: list[str]) -> str:
    """A line for each block; empty ones only where somebody broke lines by hand."""
    blocks = ("\n".join(" ".join(line.split()) for line in block.split("\n")) for block in "".join(parts).split("\f"))
    return "\n".join(block.strip("\n") for block in blocks if block.strip())
