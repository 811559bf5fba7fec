"""What was done to a quiz, so that it can be told and taken back."""

from peewee import BigAutoField, BooleanField, CharField, IntegerField, TextField

from quizsys.models.base import JsonField, MomentField, Row

DONE, UNDONE, DROPPED = "done", "undone", "dropped"


class QuizChange(Row):
    """`revision` is the quiz's after it. `changes` are `{row id: {column: [before, after]}}` of the quiz and its
    questions. `state` is one of DONE, UNDONE, DROPPED: undone, and then something else was done.
    """

    id = BigAutoField()
    quiz_id = CharField(max_length=36)
    revision = IntegerField()
    action = CharField(max_length=32)
    by = CharField(max_length=16)
    who = TextField()
    at = MomentField()
    changes = JsonField()
    can_undo = BooleanField()
    state = CharField(max_length=16, default=DONE)

    class Meta:
        table_name = "quiz_changes"
