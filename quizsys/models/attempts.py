"""Learners, what they began, what they answered and what they watched."""

from peewee import BigAutoField, BigIntegerField, CharField, FloatField, IntegerField, TextField

from quizsys.models.base import JsonField, MomentField, Row


class Learner(Row):
    """Somebody who came by one link; known again by a key, of which only the hash is kept."""

    id = CharField(primary_key=True, max_length=36)
    project_id = CharField(max_length=64)
    link_id = CharField(max_length=36)
    name = TextField()
    key_hash = CharField(max_length=64)
    created_at = MomentField()

    class Meta:
        table_name = "learners"


class Attempt(Row):
    """`number` counts from 1 for each learner; `seed` makes the order in which things are shown.

    `position_s` is where the video stood last. `answered`, `score` and `max_score` follow from the answers;
    what nobody marks is in neither.
    """

    id = CharField(primary_key=True, max_length=36)
    project_id = CharField(max_length=64)
    quiz_id = CharField(max_length=36)
    version = IntegerField()
    link_id = CharField(max_length=36)
    learner_id = CharField(max_length=36)
    number = IntegerField()
    seed = BigIntegerField()
    position_s = FloatField()
    answered = IntegerField()
    score = FloatField()
    max_score = FloatField()
    started_at = MomentField()
    updated_at = MomentField()
    finished_at = MomentField(null=True)

    class Meta:
        table_name = "attempts"


class AnswerRow(Row):
    """Never changed. `client_id` is the client's own, unique in the attempt; `try_number` counts from 1 for a question.

    `value` is what was answered, in the terms of the quiz's version: places in the question's own list of choices, not
    as they were shown. `score` None: nobody has marked it. `elapsed_ms` and `position_s` are as the client told.
    """

    id = BigAutoField()
    attempt_id = CharField(max_length=36)
    question_id = CharField(max_length=36)
    client_id = CharField(max_length=64)
    try_number = IntegerField()
    value = JsonField()
    score = FloatField(null=True)
    max_score = FloatField()
    elapsed_ms = IntegerField(null=True)
    position_s = FloatField(null=True)
    answered_at = MomentField()

    class Meta:
        table_name = "answers"


class Viewing(Row):
    """A stretch of the video that was played without a leap, as the client told."""

    id = BigAutoField()
    attempt_id = CharField(max_length=36)
    client_id = CharField(max_length=64)
    start_s = FloatField()
    end_s = FloatField()
    seen_at = MomentField()

    class Meta:
        table_name = "viewings"
