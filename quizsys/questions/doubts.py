"""What the gate holds against a question that a person wrote: told as warnings, since the teacher decides."""

from quizsys.questions.gate import CHECKS, Grounds, explain
from quizsys.questions.question import Question

NO_QUOTE = "no_quote"
DOUBTS = {
    NO_QUOTE: "Nothing in the lesson is named as its proof. Give its evidence a quote, or its times.",
    "quote_not_said": "The quote does not stand in the transcript word for word.",
    "span_outside": "The evidence lies outside the video.",
    "span_elsewhere": "The quote is said at another time than the evidence names.",
    "key_not_said": "The quote does not say the right answer.",
    "number_not_said": "The right answer has a number that the quote does not say.",
    "pause_outside": "The pause lies outside the video.",
    "pause_misplaced": "The video stops too far from the evidence, or before it.",
    "pause_in_sentence": "The video stops in the middle of a sentence.",
    "key_in_stem": "The question gives the right answer away.",
    "option_in_stem": "The question names a wrong option.",
    "key_echoes_stem": "Only the right option repeats words of the question.",
    "key_is_title": "The right answer stands in the title on show.",
    "several_right": "A wrong option is a form or a part of the right one.",
    "option_style": 'Options such as "all of the above" tell little.',
    "option_lengths": "The options differ much in length, which may give the right one away.",
    "negative_stem": "A question that asks what is not so is easily misread.",
    "second_person": "The statement is about the viewer rather than the matter.",
    "points_away": "The question points to something outside it, such as 'this' or 'he'.",
}
# Of these a person is told as of something that cannot be kept, or they are matters of taste.
_ELSEWHERE = ("bad_stem", "bad_choices", "same_choices", "answer_mismatch", "quote_length")
_OF_PROOF = (
    *("quote_not_said", "span_outside", "span_elsewhere", "key_not_said", "number_not_said", "pause_misplaced"),
    "statement_not_said",
)


def list_doubts(question: Question, grounds: Grounds) -> list[str]:
    """The codes of all checks that it does not pass."""
    found = dict.fromkeys(code for check in CHECKS if (code := check(question, grounds)))
    if not question.quote:
        return [NO_QUOTE, *(code for code in found if code not in _ELSEWHERE + _OF_PROOF)]
    return [code for code in found if code not in _ELSEWHERE]


def explain_doubt(code: str) -> dict[str, str]:
    """The code with its sentence, as clients read it."""
    return {"code": code, "message": DOUBTS.get(code) or explain(code)}
