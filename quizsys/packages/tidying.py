"""Words without what cannot be seen, which most formats cannot carry; their lines stay."""

from dataclasses import replace

from media.plain import plain_text
from quizsys.questions.question import Choice, Question


def tidy(text: str) -> str:
    return "\n".join(map(plain_text, text.splitlines())).strip()


def tidy_choice(choice: Choice) -> Choice:
    return Choice(tidy(choice.text), choice.correct, tidy(choice.feedback), tidy(choice.match))


def tidy_question(question: Question) -> Question:
    return replace(
        question,
        stem=tidy(question.stem),
        choices=tuple(map(tidy_choice, question.choices)),
        answer=tidy(question.answer),
        variants=tuple(map(tidy, question.variants)),
        explanation=tidy(question.explanation),
        # A quote stands in the transcript on one line.
        quote=plain_text(question.quote),
        chapter=plain_text(question.chapter),
    )
