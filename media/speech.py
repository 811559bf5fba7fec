"""Speech to text: what was said in a video, word by word with times, helped by the words on its slides."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from media.hints import Hint
from media.progress import Report, ignore
from media.transcript import Transcript


def transcribe(
    video: Path, hints: Sequence[Hint] = (), report: Report = ignore, *, model: str | None = None
) -> Transcript:
    """Hear the first audio track of `video`. A silent one gives no segments.

    `model` is a folder or a name that faster-whisper knows; None means the packaged tiny.en. The model stays loaded in
    this process. Raises MediaError no_audio, damaged_audio, model_damaged, model_missing.
    """
    from media.listening import listen

    return listen(video, hints, report, model)
