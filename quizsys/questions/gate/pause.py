"""Where the video stops for a question."""

from quizsys.questions.gate.grounds import SLACK_S, Grounds
from quizsys.questions.gate.proof import is_inside
from quizsys.questions.question import Question

_LATEST_PAUSE_S = 60.0


def check_pause(question: Question, grounds: Grounds) -> str | None:
    """The pause is inside the video."""
    return None if _is_in_video(question, grounds) else "pause_outside"


def _is_in_video(question: Question, grounds: Grounds) -> bool:
    return 0 < question.pause_at_s <= grounds.duration_s + SLACK_S


def check_pause_place(question: Question, grounds: Grounds) -> str | None:
    """The pause comes after the evidence within a minute; an open card's before its answer."""
    pause_s = question.pause_at_s
    if not is_inside(question, grounds) or not _is_in_video(question, grounds):
        return None
    if question.kind == "open":
        soon = question.start_s - _LATEST_PAUSE_S <= pause_s <= question.start_s + SLACK_S
    else:
        soon = question.end_s - SLACK_S <= pause_s <= question.end_s + _LATEST_PAUSE_S
    return None if soon else "pause_misplaced"


def check_pause_at_sentence_end(question: Question, grounds: Grounds) -> str | None:
    """Nobody is cut off in the middle of a sentence."""
    pause_s = question.pause_at_s
    cut = any(sentence.start_s + SLACK_S < pause_s < sentence.end_s - SLACK_S for sentence in grounds.sentences)
    return "pause_in_sentence" if cut else None
