"""Why a whole lesson, or one of its sentences, cannot be asked about."""

from __future__ import annotations

from collections import Counter

from quizsys.questions.board import Board
from quizsys.questions.lesson import Lesson
from quizsys.questions.noise import find_asides
from quizsys.questions.sentences import Sentence
from quizsys.questions.spoken import tokens
from quizsys.questions.takebacks import find_takebacks
from quizsys.questions.words import load_words

_FEWEST_WORDS = 40
_LONGEST_SENTENCE_WORDS = 45
_FEWEST_ENGLISH = 0.18
ENGLISH_ONLY = (
    "No questions: the offline generator can do English only, and this lesson is in another language. "
    "Only a language model can write questions in it."
)


def find_obstacle(lesson: Lesson, sentences: list[Sentence]) -> str:
    """One sentence saying why the lesson gives no questions at all, or ""."""
    words = [word for sentence in sentences for word in tokens(sentence.text)]
    if len(words) < _FEWEST_WORDS:
        return "No questions: hardly anything is said in this video."
    share = sum(word in load_words("english") for word in words) / len(words)
    if lesson.transcript.language != "en" or share < _FEWEST_ENGLISH:
        return ENGLISH_ONLY
    if len(words) / len(sentences) > _LONGEST_SENTENCE_WORDS:
        return "No questions: the transcript has no full stops to tell sentences apart; add them and try again."
    return ""


def find_unfit(sentences: list[Sentence], board: Board) -> dict[int, str]:
    """Reason codes of the sentences that nothing may rest on, by index."""
    texts = [sentence.text for sentence in sentences]
    counts = Counter(word for text in texts for word in set(tokens(text)))
    known = {word for word in counts if len(word) > 4 and (word in board.words or counts[word] > 1)}
    on_topic = [not known.isdisjoint(tokens(text)) for text in texts]
    return find_asides(texts, on_topic) | dict.fromkeys(find_takebacks(texts), "taken_back")
