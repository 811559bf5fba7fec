"""The right answer: given away by nothing, and the only one."""

from quizsys.questions.gate.content import CLAUSE_WORDS, content_words
from quizsys.questions.gate.grounds import Grounds
from quizsys.questions.question import Question
from quizsys.questions.spoken import holds, squeeze, tokens


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
    short = len(key) < CLAUSE_WORDS
    if short and (key & stem or any(_leaks(word, other) for word in key for other in stem)):
        return "key_in_stem"
    if not short and len(key & stem) > 0.6 * len(key):
        return "key_in_stem"
    wrong = [choice.text for choice in question.choices if not choice.correct]
    return (
        "option_in_stem"
        if any(
            len(content_words(text)) < CLAUSE_WORDS and content_words(text) - shared and holds(question.stem, text)
            for text in wrong
        )
        else None
    )


def _leaks(word: str, other: str) -> bool:
    return min(len(word), len(other)) >= 5 and (word in other or other in word or word[:6] == other[:6])


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
