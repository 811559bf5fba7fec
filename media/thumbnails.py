"""One picture that stands for a video."""

import time
from itertools import islice, takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from media.containers import read_packets
from media.errors import MediaError
from media.probe import duration_of, get_video_stream, open_video

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

SHARES = (0.1, 0.25, 0.5, 0.75, 0.0)
LIVELY = 20.0
FIRST_FRAMES = 250
SEARCH_S = 10.0
"""After so long the best that was seen will do: the sender of the video waits."""

QUALITY = 82


def write_poster(video: Path, target: Path, *, width_px: int = 640) -> None:
    """Write a JPEG of a keyframe that is neither black nor blank, at most width_px wide, upright.

    Raises MediaError `damaged_video` if no picture can be decoded, else as open_video and get_video_stream do.
    """
    from media.decoding import shrink, upright

    with open_video(video) as container:
        stream = get_video_stream(container)
        best: tuple[float, VideoFrame] | None = None
        for frame in _candidates(container, stream):
            found = float(shrink(frame).std()), frame
            best = max(best or found, found, key=lambda pair: pair[0])
            if best[0] >= LIVELY:
                break
        if best is None:
            raise MediaError("damaged_video", "No picture in the video can be decoded. Export it anew as MP4.")
        write_jpeg(upright(best[1]), target, width_px)


def write_jpeg(picture: "NDArray[np.uint8]", target: Path, width_px: int) -> None:
    """Write a picture (height x width x 3, blue, green, red) as JPEG, shrunk to width_px if it is wider."""
    import cv2

    height, width = picture.shape[:2]
    if width > width_px:
        size = width_px, max(1, round(height * width_px / width))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    target.write_bytes(data.tobytes())


def _candidates(container: "InputContainer", stream: "VideoStream") -> "Iterator[VideoFrame]":
    """Keyframes from here and there in the video, then its first frames one by one."""
    start, length_s = container.start_time or 0, duration_of(container)
    until_s = time.monotonic() + SEARCH_S
    for share in SHARES:
        yield from islice(_frames_from(container, stream, start + round(length_s * share * 1_000_000), until_s), 1)
    yield from islice(_frames_from(container, stream, start, until_s), FIRST_FRAMES)


def _frames_from(
    container: "InputContainer", stream: "VideoStream", time_us: int, until_s: float
) -> "Iterator[VideoFrame]":
    import av

    from media.decoding import decode

    try:
        container.seek(time_us)
    except av.error.FFmpegError:
        return
    packets = takewhile(lambda _: time.monotonic() < until_s, read_packets(container, stream))
    yield from decode(stream.codec_context, packets)
