"""Where the video stops for a question."""

from quizsys.questions.gate.grounds import SLACK_S, Grounds
from quizsys.questions.question import Question

_LATEST_PAUSE_S = 60.0


def check_pause(question: Question, grounds: Grounds) -> str | None:
    """The pause is a sentence's end, after the evidence within a minute; an open card's comes before its answer."""
    pause_s = question.pause_at_s
    if not 0 < pause_s <= grounds.duration_s + SLACK_S:
        return "pause_outside"
    if question.kind == "open":
        return None if pause_s <= question.start_s + SLACK_S else "pause_misplaced"
    if not question.end_s - SLACK_S <= pause_s <= question.end_s + _LATEST_PAUSE_S:
        return "pause_misplaced"
    return None


def check_pause_at_sentence_end(question: Question, grounds: Grounds) -> str | None:
    """Nobody is cut off in the middle of a sentence."""
    pause_s = question.pause_at_s
    cut = any(sentence.start_s + SLACK_S < pause_s < sentence.end_s - SLACK_S for sentence in grounds.sentences)
    return "pause_in_sentence" if cut else None
