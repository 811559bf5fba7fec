"""A quiz and its questions, as they stand now."""

from peewee import BooleanField, CharField, FloatField, IntegerField, TextField

from quizsys.clock import utc_now
from quizsys.models.base import JsonField, MomentField, Row

DRAFT, PUBLISHED, ARCHIVED = "draft", "published", "archived"
STATUSES = (DRAFT, PUBLISHED, ARCHIVED)
APPROVED, REJECTED = "approved", "rejected"
VERDICTS = (DRAFT, APPROVED, REJECTED)
OFFLINE, LLM, HUMAN, IMPORT = "offline", "llm", "human", "import"
ORIGINS = (OFFLINE, LLM, HUMAN, IMPORT)


class Quiz(Row):
    """`refused` is a list of `{"reason", "count"}`; `note` says why there are few or no questions, or is "".

    `revision` counts the changes of the quiz or of any of its questions, from 1. `published_version` is the newest
    version that learners may get, None if there is none; `published_revision` what the quiz was by then.
    """

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
    updated_at = MomentField(default=utc_now)
    revision = IntegerField(default=1)
    published_version = IntegerField(null=True)
    published_revision = IntegerField(null=True)

    class Meta:
        table_name = "quizzes"


class QuestionRow(Row):
    """`choices` is a list of `{"text", "correct", "feedback", "match"}` in the order shown.

    `status` is one of VERDICTS, `origin` one of ORIGINS. `provenance` tells of a field who made it:
    `{field: {"by": "machine" | "human", "generator", "model", "prompt_version", "who", "at"}}`. `warnings` are the
    codes of checks that it does not pass. `stale` says in a sentence that the transcript has changed under its
    evidence, or is ""; `transcript_id` is the revision that this was last compared with. `proposal` is the question
    as a machine proposed it, with what is known of its making. `external_id` is its id in the file it was imported
    from. `revision` is the quiz's when it last changed. What is `removed` is kept, so that it can come back.
    """

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
    variants = JsonField(default=list)
    tolerance = FloatField(default=0.0)
    points = FloatField(default=1.0)
    status = CharField(max_length=16, default=DRAFT)
    reject_reason = TextField(default="")
    provenance = JsonField(default=dict)
    warnings = JsonField(default=list)
    stale = TextField(default="")
    transcript_id = CharField(max_length=36, default="")
    proposal = JsonField(default=dict)
    origin = CharField(max_length=16, default=OFFLINE)
    external_id = TextField(default="")
    removed = BooleanField(default=False)
    revision = IntegerField(default=1)
    updated_at = MomentField(default=utc_now)

    class Meta:
        table_name = "questions"
