"""What every question must pass, whoever made it. Pure: plain values in, a reason code out, no model.

`CHECKS` is the whole gate: each check looks at one thing and returns its code, or None when it is content.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from quizsys.questions.question import KINDS, Question
from quizsys.questions.sentences import Sentence, join_text
from quizsys.questions.spoken import holds, numbers, squeeze, tokens
from quizsys.questions.words import load_words

_CHOSEN = ("single_choice", "multiple_choice", "cloze", "true_false")
_CLAUSE_WORDS = 4
_LONGEST_QUOTE_WORDS = 60
_LONGEST_RUN_WORDS = 90
_LATEST_PAUSE_S = 60.0
_SLACK_S = 0.05
_SMALL = load_words("small")
_POINTING = re.compile(
    r"\b(?:he|she|I|me|my|mine|us|our|ours|here|above|below|aforementioned|following|former|latter|so-called)\b|"
    r"\b(?:this|these|those)\b(?! \w)|(?<!of )\b(?:this|that|these|those) (?:is|are|was|were|means?)\b|"
    r"\bthe (?:other|same|next|previous) one\b|\bsuch an?\b|^(?:\w+ ){1,3}(?:later|earlier|afterwards?),|"
    r"\b(?:does|do|did|is|are|was|were|can|could|will|would|should|has|have|had) (?:that|this)\b"
    r"(?! \w+ (?:is|are|was|were|does|do))|\bones?\b(?= (?:that|which|also|is|are)|[?.,])",
    re.I,
)
_SCENE = re.compile(r"^(?:In|With) [^,]+, (?=(?:what|why) (?:happens|does it)\b)")
_DEMONSTRATIVE = re.compile(r"\b(?:this|these|those) (\w+)", re.I)
_BACK = re.compile(r"\b(?:him|his|her|hers|himself|herself|it|its|they|them|their|theirs|itself|themselves)\b", re.I)
_EXPLETIVE = re.compile(r"\bit (?:gets?|rains?|takes?|turns out|means?|when)\b|\bcall it\b|\bdoes it mean\b", re.I)


@dataclass(frozen=True)
class Grounds:
    """What a lesson's questions stand on. `unfit` gives a reason code for sentences that must not be asked about;
    `titles` are the lesson's own and its first slide's, which are on show all the time.
    """

    sentences: tuple[Sentence, ...]
    duration_s: float
    unfit: dict[int, str]
    titles: tuple[str, ...] = ()

    def find_span(self, quote: str, near_s: float) -> tuple[int, int] | None:
        """First and last sentence index of the place nearest to near_s where the quote stands; None if nowhere."""
        best: tuple[float, int, int] | None = None
        for first, sentence in enumerate(self.sentences):
            last = first
            text = sentence.text
            while len(text) < len(quote) and last + 1 < len(self.sentences):
                last += 1
                text += " " + self.sentences[last].text
            if quote in text and (best is None or abs(sentence.start_s - near_s) < best[0]):
                best = (abs(sentence.start_s - near_s), first, last)
        return best[1:] if best else None


def check_question(question: Question, grounds: Grounds) -> str | None:
    """The code of the first check that the question fails, or None."""
    for check in CHECKS:
        reason = check(question, grounds)
        if reason:
            return reason
    return None


@lru_cache(maxsize=8192)
def content_words(text: str) -> frozenset[str]:
    """The words that carry meaning, numbers as digits, without endings."""
    return frozenset(_stem(word) for word in tokens(text) if word not in _SMALL)


def _stem(word: str) -> str:
    word = re.sub(r"(?:ies|ied)$", "y", word)
    return re.sub(r"(?:ing|ed|es|s|e)$", "", word) if len(word) > 4 else word.removesuffix("s")


def check_stem(question: Question, _grounds: Grounds) -> str | None:
    """8-220 characters; a question, one blank, or a true/false statement."""
    stem = question.stem
    if question.kind not in KINDS or not 8 <= len(stem) <= 260:
        return "bad_stem"
    blanks = len(re.findall(r"_{2,}", stem))
    if question.kind == "cloze":
        return None if blanks == 1 and "____" in stem else "bad_stem"
    shaped = stem.startswith("True or false: ") if question.kind == "true_false" else "?" in stem
    return None if shaped and not blanks else "bad_stem"


def check_choices(question: Question, _grounds: Grounds) -> str | None:
    """As many options as the kind wants, all different, with as many right ones as the kind wants."""
    texts = [squeeze(re.sub(r"^(?:the|an?) ", "", choice.text, flags=re.I)) for choice in question.choices]
    right = sum(choice.correct for choice in question.choices)
    wanted = {
        "single_choice": (3, 4, 1, 1),
        "cloze": (3, 4, 1, 1),
        "multiple_choice": (3, 6, 2, 5),
        "true_false": (2, 2, 1, 1),
        "ordering": (3, 6, 3, 6),
        "matching": (3, 6, 3, 6),
    }.get(question.kind, (0, 0, 0, 0))
    if not wanted[0] <= len(texts) <= wanted[1] or not wanted[2] <= right <= wanted[3] or not question.answer.strip():
        return "bad_choices"
    if question.kind == "multiple_choice" and right == len(texts):
        return "bad_choices"
    return "same_choices" if len(set(texts)) < len(texts) or not all(texts) else None


def check_answer_marked(question: Question, _grounds: Grounds) -> str | None:
    """The answer is the text of the one right choice, where there is one."""
    right = [choice.text for choice in question.choices if choice.correct]
    single = question.kind in ("single_choice", "cloze", "true_false")
    return "answer_mismatch" if single and right != [question.answer] else None


def check_option_style(question: Question, _grounds: Grounds) -> str | None:
    """No "all of the above", no letters; options alike in length; the right one not clearly the longest."""
    texts = [choice.text for choice in question.choices]
    if any(re.search(r"\b(?:all|none|both) of (?:the above|these|them)\b|^[A-D][).:] ", text, re.I) for text in texts):
        return "option_style"
    if question.kind not in ("single_choice", "cloze") or not texts:
        return None
    sizes = [len(text.split()) for text in texts]
    key = len(question.answer.split())
    others = sorted(len(choice.text.split()) for choice in question.choices if not choice.correct)
    if max(sizes) > 2.2 * min(sizes) + 2 or key > 1.5 * others[-1] + 1:
        return "option_lengths"
    return None


def check_negation(question: Question, _grounds: Grounds) -> str | None:
    """No "not" or "except" in a stem with options, unless it is a statement to judge or a reason asked for."""
    asks_which = question.kind in ("single_choice", "multiple_choice") and re.match(r"which\b", question.stem, re.I)
    return "negative_stem" if asks_which and re.search(r"\b(?:not|except|never)\b", question.stem, re.I) else None


def check_quote(question: Question, grounds: Grounds) -> str | None:
    """The quote stands in the transcript word for word and is no longer than a breath."""
    words = len(question.quote.split())
    longest = _LONGEST_RUN_WORDS if question.kind in ("ordering", "matching", "open") else _LONGEST_QUOTE_WORDS
    if not 3 <= words <= longest:
        return "quote_length"
    return None if question.quote in join_text(list(grounds.sentences)) else "quote_not_said"


def check_span(question: Question, grounds: Grounds) -> str | None:
    """start_s and end_s are the quote's own, and inside the video."""
    if not 0 <= question.start_s < question.end_s <= grounds.duration_s + _SLACK_S:
        return "span_outside"
    span = grounds.find_span(question.quote, question.start_s)
    if span is None:
        return "quote_not_said"
    first, last = grounds.sentences[span[0]], grounds.sentences[span[1]]
    inside = first.start_s - _SLACK_S <= question.start_s and question.end_s <= last.end_s + _SLACK_S
    return None if inside else "span_elsewhere"


