"""The transcript as sentences with times, split at . ? ! only."""

import re
from dataclasses import dataclass
from functools import cached_property

from media.transcript import Segment, Transcript, Word
from quizsys.questions.scripts import join_words

_END = re.compile(r"[.?!؟۔।。．！？｡][\"'”’)\]»」』）]*$")
_INSIDE = re.compile(r"\s+|(?<=[。！？｡])(?![」』）”’])")
_ABBREVIATION = re.compile(
    r"^(?:[A-Za-z]\.|(?:[A-Za-z]\.){2,}|(?:Dr|Mr|Mrs|Ms|Prof|St|vs|etc|Fig|No|Jr|Sr|e\.g|i\.e|cf)\.)$"
)


@dataclass(frozen=True)
class Sentence:
    """`text` is verbatim: its words joined as they stand in the transcript, by one space where the script has any."""

    index: int
    words: tuple[Word, ...]

    @cached_property
    def text(self) -> str:
        return join_words(word.text for word in self.words)

    @property
    def start_s(self) -> float:
        return self.words[0].start_s

    @property
    def end_s(self) -> float:
        return self.words[-1].end_s


def list_words(transcript: Transcript) -> list[Word]:
    """All words in order; a segment without words gets its text spread evenly over its time."""
    return [word for segment in transcript.segments for word in segment.words or _spread(segment)]


def _spread(segment: Segment) -> tuple[Word, ...]:
    texts = [text for text in _INSIDE.split(segment.text) if text]
    step_s = (segment.end_s - segment.start_s) / max(1, len(texts))
    starts_s = [segment.start_s + step_s * place for place in range(len(texts))]
    return tuple(Word(start_s, start_s + step_s, text, 1.0) for start_s, text in zip(starts_s, texts, strict=True))


def list_sentences(transcript: Transcript) -> list[Sentence]:
    """Sentences in order. A full stop ends one unless it is an abbreviation's or the next word is lower case."""
    words = [word for word in list_words(transcript) if word.text]
    sentences: list[Sentence] = []
    first = 0
    for place, word in enumerate(words):
        following = words[place + 1].text if place + 1 < len(words) else ""
        spelled = place > first and len(words[place - 1].text) == 1
        if not following or _ends(word.text, following, spelled):
            sentences.append(Sentence(len(sentences), tuple(words[first : place + 1])))
            first = place + 1
    return sentences


def _ends(text: str, following: str, spelled: bool) -> bool:
    if not _END.search(text) or following[0].islower():
        return False
    return spelled or not _ABBREVIATION.match(text) or text == "I."


def join_text(sentences: list[Sentence]) -> str:
    """The whole transcript as one line."""
    return " ".join(sentence.text for sentence in sentences)
