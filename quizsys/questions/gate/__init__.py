"""What every question must pass, whoever made it. Pure: plain values in, a reason code out, no model.

`CHECKS` is the whole gate for one question: each check looks at one thing and returns its code, or None when it is
content. `PAIR_CHECKS` look at two. `explain` says a code in a sentence.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from quizsys.questions.gate import form, key, kinds, pause, proof, reference, rivals, said, text
from quizsys.questions.gate.content import content_words
from quizsys.questions.gate.explain import explain
from quizsys.questions.gate.grounds import Grounds
from quizsys.questions.gate.quiz import PAIR_CHECKS, check_beside, check_quiz, is_alike
from quizsys.questions.question import Question

__all__ = [
    "CHECKS",
    "PAIR_CHECKS",
    "Grounds",
    "check_beside",
    "check_question",
    "check_quiz",
    "content_words",
    "explain",
    "is_alike",
    "sift",
]

Check = Callable[[Question, Grounds], str | None]
CHECKS: tuple[Check, ...] = (
    text.check_text,
    form.check_stem,
    form.check_choices,
    form.check_choices_differ,
    form.check_answer_marked,
    form.check_option_style,
    form.check_option_lengths,
    form.check_key_length,
    form.check_negation,
    kinds.check_number,
    kinds.check_tolerance,
    kinds.check_variants,
    kinds.check_answer_length,
    kinds.check_pairs,
    text.check_language,
    text.check_stammer,
    proof.check_quote_length,
    proof.check_quote,
    proof.check_times,
    proof.check_span,
    pause.check_pause,
    pause.check_pause_place,
    pause.check_pause_at_sentence_end,
    proof.check_fit,
    said.check_numbers_said,
    said.check_key_said,
    said.check_statement_said,
    said.check_truth,
    kinds.check_order,
    key.check_key_hidden,
    key.check_options_hidden,
    key.check_no_echo,
    key.check_title,
    kinds.check_pairs_hidden,
    form.check_spoken_to,
    rivals.check_one_right,
    form.check_choices_alike,
    rivals.check_no_listed_rival,
    rivals.check_no_other_proof,
    reference.check_stands_alone,
    reference.check_no_lesson_talk,
    said.check_about_quote,
)


def check_question(question: Question, grounds: Grounds) -> str | None:
    """The code of the first check that the question fails, or None."""
    return next((reason for check in CHECKS if (reason := check(question, grounds))), None)


def sift(questions: Sequence[Question], grounds: Grounds, refused: Counter[str]) -> list[Question]:
    """The questions that pass, alone and beside each other; why the others do not is added to `refused`."""
    reasons = [check_question(question, grounds) for question in questions]
    alone = [question for question, reason in zip(questions, reasons, strict=True) if reason is None]
    clashes = check_quiz(alone, grounds.language)
    refused.update([reason for reason in reasons if reason])
    refused.update(clashes.values())
    return [question for place, question in enumerate(alone) if place not in clashes]
