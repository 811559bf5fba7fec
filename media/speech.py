"""Speech to text: what was said in a video, word by word with times, helped by the words on its slides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from media.progress import Report, ignore
from media.transcript import Transcript


@dataclass(frozen=True)
class Hint:
    """A slide on show from start_s to end_s, and the text read from it."""

    start_s: float
    end_s: float
    text: str


def transcribe(
    video: Path, hints: Sequence[Hint] = (), report: Report = ignore, *, model: str | None = None
) -> Transcript:
    """Hear the first audio track of `video`. A silent one gives no segments.

    `model` is a folder or a name that faster-whisper knows; None means the packaged tiny.en. The model stays loaded in
    this process. Raises MediaError no_audio, damaged_audio, model_damaged, model_missing.
    """
    from media.listening import listen

    return listen(video, hints, report, model)