def check_pause(question: Question, grounds: Grounds) -> str | None:
    """The pause is a sentence's end, after the evidence within a minute; an open card's comes before its answer."""
    pause_s = question.pause_at_s
    if not 0 < pause_s <= grounds.duration_s + _SLACK_S:
        return "pause_outside"
    if question.kind == "open":
        return None if pause_s <= question.start_s + _SLACK_S else "pause_misplaced"
    if not question.end_s - _SLACK_S <= pause_s <= question.end_s + _LATEST_PAUSE_S:
        return "pause_misplaced"
    return None


def check_pause_at_sentence_end(question: Question, grounds: Grounds) -> str | None:
    """Nobody is cut off in the middle of a sentence."""
    pause_s = question.pause_at_s
    cut = any(sentence.start_s + _SLACK_S < pause_s < sentence.end_s - _SLACK_S for sentence in grounds.sentences)
    return "pause_in_sentence" if cut else None


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
    enough = wanted and len(wanted & said) >= (len(wanted) * 2 / 3 if len(wanted) >= _CLAUSE_WORDS else len(wanted))
    return None if enough else "key_not_said"


def check_key_hidden(question: Question, _grounds: Grounds) -> str | None:
    """The stem does not give the answer away, not even inside a longer word; nor does it name a wrong option."""
    if question.kind not in ("single_choice", "cloze", "short_answer", "numeric"):
        return None
    shared = (
        frozenset.intersection(*(content_words(choice.text) for choice in question.choices))
        if question.choices
        else frozenset()
    )
    key, stem = content_words(question.answer) - shared, content_words(question.stem) - shared
    short = len(key) < _CLAUSE_WORDS
    if short and (key & stem or any(_leaks(word, other) for word in key for other in stem)):
        return "key_in_stem"
    if not short and len(key & stem) > 0.6 * len(key):
        return "key_in_stem"
    wrong = [choice.text for choice in question.choices if not choice.correct]
    return (
        "option_in_stem"
        if any(
            len(content_words(text)) < _CLAUSE_WORDS and content_words(text) - shared and holds(question.stem, text)
            for text in wrong
        )
        else None
    )


