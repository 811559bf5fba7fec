"""A question's proof: its quote, said in the lesson and fit to rest on."""

from quizsys.questions.gate.grounds import SLACK_S, Grounds
from quizsys.questions.question import Question
from quizsys.questions.scripts import count_words

_FEWEST_WORDS = 3
_MOST_WORDS = 60
_MOST_WORDS_OF_A_RUN = 90


def check_quote_length(question: Question, _grounds: Grounds) -> str | None:
    """The quote is no longer than a breath, or, where several things are proven, two."""
    most = _MOST_WORDS_OF_A_RUN if question.kind in ("ordering", "matching", "open") else _MOST_WORDS
    return None if _FEWEST_WORDS <= count_words(question.quote) <= most else "quote_length"


def check_quote(question: Question, grounds: Grounds) -> str | None:
    """The quote stands in the transcript word for word, in whole words."""
    return None if grounds.find_span(question.quote, question.start_s) else "quote_not_said"


def check_times(question: Question, grounds: Grounds) -> str | None:
    """start_s and end_s are inside the video, in this order."""
    return None if is_inside(question, grounds) else "span_outside"


def is_inside(question: Question, grounds: Grounds) -> bool:
    """Whether the evidence lies in the video. Checks of where it lies say nothing of one that does not."""
    return 0 <= question.start_s < question.end_s <= grounds.duration_s + SLACK_S


def check_span(question: Question, grounds: Grounds) -> str | None:
    """start_s and end_s are the quote's own."""
    span = grounds.find_span(question.quote, question.start_s)
    if span is None or not is_inside(question, grounds):
        return None
    begins = abs(question.start_s - span.start_s) <= SLACK_S
    ends = abs(question.end_s - min(span.end_s, grounds.duration_s)) <= SLACK_S
    return None if begins and ends else "span_elsewhere"


def check_fit(question: Question, grounds: Grounds) -> str | None:
    """Nothing rests on greetings, housekeeping, asides or what was taken back."""
    span = grounds.find_span(question.quote, question.start_s)
    places = range(span.first, span.last + 1) if span else ()
    return next((grounds.unfit[index] for index in places if index in grounds.unfit), None)
