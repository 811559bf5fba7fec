"""A lesson becomes checked draft questions: by rules in `offline.write_questions`, by a model in `llm`."""

from quizsys.questions.lesson import Lesson
from quizsys.questions.question import Choice, Question, QuizDraft, Refusal

__all__ = ["Choice", "Lesson", "Question", "QuizDraft", "Refusal"]
