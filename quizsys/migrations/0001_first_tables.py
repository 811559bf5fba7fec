"""The first tables. A frozen copy of the models of that day, on purpose."""

from peewee import (
    BigAutoField,
    BigIntegerField,
    CharField,
    CompositeKey,
    FloatField,
    IntegerField,
    Model,
    TextField,
)

from quizsys import sqlite

INDEXES = (
    "CREATE INDEX assets_project ON assets (project_id, created_at)",
    # Not partial: SQLite uses a partial index only for a literal in the query, and Peewee binds its values.
    "CREATE INDEX jobs_claimable ON jobs (status, waiting_for, priority DESC, id)",
    "CREATE INDEX jobs_project ON jobs (project_id, id)",
    "CREATE INDEX jobs_asset ON jobs (asset_id, status)",
    "CREATE INDEX job_needs_needs ON job_needs (needs_id)",
    "CREATE INDEX events_job ON events (job_id, id)",
    "CREATE UNIQUE INDEX transcripts_revision ON transcripts (asset_id, revision)",
    "CREATE INDEX segments_transcript ON segments (transcript_id, position)",
    "CREATE INDEX quizzes_asset ON quizzes (asset_id, created_at)",
    "CREATE INDEX questions_quiz ON questions (quiz_id, position)",
)


def up(migrator, db):
    class Asset(Model):
        id = CharField(primary_key=True, max_length=36)
        project_id = CharField(max_length=64)
        filename = TextField()
        original_filename = TextField()
        relative_path = TextField(unique=True)
        checksum = CharField(max_length=64)
        size_bytes = BigIntegerField()
        mime_type = TextField()
        status = CharField(max_length=16)
        thumbnail_path = TextField(null=True)
        rendition_path = TextField(null=True)
        metadata = TextField()
        ingested_at = BigIntegerField(null=True)
        created_at = BigIntegerField()
        updated_at = BigIntegerField()

        class Meta:
            table_name = "assets"

    class Job(Model):
        id = CharField(primary_key=True, max_length=36)
        project_id = CharField(max_length=64)
        asset_id = CharField(max_length=36, null=True)
        job_type = CharField(max_length=32)
        status = CharField(max_length=16)
        progress = FloatField()
        tries = IntegerField()
        max_tries = IntegerField()
        crashes = IntegerField()
        retry_delay_s = FloatField()
        priority = IntegerField()
        waiting_for = IntegerField()
        payload = TextField()
        result = TextField()
        error_code = TextField(null=True)
        error_message = TextField(null=True)
        logs = TextField()
        owner = CharField(max_length=36, null=True)
        lease_until_at = BigIntegerField(null=True)
        cancel_requested_at = BigIntegerField(null=True)
        run_at = BigIntegerField()
        created_at = BigIntegerField()
        updated_at = BigIntegerField()

        class Meta:
            table_name = "jobs"

    class JobNeed(Model):
        job_id = CharField(max_length=36)
        needs_id = CharField(max_length=36)

        class Meta:
            table_name = "job_needs"
            primary_key = CompositeKey("job_id", "needs_id")

    class Event(Model):
        id = BigAutoField()
        job_id = CharField(max_length=36)
        at = BigIntegerField()

        class Meta:
            table_name = "events"

    class Scene(Model):
        asset_id = CharField(max_length=36)
        position = IntegerField()
        start_s = FloatField()
        end_s = FloatField()
        confidence = FloatField()
        title = TextField()
        text = TextField()
        thumbnail_path = TextField()

        class Meta:
            table_name = "scenes"
            primary_key = CompositeKey("asset_id", "position")

    class Transcript(Model):
        id = CharField(primary_key=True, max_length=36)
        asset_id = CharField(max_length=36)
        revision = IntegerField()
        language = CharField(max_length=16)
        model = TextField()
        text_hash = CharField(max_length=64)
        created_at = BigIntegerField()

        class Meta:
            table_name = "transcripts"

    class Segment(Model):
        id = BigAutoField()
        transcript_id = CharField(max_length=36)
        position = IntegerField()
        start_s = FloatField()
        end_s = FloatField()
        text = TextField()
        words = TextField()

        class Meta:
            table_name = "segments"

    class Quiz(Model):
        id = CharField(primary_key=True, max_length=36)
        project_id = CharField(max_length=64)
        asset_id = CharField(max_length=36)
        transcript_id = CharField(max_length=36)
        title = TextField()
        generator = TextField()
        status = CharField(max_length=16)
        refused = TextField()
        note = TextField()
        created_at = BigIntegerField()

        class Meta:
            table_name = "quizzes"

    class Question(Model):
        id = CharField(primary_key=True, max_length=36)
        quiz_id = CharField(max_length=36)
        position = IntegerField()
        kind = CharField(max_length=16)
        stem = TextField()
        choices = TextField()
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

    tables = (Asset, Job, JobNeed, Event, Scene, Transcript, Segment, Quiz, Question)
    with db.bind_ctx(tables):
        db.create_tables(tables, safe=False)
    for statement in INDEXES:
        db.execute_sql(statement)
    sqlite.create_search_index(db)
