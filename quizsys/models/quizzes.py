"""A quiz and its questions."""

from peewee import CharField, FloatField, IntegerField, TextField

from quizsys.models.base import JsonField, MomentField, Row

DRAFT = "draft"


class Quiz(Row):
    """`refused` is a list of `{"reason", "count"}`; `note` says why there are few or no questions, or is ""."""

    id = CharField(primary_key=True, max_length=36)
    project_id = CharField(max_length=64)
    asset_id = CharField(max_length=36)
    transcript_id = CharField(max_length=36)
    title = TextField()
    generator = TextField()
    status = CharField(max_length=16)
    refused = JsonField()
    note = TextField()
    created_at = MomentField()

    class Meta:
        table_name = "quizzes"


class QuestionRow(Row):
    """`choices` is a list of `{"text", "correct", "feedback"}` in the order shown."""

    id = CharField(primary_key=True, max_length=36)
    quiz_id = CharField(max_length=36)
    position = IntegerField()
    kind = CharField(max_length=16)
    stem = TextField()
    choices = JsonField()
    answer = TextField()
    explanation = TextField()
    quote = TextField()
    evidence_start_s = FloatField()
    evidence_end_s = FloatField()
    pause_at_s = FloatField()
    chapter = TextField()
    bloom = CharField(max_length=16)
    difficulty = CharField(max_length=16)

    class Meta:
        table_name = "questions"
