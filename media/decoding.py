"""Decoders that leave out what is not needed, and pictures turned into arrays."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, cast

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from media.probe import MAX_PIXELS

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

CELLS_ACROSS = 90
EVERY_OTHER_ROW = 6
CAN_DROP_PACKETS = {"h264", "mpeg4"}
CAN_SKIP_B_FRAMES = {"h264", "mpeg4", "mpeg2video"}
LUMA_FIRST = {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray"}


def create_decoder(
    source: "VideoCodecContext", *, everything: bool = False, clean: bool = False
) -> "VideoCodecContext":
    """A decoder of its own for a stream's codec.

    Pictures that no other refers to are left out unless `everything`; the loop filter is left out unless `clean`.
    """
    decoder = cast("VideoCodecContext", av.CodecContext.create(source.codec.name, "r"))
    decoder.extradata = source.extradata
    decoder.codec_tag = source.codec_tag
    decoder.thread_type = "SLICE"
    if not everything:
        decoder.skip_frame = "BIDIR" if source.codec.name in CAN_SKIP_B_FRAMES else "NONREF"
    decoder.options = {"max_pixels": str(MAX_PIXELS), **({} if clean else {"skip_loop_filter": "all"})}
    return decoder


def stands_alone(source: "VideoCodecContext", packet: "Packet[VideoStream]") -> bool:
    """True if a packet gives a picture without any other before it."""
    return any(True for _ in decode(create_decoder(source, everything=True), [packet, None]))


def decode(decoder: "VideoCodecContext", packets: Iterable["Packet[VideoStream] | None"]) -> Iterator["VideoFrame"]:
    """Decode, passing over what is damaged. A None at the end drains the decoder."""
    for packet in packets:
        try:
            yield from decoder.decode(packet)
        except (av.error.FFmpegError, ValueError):
            continue


def shrink(frame: "VideoFrame") -> NDArray[np.uint8]:
    """Mean luma of square cells, CELLS_ACROSS of them along the shorter side (one a pixel if the frame is smaller)."""
    scale = min(1.0, CELLS_ACROSS / min(frame.width, frame.height))
    size = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
    if frame.format.name in LUMA_FIRST:
        plane = frame.planes[0]
        luma = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]
    else:
        luma = np.asarray(frame.to_ndarray(format="gray"), np.uint8)
    if luma.shape[0] >= EVERY_OTHER_ROW * size[1]:
        luma = luma[::2]
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def fit_cells(cells: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The cells in the shape of others: some recorders change the size of their picture on the way."""
    if cells.shape == shape:
        return cells
    return np.asarray(cv2.resize(cells, (shape[1], shape[0]), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def quarter_turns(frame: "VideoFrame") -> int:
    """How often to turn the picture a quarter to the left to show it upright."""
    return round(frame.rotation / 90) % 4


def upright(frame: "VideoFrame") -> NDArray[np.uint8]:
    """The picture as shown: height x width x 3, blue, green, red."""
    return np.ascontiguousarray(np.rot90(frame.to_ndarray(format="bgr24"), quarter_turns(frame)))
