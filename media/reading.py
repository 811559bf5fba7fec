"""What is written on a picture, by rapidocr with the models of its own wheel."""

import os
import re
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from media.bundled import check_bundled
from media.layout import Line, Writing, arrange

if TYPE_CHECKING:
    from rapidocr import RapidOCR

DETECTOR, RECOGNISER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
DETECT_PX = 1280
READABLE_PX = 720
MOST_RATIO = 50
"""Nothing can be read on a longer strip: the engine shrinks it to nothing."""

SURE = 0.6
BULLETS = re.compile(r"^[\u2022\u00b7\u25cf\u25cb\u25aa\u25a0\u25e6\u2023\u2219*\u2013-]\s*(?=\S)")

ROMAN = re.compile(r"\b(?!Ill\b|ill\b)[Il]{2,3}\b")


@cache
def reader() -> "RapidOCR":
    """The engine, loaded once in a process. Model files are named, so it never looks for one elsewhere.

    Raises MediaError model_damaged.
    """
    models = check_bundled("rapidocr") / "models"
    from rapidocr import RapidOCR

    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Det.model_path": str(models / DETECTOR),
            "Det.limit_type": "max",
            "Det.limit_side_len": DETECT_PX,
            "Rec.model_path": str(models / RECOGNISER),
        }
    )


def read_picture(picture: NDArray[np.uint8], moving: NDArray[np.bool_]) -> Writing:
    """Read a picture (height x width x 3, blue, green, red), but no line that lies mostly on cells of `moving`."""
    lines = [line for line in _list_lines(picture) if not _on(line, moving, picture.shape)]
    return arrange(lines, picture.shape[0])


def _list_lines(picture: NDArray[np.uint8]) -> list[Line]:
    short, long = sorted(picture.shape[:2])
    if long > MOST_RATIO * short:
        return []
    scale = max(1.0, READABLE_PX / short)
    if scale > 1:
        picture = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)
    found = reader()(picture)
    lines = []
    boxes = found.boxes if found.boxes is not None else ()
    for box, text, score in zip(boxes, found.txts or (), found.scores or (), strict=True):
        left, top = box.min(axis=0) / scale
        right, bottom = box.max(axis=0) / scale
        words = ROMAN.sub(lambda number: "I" * len(number[0]), BULLETS.sub("", text.strip()))
        if score >= SURE and any(letter.isalnum() for letter in words):
            lines.append(Line(words, float(left), float(top), float(right), float(bottom)))
    return lines


def _on(line: Line, moving: NDArray[np.bool_], shape: tuple[int, ...]) -> bool:
    rows, columns = moving.shape[0] / shape[0], moving.shape[1] / shape[1]
    part = moving[
        int(line.top * rows) : int(line.bottom * rows) + 1, int(line.left * columns) : int(line.right * columns) + 1
    ]
    return bool(part.size and part.mean() > 0.5)
