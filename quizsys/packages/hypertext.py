"""HTML of other systems as plain text: its lines stay, all else of its form goes.

By lxml: what the standard library's parser takes for broken markup grows with the cube of its length.
"""

import re
from dataclasses import dataclass

from lxml import etree

_BLOCKS = frozenset(
    ["p", "div", "li", "ul", "ol", "tr", "table", "pre", "blockquote", "section", *(f"h{n}" for n in range(1, 7))]
)
_UNSEEN = frozenset(["script", "style", "head", "template"])
_MEDIA = frozenset(["img", "video", "audio", "object", "embed", "iframe", "svg", "canvas"])
# Pictures inside an attribute are large, and nothing of them is kept.
_DATA = re.compile(r"data:[^\"'\s>]*")
_SPACES = re.compile(r"\s+")
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


class _Reader:
    """What lxml calls for each piece that it finds."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.quoted: list[str] = []
        self.has_media = False
        self._unseen = 0
        self._quoting = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._quoting += tag == "blockquote"
        self._unseen += tag in _UNSEEN
        self.has_media |= tag in _MEDIA and OUR_PICTURE not in attributes.get("src", "")
        if tag == "br":
            self._say("\n")
        elif tag in _BLOCKS:
            self._say("\f")

    def end(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._say("\f")
        self._quoting -= tag == "blockquote"
        self._unseen -= tag in _UNSEEN

    def data(self, data: str) -> None:
        if not self._unseen:
            self._say(_SPACES.sub(" ", data))

    def close(self) -> None:
        """lxml asks for it."""

    def _say(self, text: str) -> None:
        (self.quoted if self._quoting else self.parts).append(text)


def read_html(source: str) -> Hypertext:
    """Raises ValueError for what is longer than any question, or nested deeper."""
    plain = _DATA.sub("", source)
    if len(plain) > LONGEST:
        raise ValueError(f"A text has more than {LONGEST} characters.")
    reader = _Reader()
    parser = etree.HTMLParser(target=reader, encoding="utf-8", no_network=True)
    try:
        parser.feed(plain.encode())
        parser.close()
    except etree.LxmlError:
        raise ValueError("A text's HTML cannot be read. Save it plainer.") from None
    return Hypertext(_lines(reader.parts), _lines(reader.quoted), reader.has_media)


def looks_like_html(text: str) -> bool:
    return bool(_LOOKS_LIKE_HTML.search(text))


def _lines(parts: list[str]) -> str:
    """A line for each block; empty ones only where somebody broke lines by hand."""
    blocks = ("\n".join(" ".join(line.split()) for line in block.split("\n")) for block in "".join(parts).split("\f"))
    return "\n".join(block.strip("\n") for block in blocks if block.strip())
