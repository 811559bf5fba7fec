"""What a picture file is, found out without trusting it: watermarks and other still pictures."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from media.containers import open_guarded
from media.errors import MediaError
from media.families import sniff_family
from media.pngs import refuse_bomb
from media.probe import MAX_PIXELS, refuse_pixels, refuse_size
from media.room import WORK_BYTES, limited_room

if TYPE_CHECKING:
    import numpy as np
    from av.video.frame import VideoFrame
    from numpy.typing import NDArray

PICTURE_FAMILIES = ("png", "jpeg", "webp")
THUMBNAIL_PX = 640
SCAN = b"\xff\xda"
MOST_SCANS = 100
"""Each goes over the whole picture again; a progressive JPEG has ten of them."""

# What shows through: light and dark marks are both seen before it.
GROUND = 160


@dataclass(frozen=True)
class Picture:
    """A readable picture; `width_px` and `height_px` as shown, that is after turning."""

    container: str
    width_px: int
    height_px: int
    pixel_format: str
    has_alpha: bool
    size_bytes: int


def look_at_picture(path: Path, thumbnail: Path) -> Picture:
    """Decode a picture and write a small JPEG of it.

    Raises MediaError `not_a_picture`, `damaged_picture`, `too_many_pixels` or `too_demanding`.
    """
    import av
    import numpy as np

    from media.decoding import quarter_turns
    from media.thumbnails import write_jpeg

    family = sniff_family(path)
    if family not in PICTURE_FAMILIES:
        raise MediaError("not_a_picture", "The file is no picture that is taken here. Save it as PNG and upload that.")
    try:
        with limited_room(WORK_BYTES):
            frame = _decode(path, family)
            turns = quarter_turns(frame)
            write_jpeg(np.rot90(_flatten(frame), turns), thumbnail, THUMBNAIL_PX)
    except (av.error.FFmpegError, ValueError) as error:
        raise MediaError("damaged_picture", _DAMAGED, tail=str(error)) from error
    width, height = (frame.height, frame.width) if turns % 2 else (frame.width, frame.height)
    return Picture(family, width, height, frame.format.name, _has_alpha(frame), path.stat().st_size)


def _decode(path: Path, family: str) -> "VideoFrame":
    """The first frame, of a size that its header tells before anything is decoded."""
    _refuse_header(path, family)
    with open_guarded(path, family, {"max_pixels": str(MAX_PIXELS)}) as container:
        for stream in container.streams.video:
            stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
            for frame in container.decode(stream):
                return frame
    raise MediaError("damaged_picture", _DAMAGED)


def _refuse_header(path: Path, family: str) -> None:
    """A decoder that may not have the size says no more than that: see what the header says, decoding nothing."""
    if family == "png":
        with path.open("rb") as file:
            head = file.read(24)
        # Sizes from about 2**28 pixels on are damage to the library.
        if head[12:16] == b"IHDR" and len(head) == 24:
            refuse_size(*struct.unpack(">II", head[16:]))
        refuse_bomb(path)
    if family == "jpeg" and path.read_bytes().count(SCAN) > MOST_SCANS:
        raise MediaError("damaged_picture", _TOO_MANY_SCANS)
    with open_guarded(path, family, {"skip_frame": "all"}) as container:
        for stream in container.streams.video:
            refuse_pixels(stream)


def _has_alpha(frame: "VideoFrame") -> bool:
    return frame.format.name == "pal8" or any(component.is_alpha for component in frame.format.components)


def _flatten(frame: "VideoFrame") -> "NDArray[np.uint8]":
    """Small: height x width x 3, blue, green, red; before GROUND where it is transparent."""
    import numpy as np

    scale = min(1.0, THUMBNAIL_PX / max(frame.width, frame.height))
    width, height = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
    layers = np.asarray(frame.reformat(width, height, format="bgra").to_ndarray(), np.uint16)
    alpha = layers[:, :, 3:]
    return np.asarray((layers[:, :, :3] * alpha + GROUND * (255 - alpha)) // 255, np.uint8)


_TOO_MANY_SCANS = "The picture is drawn over too often. Save it anew as PNG or as a plain JPEG and upload that."
_DAMAGED = "The picture cannot be read: the file is damaged. Save it anew as PNG or JPEG and upload that."
