"""The key is right by the quote: its words and numbers are said there, and the stem is about the same matter."""

import re

from quizsys.questions.gate.content import CLAUSE_WORDS
from quizsys.questions.gate.grounds import Grounds
from quizsys.questions.question import Question
from quizsys.questions.scripts import UNSPACED
from quizsys.questions.spoken import holds, numbers, plain, tokens

_ARTICLE = re.compile(r"^(?:the|an?) ", re.I)
_NEGATIONS = frozenset(("not", "no", "never", "cannot", "neither", "nor", "none", "without"))
_SAME_WORD = 0.7
_LEAST_OF_A_STEM = 0.25
_LEAST_OF_A_WORD = 4


def list_keys(question: Question) -> list[str]:
    """All that must be said for the key to be right."""
    right = [choice.text for choice in question.choices if choice.correct]
    partners = [choice.match for choice in question.choices if choice.match]
    return [*right, *partners] or [question.answer]


def check_key_said(question: Question, grounds: Grounds) -> str | None:
    """A short key stands in the quote; of a longer one two words in three do. Numbers are looked at by themselves."""
    if question.kind == "true_false":
        return None
    said = all(_is_said(key, question.quote, grounds) for key in list_keys(question))
    return None if said else "key_not_said"


def check_numbers_said(question: Question, grounds: Grounds) -> str | None:
    """Every number of the key is said in the quote, and of a statement to judge as true."""
    statement = [question.stem] if question.answer == "True" else []
    keys = statement if question.kind == "true_false" else list_keys(question)
    quoted = _numbers(question.quote, grounds)
    said = all(holds(question.quote, key) or _numbers(key, grounds) <= quoted for key in keys)
    return None if said else "number_not_said"


def check_statement_said(question: Question, grounds: Grounds) -> str | None:
    """Of a true statement two words in three are said in the quote, of a false one half."""
    if question.kind != "true_false":
        return None
    wanted, said = grounds.content(_bare_statement(question)), grounds.content(question.quote)
    share = 2 / 3 if question.choices and question.choices[0].correct else 1 / 2
    return None if wanted and _count_said(wanted, said, grounds) >= share * len(wanted) else "statement_not_said"


def check_truth(question: Question, grounds: Grounds) -> str | None:
    """A statement said word for word is true, and one said with a "not" more or less is false."""
    if question.kind != "true_false" or not grounds.is_english:
        return None
    statement, quote = tokens(_bare_statement(question)), tokens(question.quote)
    span = _find_run(statement, quote)
    if span is None:
        return None
    same = _is_negated(statement) == _is_negated(quote[span[0] : span[1]])
    return None if same == (question.answer == "True") else "truth_mismatch"


def check_about_quote(question: Question, grounds: Grounds) -> str | None:
    """A quarter of the stem's words are said in the quote or beside it, or stand in a title; one in other languages."""
    asked = frozenset(word for word in grounds.content(question.stem) if not word[0].isdigit() and len(word) > 1)
    span = grounds.find_span(question.quote, question.start_s)
    if span is None or len(asked) < 2 or question.kind in ("open", "ordering", "matching", "true_false"):
        return None
    around = " ".join((*(said.text for said in grounds.list_neighbours(span)), *grounds.titles, question.chapter))
    said = _count_said(asked, grounds.content(around), grounds)
    least = _LEAST_OF_A_STEM * len(asked) if grounds.is_english else 1
    return None if said >= max(1, least) else "off_quote"


def _is_said(key: str, quote: str, grounds: Grounds) -> bool:
    if holds(quote, _ARTICLE.sub("", key)) or (not tokens(key) and key.strip() in quote):
        return True
    words, said = grounds.content(key), grounds.content(quote)
    wanted = frozenset(word for word in words if not word[0].isdigit())
    share = 2 / 3 if len(words) >= CLAUSE_WORDS or UNSPACED.search(key) else 1
    return bool(words) and _count_said(wanted, said, grounds) >= share * len(wanted)


def _count_said(wanted: frozenset[str], said: frozenset[str], grounds: Grounds) -> int:
    """How many of the words are said; in languages other than English also with another ending."""
    exact = len(wanted & said)
    return exact if grounds.is_english else exact + sum(_is_form(word, said) for word in wanted - said)


def _is_form(word: str, said: frozenset[str]) -> bool:
    size = max(_LEAST_OF_A_WORD, round(_SAME_WORD * len(word)))
    return len(word) >= size and any(other.startswith(word[:size]) for other in said)


def _numbers(text: str, grounds: Grounds) -> set[str]:
    """Number words are known in English only; elsewhere digits count."""
    return set(numbers(text)) if grounds.is_english else set(re.findall(r"\d+(?:[.,]\d+)*", plain(text)))


def _bare_statement(question: Question) -> str:
    return question.stem.removeprefix("True or false: ")


def _is_negated(words: tuple[str, ...]) -> bool:
    return sum(word in _NEGATIONS or word.endswith("n't") for word in words) % 2 == 1


def _find_run(statement: tuple[str, ...], quote: tuple[str, ...]) -> tuple[int, int] | None:
    """Where in the quote the statement stands, negations set aside in both; None if it does not."""
    kept = [place for place, word in enumerate(quote) if not _is_negated((word,))]
    words, wanted = [quote[place] for place in kept], [word for word in statement if not _is_negated((word,))]
    for first in range(len(words) - len(wanted) + 1):
        if wanted and words[first : first + len(wanted)] == wanted:
            return kept[first], kept[first + len(wanted) - 1] + 1
    return None
