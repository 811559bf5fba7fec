"""Where the video stops for a question: at the end of a thought, after the evidence."""

import re
from collections.abc import Collection, Sequence

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
        worth = _worth(sentences, place, chapter_ends) - (end_s - sentences[last].end_s) / 14
        if best is None or worth > best[0]:
            best = (worth, end_s)
    return best[1] if best else None


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
