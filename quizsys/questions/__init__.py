"""A lesson becomes checked draft questions. Importing this is cheap: the models load inside write_questions."""

from quizsys.questions.lesson import Lesson
from quizsys.questions.offline import write_questions
from quizsys.questions.question import Choice, Question, QuizDraft, Refusal

__all__ = ["Choice", "Lesson", "Question", "QuizDraft", "Refusal", "write_questions"]
