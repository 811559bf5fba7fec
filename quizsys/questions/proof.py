"""The sentence of a lesson that most likely proves the answer of a question that came without one.

By the words that both have, rare ones counting more, in any language that parts its words. A guess for a teacher to
look at: nothing is understood, so a likeness that is not clear is none.
"""

import math
import re
from collections import defaultdict

from quizsys.questions.question import Question
from quizsys.questions.speech import Speech

LONGEST_WORDS = 60
LEAST_SHARED = 3
LEAST_SHARE = 0.5
# Of a word: enough to know it again in another form.
KEPT_SIGNS = 6
# What stands in more of the sentences tells nothing.
COMMON = 0.2
_WORD = re.compile(r"\w{3,}|\d+")


class Proofs:
    """The sentences of a lesson by their words."""

    def __init__(self, speech: Speech) -> None:
        self._quotes = [" ".join(word.text for word in sentence.words) for sentence in speech.sentences]
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, quote in enumerate(self._quotes):
            for word in _list_words(quote) if len(quote.split()) <= LONGEST_WORDS else ():
                self._places[word].append(place)

    def find(self, question: Question) -> str:
        """The sentence as it stands in the transcript; "" if none is clearly like the question and its answer."""
        # That it is true or false is not said.
        answer = set() if question.kind == "true_false" else self._drop_common(_list_words(question.answer))
        weights = self._weigh(self._drop_common(_list_words(question.stem)) | answer)
        scores: dict[int, float] = defaultdict(float)
        shared: dict[int, set[str]] = defaultdict(set)
        for word, weight in weights.items():
            for place in self._places[word]:
                scores[place] += weight
                shared[place].add(word)
        best = max(scores, key=lambda place: (scores[place], -place), default=None)
        if best is None or len(shared[best]) < LEAST_SHARED or 2 * len(answer & shared[best]) < len(answer):
            return ""
        return self._quotes[best] if scores[best] >= LEAST_SHARE * sum(weights.values()) else ""

    def _drop_common(self, words: set[str]) -> set[str]:
        most = max(2, COMMON * len(self._quotes))
        return {word for word in words if len(self._places.get(word, ())) <= most}

    def _weigh(self, words: set[str]) -> dict[str, float]:
        """Those that the lesson has."""
        known = {word: len(self._places[word]) for word in words if word in self._places}
        return {word: math.log(1 + len(self._quotes) / found) for word, found in known.items()}


def _list_words(text: str) -> set[str]:
    return {word[:KEPT_SIGNS] for word in _WORD.findall(text.casefold())}
