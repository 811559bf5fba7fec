"""What every question must pass, whoever made it. Pure: plain values in, a reason code out, no model.

`CHECKS` is the whole gate: each check looks at one thing and returns its code, or None when it is content.
"""

from collections.abc import Callable

from quizsys.questions.gate.content import content_words
from quizsys.questions.gate.form import (
    check_answer_marked,
    check_choices,
    check_negation,
    check_option_style,
    check_spoken_to,
    check_stem,
)
from quizsys.questions.gate.grounds import Grounds
from quizsys.questions.gate.key import check_key_hidden, check_no_echo, check_one_right, check_title
from quizsys.questions.gate.pause import check_pause, check_pause_at_sentence_end
from quizsys.questions.gate.proof import check_fit, check_key_said, check_quote, check_span
from quizsys.questions.gate.reference import check_stands_alone
from quizsys.questions.question import Question

__all__ = ["CHECKS", "Grounds", "check_question", "content_words"]

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


def check_question(question: Question, grounds: Grounds) -> str | None:
    """The code of the first check that the question fails, or None."""
    return next((reason for check in CHECKS if (reason := check(question, grounds))), None)
