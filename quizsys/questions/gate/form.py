"""A question's shape: its stem, its options, and what every examiner's handbook forbids."""

import re

from quizsys.questions.gate.grounds import Grounds
from quizsys.questions.question import KINDS, Question
from quizsys.questions.spoken import squeeze


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


def check_spoken_to(question: Question, _grounds: Grounds) -> str | None:
    """A statement to judge or to fill is about its matter, not about what the viewer is doing."""
    judged = question.kind in ("true_false", "cloze")
    return "second_person" if judged and re.search(r"\byou (?:are|were) \w+ing\b", question.stem, re.I) else None