def check_no_echo(question: Question, _grounds: Grounds) -> str | None:
    """The right option is not the only one that repeats words or numbers of the stem."""
    if question.kind != "single_choice":
        return None
    stem = content_words(question.stem)
    echoed = {word for choice in question.choices if not choice.correct for word in content_words(choice.text) & stem}
    return "key_echoes_stem" if (content_words(question.answer) & stem) - echoed else None


def check_title(question: Question, grounds: Grounds) -> str | None:
    """The key does not stand in the lesson's title, nor in the chapter shown with the question."""
    if question.kind not in ("single_choice", "cloze", "short_answer") or not content_words(question.answer):
        return None
    given = any(holds(title, question.answer) for title in (*grounds.titles, question.chapter))
    return "key_is_title" if given else None


def check_spoken_to(question: Question, _grounds: Grounds) -> str | None:
    """A statement to judge or to fill is about its matter, not about what the viewer is doing."""
    judged = question.kind in ("true_false", "cloze")
    return "second_person" if judged and re.search(r"\byou (?:are|were) \w+ing\b", question.stem, re.I) else None


def _leaks(word: str, other: str) -> bool:
    return min(len(word), len(other)) >= 5 and (word in other or other in word or word[:6] == other[:6])


def check_one_right(question: Question, _grounds: Grounds) -> str | None:
    """No wrong option is a form or a part of the right one."""
    if question.kind not in ("single_choice", "cloze"):
        return None
    key = content_words(question.answer)
    for choice in question.choices:
        words = content_words(choice.text)
        if not choice.correct and (
            not words or words <= key or key <= words or _initials(choice.text) == squeeze(question.answer)
        ):
            return "several_right"
    return None


def _initials(text: str) -> str:
    return "".join(word[0] for word in tokens(text)) if len(text.split()) > 1 else ""


def check_stands_alone(question: Question, _grounds: Grounds) -> str | None:
    """Nothing in the stem points outside it: no "this", "he", "here", and no "it" without a noun before."""
    stem = question.stem.removeprefix("True or false: ")
    if question.kind != "open" and re.match(r"(?:that|those|this|these) ", stem, re.I):
        return "points_away"
    if question.kind != "open" and _POINTING.search(re.sub(r"\bone of\b", "", stem)):
        return "points_away"
    for match in _DEMONSTRATIVE.finditer(stem):
        if (
            match.group(1).lower().rstrip("s") not in stem[: match.start()].lower()
            and "of these" not in match.string[max(0, match.start() - 3) : match.end()]
        ) and not re.search(r"\b(?:which|what|order do|order are) of? ?$", stem[: match.start()], re.I):
            return "points_away"
    stem = _SCENE.sub("", stem)
    back = _BACK.search(_EXPLETIVE.sub("", stem))
    return "points_away" if back and len(content_words(_EXPLETIVE.sub("", stem)[: back.start()])) < 1 else None


Check = Callable[[Question, Grounds], str | None]
CHECKS: tuple[Check, ...] = (
    check_stem,
    check_choices,
    check_answer_marked,
    check_option_style,
    check_negation,
    check_quote,
    check_span,
    check_pause,
    check_pause_at_sentence_end,
    check_fit,
    check_key_said,
    check_key_hidden,
    check_no_echo,
    check_title,
    check_spoken_to,
    check_one_right,
    check_stands_alone,
)
