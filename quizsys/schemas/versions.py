"""Published quizzes, and what was done to a quiz, as clients know them."""

from marshmallow import Schema

from quizsys.models.history import DONE, DROPPED, UNDONE
from quizsys.schemas.fields import Moment
from quizsys.schemas.plain import ID, Part, Plain, Word, moment
from quizsys.schemas.quizzes import QuizResponse


class VersionResponse(QuizResponse):
    """A quiz as it was published: its approved questions, with their right answers. It never changes."""

    version = Plain("integer", "Counts from 1 for each quiz.", minimum=1)
    published_at = Moment(metadata=moment("When it was published."))
    published_by = Plain("string", "Who published it: the name of their token.")


class VersionSummary(Schema):
    version = Plain("integer", "Counts from 1 for each quiz.", minimum=1)
    published_at = Moment(metadata=moment("When it was published."))
    published_by = Plain("string", "Who published it: the name of their token.")
    title = Plain("string", "What the quiz was called.")
    questions = Plain("integer", "How many questions it has.", minimum=0)
    is_published = Plain("boolean", "Whether it is what learners get now.")


class ChangedRow(Schema):
    question_id = Plain("string", "The question that changed; null: the quiz.", nullable=True, **ID)
    changed = Plain(
        "object",
        "By the names of its fields, what was there `before` and `after`.",
        additionalProperties={"type": "object", "additionalProperties": True},
    )


class ChangeResponse(Schema):
    """One thing that was done to a quiz."""

    id = Plain("integer", "Counts upwards.", minimum=1)
    revision = Plain("integer", "The quiz's revision after it.", minimum=1)
    action = Plain("string", "What was done.", examples=["edited"])
    by = Plain("string", "Whether a person did it or a machine.", enum=["human", "machine"])
    who = Plain("string", "The name of their token; empty for a machine.")
    at = Moment(metadata=moment("When."))
    state = Word("ChangeState", (DONE, UNDONE, DROPPED), "Whether it holds, was undone, or cannot be redone any more.")
    can_undo = Plain("boolean", "Whether undo takes it back.")
    changes = Part(ChangedRow, "What became of which question.", many=True)
