"""A question's proof: its quote, said in the lesson and fit to rest on, holds the key."""

import re

from quizsys.questions.gate.content import CLAUSE_WORDS, content_words
from quizsys.questions.gate.grounds import SLACK_S, Grounds
from quizsys.questions.question import Question
from quizsys.questions.sentences import join_text
from quizsys.questions.spoken import holds, numbers

_LONGEST_QUOTE_WORDS = 60
_LONGEST_RUN_WORDS = 90


def check_quote(question: Question, grounds: Grounds) -> str | None:
    """The quote stands in the transcript word for word and is no longer than a breath."""
    words = len(question.quote.split())
    longest = _LONGEST_RUN_WORDS if question.kind in ("ordering", "matching", "open") else _LONGEST_QUOTE_WORDS
    if not 3 <= words <= longest:
        return "quote_length"
    return None if question.quote in join_text(list(grounds.sentences)) else "quote_not_said"


def check_span(question: Question, grounds: Grounds) -> str | None:
    """start_s and end_s are the quote's own, and inside the video."""
    if not 0 <= question.start_s < question.end_s <= grounds.duration_s + SLACK_S:
        return "span_outside"
    span = grounds.find_span(question.quote, question.start_s)
    if span is None:
        return "quote_not_said"
    first, last = grounds.sentences[span[0]], grounds.sentences[span[1]]
    inside = first.start_s - SLACK_S <= question.start_s and question.end_s <= last.end_s + SLACK_S
    return None if inside else "span_elsewhere"


def check_fit(question: Question, grounds: Grounds) -> str | None:
    """Nothing rests on greetings, housekeeping, asides or what was taken back."""
    span = grounds.find_span(question.quote, question.start_s)
    for index in range(span[0], span[1] + 1) if span else ():
        if index in grounds.unfit:
            return grounds.unfit[index]
    return None


def check_key_said(question: Question, _grounds: Grounds) -> str | None:
    """A short key stands in the quote; of a longer one two words in three do, and every number."""
    if question.kind in ("true_false", "open") or not question.answer:
        return None
    keys = [choice.text for choice in question.choices if choice.correct] or [question.answer]
    return next((reason for key in keys if (reason := _check_key(key, question.quote))), None)


def _check_key(key: str, quote: str) -> str | None:
    if set(numbers(key)) - set(numbers(quote)) and not holds(quote, key):
        return "number_not_said"
    if holds(quote, re.sub(r"^(?:the|an?) ", "", key, flags=re.I)):
        return None
    wanted, said = content_words(key), content_words(quote)
    enough = wanted and len(wanted & said) >= (len(wanted) * 2 / 3 if len(wanted) >= CLAUSE_WORDS else len(wanted))
    return None if enough else "key_not_said"
