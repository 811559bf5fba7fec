"""A question's shape: its stem and its options, as every examiner's handbook wants them."""

import re
from itertools import combinations

from quizsys.questions.gate.grounds import Grounds
from quizsys.questions.question import KINDS, Question
from quizsys.questions.scripts import count_words, primary
from quizsys.questions.spoken import squeeze, tokens

_WORDS_OF_A_CLAUSE = 3
"""Of so many words the order counts: "entries by buckets" is not "buckets by entries"."""
_STEM_LETTERS = (8, 220)
_LEAST_UNSPACED = 4
# After the question mark may stand what to do, in brackets.
_ASKS = re.compile(r"[?？؟՞][\"'”’»」』)\]]*(?: \([^()]{3,40}\))?$")
_NO_MARK = ("el", "ja", "km", "lo", "my", "th")
_TRUE_FALSE = "True or false: "
# At least and at most so many options, and so many right ones.
_WANTED = {
    "single_choice": (3, 4, 1, 1),
    "cloze": (3, 4, 1, 1),
    "multiple_choice": (3, 6, 2, 5),
    "true_false": (2, 2, 1, 1),
    "ordering": (3, 6, 3, 6),
    "matching": (3, 6, 3, 6),
}
_CATCH_ALL = re.compile(
    r"\b(?:all|none|both|neither|either) of (?:the above|these|them|the options|the others)\b|"
    r"^(?:all|none|both) (?:answers|options)?\b.{0,12}\bcorrect\b|\bI don't know\b|"
    r"\b(?:alle|keine|beide)[sr]? (?:der )?(?:oben )?(?:genannten|antworten)|"
    r"\b(?:toutes|aucune) (?:les réponses|des réponses|de ces)|"
    r"\b(?:todas|ninguna) (?:las anteriores|de las anteriores)|"
    r"(?:جميع|كل|لا شيء م)ن? ?ما (?:سبق|ذكر)|以上(?:都|皆|全)",
    re.I,
)
_LABEL = re.compile(r"^\(?(?:[A-Ha-h]|[0-9])\)\s|^[A-Ha-h][.:]\s")
_ASKS_WHICH = re.compile(r"^(?:(?:in|of|at|on|with|during|under)\b[^,]*, )?(?:which|what|who|where|when)\b", re.I)
_CONDITION = re.compile(r"\b(?:if|when|because|although|while|that|happens?|mean|whether|why|unless)\b", re.I)
_NEGATION = re.compile(r"\b(?:not|except|never|cannot)\b|n't\b", re.I)


def check_stem(question: Question, grounds: Grounds) -> str | None:
    """A question, a text with one blank, or a true/false statement, 8 to 220 characters long."""
    stem = question.stem
    fewest, most = _STEM_LETTERS
    if question.kind not in KINDS or len(stem) > most or len(stem) < (fewest if stem.isascii() else _LEAST_UNSPACED):
        return "bad_stem"
    blanks = len(re.findall(r"_{2,}", stem))
    if question.kind == "cloze":
        return None if blanks == 1 and "____" in stem else "bad_stem"
    return None if _is_shaped(question, grounds) and not blanks else "bad_stem"


def _is_shaped(question: Question, grounds: Grounds) -> bool:
    asks = bool(_ASKS.search(question.stem))
    if question.kind == "true_false":
        return not asks and (not grounds.is_english or question.stem.startswith(_TRUE_FALSE))
    return asks or primary(grounds.language) in _NO_MARK


def check_choices(question: Question, _grounds: Grounds) -> str | None:
    """As many options as the kind wants, with as many right ones as the kind wants."""
    fewest, most, least_right, most_right = _WANTED.get(question.kind, (0, 0, 0, 0))
    right = sum(choice.correct for choice in question.choices)
    if not fewest <= len(question.choices) <= most or not least_right <= right <= most_right:
        return "bad_choices"
    whole = right == len(question.choices)
    if question.kind in ("ordering", "matching"):
        return None if whole else "bad_choices"
    return "bad_choices" if question.kind == "multiple_choice" and whole else None


