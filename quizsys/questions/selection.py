"""Which drafts become the quiz: the best ones, no fact twice, spread over the lesson."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

from quizsys.questions.draft import Draft
from quizsys.questions.finish import key_code
from quizsys.questions.gate import content_words
from quizsys.questions.language import likeness
from quizsys.questions.question import Question

_FEWEST, _MOST = 10, 40
_SECONDS_EACH = 90
_DENSEST_S = 18.0
_TOO_ALIKE = 0.85
_SAME_WORDS = 0.75
_MOST_TRUE_FALSE = 0.25
_DOUBT, _SUPPORT, _MOST_SUPPORT, _LENGTH, _LONG_STEM_WORDS = 0.12, 0.03, 4, 0.01, 22
_SAME_PATTERN, _SAME_CHAPTER = 0.06, 0.03
_LUCK = 0.3


def default_count(duration_s: float) -> int:
    """How many questions a lesson of this length gets when nobody says."""
    return int(min(_MOST, max(_FEWEST, duration_s // _SECONDS_EACH), max(1, duration_s // _DENSEST_S)))


def rank(drafts: Iterable[Draft], seed: int = 0) -> list[Draft]:
    """Best first; ties by time, so that the result is the same on every run with the same seed."""
    return sorted(drafts, key=lambda draft: (-_worth(draft, seed), draft.first.index, draft.stem))


def _worth(draft: Draft, seed: int) -> float:
    """The maker's score, less what was heard badly, plus what the slide confirms; shorter stems are better.

    Any seed but 0 adds up to _LUCK.
    """
    said = draft.first
    length = max(0, len(draft.stem.split()) - _LONG_STEM_WORDS)
    luck = _LUCK * int.from_bytes(sha256(f"{seed}|{draft.stem}".encode()).digest()[:2]) / 65535 if seed else 0.0
    return luck + draft.score - _DOUBT * said.doubt + _SUPPORT * min(_MOST_SUPPORT, said.support) - _LENGTH * length


class Selection:
    """The drafts chosen so far, and whether another one fits beside them."""

    def __init__(self, count: int, seed: int = 0) -> None:
        self.count = count
        self._seed = seed
        self.chosen: list[Draft] = []
        self.questions: list[Question] = []

    def add(self, draft: Draft, question: Question) -> None:
        """Keep a finished draft."""
        self.chosen.append(draft)
        self.questions.append(question)

    def pick(self, drafts: list[Draft]) -> Draft:
        """Take the next best one out of `drafts`: its score, less what is already there of its pattern and chapter."""
        patterns = Counter(other.pattern for other in self.chosen)
        chapters = Counter(other.first.chapter for other in self.chosen)
        worth = [
            _worth(draft, self._seed)
            - _SAME_PATTERN * patterns[draft.pattern]
            - _SAME_CHAPTER * chapters[draft.first.chapter]
            for draft in drafts
        ]
        return drafts.pop(worth.index(max(worth)))

    def refuse(self, draft: Draft) -> str | None:
        """Why the draft does not fit beside the chosen ones, or None."""
        for other in self.chosen:
            if _same_evidence(draft, other):
                return "same_evidence"
            if key_code(draft) == key_code(other):
                return "same_answer"
            if _same_question(draft, other):
                return "same_question"
        kinds = Counter(other.kind for other in self.chosen)
        answers = Counter(other.key for other in self.chosen if other.kind == "true_false")
        if draft.kind == "true_false" and answers[draft.key] > answers["False" if draft.key == "True" else "True"]:
            return "unbalanced_true_false"
        if draft.kind == "true_false" and kinds["true_false"] + 1 > max(1, _MOST_TRUE_FALSE * self.count):
            return "too_many_true_false"
        return None


def _same_evidence(draft: Draft, other: Draft) -> bool:
    """The same sentences, or ones that say the same again."""
    if draft.first.index <= other.last.index and other.first.index <= draft.last.index:
        return True
    one, two = content_words(draft.first.sentence.text), content_words(other.first.sentence.text)
    return len(one & two) >= _SAME_WORDS * max(len(one), len(two), 1)


def _same_question(draft: Draft, other: Draft) -> bool:
    one, two = content_words(draft.stem), content_words(other.stem)
    if one and one == two:
        return True
    return len(one & two) > 0.5 * min(len(one), len(two)) and likeness(draft.stem, other.stem) > _TOO_ALIKE
