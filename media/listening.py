"""From a video to its transcript: windows of sound, stretches of speech, words, sentences."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from media.audio import find_duration_s, read_windows
from media.corrections import correct
from media.progress import Report
from media.recogniser import Recogniser, get_recogniser
from media.room import MODEL_BYTES, limited_room
from media.sentences import make_segments
from media.stretches import Stretch, find_stretches, find_unheard
from media.terms import Slides
from media.transcript import Transcript, Word

if TYPE_CHECKING:
    from media.hints import Hint

AT_ONCE = 2
BEAM_SIZE, HINTED_BEAM_SIZE = 5, 1
STRAY_S = 0.3


def listen(video: Path, hints: Sequence[Hint], report: Report, model: str | None) -> Transcript:
    """The work of media.speech.transcribe, in the process that holds the model."""
    report(0)
    recogniser = get_recogniser(model)
    recogniser.listen_anew()
    progress = Progress(report, find_duration_s(video) or 0.0)
    with limited_room(MODEL_BYTES):
        words = _hear_all(recogniser, video, hints, progress)
    report(100)
    segments = make_segments(_in_order(words, progress.duration_s))
    return Transcript(recogniser.language or "en", recogniser.name, tuple(segments))


class Progress:
    """Turns seconds of video into percent that never fall."""

    def __init__(self, report: Report, duration_s: float) -> None:
        self._report = report
        self.duration_s = duration_s
        self._percent = 1.0
        report(self._percent)

    def reach(self, time_s: float) -> None:
        if self.duration_s > 0:
            self._percent = max(self._percent, min(99.0, 1 + 98 * time_s / self.duration_s))
        self._report(self._percent)


def _hear_all(recogniser: Recogniser, video: Path, hints: Sequence[Hint], progress: Progress) -> list[Word]:
    """All words, heard a batch to a thread: for a small model that is quicker than several threads to a batch."""
    words: list[Word] = []
    running: deque[Future[list[Word]]] = deque()
    with ThreadPoolExecutor(recogniser.threads) as pool:
        for batch in _batches(video, progress):
            if not recogniser.language:
                recogniser.find_language(recogniser.encode(batch))
            running.append(pool.submit(_hear, recogniser, batch, hints))
            if len(running) > recogniser.threads:
                words += running.popleft().result()
                progress.reach(words[-1].end_s if words else 0)
        for future in running:
            words += future.result()
            progress.reach(words[-1].end_s if words else 0)
    return words


def _batches(video: Path, progress: Progress) -> Iterator[list[Stretch]]:
    for window in read_windows(video):
        progress.reach(0)
        stretches = find_stretches(window)
        for first in range(0, len(stretches), AT_ONCE):
            yield stretches[first : first + AT_ONCE]


def _hear(recogniser: Recogniser, batch: Sequence[Stretch], hints: Sequence[Hint]) -> list[Word]:
    """The words of a batch. What was spoken in it and skipped (the model may lose a sentence) is heard again."""
    heard = _listen_twice(recogniser, batch, hints)
    missed = [
        part
        for words, stretch in zip(heard, batch, strict=True)
        for part in find_unheard(stretch, [(word.start_s, word.end_s) for word in words])
    ]
    for first in range(0, len(missed), AT_ONCE):
        heard += _listen_twice(recogniser, missed[first : first + AT_ONCE], hints)
    return sorted((word for words in heard for word in words), key=lambda word: word.start_s)


def _listen_twice(recogniser: Recogniser, batch: Sequence[Stretch], hints: Sequence[Hint]) -> list[list[Word]]:
    """The words of each stretch: heard without hints, then with them, and the first put right by the second."""
    sound = recogniser.encode(batch)
    slides = Slides(hints, recogniser.language)
    plain = _decode(recogniser, sound, batch, [""] * len(batch), BEAM_SIZE)
    prompts = [", ".join(term.text for term in slides.terms_between(one.start_s, one.end_s)) for one in batch]
    if not any(prompts):
        return plain
    hinted = _decode(recogniser, sound, batch, prompts, HINTED_BEAM_SIZE)
    return [correct(words, others, slides) for words, others in zip(plain, hinted, strict=True)]


def _decode(
    recogniser: Recogniser, sound: Any, batch: Sequence[Stretch], hotwords: Sequence[str], beam_size: int
) -> list[list[Word]]:
    aligned = recogniser.align(sound, recogniser.decode(sound, hotwords, beam_size), batch)
    return [
        [word for word in words if _is_voiced(word, stretch)] for words, stretch in zip(aligned, batch, strict=True)
    ]


def _is_voiced(word: Word, stretch: Stretch) -> bool:
    return any(word.start_s < end_s + STRAY_S and word.end_s > start_s - STRAY_S for start_s, end_s in stretch.spoken)


def _in_order(words: Sequence[Word], duration_s: float) -> list[Word]:
    """The same words with times that never go back, nor a little over the end (a codec pads its last frame)."""
    overrun_s = words[-1].end_s - duration_s if words else 0.0
    end_of_all_s = duration_s if overrun_s < 1 else words[-1].end_s
    ordered: list[Word] = []
    now_s = 0.0
    for word in words:
        start_s = max(now_s, min(word.start_s, end_of_all_s))
        end_s = max(start_s, min(word.end_s, end_of_all_s))
        ordered.append(Word(round(start_s, 3), round(end_s, 3), word.text, round(word.probability, 4)))
        now_s = end_s
    return ordered
