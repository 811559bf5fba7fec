"""The kinds of files that people send: how each may be called, what must be in it, where it lies."""

from dataclasses import dataclass

from quizsys.errors import Code, QuizsysError, invalid

MEGABYTE = 1024 * 1024
SOUNDS = {".mp3": "mp3", ".m4a": "mp4", ".wav": "wav", ".flac": "flac", ".ogg": "ogg"}


@dataclass(frozen=True)
class Kind:
    """`families` by extension, as media.families sniffs them (None: text, which has no mark).

    `folder` is one of those that the seed lays out, `most_bytes` a limit below that of all uploads.
    """

    category: str
    noun: str
    folder: str
    families: dict[str, str | None]
    most_bytes: int | None = None

    def too_large(self) -> QuizsysError:
        sentence = f"A file for {self.noun} may have {self.most_bytes} bytes. Save it smaller."
        return QuizsysError(Code.TOO_LARGE, sentence)

    @property
    def formats(self) -> str:
        return ", ".join(sorted(self.families))


VIDEO = Kind("uploads", "video", "uploads", {".mp4": "mp4", ".mov": "mp4", ".avi": "avi"})
KINDS = {
    kind.category: kind
    for kind in (
        VIDEO,
        Kind("music", "music", "music", dict(SOUNDS)),
        Kind("voice_over", "voice-over", "music", dict(SOUNDS)),
        Kind(
            "image",
            "image",
            "uploads",
            {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp"},
            32 * MEGABYTE,
        ),
        Kind("subtitle", "subtitle", "uploads", {".vtt": None, ".srt": None}, 4 * MEGABYTE),
    )
}


MADE = ("processed", "exports", "thumbnails")
"""Categories of what exports make; nobody uploads into them."""

VIDEO_CATEGORIES = (VIDEO.category, "processed", "exports")


def get_kind(category: str) -> Kind:
    """Raises `invalid` for a category that there is not."""
    if category not in KINDS:
        *most, last = (f"'{name}'" for name in KINDS)
        raise invalid(["query", "category"], f"Input should be {', '.join(most)} or {last}", category, "literal_error")
    return KINDS[category]


def guess_category(filename: str) -> str:
    """By the extension alone; a sound is taken for music. Raises `unsupported_media`."""
    extension = extension_of(filename)
    for kind in KINDS.values():
        if extension in kind.families:
            return kind.category
    formats = ", ".join(sorted({extension for kind in KINDS.values() for extension in kind.families}))
    raise QuizsysError(
        Code.UNSUPPORTED_MEDIA, f"Unsupported format '{show_extension(extension)}'. Allowed formats: {formats}"
    )


def extension_of(filename: str) -> str:
    """With its dot, in lower case; "" without one."""
    _, dot, extension = last_part(filename).rpartition(".")
    return f".{extension.lower()}" if dot else ""


def last_part(filename: str) -> str:
    """Without the folders that some clients send, of either system."""
    return filename.replace("\\", "/").rsplit("/", 1)[-1]


def show_extension(extension: str) -> str:
    """Safe to quote in a sentence."""
    return "".join(character for character in extension if character.isprintable())[:16]


def check_extension(filename: str, kind: Kind) -> str:
    """The extension. Raises `unsupported_media` for one that the kind does not take."""
    extension = extension_of(filename)
    if extension not in kind.families:
        shown = show_extension(extension)
        sentence = f"Unsupported {kind.noun} format '{shown}'. Allowed formats: {kind.formats}"
        raise QuizsysError(Code.UNSUPPORTED_MEDIA, sentence)
    return extension


def check_content(kind: Kind, extension: str, family: str | None) -> None:
    """Raises `unsupported_media` unless the first bytes (their family) are what the extension says."""
    wanted = kind.families[extension]
    if family == wanted:
        return
    right = next((known for known, its in kind.families.items() if its == family and family), None)
    if right is None:
        raise QuizsysError(Code.UNSUPPORTED_MEDIA, _describe_none(kind))
    sentence = f"This file's content and its name do not agree. Name it with {right} and send it again."
    raise QuizsysError(Code.UNSUPPORTED_MEDIA, sentence)


def _describe_none(kind: Kind) -> str:
    if kind is VIDEO:
        return "This file is no MP4, MOV or AVI video. Export the lesson as MP4 and send it again."
    return f"This file is no {kind.noun} in one of these formats: {kind.formats}. Export it as one and send it again."