def check_choices_differ(question: Question, _grounds: Grounds) -> str | None:
    """No option is empty, and no two are the same but for case, marks and articles."""
    texts = [_bare(choice.text) for choice in question.choices]
    return "same_choices" if len(set(texts)) < len(texts) or not all(texts) else None


def check_choices_alike(question: Question, grounds: Grounds) -> str | None:
    """No two wrong options are forms of one thing: "enzyme" and "enzymes", "ATP" and its long name."""
    wrong = [choice.text for choice in question.choices if not choice.correct]
    pairs = [(one, two) for one, two in combinations(wrong, 2) if _bare(one) != _bare(two)]
    return "similar_choices" if any(is_same_thing(one, two, grounds) for one, two in pairs) else None


def is_same_thing(one: str, two: str, grounds: Grounds) -> bool:
    """Whether two texts are forms of one term, or one is the other's initials. Another order of many words is not."""
    words, others = grounds.content(one), grounds.content(two)
    if words and words == others:
        return len(words) < _WORDS_OF_A_CLAUSE
    return is_initials(one, two) or is_initials(two, one)


def is_initials(short: str, long: str) -> bool:
    """Whether one is made of the first letters of the other's words."""
    return len(tokens(long)) > 1 and "".join(word[0] for word in tokens(long)) == squeeze(short)


def _bare(text: str) -> str:
    """Comparable; a sign that is no word, such as "<", stays as it is."""
    return squeeze(re.sub(r"^(?:the|an?) ", "", text, flags=re.I)) or text.strip(" .…-_?!'\"")


def check_answer_marked(question: Question, _grounds: Grounds) -> str | None:
    """The answer is the text of the one right option; of several right ones it holds each."""
    right = [choice.text for choice in question.choices if choice.correct]
    if not question.answer.strip():
        return "answer_mismatch"
    if question.kind in ("single_choice", "cloze", "true_false"):
        return None if right == [question.answer] else "answer_mismatch"
    said = question.answer.casefold()
    return None if all(text.casefold() in said for text in right) else "answer_mismatch"


def check_option_style(question: Question, _grounds: Grounds) -> str | None:
    """No "all of the above", no letters or numbers before an option."""
    texts = [choice.text for choice in question.choices]
    return "option_style" if any(_CATCH_ALL.search(text) or _LABEL.match(text) for text in texts) else None


def check_option_lengths(question: Question, _grounds: Grounds) -> str | None:
    """The longest option has at most 2.2 times the words of the shortest, and two more."""
    sizes = [count_words(choice.text) for choice in question.choices]
    if question.kind not in ("single_choice", "cloze") or not sizes:
        return None
    return "option_lengths" if max(sizes) > 2.2 * min(sizes) + 2 else None


def check_key_length(question: Question, _grounds: Grounds) -> str | None:
    """The right option is not by half longer than every other."""
    wrong = [count_words(choice.text) for choice in question.choices if not choice.correct]
    if question.kind not in ("single_choice", "cloze") or not wrong:
        return None
    return "key_longest" if count_words(question.answer) > 1.5 * max(wrong) + 1 else None


def check_negation(question: Question, grounds: Grounds) -> str | None:
    """No "not" or "except" in a stem that asks which, but in a condition: "when light is not there" is one."""
    if not grounds.is_english or question.kind not in ("single_choice", "multiple_choice"):
        return None
    found = _NEGATION.search(question.stem) if _ASKS_WHICH.match(question.stem) else None
    return "negative_stem" if found and not _CONDITION.search(question.stem[: found.start()]) else None


def check_spoken_to(question: Question, grounds: Grounds) -> str | None:
    """A statement to judge or to fill is about its matter, not about what the viewer is doing."""
    judged = question.kind in ("true_false", "cloze") and grounds.is_english
    return "second_person" if judged and re.search(r"\byou (?:are|were) \w+ing\b", question.stem, re.I) else None
