"""How much of a question an answer gets: pure, by the question's kind. An answer is as `taking.values` has read it."""

import re
import unicodedata
from itertools import pairwise
from typing import Any

from quizsys.figures import is_near
from quizsys.packages.sheet import Item

ARTICLES = re.compile(
    r"the|an|der|die|das|den|dem|des|ein|eine|einen|einem|einer|le|la|les|un|une|el|los|las|una|il|lo|gli|os|as|um|uma"
)
# As many languages have them; but A and O are blood groups as well.
SHORT_ARTICLES = frozenset(("a", "i", "l", "o"))
# Marks over and under letters that people leave out when they type: Latin, Greek, Cyrillic; Hebrew and Arabic vowels.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u0652\u0670\u0640]")
_JOINING = re.compile(r"-(?!\d)|(?<=\w)-")
DIGITS = 6


def grade(item: Item, value: dict[str, Any]) -> float | None:
    """The share of its points, from 0 to 1; None for what a machine cannot mark.

    A wrong pick of several costs as much as its share of the wrong options (as Moodle has it), never below 0. Of an
    order, each neighbour in its right place behind the one before counts; of a matching, each pair.
    """
    if "choice" in value:
        return float(item.choices[value["choice"]].correct)
    if "choices" in value:
        return _grade_several(item, value["choices"])
    if "order" in value:
        return _grade_order(item, value["order"])
    if "pairs" in value:
        return _grade_pairs(item, value["pairs"])
    return None if item.kind == "open" else float(_is_right_text(item, value["text"]))


def score(item: Item, value: dict[str, Any]) -> float | None:
    """In points; what the learner marked is worth what the learner says."""
    share = value.get("self_mark") if "self_mark" in value else grade(item, value)
    return None if share is None else round(share * item.points, DIGITS)


def list_matches(item: Item) -> list[str]:
    """What the prompts of a matching are to be matched with, each once."""
    return list(dict.fromkeys(choice.match for choice in item.choices))


def list_prompts(item: Item) -> list[str]:
    """A choice without a text is only one more thing to match with."""
    return [choice.text for choice in item.choices if choice.text]


def find_pairs(item: Item) -> list[int]:
    """For each prompt the place of what goes with it."""
    matches = list_matches(item)
    return [matches.index(choice.match) for choice in item.choices if choice.text]


def is_same_text(given: str, key: str) -> bool:
    """Whether two short answers are the same but for case, accents, punctuation, hyphens and a leading article."""
    one, other = _list_words(given), _list_words(key)
    if not one or not other:
        return given.split() == key.split() != []
    pairs = ((one, other), (_drop_short(one), other), (one, _drop_short(other)))
    return any("".join(left) == "".join(right) for left, right in pairs)


def is_within(answer: str, text: str) -> bool:
    """Whether a text says a short answer, word for word but for what `is_same_text` overlooks; in scripts that put no
    spaces between words, or join articles to them, anywhere."""
    words, sought = _list_words(text), _list_words(answer)
    if sought and all(unicodedata.category(sign) in ("Lo", "Mn", "Mc") for sign in "".join(sought)):
        return "".join(sought) in "".join(words)
    return bool(sought) and any(words[place : place + len(sought)] == sought for place in range(len(words)))


def _grade_several(item: Item, picked: list[int]) -> float:
    right = {place for place, choice in enumerate(item.choices) if choice.correct}
    wrong = len(item.choices) - len(right)
    hits, misses = len(right & set(picked)), len(set(picked) - right)
    if not right:
        return float(not picked)
    return max(0.0, hits / len(right) - (misses / wrong if wrong else 0.0))


def _grade_order(item: Item, order: list[int]) -> float:
    # By their texts: two steps of one name may change places.
    wanted, given = ([item.choices[place].text for place in places] for places in (range(len(order)), order))
    if wanted == given:
        return 1.0
    follows = set(pairwise(wanted))
    hits = sum(pair in follows for pair in pairwise(given))
    return min(hits, len(wanted) - 2) / (len(wanted) - 1) if len(wanted) > 1 else 0.0


def _grade_pairs(item: Item, pairs: list[int | None]) -> float:
    wanted = find_pairs(item)
    return sum(given == right for given, right in zip(pairs, wanted, strict=True)) / len(wanted) if wanted else 0.0


def _is_right_text(item: Item, text: str) -> bool:
    keys = [item.answer, *item.variants, *(choice.text for choice in item.choices if choice.correct)]
    if item.kind == "numeric":
        near = [is_near(text, key, item.tolerance) for key in keys if key]
        if any(near):
            return True
        # A key that is no number, such as "none", is compared as a word.
        keys = [key for key, verdict in zip(filter(None, keys), near, strict=True) if verdict is None]
    return any(is_same_text(text, key) for key in keys if key)


def _list_words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    words = "".join(map(_keep, _JOINING.sub(" ", _MARKS.sub("", folded)))).split()
    return words[1:] if len(words) > 1 and ARTICLES.fullmatch(words[0]) else words


def _keep(sign: str) -> str:
    """What words are made of: in many scripts vowels are marks."""
    return sign if sign.isalnum() or sign in "+#-" or unicodedata.category(sign).startswith("M") else " "


def _drop_short(words: list[str]) -> list[str]:
    return words[1:] if len(words) > 1 and words[0] in SHORT_ARTICLES else words
