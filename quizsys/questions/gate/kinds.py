"""What single kinds of question need beside: a number, other answers, pairs, an order, a card's answer."""

import math
import re
from itertools import pairwise

from quizsys.questions.gate.grounds import Grounds
from quizsys.questions.question import Question
from quizsys.questions.scripts import count_words
from quizsys.questions.spoken import numbers, squeeze, tokens

_MOST_ANSWER_WORDS = 20
_MOST_WORDS_OF_A_NUMBER = 5
_OUT_OF_ORDER = re.compile(r"\b(?:before|after|afterwards|previously|preceded|earlier|follows|last)\b", re.I)


def check_number(question: Question, _grounds: Grounds) -> str | None:
    """A numeric answer is one number, maybe with its unit."""
    if question.kind != "numeric":
        return None
    words = len(question.answer.split())
    return None if len(numbers(question.answer)) == 1 and words <= _MOST_WORDS_OF_A_NUMBER else "bad_number"


def check_tolerance(question: Question, _grounds: Grounds) -> str | None:
    """How far a number may be off is itself a number, not negative, and less than the answer; others have none."""
    tolerance = question.tolerance
    if not math.isfinite(tolerance) or tolerance < 0 or (tolerance and question.kind != "numeric"):
        return "bad_tolerance"
    said = re.sub(r"[^\d.]", "", (numbers(question.answer) or [""])[0])
    return "bad_tolerance" if tolerance and tolerance >= float(said or 0) else None


def check_variants(question: Question, _grounds: Grounds) -> str | None:
    """Other right answers are for what is written, none empty, none twice, none the answer itself."""
    codes = [squeeze(variant) for variant in question.variants]
    if codes and question.kind != "short_answer":
        return "bad_variants"
    twice = len(set(codes)) < len(codes) or squeeze(question.answer) in codes
    return "bad_variants" if twice or not all(codes) else None


def check_answer_length(question: Question, _grounds: Grounds) -> str | None:
    """What a learner must write is short."""
    long = question.kind == "short_answer" and count_words(question.answer) > _MOST_ANSWER_WORDS
    return "answer_length" if long else None


def check_pairs(question: Question, _grounds: Grounds) -> str | None:
    """In a matching question each option has its own partner; no other kind has partners."""
    partners = [squeeze(choice.match) or choice.match.strip() for choice in question.choices]
    if question.kind != "matching":
        return "bad_pairs" if any(partners) else None
    return None if all(partners) and len(set(partners)) == len(partners) else "bad_pairs"


def check_pairs_hidden(question: Question, grounds: Grounds) -> str | None:
    """No partner shares a word with its option that it shares with no other."""
    if question.kind != "matching":
        return None
    for choice in question.choices:
        others = {word for other in question.choices if other != choice for word in grounds.content(other.match)}
        if (grounds.content(choice.text) & grounds.content(choice.match)) - others:
            return "pair_in_itself"
    return None


def check_order(question: Question, grounds: Grounds) -> str | None:
    """Steps stand in the order in which the quote tells them, unless it tells them out of order."""
    if question.kind != "ordering" or _OUT_OF_ORDER.search(question.quote):
        return None
    places = [_find_place(choice.text, question, grounds) for choice in question.choices]
    return "order_not_said" if any(one > two for one, two in pairwise(places)) else None


def _find_place(step: str, question: Question, grounds: Grounds) -> float:
    """Where in the quote the words stand that only this step has: their mean place."""
    others = [grounds.content(choice.text) for choice in question.choices if choice.text != step]
    own = grounds.content(step) - frozenset().union(*others)
    said = tokens(question.quote)
    places = [place for place, word in enumerate(said) if grounds.content(word) & (own or grounds.content(step))]
    return sum(places) / len(places) if places else 0.0
