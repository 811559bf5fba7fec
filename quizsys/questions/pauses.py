"""Where the video stops for a question: at the end of a thought, after the evidence."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from quizsys.questions.question import Question
from quizsys.questions.sentences import Sentence

LATEST_S = 60.0
SPACING_S = 8.0
_OPENS = re.compile(r"^(?:so|now|okay|ok|next|let's|finally|right|well|alright)\b", re.I)
_GOES_ON = re.compile(r"^(?:because|which|this|that|it|its|they|their|these|those|and|but|or|then|also|he|she)\b", re.I)


def find_pause(
    sentences: Sequence[Sentence],
    last: int,
    taken_s: Collection[float],
    duration_s: float,
    chapter_ends: Collection[int],
) -> float | None:
    """The best sentence end in the minute after sentence `last`, away from pauses already taken; None if all are near.

    A finished thought counts most (a new slide, an opening word, silence after it), nearness to the evidence next.
    """
    best: tuple[float, float] | None = None
    for place in range(last, len(sentences)):
        end_s = min(sentences[place].end_s, duration_s)
        if end_s - sentences[last].end_s > LATEST_S:
            break
        if any(abs(end_s - other_s) < SPACING_S for other_s in taken_s):
            continue
        worth = _worth(sentences, place, chapter_ends) - (end_s - sentences[last].end_s) / 9
        if best is None or worth > best[0]:
            best = (worth, end_s)
    return best[1] if best else None


def place_pauses(
    questions: Sequence[Question], sentences: Sequence[Sentence], duration_s: float, ends: Collection[int]
) -> list[Question]:
    """Open cards as they are, the others with pauses set anew by their evidence; one without a place keeps its own."""
    starts = {sentence.end_s: place for place, sentence in enumerate(sentences)}
    placed = [question for question in questions if question.kind == "open"]
    for question in sorted(questions, key=lambda question: question.end_s):
        if question.kind != "open":
            taken_s = [other.pause_at_s for other in placed]
            last = starts.get(question.end_s, len(sentences) - 1)
            pause_s = find_pause(sentences, last, taken_s, duration_s, ends)
            placed.append(question if pause_s is None else replace(question, pause_at_s=pause_s))
    return placed


def _worth(sentences: Sequence[Sentence], place: int, chapter_ends: Collection[int]) -> float:
    worth = 0.6 if place in chapter_ends else 0.0
    if sentences[place].text.rstrip().endswith("?"):
        worth -= 1.5
    if place + 1 == len(sentences):
        return worth + 0.3
    following = sentences[place + 1]
    worth += 0.5 * min(2.0, max(0.0, following.start_s - sentences[place].end_s)) / 2
    if _OPENS.match(following.text):
        worth += 0.5
    return worth - (0.7 if _GOES_ON.match(following.text) else 0.0)
